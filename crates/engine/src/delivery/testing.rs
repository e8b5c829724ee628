//! What tests of deliveries and broadcasts share: a small shop on a real store, and a LINE that answers by script.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use line::client::{Accepted, Doubt, NoAnswer, Outcome, Refusal};
use secrecy::SecretString;
use store::{Insert, Store, lease, params};
use uuid::Uuid;

use super::{Delivery, Endpoint, Lane, Outlet, Request};
use crate::broadcast::Broadcasts;
use crate::clock::Clock;
use crate::engine::{Hints, RateScale};
use crate::ids::{
    ChannelId, ContactId, DeliveryId, EventId, NodeId, RequestId, SHARDS, TemplateId, TemplateVersionId, WorkspaceId, shard_of,
};
use crate::link;
use crate::runtime::Held;
use crate::workspace::{self, Catalogs, Mode, NewChannel, Vault};

/// Noon of a day in Japan.
pub const NOON: i64 = 1_795_316_400_000;

/// A push to contact `n` with key `n`.
pub fn push(n: u128) -> Request {
    Request {
        workspace: WorkspaceId(Uuid::from_u128(1)),
        id: RequestId(Uuid::from_u128(n)),
        shard: 0,
        channel: ChannelId(Uuid::from_u128(2)),
        endpoint: Endpoint::Push,
        lane: Lane::Marketing,
        contact: Some(ContactId(Uuid::from_u128(n))),
        span: None,
        recipients: 1,
        quota_month: 202_611,
        body: Bytes::from_static(b"{}"),
        attempts: 0,
        doubt: false,
        first_attempt_at: 0,
        not_after: i64::MAX,
        reply_until: None,
    }
}

/// LINE took it.
pub fn ok() -> Outcome {
    Outcome::Accepted(Accepted { request_id: Some("line".into()), sent: Vec::new() })
}

/// The connection broke after the bytes were sent.
pub fn lost() -> Outcome {
    Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::Lost("reset".into())))
}

/// An error body of LINE.
pub fn refusal(status: u16, message: &str) -> Refusal {
    Refusal { status, request_id: None, message: message.into(), error: None, details: Vec::new(), body: Bytes::new() }
}

type Script = Box<dyn FnMut(&Request) -> Outcome + Send>;

/// LINE by script; remembers every call.
pub struct Stub {
    script: Mutex<Script>,
    /// Every try in order.
    pub calls: Mutex<Vec<Request>>,
    /// 非常停止.
    pub stopped: AtomicBool,
}

impl Stub {
    /// Everything is accepted until a script says otherwise.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(Box::new(|_| ok())), calls: Mutex::default(), stopped: AtomicBool::new(false) })
    }

    /// Answers by this from now on.
    pub fn answer(&self, script: impl FnMut(&Request) -> Outcome + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Calls so far.
    pub fn calls(&self) -> Vec<Request> {
        self.calls.lock().unwrap().clone()
    }
}

impl Outlet for Stub {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            self.calls.lock().unwrap().push(request.clone());
            let answer = (self.script.lock().unwrap())(request);
            tokio::task::yield_now().await;
            answer
        })
    }

    fn is_stopped(&self, _: ChannelId) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// A shop with one LINE account.
pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub catalogs: Catalogs,
    pub hints: Hints,
    pub stub: Arc<Stub>,
    pub delivery: Delivery,
    pub broadcasts: Broadcasts,
    pub held: Held,
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
}

/// A template's JSON that says one fixed text.
pub const PLAIN: &str = r#"[{"type":"text","text":"お知らせです"}]"#;

impl World {
    /// On a fresh store, at noon.
    pub async fn new(store: &Store) -> Self {
        let vault = Vault::new([7; 32]);
        let (sealing, catalogs) = (vault.clone(), Catalogs::new(vault, Some(&"https://crm.example/".parse().unwrap())));
        let (workspace, channel) = store
            .write(move |tx| {
                let workspace = workspace::add_workspace(tx, "縁日堂", "Asia/Tokyo", NOON)?;
                let new = NewChannel {
                    provider: None,
                    name: "本店".to_owned(),
                    line_channel_id: format!("{}", 1_650_000_000 + workspace.0.as_u128() % 100_000_000),
                    secret: SecretString::from("0123456789abcdef0123456789abcdef"),
                    token: None,
                    mode: Mode::Full,
                };
                let channel = workspace::add_channel(tx, &sealing, workspace, &new, NOON)?;
                tx.execute("UPDATE channels SET reserve_percent = 0 WHERE workspace_id = $1", &params![workspace])?;
                Ok::<_, crate::Error>((workspace, channel))
            })
            .await
            .unwrap();
        catalogs.refresh(store).await.unwrap();
        Self::around(store, catalogs, Clock::frozen(NOON), Stub::new(), workspace, channel, NodeId::new(NOON)).await
    }

