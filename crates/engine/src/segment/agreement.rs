//! The law: SQL chooses exactly the contacts for whom the condition holds, on both stores.

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use store::{Insert, Value, params};
use uuid::Uuid;

use super::tests::{NOW, words, zone};
use super::*;
use crate::contact::{AttributeValue, Contact, Enrollment, EnrollmentState, Friendship, Opened, Talk};
use crate::ids::{EnrollmentId, JourneyVersionId, WorkspaceId};
use crate::schema::MIGRATIONS;
use crate::text::fold;
use crate::vocabulary::testing::somebody;

const PEOPLE: u128 = 150;
const CONDITIONS: usize = 600;

/// A runner that makes the same values every time.
fn runner(seed: u8) -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}

fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

fn id<T>(make: fn(Uuid) -> T, from: u128, count: u128) -> impl Strategy<Value = T>
where
    T: std::fmt::Debug,
{
    (from..from + count).prop_map(move |n| make(Uuid::from_u128(n)))
}

fn channel() -> impl Strategy<Value = ChannelId> {
    id(ChannelId, 10, 2)
}

fn tag() -> impl Strategy<Value = TagId> {
    id(TagId, 20, 2)
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "L",
        "l",
        "M",
        "L サイズ",
        "緑茶",
        "茶",
        "%",
        "_",
        "120",
        "1",
        "0",
        "ja",
        "店頭QR",
        "ヤマダ",
        "やま",
        "''",
    ])
    .prop_map(str::to_owned)
}

fn words_of() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 1..3)
}

fn number() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![-1.0, 0.0, 0.5, 1.0, 119.9, 120.0, 1e9])
}

/// Days around today, years ago and the edges of February.
fn day() -> impl Strategy<Value = Day> {
    let around = (-5i32..5).prop_map(|n| plus_days(date_of(NOW, &zone()), n));
    let fixed = prop::sample::select(vec!["1992-02-29", "1990-03-01", "2000-12-31", "2026-01-01"])
        .prop_map(|d| d.parse::<Date>().unwrap());
    prop_oneof![around, fixed].prop_map(Day)
}

fn window() -> impl Strategy<Value = (i32, i32)> {
    (-4i32..4, 0i32..4).prop_map(|(from, len)| (from, from + len))
}

fn moment() -> impl Strategy<Value = i64> {
    (day(), prop::sample::select(vec![-1i64, 0, 1, 3_600_000])).prop_map(|(day, shift)| day_start(day.0, &zone()) + shift)
}

