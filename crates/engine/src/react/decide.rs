//! The order of things for one event: the contact, the talk, then rules and journeys. Pure.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Outcome, Scene, journeys};
use crate::action::Action;
use crate::contact::import::Brought;
use crate::contact::{Consent, Contact, ContactChange, FriendState};
use crate::conversation::{self, NewMessage};
use crate::delivery::{Cause, CauseKind, Content, Lane, NewDelivery, ReplyToken};
use crate::event::{Event, EventKind, SayBy, Source};
use crate::ids::{ChannelId, DeliveryId, EventId, TagId, TaskId, TemplateVersionId};
use crate::journey;
use crate::rule;
use crate::task::{NewTask, TaskKind};
use crate::template::{Phrase, Values};
use crate::workspace::{Attribute, attribute_value};

/// Things that follow from one event at most, so that tags and journeys cannot chase each other for ever.
const CHAIN_MAX: usize = 64;
/// A greeting waits this long for LINE's profile, then goes with the fallback.
const NAME_WAIT_MS: i64 = 1_500;
/// A step is good for a day (promise 6).
pub(super) const STEP_LIFE_MS: i64 = 24 * 3_600_000;
/// An answer without a reply token is good for an hour.
const ANSWER_LIFE_MS: i64 = 3_600_000;

/// A link in the chain of what follows from one event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Link {
    /// The event itself.
    Event,
    /// A tag was added, by this event or by an action.
    TagAdded(TagId),
}

/// Working on one event of one contact.
pub(super) struct Work<'a> {
    pub scene: &'a Scene<'a>,
    pub out: &'a mut Outcome,
    /// The event being applied; `None` when a timer wakes an enrollment.
    pub event: Option<&'a Event>,
    pub happenings: VecDeque<Link>,
    /// Whether the event's own reply token went into a delivery.
    pub replied: bool,
    /// When and by what this was set off, the same whenever it is decided again.
    occasion: (i64, Uuid),
    /// Messages said so far.
    said: u32,
}

/// Applies one event to its contact.
pub fn react(scene: &Scene<'_>, contact: &mut Contact, event: &Event, out: &mut Outcome) {
    let mut work = Work::new(scene, Some(event), (event.received_at.max(event.occurred_at + 1), event.id.0), out);
    work.observe(contact);
    work.change(contact);
    if may_follow(contact, event) {
        work.happenings.push_front(Link::Event);
        work.answer(contact);
    }
    work.keep_token(contact);
    out.changes.push((event.workspace, "contact", event.contact.0));
}

/// Whether rules and journeys look at the event: not while another module holds the talk; of those whom an import brought,
/// only at who is still known as a friend; at no click of somebody who does not want to be analysed.
pub(super) fn may_follow(contact: &Contact, event: &Event) -> bool {
    let fits = match event.payload.kind {
        EventKind::Imported { .. } => event.channel.is_some_and(|channel| contact.is_friend_of(channel)),
        EventKind::Click { .. } => contact.is_analysed(),
        _ => true,
    };
    fits && !event.payload.standby
}

