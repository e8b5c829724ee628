//! Which rule answers, and why the others do not.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use regex::{RegexSet, RegexSetBuilder, escape};
use serde::Serialize;

use super::check::{PATTERN_BYTES, folded_pattern, pattern};
use super::{DataMode, Incoming, KeywordMode, Rule, Trigger};
use crate::ids::{ChannelId, RuleId};
use crate::text::fold;

/// The rules of a workspace in the order they are asked, with their words compiled. Immutable.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    exact: HashMap<String, Vec<usize>>,
    /// Contained words, and which rule each pattern of the set belongs to.
    words: Set,
    patterns: Set,
    /// Rules that do not look at words.
    rest: Vec<usize>,
    broken: Vec<RuleId>,
}

/// Whether patterns are in the folded alphabet already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Folded,
    Typed,
}

#[derive(Clone, Debug, Default)]
struct Set {
    set: Option<RegexSet>,
    owners: Vec<usize>,
}

impl Set {
    /// `None` when the whole would take too much memory.
    fn build(patterns: &[String], owners: &[usize], letters: Letters) -> Option<Self> {
        let limit = PATTERN_BYTES.saturating_mul(patterns.len().clamp(1, 64));
        let set = RegexSetBuilder::new(patterns)
            .case_insensitive(letters == Letters::Typed)
            .size_limit(limit)
            .dfa_size_limit(8 << 20)
            .nest_limit(20)
            .build()
            .ok()?;
        Some(Self { set: Some(set), owners: owners.to_vec() })
    }

    fn hits(&self, text: &str) -> impl Iterator<Item = usize> {
        self.set.iter().flat_map(move |set| set.matches(text)).filter_map(|hit| self.owners.get(hit).copied())
    }
}

impl Rules {
    /// Every rule that is on, in the order they are asked.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The name of a rule that is on.
    pub fn name(&self, id: RuleId) -> Option<&str> {
        self.rules.iter().find(|rule| rule.id == id).map(|rule| rule.name.as_str())
    }

    /// Compiles rules. One whose patterns do not compile never answers and is listed by [`Rules::broken`]:
    /// a definition stored by an older version must not stop the others.
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by_key(|rule| (matches!(rule.trigger, Trigger::AnyMessage {}), std::cmp::Reverse(rule.priority), rule.id));
        let mut this = Self::default();
        let (mut words, mut word_owners) = (Vec::new(), Vec::new());
        let (mut patterns, mut pattern_owners) = (Vec::new(), Vec::new());
        for (n, rule) in rules.iter().enumerate() {
            match &rule.trigger {
                Trigger::Keyword { mode: KeywordMode::Exact, words } => {
                    for word in words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()) {
                        this.exact.entry(word).or_default().push(n);
                    }
                }
                Trigger::Keyword { mode: KeywordMode::Contains, words: list } => {
                    for word in list.iter().map(|word| fold(word)).filter(|word| !word.is_empty()) {
                        words.push(escape(&word));
                        word_owners.push(n);
                    }
                }
                Trigger::Keyword { mode: KeywordMode::Regex, words: list } => {
                    if list.iter().all(|word| pattern(word).is_ok()) {
                        patterns.extend(list.iter().map(|word| folded_pattern(word)));
                        pattern_owners.extend(list.iter().map(|_| n));
                    } else {
                        this.broken.push(rule.id);
                    }
                }
                _ => this.rest.push(n),
            }
        }
        for (set, patterns, owners, letters) in [
            (&mut this.words, words, word_owners, Letters::Folded),
            (&mut this.patterns, patterns, pattern_owners, Letters::Typed),
        ] {
            match Set::build(&patterns, &owners, letters) {
                Some(built) => *set = built,
                None => this.broken.extend(owners.iter().map(|n| rules[*n].id)),
            }
        }
        this.broken.sort();
        this.broken.dedup();
        this.rules = rules;
        this
    }

    /// The rules in the order they are asked.
    pub fn list(&self) -> &[Rule] {
        &self.rules
    }

    /// Rules that cannot answer because their patterns do not compile.
    pub fn broken(&self) -> &[RuleId] {
        &self.broken
    }

    /// The rule that answers, if any: the first in order whose trigger, account and hours fit.
    pub fn answer(&self, channel: ChannelId, incoming: &Incoming<'_>, now_ms: i64, zone: &TimeZone) -> Option<&Rule> {
        let mut hits = self.matching(incoming);
        hits.sort_unstable();
        hits.into_iter().map(|n| &self.rules[n]).find(|rule| obstacle(rule, channel, now_ms, zone).is_none())
    }

    /// Which rule answers and why each other one does not, in order.
    pub fn explain(&self, channel: ChannelId, incoming: &Incoming<'_>, now_ms: i64, zone: &TimeZone) -> Vec<Verdict> {
        let hits = self.matching(incoming);
        let mut answered: Option<&Rule> = None;
        let mut verdicts = Vec::with_capacity(self.rules.len());
        for (n, rule) in self.rules.iter().enumerate() {
            let why = if let Some(why) = obstacle(rule, channel, now_ms, zone) {
                why
            } else if self.broken.binary_search(&rule.id).is_ok() {
                Why::Broken
            } else if !hits.contains(&n) {
                Why::NoMatch
            } else if let Some(first) = answered {
                Why::Earlier { rule: first.id, name: first.name.clone() }
            } else {
                answered = Some(rule);
                Why::Answers
            };
            verdicts.push(Verdict { rule: rule.id, name: rule.name.clone(), text: why.sentence(rule), why });
        }
        verdicts
    }

    /// Positions of the rules whose trigger fits, in no order, perhaps twice.
    fn matching(&self, incoming: &Incoming<'_>) -> Vec<usize> {
        let mut hits: Vec<usize> = self.rest.iter().copied().filter(|n| self.rules[*n].trigger.fits(incoming)).collect();
        if let Incoming::Message { kind: "text", text } = incoming {
            let text = fold(text);
            hits.extend(self.exact.get(&text).into_iter().flatten());
            hits.extend(self.words.hits(&text));
            hits.extend(self.patterns.hits(&text));
        }
        hits
    }
}

