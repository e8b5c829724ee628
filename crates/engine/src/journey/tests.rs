use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::dry_run::Plan;
use super::*;
use crate::contact::{AttributeValue, Contact, Enrollment, EnrollmentState};
use crate::event::Source;
use crate::ids::EnrollmentId;
use crate::segment::{self, Context};
use crate::vocabulary::testing::{Words, somebody};
use crate::workspace::AttributeType;

pub(super) const TEMPLATE: TemplateId = TemplateId(Uuid::from_u128(1));
pub(super) const TAG: TagId = TagId(Uuid::from_u128(2));
pub(super) const VERSION: JourneyVersionId = JourneyVersionId(Uuid::from_u128(3));

pub(super) fn words() -> Words {
    let mut words =
        Words::of(&[("birthday", AttributeType::Date), ("visit", AttributeType::Date), ("size", AttributeType::Text)]);
    words.templates.insert(TEMPLATE);
    words.tags.insert(TAG, "VIP".into());
    words
}

pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

pub(super) fn at_in(zone: &TimeZone, local: &str) -> i64 {
    zone.to_zoned(local.parse().unwrap()).unwrap().timestamp().as_millisecond()
}

pub(super) fn at(local: &str) -> i64 {
    at_in(&zone("Asia/Tokyo"), local)
}

fn local(at: i64) -> String {
    zone("Asia/Tokyo").to_datetime(segment::instant(at)).to_string()
}

pub(super) fn say(id: &str) -> Value {
    json!({"id": id, "do": "message", "template": TEMPLATE})
}

pub(super) fn pause(id: &str, until: Value) -> Value {
    json!({"id": id, "do": "wait", "until": until})
}