impl<'a> Work<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, event: Option<&'a Event>, occasion: (i64, Uuid), out: &'a mut Outcome) -> Self {
        Self { scene, out, event, happenings: VecDeque::new(), replied: false, occasion, said: 0 }
    }

    /// Edits, enrollments by hand, and messages decided elsewhere.
    fn change(&mut self, contact: &mut Contact) {
        let Some(event) = self.event else { return };
        match &event.payload.kind {
            EventKind::Imported { brought, .. } => {
                let tags = brought.iter().filter_map(|brought| match brought {
                    Brought::Tag(tag) => contact.tags.get(tag),
                    Brought::Friend => None,
                });
                self.happenings.extend(tags.copied().map(Link::TagAdded));
            }
            EventKind::Changed { changes } => changes.iter().for_each(|change| self.apply(contact, change, event.source)),
            EventKind::Click { link, cause } => self.clicked(contact, *link, *cause),
            EventKind::Enroll { journey, key } => journeys::enroll(self, contact, *journey, journey::Cause::Hand(key)),
            EventKind::Unenroll { journey } => journeys::stop(self, contact, *journey, "staff"),
            EventKind::Say { by, template, messages, lane, not_after } => {
                let Some(channel) = event.channel else { return };
                let content = match (template.and_then(|id| self.scene.catalog.templates.get(&id)), messages) {
                    (Some(version), _) => Content::Template(*version),
                    (None, Some(messages)) => Content::Fixed(messages.to_string()),
                    (None, None) => return,
                };
                let (kind, id) = match by {
                    SayBy::Staff(user) => (CauseKind::Chat, user.0),
                    SayBy::Api => (CauseKind::Api, event.id.0),
                    SayBy::Test => (CauseKind::Test, event.id.0),
                };
                let talk_token =
                    contact.talks.get(&channel).and_then(|talk| conversation::living(talk.reply.as_ref(), self.scene.now));
                if *lane == Lane::Chat {
                    let text = messages.as_ref().map(first_text).unwrap_or_default();
                    conversation::decide::said(contact, channel, &text, event.occurred_at);
                    self.out.changes.push((event.workspace, "conversation", contact.id.0));
                }
                let reply = talk_token.filter(|_| *lane == Lane::Chat);
                if reply.is_some()
                    && let Some(talk) = contact.talks.get_mut(&channel)
                {
                    talk.reply = None;
                }
                self.say(
                    contact,
                    Say {
                        channel,
                        lane: *lane,
                        cause: Cause { kind, id, node: String::new() },
                        content,
                        reply,
                        not_after: *not_after,
                        context: Map::new(),
                    },
                );
            }
            _ => {}
        }
    }

    fn apply(&mut self, contact: &mut Contact, change: &ContactChange, source: Source) {
        match change {
            ContactChange::TagAdd { tag } => {
                // An import or a link never starts a journey unless told to (promise 8).
                let quiet = matches!(source, Source::Import | Source::Link);
                if self.scene.catalog.tags.contains_key(tag) && contact.tags.insert(*tag) && !quiet {
                    self.happenings.push_back(Link::TagAdded(*tag));
                }
            }
            ContactChange::TagRemove { tag } => drop(contact.tags.remove(tag)),
            ContactChange::Attribute { attribute, value } => {
                if let Some(field) = self.scene.catalog.attributes.get(attribute) {
                    set_attribute(contact, field, value.as_deref());
                }
            }
            ContactChange::Memo { text } => contact.memo.clone_from(text),
            ContactChange::DisplayName { name } => contact.display_name = Some(name.clone()),
            ContactChange::Staff { staff } => contact.staff = *staff,
            ContactChange::Consent { granted, channel } => {
                let at = self.event.map_or(self.scene.now, |event| event.occurred_at);
                let said = Consent { granted: *granted, source: source.as_str().to_owned(), at };
                match channel {
                    Some(channel) => drop(contact.consents.insert(*channel, said)),
                    // What is said of all accounts is said of each of them.
                    None => {
                        contact.consent = *granted;
                        contact.consents = BTreeMap::from_iter(
                            contact.consents.keys().copied().chain([ChannelId::nil()]).map(|id| (id, said.clone())),
                        );
                    }
                }
            }
            ContactChange::Analysis { granted } => {
                let at = self.event.map_or(self.scene.now, |event| event.occurred_at);
                contact.analysis = Some(Consent { granted: *granted, source: source.as_str().to_owned(), at });
            }
            ContactChange::Profile { display_name, picture_url, language, status_message } => {
                contact.display_name = Some(display_name.clone());
                contact.picture_url.clone_from(picture_url);
                contact.language.clone_from(language);
                contact.status_message.clone_from(status_message);
                contact.profile_at = Some(self.scene.now);
                self.out.named.push((contact.workspace, contact.id));
            }
            ContactChange::Mark { channel, mark } => contact.talks.entry(*channel).or_default().mark.clone_from(mark),
            ContactChange::Assign { channel, user } => contact.talks.entry(*channel).or_default().assignee = *user,
            ContactChange::Read { channel } => contact.talks.entry(*channel).or_default().unread = 0,
        }
    }

    /// Rules first, then journeys; what their actions cause comes after, in order, bounded.
    fn answer(&mut self, contact: &mut Contact) {
        let mut left = CHAIN_MAX;
        while let Some(happening) = self.happenings.pop_front() {
            if left == 0 {
                tracing::warn!(contact = %contact.id, "a chain of actions was cut");
                return;
            }
            left -= 1;
            if happening == Link::Event {
                self.rules(contact);
            }
            journeys::on_happening(self, contact, &happening);
        }
    }

    fn rules(&mut self, contact: &mut Contact) {
        let Some(event) = self.event else { return };
        let Some(incoming) = rule::Incoming::of(event) else { return };
        let scene = self.scene;
        let answer = |channel| Some((channel, scene.catalog.rules.answer(channel, &incoming, scene.now, &scene.catalog.zone)?));
        let Some((channel, rule)) = spoken_on(event, contact).into_iter().find_map(answer) else { return };
        let cause = Cause { kind: CauseKind::Rule, id: rule.id.0, node: String::new() };
        // Who was imported asked for nothing: quiet hours, cap and the kept-back share of the quota count.
        let (lane, life) = match event.payload.kind {
            EventKind::Imported { .. } => (Lane::Marketing, STEP_LIFE_MS),
            _ => (Lane::Promised, ANSWER_LIFE_MS),
        };
        let not_after = event.payload.reply.as_ref().map_or(event.received_at + life, |reply| reply.until);
        self.run(contact, &rule.actions, &Errand { channel, lane, cause, not_after, context: Map::new() });
    }

    /// Runs actions for the contact.
    pub(super) fn run(&mut self, contact: &mut Contact, actions: &[Action], errand: &Errand) {
        let Errand { channel, cause, context, .. } = errand;
        let channel = *channel;
        for action in actions {
            match action {
                Action::TagAdd { tag } => {
                    if self.scene.catalog.tags.contains_key(tag) && contact.tags.insert(*tag) {
                        self.happenings.push_back(Link::TagAdded(*tag));
                    }
                }
                Action::TagRemove { tag } => drop(contact.tags.remove(tag)),
                Action::Attribute { key, value } => {
                    let field = self.scene.catalog.attribute_keys.get(key).and_then(|id| self.scene.catalog.attributes.get(id));
                    if let Some(field) = field {
                        self.fill(contact, field, value.as_deref(), errand);
                    }
                }
                Action::Message { template, lane: own } => {
                    if let Some(version) = self.scene.catalog.templates.get(template) {
                        self.say_template(contact, *version, own.unwrap_or(errand.lane), errand);
                    }
                }
                Action::JourneyStart { journey } => journeys::enroll(self, contact, *journey, journey::Cause::Action(context)),
                Action::JourneyStop { journey } => journeys::stop(self, contact, *journey, "action"),
                Action::RichMenu { rich_menu_id } => {
                    let key = format!("{channel}/{}", contact.id);
                    let payload = json!({"channel": channel, "contact": contact.id, "rich_menu_id": rich_menu_id});
                    self.task(contact, TaskKind::RichMenu, &key, payload);
                }
                Action::Mark { mark } => contact.talks.entry(channel).or_default().mark.clone_from(mark),
                Action::Notify { text } => {
                    let now = self.scene.now;
                    let talk = contact.talks.entry(channel).or_default();
                    talk.unread += 1;
                    talk.last_at = talk.last_at.max(now);
                    talk.last_text.clone_from(text);
                    talk.waiting_since.get_or_insert(now);
                    self.out.changes.push((contact.workspace, "conversation", contact.id.0));
                }
                Action::Webhook { url } => {
                    let payload = json!({
                        "url": url, "contact": contact.id, "channel": channel, "cause": cause,
                        "display_name": contact.display_name, "at": self.scene.now,
                    });
                    self.task(contact, TaskKind::Webhook, "", payload);
                }
            }
        }
    }

    /// Sets a field to a value that may hold variables; a value that cannot be rendered changes nothing.
    fn fill(&self, contact: &mut Contact, field: &Attribute, value: Option<&str>, errand: &Errand) {
        let catalog = self.scene.catalog;
        let Some(value) = value else { return set_attribute(contact, field, None) };
        let channel = catalog.channels.get(&errand.channel).map_or("", |channel| channel.name.as_str());
        let rendered = Phrase::parse(value, catalog)
            .ok()
            .and_then(|phrase| phrase.render(&Values::of(contact, channel, &errand.context, self.scene.now, &catalog.zone)).ok());
        match rendered {
            Some(text) => set_attribute(contact, field, Some(&text)),
            None => tracing::warn!(field = %field.key, "an action's value cannot be rendered"),
        }
    }

    /// Puts a template into the outbox; answers of this event take its free reply token.
    pub(super) fn say_template(&mut self, contact: &Contact, version: TemplateVersionId, lane: Lane, errand: &Errand) {
        let Errand { channel, cause, not_after, context, .. } = errand.clone();
        let reply = self.event.filter(|event| event.channel == Some(channel)).and_then(|event| event.payload.reply.clone());
        self.replied |= reply.is_some();
        self.say(contact, Say { channel, lane, cause, content: Content::Template(version), reply, not_after, context });
    }

    fn say(&mut self, contact: &Contact, say: Say) {
        let now = self.scene.now;
        let event_id: Option<EventId> = self.event.map(|event| event.id);
        let nameless = contact.display_name.is_none() && contact.profile_at.is_none();
        let greeted = self.event.is_some_and(|event| event.source == Source::Line);
        let due_at = if nameless && greeted { now + NAME_WAIT_MS } else { now };
        let (at, by) = self.occasion;
        let id = DeliveryId::said(at, by, self.said);
        self.said += 1;
        // A template speaks when it is rendered; what is fixed stands in the talk at once, even while sending is stopped.
        if let Content::Fixed(messages) = &say.content {
            let spoken = conversation::decide::spoken(contact, say.channel, id, messages.clone(), now);
            let sender = (say.cause.kind == CauseKind::Chat).then(|| say.cause.id.to_string());
            self.out.messages.push(NewMessage { sender, ..spoken });
        }
        self.out.deliveries.push(NewDelivery {
            id,
            workspace: contact.workspace,
            shard: contact.shard,
            contact: contact.id,
            channel: say.channel,
            lane: say.lane,
            cause: say.cause,
            event: event_id,
            content: say.content,
            context: say.context,
            reply: say.reply,
            due_at,
            not_after: say.not_after,
        });
    }

    fn keep_token(&mut self, contact: &mut Contact) {
        let Some(event) = self.event else { return };
        let Some(channel) = event.channel else { return };
        if !self.replied
            && matches!(event.payload.kind, EventKind::Message { .. } | EventKind::Postback { .. })
            && let Some(talk) = contact.talks.get_mut(&channel)
        {
            conversation::decide::keep_token(talk, event.payload.reply.as_ref());
        }
    }

    pub(super) fn task(&mut self, contact: &Contact, kind: TaskKind, key: &str, payload: Value) {
        self.out.tasks.push(NewTask {
            id: TaskId::new(self.scene.now),
            workspace: contact.workspace,
            kind,
            key: key.to_owned(),
            payload,
            due_at: self.scene.now,
        });
    }
}

