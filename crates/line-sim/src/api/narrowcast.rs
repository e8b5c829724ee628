//! Narrowcast: to audiences and demographics, in its own time.

use crate::answer::Answer;
use crate::api::send::{Checked, SendBody, friends, retry_key};
use crate::api::send::{Key, book};
use crate::call::Call;
use crate::channel::Channel;
use crate::check::message::Target;
use crate::check::{At, Check};
use crate::clock::rfc3339;
use crate::json::Json;
use crate::ledger::{Recipient, Sent, To, Via};
use crate::people::{Person, mix};
use crate::room::Entry;
use crate::route::Route;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/message/narrowcast", "narrowcast", narrowcast).keyed().rate(60, 3600),
    Route::get("/v2/bot/message/progress/narrowcast", "narrowcast_progress", progress),
];

/// Attribute filters need this target reach, and a filtered send that many recipients.
const REACH_MIN: usize = 100;
const RECIPIENTS_MIN: usize = 50;
const OBJECTS_MAX: usize = 10;
/// On the simulator's clock; LINE publishes no times.
const WAITING_MS: i64 = 1_000;
const SENDING_MS: i64 = 2_000;
const LIFE_MS: i64 = 14 * 86_400_000;

/// One narrowcast's course.
struct Narrowcast {
    accepted_ms: i64,
    outcome: Result<(u64, u64), Failure>,
    recipients: Vec<Person>,
}

/// LINE's error codes of a narrowcast that ended without sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    TooFewRecipients,
    TooSmallAudience,
    PartialForbidden,
}

impl Failure {
    fn code(self) -> u8 {
        match self {
            Failure::TooFewRecipients => 2,
            Failure::TooSmallAudience => 4,
            Failure::PartialForbidden => 5,
        }
    }
    fn text(self) -> &'static str {
        match self {
            Failure::TooFewRecipients => "The number of recipients is not enough.",
            Failure::TooSmallAudience => "An audience has fewer than 50 recipients.",
            Failure::PartialForbidden => "The delivery was cancelled because it would have been partial.",
        }
    }
}

/// A channel's narrowcasts by request id.
#[derive(Default)]
pub struct Narrowcasts(BTreeMap<String, Narrowcast>);

impl Narrowcasts {
    /// Who got one that succeeded within 14 days.
    fn recipients(&self, id: &str, now_ms: i64) -> Option<HashSet<Person>> {
        let past = self.0.get(id).filter(|n| n.outcome.is_ok() && n.is_done(now_ms))?;
        (now_ms - past.accepted_ms < LIFE_MS).then(|| past.recipients.iter().copied().collect())
    }
}

impl Narrowcast {
    fn is_done(&self, now_ms: i64) -> bool {
        now_ms >= self.accepted_ms + WAITING_MS + SENDING_MS
    }
}

fn narrowcast(call: &Call) -> Answer {
    crate::sync::aside(|| try_narrowcast(call)).unwrap_or_else(|answer| answer)
}

/// The selection while it is worked out.
struct Choice<'a> {
    call: &'a Call<'a>,
    objects: usize,
    /// Privacy thresholds hold: something other than uploaded ids narrows the recipients.
    guarded: Option<()>,
    too_small: Option<()>,
}

fn try_narrowcast(call: &Call) -> Result<Answer, Answer> {
    let key = retry_key(call)?;
    let body = SendBody::parse(call)?;
    let checked = body.check(call, Target::Person)?;
    let limit = Limit::read(body.limit.as_ref())?;
    let channel = call.channel();
    let friends = friends(channel, call.now_ms);
    let mut choice = Choice { call, objects: 0, guarded: None, too_small: None };
    let mut chosen: HashSet<Person> = friends.iter().copied().collect();
    if let Some(recipient) = &body.recipient {
        let selected = choice.recipient(recipient, &chosen)?;
        chosen.retain(|person| selected.contains(person));
    }
    if let Some(demographic) = body.filter.as_ref().and_then(|filter| filter.get("demographic")) {
        if friends.len() < REACH_MIN {
            return Err(Answer::error(403, "Your account does not have enough friends"));
        }
        choice.guarded = Some(());
        choice.objects = 0;
        let test = choice.demographic(demographic)?;
        chosen.retain(|person| test(&Traits::of(call.world, channel, *person, call.now_ms)));
    }
    let mut people: Vec<Person> = chosen.into_iter().collect();
    people.sort_unstable();
    let (guarded, too_small) = (choice.guarded.is_some(), choice.too_small.is_some());
    let outcome = if too_small {
        Err(Failure::TooSmallAudience)
    } else if guarded && people.len() < RECIPIENTS_MIN {
        Err(Failure::TooFewRecipients)
    } else {
        limit.cut(call, &mut people)?
    };
    start(call, checked, key, people, outcome);
    Ok(Answer::accepted())
}