impl Trigger {
    /// Whether a trigger that does not look at words fits.
    fn fits(&self, incoming: &Incoming<'_>) -> bool {
        match (self, incoming) {
            (Self::Follow {}, Incoming::Follow)
            | (Self::Unblock {}, Incoming::Unblock)
            | (Self::AnyMessage {}, Incoming::Message { .. })
            | (Self::Join {}, Incoming::Join)
            | (Self::AccountLink {}, Incoming::AccountLink) => true,
            (Self::Postback { mode: DataMode::Exact, data }, Incoming::Postback(got)) => got == data,
            (Self::Postback { mode: DataMode::Prefix, data }, Incoming::Postback(got)) => got.starts_with(data.as_str()),
            (Self::Message { kinds }, Incoming::Message { kind, .. }) => kinds.iter().any(|k| k.as_str() == *kind),
            (Self::Click { link }, Incoming::Click(got)) => link.is_none_or(|link| link == *got),
            (Self::Beacon { hwid }, Incoming::Beacon(got)) => hwid.as_ref().is_none_or(|hwid| hwid == got),
            (Self::VideoComplete { tracking_id }, Incoming::VideoComplete(got)) => {
                tracking_id.as_ref().is_none_or(|id| id == got)
            }
            (Self::Membership { action }, Incoming::Membership(got)) => action == got,
            _ => false,
        }
    }
}

fn obstacle(rule: &Rule, channel: ChannelId, now_ms: i64, zone: &TimeZone) -> Option<Why> {
    if !rule.enabled {
        return Some(Why::Off);
    }
    if rule.channel.is_some_and(|own| own != channel) {
        return Some(Why::OtherChannel);
    }
    match &rule.hours {
        Some(hours) if !hours.hold(now_ms, zone) => Some(Why::OutsideHours),
        _ => None,
    }
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub rule: RuleId,
    /// Its name.
    pub name: String,
    /// Why it answers or not.
    pub why: Why,
    /// The same as a sentence for staff.
    pub text: String,
}

/// Why a rule answers or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// It answers.
    Answers,
    /// It is switched off.
    Off,
    /// It belongs to another account.
    OtherChannel,
    /// Not at this hour.
    OutsideHours,
    /// Its trigger does not fit.
    NoMatch,
    /// It fits, but another one comes first.
    Earlier {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        rule: RuleId,
        /// Its name.
        name: String,
    },
    /// Its patterns do not compile.
    Broken,
}

impl Why {
    fn sentence(&self, rule: &Rule) -> String {
        match self {
            Self::Answers => "このルールが応答します。".to_owned(),
            Self::Off => "オフになっています。".to_owned(),
            Self::OtherChannel => "別のLINEアカウントのルールです。".to_owned(),
            Self::OutsideHours => match &rule.hours {
                Some(hours) => format!("応答する時間帯({hours})ではありません。"),
                None => "応答する時間帯ではありません。".to_owned(),
            },
            Self::NoMatch => "きっかけに当てはまりません。".to_owned(),
            Self::Earlier { name, .. } => format!("当てはまりますが、先に「{name}」が応答します。"),
            Self::Broken => "正規表現が大きすぎるか読めないため、動いていません。直してください。".to_owned(),
        }
    }
}