fn state() -> impl Strategy<Value = FriendState> {
    prop::sample::select(FriendState::ALL)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar year are exact in f64")]
fn attribute() -> impl Strategy<Value = (&'static str, AttributeValue)> {
    prop_oneof![
        word().prop_map(|text| ("size", AttributeValue { text, number: None })),
        number().prop_map(|n| ("points", AttributeValue { text: n.to_string(), number: Some(n) })),
        day().prop_map(|d| ("birthday", AttributeValue { text: d.to_string(), number: Some(probe::day_number(d.0)) })),
        moment().prop_map(|at| ("visit", AttributeValue { text: instant(at).to_string(), number: Some(at as f64) })),
        any::<bool>().prop_map(|yes| (
            "member",
            AttributeValue { text: i32::from(yes).to_string(), number: Some(f64::from(i32::from(yes))) }
        )),
    ]
}

fn friendship() -> impl Strategy<Value = Friendship> {
    (state(), prop::option::of(moment()), prop::option::of(word())).prop_map(|(state, friend_since, source)| Friendship {
        user_id: "U".into(),
        state,
        changed_at: 0,
        friend_since,
        source,
    })
}

fn talk() -> impl Strategy<Value = Talk> {
    prop::option::of(moment()).prop_map(|wrote_at| Talk { wrote_at, ..Talk::default() })
}

fn walks() -> impl Strategy<Value = Vec<Enrollment>> {
    let one = (prop::sample::select(EnrollmentState::ALL), 0u128..3, 0..2i32, "n[12]");
    prop::collection::vec(one, 0..4).prop_map(|walks| {
        let mut made: Vec<Enrollment> = Vec::new();
        for (state, journey, key, node) in walks {
            let key = if key == 0 { String::new() } else { "order".to_owned() };
            let journey = JourneyId(Uuid::from_u128(30 + journey));
            // One active walk per journey and key: the database has a unique index.
            let taken = made.iter().any(|e| e.journey == journey && e.key == key && e.state == EnrollmentState::Active);
            made.push(Enrollment {
                id: EnrollmentId::nil(),
                journey,
                version: JourneyVersionId::nil(),
                key,
                state: if taken && state == EnrollmentState::Active { EnrollmentState::Done } else { state },
                node,
                due_at: None,
                steps: 0,
                context: serde_json::Map::new(),
                reason: None,
                entered_at: 0,
            });
        }
        made
    })
}

/// At most one row for each link and cause: that is the table's key.
fn clicks() -> impl Strategy<Value = Vec<Opened>> {
    let one = prop::option::of(moment());
    prop::collection::vec(one, 4).prop_map(|times| {
        let opened = |(n, at): (u128, Option<i64>)| {
            Some(Opened { link: LinkId(Uuid::from_u128(40 + n / 2)), cause: Uuid::from_u128(50 + n % 2), last_at: at? })
        };
        (0..).zip(times).filter_map(opened).collect()
    })
}

fn person(runner: &mut TestRunner, workspace: u128, n: u128) -> Contact {
    let mut contact = somebody(n);
    contact.workspace = WorkspaceId(Uuid::from_u128(workspace));
    contact.display_name = draw(runner, prop::option::of(word()));
    contact.language = draw(runner, prop::option::of(word()));
    contact.kind = draw(runner, prop::sample::select(ContactKind::ALL));
    contact.staff = draw(runner, any::<bool>());
    contact.consent = draw(runner, any::<bool>());
    contact.created_at = draw(runner, moment());
    contact.tags = draw(runner, prop::collection::btree_set(tag(), 0..3));
    contact.friendships = draw(runner, prop::collection::btree_map(channel(), friendship(), 0..3));
    contact.talks = draw(runner, prop::collection::btree_map(channel(), talk(), 0..3));
    let words = words();
    contact.attributes = draw(runner, prop::collection::vec(attribute(), 0..6))
        .into_iter()
        .map(|(key, value)| (words.attributes[key].id, value))
        .collect();
    contact.clicks = draw(runner, clicks());
    contact.enrollments = draw(runner, walks());
    for (at, walk) in contact.enrollments.iter_mut().enumerate() {
        walk.id = EnrollmentId(Uuid::from_u128((workspace << 32) + (n << 8) + at as u128));
    }
    contact
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        Just(Test::Exists),
        Just(Test::Missing),
        word().prop_map(Test::Equals),
        word().prop_map(Test::Not),
        words_of().prop_map(Test::OneOf),
        word().prop_map(Test::Contains),
        Just(Test::Contains(String::new())),
        word().prop_map(Test::Starts),
        number().prop_map(Test::Lt),
        number().prop_map(Test::Le),
        number().prop_map(Test::Gt),
        number().prop_map(Test::Ge),
        (number(), number()).prop_map(|(from, to)| Test::Between { from, to }),
        day().prop_map(Test::Before),
        day().prop_map(Test::OnOrAfter),
        day().prop_map(Test::On),
        window().prop_map(|(from, to)| Test::WithinDays { from, to }),
        window().prop_map(|(from, to)| Test::BirthdayWithin { from, to }),
        prop_oneof![Just(MonthOf::This), Just(MonthOf::Next), (1i8..13).prop_map(MonthOf::Month)].prop_map(Test::BirthdayMonth),
    ]
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        Just(When::Never),
        day().prop_map(When::Before),
        day().prop_map(When::OnOrAfter),
        (0i32..40).prop_map(When::WithinDays),
        (0i32..40).prop_map(When::OlderThanDays),
    ]
}