/// `limit` of the request.
struct Limit {
    max: Option<usize>,
    up_to_remaining: Option<()>,
    forbid_partial: Option<()>,
}

impl Limit {
    fn read(json: Option<&Json>) -> Result<Limit, Answer> {
        let Some(json) = json else { return Ok(Limit { max: None, up_to_remaining: None, forbid_partial: None }) };
        let mut check = Check::default();
        let at = At::root("limit");
        let max = json.get("max").and_then(|_| check.int(json, &at, "max", 1, i64::from(i32::MAX)));
        check.verdict()?;
        let given = |name: &str| (json.flag(name) == Some(true)).then_some(());
        let limit = Limit {
            max: max.map(|n| n as usize),
            up_to_remaining: given("upToRemainingQuota"),
            forbid_partial: given("forbidPartialDelivery"),
        };
        if limit.forbid_partial.is_some() && limit.up_to_remaining.is_none() {
            return Err(Answer::error(400, "The option forbidPartialDelivery must be used with upToRemainingQuota."));
        }
        Ok(limit)
    }

    /// Cuts the recipients to the limits and takes them from the quota.
    fn cut(&self, call: &Call, people: &mut Vec<Person>) -> Result<Result<(), Failure>, Answer> {
        if let Some(max) = self.max {
            people.truncate(max);
        }
        let channel = call.channel();
        let limit = channel.settings.read().quota;
        let mut quota = channel.quota.lock();
        if let (Some(left), Some(())) = (quota.left(limit, call.now_ms), self.up_to_remaining)
            && (left as usize) < people.len()
        {
            if self.forbid_partial.is_some() {
                return Ok(Err(Failure::PartialForbidden));
            }
            people.truncate(left as usize);
        }
        quota.reserve(people.len() as u64, limit, call.now_ms).map_err(|_| Answer::monthly_limit())?;
        Ok(Ok(()))
    }
}

fn start(call: &Call, checked: Checked, key: Key, mut people: Vec<Person>, outcome: Result<(), Failure>) {
    if outcome.is_err() {
        people.clear();
    }
    let to = people.iter().copied().map(Recipient::delivered).collect();
    let sent = book(call, Via::Narrowcast, To::Many(to), checked, key);
    let reserved = people.len() as u64;
    let course = Narrowcast { accepted_ms: call.now_ms, outcome: outcome.map(|()| (reserved, 0)), recipients: people };
    call.channel().narrowcasts.lock().0.insert(call.request_id.to_string(), course);
    let (world, channel) = (call.world.clone(), call.channel().clone());
    call.world.plan(call.now_ms + WAITING_MS + SENDING_MS, Box::new(move || deliver(&world, &channel, &sent, reserved)));
}

fn deliver(world: &World, channel: &Channel, sent: &Arc<Sent>, reserved: u64) {
    let now = world.clock.now_ms();
    let mut success = 0;
    for recipient in sent.recipients() {
        let person = recipient.person();
        let seq =
            channel.members.with(person, |member| member.reachable(now).then(|| member.room().push(Entry::Out(sent.clone()))));
        if let Some(seq) = seq {
            success += 1;
            world.tell_room(channel, person, seq);
        }
    }
    channel.quota.lock().settle(reserved, success, now);
    world.stats.recipients.fetch_add(reserved, Ordering::Relaxed);
    world.stats.delivered.fetch_add(success, Ordering::Relaxed);
    let id = sent.request_id.to_string();
    if let Some(course) = channel.narrowcasts.lock().0.get_mut(&id)
        && course.outcome.is_ok()
    {
        course.outcome = Ok((success, reserved - success));
    }
}

