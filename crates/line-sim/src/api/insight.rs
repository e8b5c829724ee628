//! Insight: sums over days and sends; nothing about fewer than twenty people.

use crate::answer::Answer;
use crate::api::narrowcast::Traits;
use crate::api::quota::is_day;
use crate::api::send::friends;
use crate::call::Call;
use crate::channel::{Deleted, Standing};
use crate::clicks::{Taps, TapsOfSend};
use crate::clock::jst_day;
use crate::ledger::{Sent, To, Via};
use crate::people::Person;
use crate::route::Route;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Each 60 an hour.
const fn slow(route: Route) -> Route {
    route.rate(60, 3600)
}

pub const ROUTES: &[Route] = &[
    slow(Route::get("/v2/bot/insight/message/delivery", "insight_delivery", delivery)),
    slow(Route::get("/v2/bot/insight/followers", "insight_followers", followers)),
    slow(Route::get("/v2/bot/insight/demographic", "insight_demographic", demographic)),
    slow(Route::get("/v2/bot/insight/message/event", "insight_event", event)),
    slow(Route::get("/v2/bot/insight/message/event/aggregation", "insight_unit", aggregation)),
    slow(Route::get("/v2/bot/insight/richmenu/{richMenuId}/summary", "insight_menu", |call| rich_menu(call, 396))),
    slow(Route::get("/v2/bot/insight/richmenu/{richMenuId}/daily", "insight_menu_daily", |call| rich_menu(call, 99))),
];

/// Below this many people LINE shows no number.
const SHOWN_FROM: usize = 20;
const MESSAGE_LIFE_MS: i64 = 14 * 86_400_000;

fn bad_request() -> Answer {
    Answer::error(400, "Bad Request")
}

fn delivered(sent: &Sent) -> u64 {
    match &sent.to {
        To::Group(_, members) => u64::from(*members),
        _ => sent.recipients().iter().filter(|r| r.is_delivered()).count() as u64,
    }
}

fn own_sends(call: &Call) -> impl Iterator<Item = Arc<Sent>> + use<> {
    let channel = call.channel().index;
    call.world.ledger.after(0, usize::MAX).into_iter().filter(move |sent| sent.channel == channel)
}

fn delivery(call: &Call) -> Answer {
    let Some(day) = call.param("date").filter(|day| is_day(day)) else { return bad_request() };
    if day.as_str() < "20170301" {
        return Answer::ok(&json!({ "status": "out_of_service" }));
    }
    // The figures of a day are ready on the next.
    if day >= jst_day(call.now_ms) {
        return Answer::ok(&json!({ "status": "unready" }));
    }
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for sent in own_sends(call).filter(|sent| jst_day(sent.at_ms) == day) {
        let name = match sent.via {
            Via::Broadcast => "apiBroadcast",
            Via::Push => "apiPush",
            Via::Multicast => "apiMulticast",
            Via::Narrowcast => "apiNarrowcast",
            Via::Reply => "apiReply",
            Via::Pnp => "pnpNoticeMessage",
        };
        *sums.entry(name).or_default() += delivered(&sent);
    }
    let mut body = json!({ "status": "ready" });
    let fields = [
        "broadcast",
        "targeting",
        "stepMessage",
        "autoResponse",
        "welcomeResponse",
        "chat",
        "apiBroadcast",
        "apiPush",
        "apiMulticast",
        "apiNarrowcast",
        "apiReply",
        "ccAutoReply",
        "ccManualReply",
        "pnpNoticeMessage",
        "pnpCallToLine",
        "thirdPartyChatTool",
    ];
    for name in fields {
        body[name] = json!(sums.get(name).copied().unwrap_or(0));
    }
    Answer::ok(&body)
}

fn followers(call: &Call) -> Answer {
    let Some(day) = call.param("date") else { return Answer::error(400, "date is required") };
    if !is_day(&day) {
        return bad_request();
    }
    let none =
        |status: &str| Answer::ok(&json!({ "status": status, "followers": null, "targetedReaches": null, "blocks": null }));
    if day.as_str() < "20161101" {
        return none("out_of_service");
    }
    if day >= jst_day(call.now_ms) {
        return none("unready");
    }
    let (mut ever, mut reached, mut blocks) = (0, Vec::new(), 0);
    call.channel().members.each(|person, member| {
        if member.standing == Standing::Never || jst_day(member.since_ms) > day {
            return;
        }
        ever += 1;
        match (member.standing, member.deleted) {
            (Standing::Blocked, _) => blocks += 1,
            (Standing::Friend, Deleted::No) => reached.push(person),
            _ => {}
        }
    });
    let known = |person: &&Person| Traits::of(call.world, call.channel(), **person, call.now_ms).age.is_some();
    let reach = reached.iter().filter(known).count();
    Answer::ok(&json!({ "status": "ready", "followers": ever, "targetedReaches": reach, "blocks": blocks }))
}