    async fn around(
        store: &Store,
        catalogs: Catalogs,
        clock: Clock,
        stub: Arc<Stub>,
        workspace: WorkspaceId,
        channel: ChannelId,
        node: NodeId,
    ) -> Self {
        let hints = Hints::default();
        let delivery = Delivery::with_outlet(store, &clock, &catalogs, stub.clone(), RateScale::Off, &hints);
        let broadcasts = Broadcasts::new(store, &catalogs, &delivery, &hints);
        let held = hold(store, node, 0..SHARDS).await;
        delivery.take_over(&held).await.unwrap();
        Self { store: store.clone(), clock, catalogs, hints, stub, delivery, broadcasts, held, workspace, channel }
    }

    /// The same shop served by a process started anew: everything in memory is gone.
    pub async fn restarted(&self) -> Self {
        self.store.write(|tx| tx.execute("UPDATE leases SET until_ms = 0", &[])).await.unwrap();
        Self::around(
            &self.store,
            self.catalogs.clone(),
            self.clock.clone(),
            self.stub.clone(),
            self.workspace,
            self.channel,
            NodeId::new(NOON),
        )
        .await
    }

    /// Domain time.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Moves domain time.
    pub fn advance(&self, ms: i64) {
        self.clock.set(crate::clock::Reading::Frozen { at_ms: self.now() + ms });
    }

    /// Friends number `from` … `from + count`, written straight into the tables.
    pub async fn friends(&self, from: u64, count: u64) -> Vec<ContactId> {
        let (workspace, channel) = (self.workspace, self.channel);
        let ids: Vec<ContactId> = (from..from + count).map(contact).collect();
        let people = ids.clone();
        self.store
            .write(move |tx| {
                const CONTACTS: Insert = Insert {
                    table: "contacts",
                    columns: &[
                        "workspace_id",
                        "id",
                        "shard",
                        "kind",
                        "display_name",
                        "folded",
                        "memo",
                        "staff",
                        "consent",
                        "created_at",
                        "updated_at",
                    ],
                    conflict: "",
                };
                const FRIENDSHIPS: Insert = Insert {
                    table: "friendships",
                    columns: &["workspace_id", "channel_id", "contact_id", "shard", "user_id", "state", "changed_at"],
                    conflict: "",
                };
                tx.insert_many(
                    &CONTACTS,
                    people.iter().map(|id| {
                        params![
                            workspace,
                            id,
                            shard_of(workspace, *id),
                            "person",
                            format!("客{}", id.0.as_u128() >> 64 & 0xffff),
                            "",
                            "",
                            0,
                            "granted",
                            NOON,
                            NOON
                        ]
                    }),
                )?;
                tx.insert_many(
                    &FRIENDSHIPS,
                    people
                        .iter()
                        .map(|id| params![workspace, channel, id, shard_of(workspace, *id), user_id(*id), "friend", NOON]),
                )
            })
            .await
            .unwrap();
        ids
    }