impl Choice<'_> {
    fn count(&mut self) -> Result<(), Answer> {
        self.objects += 1;
        if self.objects > OBJECTS_MAX {
            return Err(Answer::invalid_one("At most 10 objects can be combined", "recipient"));
        }
        Ok(())
    }

    /// The people of a recipient object.
    fn recipient(&mut self, json: &Json, all: &HashSet<Person>) -> Result<HashSet<Person>, Answer> {
        let channel = self.call.channel();
        match json.text("type") {
            Some("audience") => {
                self.count()?;
                let id = json.int("audienceGroupId").unwrap_or(0);
                let audiences = channel.audiences.lock();
                let audience = audiences.ready(id, self.call.now_ms);
                let audience = audience.ok_or_else(|| Answer::error(400, &format!("Invalid audience group id: {id}")))?;
                if !audience.is_uploaded() {
                    self.guarded = Some(());
                    if audience.people.len() < RECIPIENTS_MIN {
                        self.too_small = Some(());
                    }
                }
                Ok(audience.people.clone())
            }
            Some("redelivery") => {
                self.count()?;
                self.guarded = Some(());
                let id = json.text("requestId").unwrap_or_default();
                let found = channel.narrowcasts.lock().recipients(id, self.call.now_ms);
                found.ok_or_else(|| Answer::error(400, &format!("Invalid request id: {id}")))
            }
            Some("operator") => self.operator(json, all),
            _ => Err(Answer::invalid_one(
                "Must be one of the following values: [audience, redelivery, operator]",
                "recipient.type",
            )),
        }
    }

    fn operator(&mut self, json: &Json, all: &HashSet<Person>) -> Result<HashSet<Person>, Answer> {
        if let Some(inner) = json.get("not") {
            let out = self.recipient(inner, all)?;
            return Ok(all.difference(&out).copied().collect());
        }
        if let Some(parts) = json.list("and") {
            let mut left = all.clone();
            for part in parts {
                let set = self.recipient(part, all)?;
                left.retain(|person| set.contains(person));
            }
            return Ok(left);
        }
        let parts = json.list("or").ok_or_else(|| Answer::invalid_one("must be specified", "recipient.and"))?;
        let mut found = HashSet::new();
        for part in parts {
            found.extend(self.recipient(part, all)?);
        }
        Ok(found)
    }

    /// A demographic filter as a test.
    fn demographic(&mut self, json: &Json) -> Result<Test, Answer> {
        let list = |name: &str| -> Vec<String> {
            json.list(name).unwrap_or_default().iter().filter_map(Json::as_str).map(str::to_owned).collect()
        };
        let kind = json.text("type").unwrap_or_default();
        if kind == "operator" {
            return self.demographic_operator(json);
        }
        self.count()?;
        let wanted = list("oneOf");
        let bounds = |name: &str, prefix: &str| -> Result<Option<u32>, Answer> {
            let Some(text) = json.text(name) else { return Ok(None) };
            let number = text.strip_prefix(prefix).and_then(|n| n.parse().ok());
            number.map(Some).ok_or_else(|| Answer::invalid_one("Invalid value", &format!("filter.demographic.{name}")))
        };
        match kind {
            "gender" => Ok(Box::new(move |t| t.gender.is_some_and(|g| wanted.iter().any(|w| w == g)))),
            "appType" => Ok(Box::new(move |t| wanted.iter().any(|w| w == t.app))),
            "area" => Ok(Box::new(move |t| t.area.as_ref().is_some_and(|a| wanted.contains(a)))),
            "age" => {
                let (from, to) = (bounds("gte", "age_")?, bounds("lt", "age_")?);
                Ok(Box::new(move |t| t.age.is_some_and(|age| within(age, from, to))))
            }
            "subscriptionPeriod" => {
                let (from, to) = (bounds("gte", "day_")?, bounds("lt", "day_")?);
                Ok(Box::new(move |t| within(t.friend_days, from, to)))
            }
            _ => Err(Answer::invalid_one(
                "Must be one of the following values: [gender, age, appType, area, subscriptionPeriod, operator]",
                "filter.demographic.type",
            )),
        }
    }

    fn demographic_operator(&mut self, json: &Json) -> Result<Test, Answer> {
        if let Some(inner) = json.get("not") {
            let test = self.demographic(inner)?;
            return Ok(Box::new(move |t| !test(t)));
        }
        let (all, parts) = match (json.list("and"), json.list("or")) {
            (Some(parts), _) => (Some(()), parts),
            (None, Some(parts)) => (None, parts),
            (None, None) => return Err(Answer::invalid_one("must be specified", "filter.demographic.and")),
        };
        let tests = parts.iter().map(|part| self.demographic(part)).collect::<Result<Vec<_>, _>>()?;
        Ok(match all {
            Some(()) => Box::new(move |t| tests.iter().all(|test| test(t))),
            None => Box::new(move |t| tests.iter().any(|test| test(t))),
        })
    }
}