/// On which accounts an event may be answered, best first. A click comes from a browser and names none: then those the
/// person is a friend of, the one last written to first.
fn spoken_on(event: &Event, contact: &Contact) -> Vec<ChannelId> {
    match (&event.payload.kind, event.channel) {
        (_, Some(channel)) => vec![channel],
        (EventKind::Click { .. }, None) => {
            let mut friends: Vec<_> = contact.friendships.iter().filter(|(_, one)| one.state == FriendState::Friend).collect();
            let wrote_at = |channel| contact.talks.get(channel).and_then(|talk| talk.wrote_at);
            friends.sort_by_key(|(channel, one)| std::cmp::Reverse((wrote_at(channel), one.friend_since)));
            friends.into_iter().map(|(channel, _)| *channel).collect()
        }
        (_, None) => Vec::new(),
    }
}

/// From which account, in which lane, why, until when, and with what data something is said or done.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub channel: ChannelId,
    pub lane: Lane,
    pub cause: Cause,
    pub not_after: i64,
    pub context: Map<String, Value>,
}

struct Say {
    channel: ChannelId,
    lane: Lane,
    cause: Cause,
    content: Content,
    reply: Option<ReplyToken>,
    not_after: i64,
    context: Map<String, Value>,
}

fn set_attribute(contact: &mut Contact, field: &Attribute, typed: Option<&str>) {
    match typed {
        None => drop(contact.attributes.remove(&field.id)),
        Some(typed) => match attribute_value(field, typed) {
            Ok(value) => drop(contact.attributes.insert(field.id, value)),
            Err(error) => tracing::warn!(%error, field = %field.key, "an action's value does not fit the field"),
        },
    }
}

fn first_text(messages: &Value) -> String {
    let first = messages.get(0);
    let kind = first.and_then(|m| m.get("type")).and_then(Value::as_str).unwrap_or_default();
    let text = first.and_then(|m| m.get("text")).and_then(Value::as_str).unwrap_or_default();
    conversation::decide::preview(kind, text)
}