    /// A template and its only version, with its links.
    pub async fn template(&self, messages: &str) -> (TemplateId, TemplateVersionId) {
        let (workspace, messages) = (self.workspace, messages.to_owned());
        let (id, version) = (TemplateId::new(NOON), TemplateVersionId::new(NOON));
        let tracker = self.catalogs.tracker().clone();
        self.store
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO templates (workspace_id, id, name, folder, version_id, created_at, updated_at) VALUES ($1, $2, 't', '', $3, $4, $4)",
                    &params![workspace, id, version, NOON],
                )?;
                tx.execute(
                    "INSERT INTO template_versions (workspace_id, id, template_id, number, messages, created_at, created_by) VALUES ($1, $2, $3, 1, $4, $5, 'test')",
                    &params![workspace, version, id, messages.as_str(), NOON],
                )?;
                let addresses = link::decide::urls_in(&messages).into_iter().map(|found| &messages[found.range]);
                link::db::ensure(tx, tracker.vault(), workspace, addresses, NOON)?;
                tx.execute("UPDATE workspaces SET revision = revision + 1 WHERE workspace_id = $1", &params![workspace])?;
                Ok::<_, crate::Error>(())
            })
            .await
            .unwrap();
        self.catalogs.refresh(&self.store).await.unwrap();
        (id, version)
    }

    /// Puts deliveries into the outbox.
    pub async fn queue(&self, wishes: Vec<Wished>) -> Vec<DeliveryId> {
        let (workspace, channel, now) = (self.workspace, self.channel, self.now());
        let rows: Vec<(DeliveryId, Wished)> =
            wishes.into_iter().enumerate().map(|(n, wish)| (DeliveryId::new(now + n as i64), wish)).collect();
        let ids = rows.iter().map(|(id, _)| *id).collect();
        self.store
            .write(move |tx| {
                const DELIVERIES: Insert = Insert {
                    table: "deliveries",
                    columns: &[
                        "workspace_id",
                        "id",
                        "shard",
                        "contact_id",
                        "channel_id",
                        "lane",
                        "cause_kind",
                        "cause_id",
                        "cause_ref",
                        "event_id",
                        "template_version_id",
                        "content",
                        "context",
                        "reply_token",
                        "reply_until",
                        "due_at",
                        "not_after",
                        "state",
                        "created_at",
                    ],
                    conflict: "",
                };
                tx.insert_many(
                    &DELIVERIES,
                    rows.iter().map(|(id, wish)| {
                        let content = wish.template.is_none().then(|| format!(r#"[{{"type":"text","text":"{}"}}]"#, wish.text));
                        let until = wish.token.as_ref().map(|_| now + 50_000);
                        params![
                            workspace,
                            id,
                            shard_of(workspace, wish.contact),
                            wish.contact,
                            channel,
                            wish.lane,
                            "api",
                            Uuid::nil(),
                            "",
                            wish.event.map(|n| EventId(Uuid::from_u128(n))),
                            wish.template,
                            content,
                            "{}",
                            wish.token.as_deref(),
                            until,
                            now,
                            now + wish.good_ms,
                            "queued",
                            now
                        ]
                    }),
                )
            })
            .await
            .unwrap();
        ids
    }

    /// Turns both loops until nothing moves any more.
    pub async fn settle(&self) {
        self.settle_with(&self.held).await;
    }

    /// The same under this standing.
    pub async fn settle_with(&self, held: &Held) {
        let mut quiet = 0;
        while quiet < 2 {
            let outbox = self.delivery.fix_due(held, self.now()).await.unwrap();
            let broadcasts = self.broadcasts.turn(held, self.now()).await.unwrap();
            let busy = outbox.worked + broadcasts.worked + self.delivery.in_flight() > 0;
            quiet = if busy { 0 } else { quiet + 1 };
            if busy && outbox.worked + broadcasts.worked == 0 {
                // Woken by results; the time-out only bounds a missed hint, as the loops' poll does.
                let _ = tokio::time::timeout(Duration::from_millis(50), self.hints.outbox.notified()).await;
            }
        }
    }

    /// (state, reason) of every delivery.
    pub async fn deliveries(&self) -> BTreeMap<DeliveryId, (String, Option<String>)> {
        let rows = self
            .rows("SELECT id, state, reason FROM deliveries WHERE workspace_id = $1", |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            })
            .await;
        rows.into_iter().collect()
    }

    /// Rows of a statement whose only parameter is the workspace.
    pub async fn rows<T: Send + 'static>(&self, sql: &'static str, map: fn(&store::Row<'_>) -> store::Result<T>) -> Vec<T> {
        let workspace = self.workspace;
        self.store.read(move |tx| tx.query(sql, &params![workspace], map)).await.unwrap()
    }

    /// The first number of a statement whose only parameter is the workspace.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.rows(sql, |row| row.get::<Option<i64>>(0)).await.into_iter().next().flatten().unwrap_or(0)
    }

    /// Runs a statement whose first parameter is the workspace.
    pub async fn run(&self, sql: &str) {
        let (workspace, sql) = (self.workspace, sql.to_owned());
        self.store.write(move |tx| tx.execute(&sql, &params![workspace])).await.unwrap();
        self.catalogs.refresh(&self.store).await.unwrap();
    }
}

/// Leases on these shards, whoever held them.
pub async fn hold(store: &Store, node: NodeId, shards: std::ops::Range<i64>) -> Held {
    let names: Vec<String> = shards.clone().map(|shard| format!("shard/{shard:02}")).collect();
    let leases = store
        .write(move |tx| {
            tx.execute("UPDATE leases SET until_ms = 0 WHERE name = ANY($1)", &params![&names])?;
            lease::acquire(tx, &names, node.0, 600_000, names.len())
        })
        .await
        .unwrap();
    let mut held = Held::default();
    held.shards = shards.collect();
    held.leases = leases.into_iter().map(|lease| (lease.name, lease.fence)).collect();
    held
}

/// Contact number `n`: ids in the order of their numbers.
pub fn contact(n: u64) -> ContactId {
    // The tail decides the shard: spread it.
    let tail = u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    ContactId(Uuid::from_u128(u128::from(n + 1) << 64 | tail))
}

/// LINE's id of a contact.
pub fn user_id(contact: ContactId) -> String {
    format!("U{:032x}", contact.0.as_u128() >> 64)
}

/// A delivery to be queued.
#[derive(Clone, Debug)]
pub struct Wished {
    pub contact: ContactId,
    pub lane: Lane,
    pub text: String,
    pub template: Option<TemplateVersionId>,
    pub event: Option<u128>,
    pub token: Option<String>,
    pub good_ms: i64,
}

/// A text in a lane, good for a day.
pub fn wish(contact: ContactId, lane: Lane, text: &str) -> Wished {
    Wished { contact, lane, text: text.to_owned(), template: None, event: None, token: None, good_ms: 86_400_000 }
}
