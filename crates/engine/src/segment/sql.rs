//! The condition as a boolean SQL expression, the same text for both stores.

use std::borrow::Cow;

use store::Value;
use uuid::Uuid;

use super::probe::{Edge, Moments, Probe};
use super::{Condition, Context, Walk, When};
use crate::contact::{EnrollmentState, FriendState};
use crate::ids::LinkId;
use crate::text::fold;

/// A boolean expression over `contacts c`, and its parameters from `$next_param` on. It is never NULL, so that NOT means
/// not. Sub-queries are EXISTS on the full key: a snapshot that walks contacts in chunks pays one look-up per contact and
/// condition, and both planners may turn them into joins where the other side is smaller.
pub fn to_sql(condition: &Condition, context: &Context<'_>, next_param: usize) -> (String, Vec<Value<'static>>) {
    let mut writer = Writer { context, next: next_param, params: Vec::new() };
    let sql = writer.condition(condition);
    (sql, writer.params)
}

struct Writer<'a> {
    context: &'a Context<'a>,
    next: usize,
    params: Vec<Value<'static>>,
}

const TRUE: &str = "1 = 1";
const FALSE: &str = "1 = 0";

impl Writer<'_> {
    /// Adds a parameter, gives its placeholder.
    fn param(&mut self, value: impl Into<Value<'static>>) -> String {
        self.params.push(value.into());
        self.next += 1;
        format!("${}", self.next - 1)
    }

    fn texts(&mut self, texts: &[String]) -> String {
        self.param(Value::Texts(Cow::Owned(texts.to_vec())))
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::All { of } => self.join(of, " AND ", TRUE),
            Condition::Any { of } => self.join(of, " OR ", FALSE),
            Condition::Not { of } => format!("NOT ({})", self.condition(of)),
            Condition::Tag { tag } => self.tag(*tag),
            Condition::NoTag { tag } => format!("NOT {}", self.tag(*tag)),
            Condition::Attribute { key, test } => match self.context.words.attribute(key).map(|f| (f.id, f.ty)) {
                Some((id, ty)) => self.attribute(id, &test.probe(ty, self.context)),
                None => FALSE.to_owned(),
            },
            Condition::Event { .. } => FALSE.to_owned(),
            Condition::Friend { channel, states } => self.friend(*channel, states),
            Condition::FriendSince { channel, when } => {
                self.tie_time(*channel, (friendship, "f.friend_since"), when.moments(self.context))
            }
            Condition::Wrote { channel, when } => self.tie_time(*channel, (talk, "t.wrote_at"), when.moments(self.context)),
            Condition::Source { channel, sources } => {
                let (channel, sources) = (self.param(*channel), self.texts(sources));
                friendship(&channel, &format!("f.source = ANY({sources})"))
            }
            Condition::Name { contains } => match fold(contains) {
                empty if empty.is_empty() => FALSE.to_owned(),
                wanted => format!("replace(c.folded, {}, '') <> c.folded", self.param(wanted)),
            },
            Condition::Journey { journey, state } => self.walk(*journey, state),
            Condition::Clicked { link, cause, within_days } => self.clicked(*link, *cause, *within_days),
            Condition::Language { languages } => {
                format!("(c.language IS NOT NULL AND c.language = ANY({}))", self.texts(languages))
            }
            Condition::Created { when } => self.moments("c.created_at", when.moments(self.context)),
            Condition::Kind { kind } => format!("c.kind = {}", self.param(kind.as_str())),
            Condition::Staff {} => "c.staff = 1".to_owned(),
            Condition::Consent {} => "c.consent = 'granted'".to_owned(),
            Condition::Contacts { ids } => {
                format!("c.id = ANY({})", self.param(Value::Ids(Cow::Owned(ids.iter().map(|id| id.0).collect()))))
            }
        }
    }

    fn join(&mut self, parts: &[Condition], with: &str, none: &str) -> String {
        if parts.is_empty() {
            return none.to_owned();
        }
        let parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
        format!("({})", parts.join(with))
    }

    fn tag(&mut self, tag: crate::ids::TagId) -> String {
        let tag = self.param(tag);
        format!(
            "EXISTS (SELECT 1 FROM contact_tags t WHERE t.workspace_id = c.workspace_id AND t.contact_id = c.id AND t.tag_id = {tag})"
        )
    }

    fn attribute(&mut self, id: crate::ids::AttributeId, probe: &Probe) -> String {
        let with = match probe {
            Probe::Missing => return format!("NOT {}", self.attribute(id, &Probe::Exists)),
            Probe::Not(part) => return format!("NOT ({})", self.attribute(id, part)),
            Probe::Nothing => return FALSE.to_owned(),
            Probe::Contains(text) if text.is_empty() => return FALSE.to_owned(),
            _ => self.param(id),
        };
        let test = match probe {
            Probe::Text(text) => format!("a.text = {}", self.param(text.clone())),
            Probe::OneOf(texts) => format!("a.text = ANY({})", self.texts(texts)),
            Probe::Contains(text) => format!("replace(a.text, {}, '') <> a.text", self.param(text.clone())),
            Probe::Starts(text) => format!("substr(a.text, 1, {}) = {}", text.chars().count(), self.param(text.clone())),
            Probe::Range { low, high } => self.range(*low, *high),
            Probe::MonthDays(list) => format!("substr(a.text, 6, 5) = ANY({})", self.texts(list)),
            Probe::Month(month) => format!("substr(a.text, 6, 2) = {}", self.param(month.clone())),
            Probe::Exists | Probe::Missing | Probe::Not(_) | Probe::Nothing => TRUE.to_owned(),
        };
        format!(
            "EXISTS (SELECT 1 FROM contact_attributes a WHERE a.workspace_id = c.workspace_id AND a.contact_id = c.id AND a.attribute_id = {with} AND {test})"
        )
    }

    fn range(&mut self, low: Option<Edge>, high: Option<Edge>) -> String {
        let mut tests = vec!["a.number IS NOT NULL".to_owned()];
        for (edge, closed, open) in [(low, ">=", ">"), (high, "<=", "<")] {
            match edge {
                Some(Edge::Closed(n)) => tests.push(format!("a.number {closed} {}", self.param(n))),
                Some(Edge::Open(n)) => tests.push(format!("a.number {open} {}", self.param(n))),
                None => {}
            }
        }
        tests.join(" AND ")
    }

    fn friend(&mut self, channel: crate::ids::ChannelId, states: &[FriendState]) -> String {
        let words: Vec<String> = states.iter().map(|s| s.as_str().to_owned()).collect();
        let (channel, words) = (self.param(channel), self.texts(&words));
        if states.contains(&FriendState::Never) {
            // No row means never, so only another state speaks against it.
            format!("NOT {}", friendship(&channel, &format!("f.state <> ALL({words})")))
        } else {
            friendship(&channel, &format!("f.state = ANY({words})"))
        }
    }

    /// A moment of what ties the contact to a channel; no row is no moment.
    fn tie_time(&mut self, channel: crate::ids::ChannelId, (tie, column): (Tie, &str), moments: Moments) -> String {
        let channel = self.param(channel);
        match moments {
            Moments::Never => format!("NOT {}", tie(&channel, &format!("{column} IS NOT NULL"))),
            _ => tie(&channel, &self.moments(column, moments)),
        }
    }

    fn moments(&mut self, column: &str, moments: Moments) -> String {
        match moments {
            Moments::Never => format!("{column} IS NULL"),
            Moments::From(from) => format!("({column} IS NOT NULL AND {column} >= {})", self.param(from)),
            Moments::Until(until) => format!("({column} IS NOT NULL AND {column} < {})", self.param(until)),
        }
    }

    fn clicked(&mut self, link: Option<LinkId>, cause: Option<Uuid>, within_days: Option<i32>) -> String {
        let mut tests = String::new();
        if let Some(link) = link {
            tests.push_str(&format!(" AND k.link_id = {}", self.param(link)));
        }
        if let Some(cause) = cause {
            tests.push_str(&format!(" AND k.cause_id = {}", self.param(cause)));
        }
        if let Some(days) = within_days {
            let since = self.moments("k.last_at", When::WithinDays(days).moments(self.context));
            tests.push_str(&format!(" AND {since}"));
        }
        format!("EXISTS (SELECT 1 FROM link_clicks k WHERE k.workspace_id = c.workspace_id AND k.contact_id = c.id{tests})")
    }

    fn walk(&mut self, journey: crate::ids::JourneyId, state: &Walk) -> String {
        let journey = self.param(journey);
        let ended = match state {
            Walk::Never => return format!("NOT {}", enrollment(&journey, TRUE)),
            Walk::Active => return enrollment(&journey, "e.state = 'active'"),
            Walk::At(node) => {
                let node = self.param(node.clone());
                return enrollment(&journey, &format!("e.state = 'active' AND e.node = {node}"));
            }
            Walk::Done => EnrollmentState::Done,
            Walk::Goal => EnrollmentState::Goal,
            Walk::Exited => EnrollmentState::Exited,
            Walk::Failed => EnrollmentState::Failed,
        };
        let ended = self.param(ended.as_str());
        enrollment(
            &journey,
            &format!(
                "e.state = {ended} AND NOT EXISTS (SELECT 1 FROM enrollments n WHERE n.workspace_id = e.workspace_id AND n.contact_id = e.contact_id \
                 AND n.journey_id = e.journey_id AND n.key = e.key AND n.state <> 'active' AND n.id > e.id)"
            ),
        )
    }
}

/// A test of the row that ties the contact to a channel.
type Tie = fn(&str, &str) -> String;

fn talk(channel: &str, test: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM conversations t WHERE t.workspace_id = c.workspace_id AND t.contact_id = c.id AND t.channel_id = {channel} AND {test})"
    )
}

fn friendship(channel: &str, test: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM friendships f WHERE f.workspace_id = c.workspace_id AND f.channel_id = {channel} AND f.contact_id = c.id AND {test})"
    )
}

fn enrollment(journey: &str, test: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM enrollments e WHERE e.workspace_id = c.workspace_id AND e.contact_id = c.id AND e.journey_id = {journey} AND {test})"
    )
}