fn walk() -> impl Strategy<Value = Walk> {
    prop_oneof![
        prop::sample::select(vec![Walk::Never, Walk::Active, Walk::Done, Walk::Goal, Walk::Exited, Walk::Failed]),
        "n[12]".prop_map(Walk::At),
    ]
}

fn leaf() -> impl Strategy<Value = Condition> {
    let key = || prop::sample::select(vec!["size", "points", "birthday", "visit", "member", "deleted"]).prop_map(str::to_owned);
    prop_oneof![
        2 => tag().prop_map(|tag| Condition::Tag { tag }),
        1 => tag().prop_map(|tag| Condition::NoTag { tag }),
        6 => (key(), test()).prop_map(|(key, test)| Condition::Attribute { key, test }),
        1 => (key(), test()).prop_map(|(key, test)| Condition::Event { key, test }),
        2 => (channel(), prop::collection::vec(state(), 1..4)).prop_map(|(channel, states)| Condition::Friend { channel, states }),
        2 => (channel(), when()).prop_map(|(channel, when)| Condition::FriendSince { channel, when }),
        2 => (channel(), when()).prop_map(|(channel, when)| Condition::Wrote { channel, when }),
        1 => (channel(), words_of()).prop_map(|(channel, sources)| Condition::Source { channel, sources }),
        1 => word().prop_map(|contains| Condition::Name { contains }),
        3 => (id(JourneyId, 30, 3), walk()).prop_map(|(journey, state)| Condition::Journey { journey, state }),
        3 => (prop::option::of(id(LinkId, 40, 3)), prop::option::of((50u128..53).prop_map(Uuid::from_u128)), prop::option::of(0i32..8))
            .prop_map(|(link, cause, within_days)| Condition::Clicked { link, cause, within_days }),
        1 => words_of().prop_map(|languages| Condition::Language { languages }),
        1 => when().prop_map(|when| Condition::Created { when }),
        1 => prop::sample::select(ContactKind::ALL).prop_map(|kind| Condition::Kind { kind }),
        1 => Just(Condition::Staff {}),
        1 => Just(Condition::Consent {}),
        1 => prop::collection::vec(id(ContactId, 1, PEOPLE), 1..30).prop_map(|ids| Condition::Contacts { ids }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 10, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..4).prop_map(|of| Condition::All { of }),
            prop::collection::vec(part.clone(), 0..4).prop_map(|of| Condition::Any { of }),
            part.prop_map(|part| Condition::Not { of: Box::new(part) }),
        ]
    })
}

type Rows = Vec<Vec<Value<'static>>>;

const TABLES: &[Insert] = &[
    Insert {
        table: "contacts",
        columns: &[
            "workspace_id",
            "id",
            "shard",
            "kind",
            "display_name",
            "folded",
            "language",
            "memo",
            "staff",
            "consent",
            "created_at",
            "updated_at",
        ],
        conflict: "",
    },
    Insert { table: "contact_tags", columns: &["workspace_id", "contact_id", "tag_id", "at"], conflict: "" },
    Insert {
        table: "friendships",
        columns: &[
            "workspace_id",
            "channel_id",
            "contact_id",
            "shard",
            "user_id",
            "state",
            "changed_at",
            "friend_since",
            "source",
        ],
        conflict: "",
    },
    Insert {
        table: "contact_attributes",
        columns: &["workspace_id", "contact_id", "attribute_id", "text", "number", "at"],
        conflict: "",
    },
    Insert {
        table: "enrollments",
        columns: &[
            "workspace_id",
            "id",
            "shard",
            "journey_id",
            "version_id",
            "contact_id",
            "key",
            "state",
            "node",
            "steps",
            "context",
            "entered_at",
            "updated_at",
        ],
        conflict: "",
    },
    Insert {
        table: "conversations",
        columns: &["workspace_id", "channel_id", "contact_id", "unread", "mark", "last_at", "last_text", "wrote_at"],
        conflict: "",
    },
    Insert {
        table: "link_clicks",
        columns: &["workspace_id", "cause_id", "link_id", "contact_id", "first_at", "last_at", "count"],
        conflict: "",
    },
];