fn demographic(call: &Call) -> Answer {
    let friends = friends(call.channel(), call.now_ms);
    let traits: Vec<Traits> = friends.iter().map(|person| Traits::of(call.world, call.channel(), *person, call.now_ms)).collect();
    if traits.iter().filter(|t| t.age.is_some()).count() < SHOWN_FROM {
        return Answer::ok(&json!({ "available": false }));
    }
    let share = |key: &str, label: &dyn Fn(&Traits) -> String| -> Vec<Value> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for one in &traits {
            *counts.entry(label(one)).or_default() += 1;
        }
        let percent = |count: usize| (count as f64 * 1000.0 / traits.len() as f64).round() / 10.0;
        counts.into_iter().map(|(name, count)| json!({ key: name, "percentage": percent(count) })).collect()
    };
    let age = |t: &Traits| match t.age {
        None => "unknown".to_owned(),
        Some(age) if age >= 70 => "from70".to_owned(),
        Some(age) => format!("from{0}to{1}", age / 5 * 5, age / 5 * 5 + 4),
    };
    let period = |t: &Traits| {
        let name = match t.friend_days {
            0..7 => "within7days",
            7..30 => "within30days",
            30..90 => "within90days",
            90..180 => "within180days",
            180..365 => "within365days",
            _ => "over365days",
        };
        name.to_owned()
    };
    Answer::ok(&json!({
        "available": true,
        "genders": share("gender", &|t| t.gender.unwrap_or("unknown").to_owned()),
        "ages": share("age", &age),
        "areas": share("area", &|t| t.area.clone().unwrap_or_else(|| "unknown".into())),
        "appTypes": share("appType", &|t| t.app.to_owned()),
        "subscriptionPeriods": share("subscriptionPeriod", &period),
    }))
}

/// What a sum is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Per {
    Request,
    Unit,
}

/// What phones did with some sends.
#[derive(Default)]
struct Seen {
    delivered: u64,
    viewers: HashSet<Person>,
    impressions: u64,
    bubbles: u8,
    taps: TapsOfSend,
}

impl Seen {
    fn add(&mut self, call: &Call, sent: &Arc<Sent>) {
        self.delivered += delivered(sent);
        let viewers = call.world.clicks.viewers(call.channel(), sent);
        self.impressions += viewers.len() as u64;
        self.viewers.extend(viewers);
        self.bubbles = self.bubbles.max(sent.bubbles);
        for (key, taps) in call.world.clicks.of(sent) {
            let slot = self.taps.entry(key).or_default();
            slot.count += taps.count;
            slot.people.extend(taps.people);
        }
    }

    /// A number, hidden when few people stand behind it.
    fn shown(count: u64, people: usize) -> Value {
        if people < SHOWN_FROM { Value::Null } else { json!(count) }
    }

    fn clickers(&self) -> HashSet<Person> {
        self.taps.values().flat_map(|taps| taps.people.iter().copied()).collect()
    }

    /// One row per bubble; only sums over a unit tell unique impressions per bubble.
    fn messages(&self, per: Per) -> Vec<Value> {
        let row = |seq: u8| {
            let mut row = Map::new();
            row.insert("seq".into(), json!(seq + 1));
            row.insert("impression".into(), Seen::shown(self.impressions, self.viewers.len()));
            if per == Per::Unit {
                row.insert("uniqueImpression".into(), Seen::shown(self.viewers.len() as u64, self.viewers.len()));
            }
            for name in
                ["mediaPlayed", "mediaPlayed25Percent", "mediaPlayed50Percent", "mediaPlayed75Percent", "mediaPlayed100Percent"]
            {
                row.insert(name.into(), Value::Null);
                row.insert(format!("unique{}{}", name[..1].to_uppercase(), &name[1..]), Value::Null);
            }
            Value::Object(row)
        };
        (0..self.bubbles).map(row).collect()
    }