type Test = Box<dyn Fn(&Traits) -> bool>;

fn within(value: u32, from: Option<u32>, to: Option<u32>) -> bool {
    from.is_none_or(|from| value >= from) && to.is_none_or(|to| value < to)
}

/// What LINE guesses about a person; one in ten stays unknown.
pub struct Traits {
    pub gender: Option<&'static str>,
    pub age: Option<u32>,
    pub area: Option<String>,
    pub app: &'static str,
    pub friend_days: u32,
}

impl Traits {
    pub fn of(world: &World, channel: &Channel, person: Person, now_ms: i64) -> Traits {
        let dice = mix(u64::from(person) ^ mix(world.config.seed ^ 0x0de_1109));
        let known = !dice.is_multiple_of(10);
        let since = channel.members.with(person, |m| m.since_ms);
        Traits {
            gender: known.then_some(if dice >> 8 & 1 == 0 { "female" } else { "male" }),
            age: known.then_some(15 + (dice >> 16) as u32 % 60),
            area: known.then(|| format!("jp_{:02}", 1 + (dice >> 24) % 47)),
            app: if dice >> 32 & 1 == 0 { "ios" } else { "android" },
            friend_days: ((now_ms - since).max(0) / 86_400_000) as u32,
        }
    }
}

fn progress(call: &Call) -> Answer {
    let Some(id) = call.param("requestId").filter(|id| uuid::Uuid::try_parse(id).is_ok()) else {
        return Answer::bad_parameter("requestId");
    };
    let courses = call.channel().narrowcasts.lock();
    let Some(course) = courses.0.get(&id).filter(|c| call.now_ms - c.accepted_ms < LIFE_MS) else {
        return Answer::not_found();
    };
    Answer::ok(&progress_view(course, call.now_ms))
}

fn progress_view(course: &Narrowcast, now_ms: i64) -> Value {
    let accepted = rfc3339(course.accepted_ms);
    if now_ms < course.accepted_ms + WAITING_MS {
        return json!({ "phase": "waiting", "acceptedTime": accepted });
    }
    let target = course.recipients.len();
    if !course.is_done(now_ms) {
        return json!({
            "phase": "sending", "successCount": 0, "failureCount": 0, "targetCount": target, "acceptedTime": accepted,
        });
    }
    let done = rfc3339(course.accepted_ms + WAITING_MS + SENDING_MS);
    match course.outcome {
        Ok((success, failure)) => json!({
            "phase": "succeeded", "successCount": success, "failureCount": failure, "targetCount": target,
            "acceptedTime": accepted, "completedTime": done,
        }),
        Err(failure) => json!({
            "phase": "failed", "failedDescription": failure.text(), "errorCode": failure.code(),
            "acceptedTime": accepted, "completedTime": done,
        }),
    }
}
