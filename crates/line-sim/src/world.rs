//! Everything the simulator knows.

use crate::api::account_link::LinkTokens;
use crate::api::content::Contents;
use crate::api::group::Groups;
use crate::api::login::Logins;
use crate::api::pnp::PhoneBook;
use crate::barrier::Barrier;
use crate::channel::{Channel, ChatMode, Kind, Members, Settings, Standing};
use crate::clicks::Clicks;
use crate::clock::{Clock, Job};
use crate::config::{ChannelConfig, Config};
use crate::conformance::Conformance;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::limits::Buckets;
use crate::people::{People, Person, mix};
use crate::route::Routes;
use crate::signal::{Signal, Signals};
use crate::stats::Stats;
use crate::sync::{Lock, Shared};
use crate::token::{Grant, TokenKind, Tokens};
use crate::webhook::Outbox;
use std::sync::Arc;
use tokio::sync::watch;

/// The whole state. One per simulator.
pub struct World {
    pub config: Config,
    pub routes: Routes,
    pub clock: Clock,
    pub barrier: Barrier,
    pub people: People,
    providers: Shared<Vec<String>>,
    channels: Shared<Vec<Arc<Channel>>>,
    pub tokens: Tokens,
    pub ledger: Ledger,
    pub faults: Faults,
    pub stats: Stats,
    pub signals: Signals,
    pub contents: Contents,
    pub groups: Groups,
    pub link_tokens: LinkTokens,
    pub logins: Logins,
    pub clicks: Clicks,
    pub phone_book: PhoneBook,
    pub conformance: Conformance,
    /// Ids that no other run repeats.
    pub ids: Dice,
    pub http: reqwest::Client,
    pub shutdown: watch::Sender<()>,
    /// Wakes the task that fires due jobs of a flowing clock.
    pub planned: tokio::sync::Notify,
    making: Lock<()>,
}

impl World {
    pub fn new(config: Config, routes: Routes, http: reqwest::Client, conformance: Conformance) -> World {
        #[expect(clippy::disallowed_methods, reason = "the simulator is its own edge")]
        let machine_ms = jiff::Timestamp::now().as_millisecond();
        World {
            clock: Clock::new(config.now_ms.unwrap_or(machine_ms), config.flowing),
            barrier: Barrier::default(),
            people: People::new(config.seed, config.users),
            providers: Shared::default(),
            channels: Shared::default(),
            tokens: Tokens::default(),
            ledger: Ledger::starting_at(machine_ms),
            faults: Faults::new(config.seed, config.rates()),
            stats: Stats::new(routes.len()),
            signals: Signals::default(),
            contents: Contents::default(),
            groups: Groups::default(),
            link_tokens: LinkTokens::default(),
            logins: Logins::new(mix(config.seed)),
            clicks: Clicks::default(),
            phone_book: PhoneBook::default(),
            conformance,
            ids: Dice::unique(),
            http,
            shutdown: watch::channel(()).0,
            planned: tokio::sync::Notify::new(),
            making: Lock::default(),
            routes,
            config,
        }
    }

    /// Plans a job on the simulator's clock.
    pub fn plan(&self, due_ms: i64, job: Job) {
        self.clock.plan(due_ms, job);
        self.planned.notify_one();
    }

    pub fn channels(&self) -> Vec<Arc<Channel>> {
        self.channels.read().clone()
    }

    pub fn channel(&self, id: &str) -> Option<Arc<Channel>> {
        self.channels.read().iter().find(|c| c.id == id).cloned()
    }

    pub fn channel_at(&self, index: u16) -> Option<Arc<Channel>> {
        self.channels.read().get(usize::from(index)).cloned()
    }

    /// A person's id as the channel sees it.
    pub fn user_id(&self, channel: &Channel, person: Person) -> String {
        self.people.id(channel.provider, person)
    }

    /// The person behind an id that belongs to any provider.
    pub fn find_anywhere(&self, id: &str) -> Option<Person> {
        let providers = self.providers.read().len() as u16;
        (0..providers).find_map(|provider| self.people.find(provider, id))
    }

    pub fn provider_names(&self) -> Vec<String> {
        self.providers.read().clone()
    }

    /// Creates a channel, or changes the given fields of an existing one.
    pub fn set_channel(self: &Arc<World>, wanted: ChannelConfig) -> Arc<Channel> {
        let _one_at_a_time = self.making.lock();
        let channel = match self.channel(&wanted.channel_id) {
            Some(channel) => channel,
            None => self.make_channel(&wanted),
        };
        apply(&mut channel.settings.write(), &wanted);
        if let Some(token) = &wanted.long_lived_token {
            let now = self.clock.now_ms();
            self.tokens.enter(token, Grant::for_ever(&channel, TokenKind::LongLived), now);
        }
        self.signals.tell(|| Signal::Channels);
        channel
    }