pub(super) fn graph(value: Value) -> Graph {
    Graph::read(&value, &words()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub(super) fn linear(nodes: &[Value]) -> Graph {
    graph(json!({"trigger": {"on": "follow"}, "nodes": nodes}))
}

pub(super) fn journey() -> Journey {
    Journey {
        id: JourneyId(Uuid::from_u128(9)),
        channel: ChannelId(Uuid::from_u128(10)),
        name: "あいさつ".into(),
        state: JourneyState::Published,
        version: Some(VERSION),
    }
}

/// A shop on one day, with one walk.
struct Scene {
    words: Words,
    zone: TimeZone,
    contact: Contact,
    graph: Graph,
    walk: EnrollmentId,
    effects: Vec<Effect>,
    now: i64,
}

impl Scene {
    fn new(graph: Graph, now: &str) -> Self {
        Self::with(graph, somebody(100), now, json!({}))
    }

    fn with(graph: Graph, mut contact: Contact, now: &str, data: Value) -> Self {
        let now = at(now);
        let mut walk = enroll::new_walk(&journey(), VERSION, String::new(), data.as_object().unwrap().clone(), now);
        walk.id = EnrollmentId(Uuid::from_u128(50));
        let id = walk.id;
        contact.enrollments.push(walk);
        let mut scene = Self { words: words(), zone: zone("Asia/Tokyo"), contact, graph, walk: id, effects: Vec::new(), now };
        scene.advance(now);
        scene
    }

    fn advance(&mut self, now: i64) {
        self.now = now;
        let context = Context { now, zone: &self.zone, words: &self.words, event: None };
        advance(&self.graph, &mut self.contact, self.walk, &context, &mut self.effects);
    }

    fn happen(&mut self, happening: &Happening<'_>) {
        let context = Context { now: self.now, zone: &self.zone, words: &self.words, event: None };
        on_happening(&self.graph, &mut self.contact, self.walk, happening, &context, &mut self.effects);
    }

    fn standing(&self) -> &Enrollment {
        self.contact.enrollments.iter().find(|e| e.id == self.walk).unwrap()
    }

    fn due(&self) -> Option<String> {
        self.standing().due_at.map(local)
    }

    fn ended(&self) -> (EnrollmentState, Option<&str>) {
        (self.standing().state, self.standing().reason.as_deref())
    }

    fn said(&self) -> Vec<&str> {
        self.effects.iter().filter_map(|e| if let Effect::Say { node, .. } = e { Some(node.as_str()) } else { None }).collect()
    }
}

pub(super) fn set(contact: &mut Contact, key: &str, date: &str) {
    contact.attributes.insert(words().attributes[key].id, AttributeValue { text: date.into(), number: None });
}

#[test]
fn a_simple_list_is_a_journey() {
    let value = json!({
        "trigger": {"on": "follow", "unblock": true},
        "nodes": [
            {"do": "message", "template": TEMPLATE},
            {"do": "wait", "until": {"after": {"days": 1, "at": "19:00"}}},
            {"do": "message", "template": TEMPLATE, "lane": "promised"},
        ],
    });
    let graph = graph(value);
    assert_eq!(graph.nodes.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["n1", "n2", "n3"]);
    let again: Graph = serde_json::from_str(&serde_json::to_string(&graph).unwrap()).unwrap();
    assert_eq!(again, graph);
    let mut scene = Scene::new(graph, "2026-11-22T10:00:00");
    assert_eq!((scene.said(), scene.due()), (vec!["n1"], Some("2026-11-23T19:00:00".into())));
    scene.advance(at("2026-11-23T18:59:59"));
    assert_eq!(scene.said(), ["n1"], "never early");
    scene.advance(at("2026-11-23T19:00:00"));
    assert_eq!((scene.said(), scene.ended()), (vec!["n1", "n3"], (EnrollmentState::Done, Some("done"))));
    let before = scene.effects.clone();
    scene.advance(at("2026-12-23T19:00:00"));
    assert_eq!(scene.effects, before, "an ended walk does nothing");
}

#[test]
fn waits_end_when_they_say() {
    // 2026-11-22 is a Sunday.
    for (until, expected) in [
        (json!({"after": {"minutes": 30}}), "2026-11-22T10:30:00"),
        (json!({"after": {"hours": 25}}), "2026-11-23T11:00:00"),
        (json!({"after": {"days": 3}}), "2026-11-25T10:00:00"),
        (json!({"after": {"days": 3, "hours": 1, "minutes": 1}}), "2026-11-25T11:01:00"),
        (json!({"after": {"days": 1, "at": "09:00"}}), "2026-11-23T09:00:00"),
        (json!({"after": {"at": "09:00"}}), "2026-11-23T09:00:00"),
        (json!({"after": {"at": "10:01"}}), "2026-11-22T10:01:00"),
        (json!({"clock": "10:00"}), "2026-11-23T10:00:00"),
        (json!({"clock": "24:00"}), "2026-11-23T00:00:00"),
        (json!({"weekday": {"days": ["sun"], "at": "10:00"}}), "2026-11-29T10:00:00"),
        (json!({"weekday": {"days": ["sun", "wed"], "at": "10:01"}}), "2026-11-22T10:01:00"),
        (json!({"weekday": {"days": ["wed"], "at": "08:00"}}), "2026-11-25T08:00:00"),
        (json!({"day": {"date": "2026-12-24", "at": "18:00"}}), "2026-12-24T18:00:00"),
        (json!({"date": {"attribute": "visit", "days": -3, "at": "10:00"}}), "2026-12-07T10:00:00"),
        (json!({"date": {"attribute": "birthday", "at": "10:00", "repeat": "yearly"}}), "2027-02-28T10:00:00"),
        (json!({"date": {"attribute": "birthday", "days": -100, "at": "10:00", "repeat": "yearly"}}), "2027-11-21T10:00:00"),
        (json!({"event": {"event": {"on": "event", "name": "order_placed"}, "timeout": {"days": 2}}}), "2026-11-24T10:00:00"),
    ] {
        let mut contact = somebody(100);
        set(&mut contact, "visit", "2026-12-10");
        set(&mut contact, "birthday", "1992-02-29");
        let scene = Scene::with(linear(&[pause("w", until.clone()), say("m")]), contact, "2026-11-22T10:00:00", json!({}));
        assert_eq!(scene.due().as_deref(), Some(expected), "{until}");
    }
}

#[test]
fn days_are_calendar_days_where_clocks_change() {
    // New York: 2026-03-08 02:00–03:00 does not exist, 2026-11-01 01:00–02:00 exists twice.
    let new_york = zone("America/New_York");
    let (contact, words) = (somebody(1), words());
    for (now, until, expected) in [
        ("2026-03-07T10:00:00", json!({"after": {"days": 1}}), "2026-03-08T10:00:00-04:00"),
        ("2026-03-07T10:00:00", json!({"after": {"hours": 24}}), "2026-03-08T11:00:00-04:00"),
        ("2026-03-07T02:30:00", json!({"after": {"days": 1}}), "2026-03-08T03:30:00-04:00"),
        ("2026-03-07T10:00:00", json!({"clock": "02:30"}), "2026-03-08T03:30:00-04:00"),
        ("2026-10-31T10:00:00", json!({"after": {"days": 1, "at": "01:30"}}), "2026-11-01T01:30:00-04:00"),
        ("2026-10-31T10:00:00", json!({"after": {"days": 1}}), "2026-11-01T10:00:00-05:00"),
    ] {
        let wait: Wait = serde_json::from_value(until.clone()).unwrap();
        let context = Context { now: at_in(&new_york, now), zone: &new_york, words: &words, event: None };
        let expected: jiff::Timestamp = expected.parse().unwrap();
        assert_eq!(wait.due(&contact, &context), wait::Due::At(expected.as_millisecond()), "{now} {until}");
    }
}

#[test]
fn a_walk_held_up_keeps_its_spacing() {
    let day = || json!({"after": {"days": 1}});
    let mut scene =
        Scene::new(linear(&[say("a"), pause("w1", day()), say("b"), pause("w2", day()), say("c")]), "2026-11-01T10:00:00");
    // Ten days away.
    scene.advance(at("2026-11-11T15:00:00"));
    assert_eq!((scene.said(), scene.due()), (vec!["a", "b"], Some("2026-11-12T15:00:00".into())));
}

#[test]
fn reminders_that_are_past_are_left_out() {
    let before = |id: &str, days: i32| pause(id, json!({"date": {"attribute": "visit", "days": days, "at": "10:00"}}));
    let graph = linear(&[before("w3", -3), say("in_three"), before("w1", -1), say("tomorrow"), before("w0", 0), say("today")]);
    let mut contact = somebody(100);
    set(&mut contact, "visit", "2026-11-24");
    let scene = Scene::with(graph.clone(), contact.clone(), "2026-11-22T10:00:00", json!({}));
    assert_eq!((scene.said(), scene.due()), (vec![], Some("2026-11-23T10:00:00".into())));
    set(&mut contact, "visit", "2026-11-01");
    let scene = Scene::with(graph.clone(), contact, "2026-11-22T10:00:00", json!({}));
    assert_eq!((scene.said(), scene.ended()), (vec![], (EnrollmentState::Done, Some("done"))));
    let scene = Scene::new(graph, "2026-11-22T10:00:00");
    assert_eq!(scene.ended(), (EnrollmentState::Exited, Some("date_missing")));
}

#[test]
fn a_date_that_moves_takes_its_wait_along() {
    let mut contact = somebody(100);
    set(&mut contact, "visit", "2026-12-10");
    let nodes = [
        pause("w", json!({"date": {"attribute": "visit", "days": -1, "at": "10:00"}})),
        say("m"),
        pause("w2", json!({"after": {"days": 1}})),
        say("later"),
    ];
    let mut scene = Scene::with(linear(&nodes), contact, "2026-11-22T10:00:00", json!({}));
    set(&mut scene.contact, "visit", "2026-12-20");
    scene.happen(&Happening::Changed);
    assert_eq!(scene.due().as_deref(), Some("2026-12-19T10:00:00"));
    let effects = scene.effects.len();
    scene.happen(&Happening::Changed);
    assert_eq!(scene.effects.len(), effects, "nothing new, nothing done");
    set(&mut scene.contact, "visit", "2026-11-20");
    scene.happen(&Happening::Changed);
    assert_eq!((scene.said(), scene.standing().node.as_str()), (vec![], "w2"), "past: its message is left out");
}

#[test]
fn branches_see_the_contact_and_the_data() {
    let has_tag = json!({"is": "tag", "tag": TAG});
    let rich = json!({"is": "event", "key": "total", "test": {"ge": 5000}});
    let branch = |condition: Value| {
        linear(&[
            json!({"id": "b", "do": "branch", "if": condition, "yes": "y", "no": "n"}),
            json!({"id": "y", "do": "message", "template": TEMPLATE, "next": "end"}),
            say("n"),
        ])
    };
    let mut vip = somebody(1);
    vip.tags.insert(TAG);
    assert_eq!(Scene::with(branch(has_tag.clone()), vip, "2026-11-22T10:00:00", json!({})).said(), ["y"]);
    assert_eq!(Scene::with(branch(has_tag), somebody(1), "2026-11-22T10:00:00", json!({})).said(), ["n"]);
    assert_eq!(Scene::with(branch(rich.clone()), somebody(1), "2026-11-22T10:00:00", json!({"total": 5000})).said(), ["y"]);
    assert_eq!(Scene::with(branch(rich.clone()), somebody(1), "2026-11-22T10:00:00", json!({})).said(), ["n"]);
    let choose = |total: i64| {
        let cases =
            json!([{"if": rich, "next": "rich"}, {"if": {"is": "event", "key": "total", "test": {"ge": 1000}}, "next": "some"}]);
        let graph = linear(&[
            json!({"id": "c", "do": "choose", "cases": cases}),
            json!({"id": "none", "do": "exit"}),
            json!({"id": "rich", "do": "message", "template": TEMPLATE, "next": "end"}),
            say("some"),
        ]);
        Scene::with(graph, somebody(1), "2026-11-22T10:00:00", json!({"total": total})).said().join("")
    };
    assert_eq!([choose(9000), choose(2000), choose(1)], ["rich", "some", ""]);
}

/// Applies tags as the reaction would, and stops the walk when told so.
struct Acting(EnrollmentId, Vec<String>);

impl Effects for Acting {
    fn take(&mut self, contact: &mut Contact, effect: Effect) {
        match effect {
            Effect::Run { actions, .. } => {
                for action in actions {
                    match action {
                        Action::TagAdd { tag } => drop(contact.tags.insert(tag)),
                        Action::JourneyStop { .. } => stop(contact, self.0, "action", &mut Vec::new()),
                        _ => {}
                    }
                }
            }
            Effect::Say { node, .. } => self.1.push(node),
            _ => {}
        }
    }
}

#[test]
fn actions_are_seen_by_the_steps_after_them() {
    let mut words = words();
    words.journeys.insert(journey().id, "あいさつ".into());
    let nodes = json!([
        {"id": "tag", "do": "actions", "actions": [{"action": "tag_add", "tag": TAG}]},
        {"id": "b", "do": "branch", "if": {"is": "tag", "tag": TAG}, "yes": "m", "no": "end"},
        {"id": "m", "do": "message", "template": TEMPLATE},
        {"id": "stop", "do": "actions", "actions": [{"action": "journey_stop", "journey": journey().id}]},
        {"id": "never", "do": "message", "template": TEMPLATE},
    ]);
    let graph = Graph::read(&json!({"trigger": {"on": "hand"}, "nodes": nodes}), &words).unwrap();
    let (mut contact, zone) = (somebody(1), zone("Asia/Tokyo"));
    let context = Context { now: 0, zone: &zone, words: &words, event: None };
    let walk = enroll::new_walk(&journey(), VERSION, String::new(), Map::new(), 0);
    let id = take_in(&mut contact, walk, None, &mut Vec::new());
    let mut acting = Acting(id, Vec::new());
    advance(&graph, &mut contact, id, &context, &mut acting);
    assert_eq!(acting.1, ["m"]);
    assert_eq!(
        (contact.enrollments[0].state, contact.enrollments[0].reason.as_deref()),
        (EnrollmentState::Exited, Some("action"))
    );
}

fn order<'a>(name: &'a str, data: &'a Value) -> Happening<'a> {
    Happening::Event { name, data: data.as_object().unwrap() }
}

#[test]
fn events_end_waits_and_bring_their_data() {
    let event = json!({"on": "event", "name": "shipped", "where": {"is": "event", "key": "n", "test": {"ge": 2}}});
    let nodes = [
        pause("w", json!({"event": {"event": event, "timeout": {"days": 3}, "on_timeout": "late"}})),
        json!({"id": "b", "do": "branch", "if": {"is": "event", "key": "no", "test": {"equals": "X"}}, "yes": "ok", "no": "end"}),
        json!({"id": "ok", "do": "message", "template": TEMPLATE, "next": "end"}),
        say("late"),
    ];
    let start = || Scene::with(linear(&nodes), somebody(1), "2026-11-22T10:00:00", json!({"n": 0, "a": 1}));
    let mut scene = start();
    scene.happen(&order("shipped", &json!({"n": 1})));
    scene.happen(&order("other", &json!({"n": 5})));
    assert_eq!(scene.due().as_deref(), Some("2026-11-25T10:00:00"));
    scene.happen(&order("shipped", &json!({"n": 2, "no": "X"})));
    assert_eq!((scene.said(), scene.ended().0), (vec!["ok"], EnrollmentState::Done));
    assert_eq!(Value::from(scene.standing().context.clone()), json!({"a": 1, "n": 2, "no": "X"}));
    let mut scene = start();
    scene.advance(at("2026-11-25T10:00:00"));
    assert_eq!(scene.said(), ["late"]);
}

#[test]
fn blocks_and_goals_end_a_walk() {
    let with = |extra: Value| {
        let mut value = json!({"trigger": {"on": "follow"}, "nodes": [pause("w", json!({"after": {"days": 1}})), say("m")]});
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Scene::new(graph(value), "2026-11-22T10:00:00")
    };
    let mut scene = with(json!({}));
    scene.happen(&Happening::Block);
    assert_eq!(scene.ended(), (EnrollmentState::Exited, Some("blocked")));
    let mut scene = with(json!({"on_block": "stay"}));
    scene.happen(&Happening::Block);
    assert_eq!(scene.ended().0, EnrollmentState::Active);
    let mut scene = with(json!({"goal": {"on": {"on": "event", "name": "bought"}}}));
    scene.happen(&order("bought", &json!({})));
    assert_eq!(scene.ended(), (EnrollmentState::Goal, Some("goal")));
    assert_eq!(scene.effects.last(), Some(&Effect::Ended { walk: scene.walk, state: EnrollmentState::Goal, reason: "goal" }));
    let goal = json!({"goal": {"when": {"is": "tag", "tag": TAG}}});
    let mut scene = with(goal.clone());
    scene.contact.tags.insert(TAG);
    scene.happen(&Happening::Changed);
    assert_eq!(scene.ended().0, EnrollmentState::Goal);
    let mut scene = with(goal);
    scene.contact.tags.insert(TAG);
    scene.advance(at("2026-11-23T10:00:00"));
    assert_eq!((scene.said(), scene.ended().0), (vec![], EnrollmentState::Goal), "looked at before every step");
}

#[test]
fn the_same_order_ends_the_wait() {
    let event = json!({"on": "event", "name": "paid", "same": "order"});
    let mut scene = Scene::new(linear(&[pause("w", json!({"event": {"event": event}})), say("m")]), "2026-11-22T10:00:00");
    scene.contact.enrollments[0].key = "A1".into();
    scene.happen(&order("paid", &json!({"order": "A2"})));
    assert_eq!((scene.said(), scene.due()), (vec![], None));
    scene.happen(&order("paid", &json!({"order": "A1"})));
    assert_eq!(scene.said(), ["m"]);
}

fn decide(value: &Value, contact: &Contact, cause: Cause<'_>) -> Result<(String, bool), Refusal> {
    let (words, zone) = (words(), zone("Asia/Tokyo"));
    let context = Context { now: at("2026-11-22T10:00:00"), zone: &zone, words: &words, event: None };
    match enroll(&journey(), VERSION, &graph(value.clone()), contact, cause, &context) {
        Decision::Start { walk, instead_of } => Ok((walk.key, instead_of.is_some())),
        Decision::Refused(refusal) => Err(refusal),
    }
}

fn walked(state: EnrollmentState, key: &str) -> Contact {
    let mut contact = somebody(1);
    let mut walk = enroll::new_walk(&journey(), VERSION, key.into(), Map::new(), 0);
    walk.state = state;
    contact.enrollments.push(walk);
    contact
}

#[test]
fn reentry_is_explicit() {
    use EnrollmentState::{Active, Done};
    let value = |reentry: Value| json!({"trigger": {"on": "event", "name": "cart"}, "nodes": [say("m")], "reentry": reentry});
    let data = json!({"cart": "C1"});
    let happening = order("cart", &data);
    let cause = Cause::Trigger(&happening, Source::Api);
    let fresh = somebody(1);
    for (reentry, contact, expected) in [
        (json!("never"), &fresh, Ok((String::new(), false))),
        (json!("never"), &walked(Done, ""), Err(Refusal::Before)),
        (json!("never"), &walked(Active, ""), Err(Refusal::Walking)),
        (json!("after_end"), &walked(Done, ""), Ok((String::new(), false))),
        (json!("after_end"), &walked(Active, ""), Err(Refusal::Walking)),
        (json!("always"), &walked(Active, ""), Ok((String::new(), true))),
        (json!({"keyed": "cart"}), &walked(Active, "C2"), Ok(("C1".into(), false))),
        (json!({"keyed": "cart"}), &walked(Active, "C1"), Err(Refusal::Walking)),
        (json!({"keyed": "cart"}), &walked(Done, "C1"), Err(Refusal::Before)),
        (json!({"keyed": "order"}), &fresh, Err(Refusal::NoKey)),
    ] {
        assert_eq!(decide(&value(reentry.clone()), contact, cause), expected, "{reentry}");
    }
}

#[test]
fn only_the_trigger_or_a_hand_starts() {
    let follow = json!({"trigger": {"on": "follow"}, "nodes": [say("m")], "only": {"is": "tag", "tag": TAG}});
    let mut vip = somebody(1);
    vip.tags.insert(TAG);
    fn trigger<'a>(happening: &'a Happening<'a>, source: Source) -> Cause<'a> {
        Cause::Trigger(happening, source)
    }
    assert!(decide(&follow, &vip, trigger(&Happening::Follow, Source::Line)).is_ok());
    assert_eq!(decide(&follow, &vip, trigger(&Happening::Unblock, Source::Line)), Err(Refusal::OtherTrigger));
    assert_eq!(decide(&follow, &somebody(1), trigger(&Happening::Follow, Source::Line)), Err(Refusal::NotForThem));
    assert!(decide(&follow, &somebody(1), Cause::Hand("k")).is_ok(), "staff put in whom they like");
    let tag = json!({"trigger": {"on": "tag", "tag": TAG}, "nodes": [say("m")]});
    assert!(decide(&tag, &vip, trigger(&Happening::Tag(TAG), Source::Staff)).is_ok());
    assert_eq!(decide(&tag, &vip, trigger(&Happening::Tag(TAG), Source::Import)), Err(Refusal::Quiet));
    assert_eq!(decide(&tag, &vip, trigger(&Happening::Tag(TAG), Source::Link)), Err(Refusal::Quiet));
    assert!(decide(&tag, &vip, Cause::Told(&Happening::Tag(TAG))).is_ok(), "an import that was told to");
    assert_eq!(decide(&follow, &somebody(1), Cause::Told(&Happening::Follow)), Err(Refusal::NotForThem));
    let click = json!({"trigger": {"on": "click"}, "nodes": [say("m")]});
    assert!(decide(&click, &vip, trigger(&Happening::Click(LinkId::nil()), Source::Link)).is_ok(), "told to start by a click");
    let message = json!({"trigger": {"on": "message", "words": ["ヨヤク"]}, "nodes": [say("m")]});
    assert!(decide(&message, &vip, trigger(&Happening::Message { kind: "text", text: "よやくしたい" }, Source::Line)).is_ok());
    assert!(decide(&message, &vip, trigger(&Happening::Message { kind: "text", text: "こんにちは" }, Source::Line)).is_err());
}

#[test]
fn a_dry_run_tells_dates_and_ends() {
    let graph = linear(&[
        say("a"),
        pause("w", json!({"after": {"days": 3, "at": "19:00"}})),
        json!({"id": "t", "do": "actions", "actions": [{"action": "tag_add", "tag": TAG}]}),
        json!({"id": "b", "do": "branch", "if": {"is": "tag", "tag": TAG}, "yes": "m", "no": "end"}),
        say("m"),
    ]);
    let (words, zone) = (words(), zone("Asia/Tokyo"));
    let context = Context { now: at("2026-11-22T10:00:00"), zone: &zone, words: &words, event: None };
    let contact = somebody(1);
    let plan = dry_run(&journey(), &graph, &contact, &Map::new(), &context);
    let lines: Vec<(String, &str)> = plan.iter().map(|p| (local(p.at), p.node.as_str())).collect();
    let later = "2026-11-25T19:00:00".to_owned();
    assert_eq!(lines, [("2026-11-22T10:00:00".to_owned(), "a"), (later.clone(), "t"), (later.clone(), "m"), (later, "")]);
    assert_eq!(plan[3].what, Plan::Ends { state: EnrollmentState::Done, reason: "done".into() });
    assert!(contact.tags.is_empty());
}