    fn clicks(&self) -> Vec<Value> {
        let everybody = self.clickers().len();
        let row = |((bubble, url), taps): (&(u8, String), &Taps)| {
            json!({
                "seq": bubble + 1, "url": url, "click": Seen::shown(taps.count, taps.people.len()),
                "uniqueClick": Seen::shown(taps.people.len() as u64, taps.people.len()),
                "uniqueClickOfRequest": Seen::shown(everybody as u64, everybody),
            })
        };
        self.taps.iter().map(row).collect()
    }
}

fn event(call: &Call) -> Answer {
    let Some(id) = call.param("requestId") else { return bad_request() };
    let sent = uuid::Uuid::try_parse(&id).ok().and_then(|id| call.world.ledger.by_request(id));
    let sent = sent.filter(|s| s.channel == call.channel().index && matches!(s.via, Via::Broadcast | Via::Narrowcast));
    let Some(sent) = sent else { return Answer::not_found() };
    if call.now_ms - sent.at_ms > MESSAGE_LIFE_MS {
        return Answer::not_found();
    }
    let mut seen = Seen::default();
    crate::sync::aside(|| seen.add(call, &sent));
    let (viewers, clickers) = (seen.viewers.len(), seen.clickers().len());
    Answer::ok(&json!({
        "overview": {
            "requestId": id, "timestamp": sent.at_ms / 1000, "delivered": seen.delivered,
            "uniqueImpression": Seen::shown(viewers as u64, viewers),
            "uniqueClick": Seen::shown(clickers as u64, clickers),
            "uniqueMediaPlayed": null, "uniqueMediaPlayed100Percent": null,
        },
        "messages": seen.messages(Per::Request),
        "clicks": seen.clicks(),
    }))
}

fn date(text: &str) -> Option<jiff::civil::Date> {
    if !is_day(text) {
        return None;
    }
    format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse().ok()
}

fn days(from: jiff::civil::Date, to: jiff::civil::Date) -> i64 {
    from.until(to).map(|span| i64::from(span.get_days())).unwrap_or(i64::MAX)
}

fn aggregation(call: &Call) -> Answer {
    let refused = || Answer::new(400, "application/json", r#"{"message":null,"key":null,"stacktrace":null,"code":null}"#);
    let (Some(unit), Some(from), Some(to)) = (call.param("customAggregationUnit"), call.param("from"), call.param("to")) else {
        return refused();
    };
    let (Some(first), Some(last)) = (date(&from), date(&to)) else { return refused() };
    if !(0..=30).contains(&days(first, last)) {
        return refused();
    }
    let mut seen = Seen::default();
    crate::sync::aside(|| {
        for sent in own_sends(call) {
            let day = jst_day(sent.at_ms);
            let tagged = sent.extras.as_ref().is_some_and(|extras| extras.unit.as_deref() == Some(unit.as_str()));
            if tagged && day >= from && day <= to {
                seen.add(call, &sent);
            }
        }
    });
    let (viewers, clickers) = (seen.viewers.len(), seen.clickers().len());
    Answer::ok(&json!({
        "overview": {
            "uniqueImpression": Seen::shown(viewers as u64, viewers),
            "uniqueClick": Seen::shown(clickers as u64, clickers),
            "uniqueMediaPlayed": null, "uniqueMediaPlayed100Percent": null,
        },
        "messages": seen.messages(Per::Unit),
        "clicks": seen.clicks(),
    }))
}

/// Phones do not report rich menus shown: figures stay under the threshold, and only the id is told.
fn rich_menu(call: &Call, days_max: i64) -> Answer {
    let dates = call.param("from").zip(call.param("to")).and_then(|(from, to)| date(&from).zip(date(&to)));
    let Some((from, to)) = dates else { return bad_request() };
    if to < from {
        return Answer::error(400, "Parameter to must be the same date as, or after parameter from.");
    }
    if days(from, to) > days_max {
        return Answer::error(400, &format!("Date range exceeds. Max range is {days_max} days."));
    }
    if from < jiff::civil::date(2023, 6, 29) {
        return Answer::error(400, "Parameter from must be the same date as, or after 2023-06-29.");
    }
    if !call.channel().menus.lock().has(call.args[0]) {
        return Answer::not_found();
    }
    Answer::ok(&json!({ "richMenuId": call.args[0] }))
}