    fn make_channel(self: &Arc<World>, wanted: &ChannelConfig) -> Arc<Channel> {
        let now = self.clock.now_ms();
        let provider_name = wanted.provider.clone().unwrap_or_else(|| "provider-1".into());
        let provider = self.provider(&provider_name);
        let index = self.channels.read().len() as u16;
        let kind = wanted.kind.unwrap_or(Kind::Messaging);
        let people = self.people.count();
        let friends = match kind {
            Kind::Messaging => self.config.friends.unwrap_or(self.config.users).min(people),
            Kind::Login | Kind::Miniapp => 0,
        };
        let number = mix(self.config.seed ^ u64::from(index) << 32 ^ 0xb07);
        let channel = Arc::new(Channel {
            id: wanted.channel_id.clone(),
            index,
            kind,
            provider,
            provider_name,
            bot_user_id: format!("U{number:016x}{:016x}", mix(number)),
            settings: Shared::new(first_settings(wanted, number)),
            members: Members::new(people, friends, now),
            quota: Lock::default(),
            units: Default::default(),
            buckets: Buckets::new(self.routes.len()),
            reply_tokens: Default::default(),
            outbox: Outbox::new(wanted.lanes.unwrap_or(8)),
            menus: Lock::default(),
            audiences: Lock::default(),
            coupons: Lock::default(),
            narrowcasts: Lock::default(),
            liff: Lock::default(),
            memberships: Lock::default(),
        });
        self.channels.write().push(channel.clone());
        Outbox::start(self, &channel);
        channel
    }

    fn provider(&self, name: &str) -> u16 {
        let mut providers = self.providers.write();
        match providers.iter().position(|p| p == name) {
            Some(at) => at as u16,
            None => {
                providers.push(name.to_owned());
                (providers.len() - 1) as u16
            }
        }
    }

    /// Tells open phones that a room changed.
    pub fn tell_room(&self, channel: &Channel, person: Person, seq: u64) {
        self.signals.tell(|| Signal::Room {
            n: Some(person),
            user_id: self.user_id(channel, person),
            channel_id: channel.id.clone(),
            group_id: None,
            seq,
        });
    }

    /// Back to the start: channels and people stay.
    pub fn reset(&self, keep_tokens: KeepTokens) {
        self.clock.clear();
        self.faults.clear();
        let now = self.clock.now_ms();
        let friends = self.config.friends.unwrap_or(self.config.users);
        for channel in self.channels() {
            let dropped = channel.outbox.clear();
            self.barrier.webhooks_settled(dropped);
            channel.members.each(|person, member| {
                *member = Default::default();
                if channel.is_messaging() && person < friends {
                    member.standing = Standing::Friend;
                    member.since_ms = now;
                }
            });
            *channel.quota.lock() = Default::default();
            channel.reply_tokens.clear();
            *channel.menus.lock() = Default::default();
            *channel.audiences.lock() = Default::default();
            *channel.coupons.lock() = Default::default();
            *channel.narrowcasts.lock() = Default::default();
            *channel.memberships.lock() = Default::default();
        }
        if keep_tokens == KeepTokens::No {
            self.tokens.clear();
        }
        self.people.revive();
        self.ledger.clear();
        self.contents.clear();
        self.groups.clear();
        self.link_tokens.clear();
        self.logins.clear();
        self.clicks.clear();
        self.stats.clear();
        self.conformance.clear();
        self.signals.tell(|| Signal::Reset);
    }
}

/// Whether a reset leaves issued tokens valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepTokens {
    Yes,
    No,
}

impl Grant {
    /// A token that does not expire.
    pub fn for_ever(channel: &Arc<Channel>, kind: TokenKind) -> Grant {
        Grant {
            kind,
            channel: channel.clone(),
            expires_ms: i64::MAX,
            person: None,
            scope: String::new(),
            key_id: None,
            serial: 0,
        }
    }
}

fn first_settings(wanted: &ChannelConfig, number: u64) -> Settings {
    Settings {
        name: format!("テストショップ {}", wanted.channel_id),
        basic_id: format!("@{:03}{}", number % 1000, base36(number >> 10, 5)),
        picture_url: None,
        secret: String::new(),
        verified: true,
        premium: false,
        webhook: None,
        webhook_active: true,
        redelivery: false,
        chat_mode: ChatMode::Chat,
        standby: false,
        quota: None,
        assertion_keys: Vec::new(),
        linked_bot: None,
        callback_urls: Vec::new(),
        batch_max: 10,
    }
}

fn apply(settings: &mut Settings, wanted: &ChannelConfig) {
    fn put<T: Clone>(slot: &mut T, value: &Option<T>) {
        if let Some(value) = value {
            *slot = value.clone();
        }
    }
    put(&mut settings.name, &wanted.name);
    put(&mut settings.basic_id, &wanted.basic_id);
    put(&mut settings.secret, &wanted.channel_secret);
    put(&mut settings.webhook_active, &wanted.webhook_active);
    put(&mut settings.redelivery, &wanted.redelivery);
    put(&mut settings.verified, &wanted.verified);
    put(&mut settings.premium, &wanted.premium);
    put(&mut settings.quota, &wanted.quota);
    put(&mut settings.chat_mode, &wanted.chat_mode);
    put(&mut settings.standby, &wanted.standby);
    put(&mut settings.callback_urls, &wanted.callback_urls);
    put(&mut settings.batch_max, &wanted.batch_max);
    if wanted.picture_url.is_some() {
        settings.picture_url = wanted.picture_url.clone();
    }
    if let Some(url) = &wanted.webhook {
        settings.webhook = (!url.is_empty()).then(|| url.clone());
    }
    if wanted.linked_bot.is_some() {
        settings.linked_bot = wanted.linked_bot.clone();
    }
    if let Some(jwk) = &wanted.assertion_jwk {
        let kid = wanted.assertion_kid.clone().unwrap_or_else(|| format!("{}-key", wanted.channel_id));
        settings.assertion_keys.retain(|(known, _)| *known != kid);
        settings.assertion_keys.push((kid, jwk.clone()));
    }
}

fn base36(mut n: u64, len: usize) -> String {
    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(len);
    for _ in 0..len {
        text.push(char::from(DIGITS[(n % 36) as usize]));
        n /= 36;
    }
    text
}