/// The rows of each table for some contacts.
fn rows(people: &[Contact]) -> Vec<Rows> {
    let mut tables: Vec<Rows> = vec![Vec::new(); TABLES.len()];
    for c in people {
        let (w, id) = (c.workspace, c.id);
        let name = c.display_name.clone().unwrap_or_default();
        let consent = if c.consent { "granted" } else { "withdrawn" };
        tables[0].push(
            params![
                w,
                id,
                0i64,
                c.kind.as_str(),
                c.display_name.clone(),
                fold(&name),
                c.language.clone(),
                "",
                c.staff,
                consent,
                c.created_at,
                0i64
            ]
            .to_vec(),
        );
        tables[1].extend(c.tags.iter().map(|tag| params![w, id, *tag, 0i64].to_vec()));
        tables[2].extend(c.friendships.iter().map(|(channel, f)| {
            params![w, *channel, id, 0i64, "U", f.state.as_str(), 0i64, f.friend_since, f.source.clone()].to_vec()
        }));
        tables[3].extend(
            c.attributes.iter().map(|(attribute, v)| params![w, id, *attribute, v.text.clone(), v.number, 0i64].to_vec()),
        );
        tables[4].extend(c.enrollments.iter().map(|e| {
            let state = e.state.as_str();
            params![w, e.id, 0i64, e.journey, e.version, id, e.key.clone(), state, e.node.clone(), 0i64, "{}", 0i64, 0i64]
                .to_vec()
        }));
        tables[5]
            .extend(c.talks.iter().map(|(channel, talk)| params![w, *channel, id, 0i64, "", 0i64, "", talk.wrote_at].to_vec()));
        tables[6].extend(c.clicks.iter().map(|k| params![w, k.cause, k.link, id, k.last_at, k.last_at, 1i64].to_vec()));
    }
    tables
}

#[tokio::test]
async fn sql_chooses_whom_the_condition_holds_for() {
    let mut people_runner = runner(1);
    // The second workspace has contacts of the same ids, tags and fields: none of them may count.
    let people: Vec<Contact> = [1, 2]
        .iter()
        .flat_map(|w| (1..=PEOPLE).map(|n| (*w, n)).collect::<Vec<_>>())
        .map(|(w, n)| person(&mut people_runner, w, n))
        .collect();
    let conditions: Vec<Condition> = {
        let mut runner = runner(2);
        (0..CONDITIONS).map(|_| draw(&mut runner, condition())).collect()
    };
    let mut both_ways = 0;
    store::testing::both(MIGRATIONS, async |_database, store| {
        let tables = rows(&people);
        store
            .write::<_, store::Error>(move |tx| {
                for (insert, rows) in TABLES.iter().zip(&tables) {
                    tx.insert_many(insert, rows.iter().map(Vec::as_slice))?;
                }
                Ok(())
            })
            .await
            .unwrap();
        for condition in &conditions {
            let (zone, words) = (zone(), words());
            let context = Context { now: NOW, zone: &zone, words: &words, event: None };
            let (sql, mut params) = to_sql(condition, &context, 2);
            let text = format!("SELECT c.id FROM contacts c WHERE c.workspace_id = $1 AND {sql} ORDER BY c.id");
            params.insert(0, Value::Id(Uuid::from_u128(1)));
            let found: Vec<Uuid> = store
                .read::<_, store::Error>(move |tx| tx.query(&text, &params, |row| row.get(0)))
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            let expected: Vec<Uuid> = people
                .iter()
                .filter(|c| c.workspace.0 == Uuid::from_u128(1) && evaluate(condition, c, &context))
                .map(|c| c.id.0)
                .collect();
            assert_eq!(found, expected, "{condition:?}\n{sql}");
            both_ways += usize::from(!found.is_empty() && found.len() < people.len() / 2);
        }
    })
    .await;
    assert!(both_ways > CONDITIONS / 2, "too few conditions choose some and leave some: {both_ways}");
}
