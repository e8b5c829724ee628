//! What a condition may be: read from JSON with the path of every mistake, and bounded.

use serde_json::Value;

use super::{Condition, MonthOf, Test, Walk, When};
use crate::problem::{Problem, read};
use crate::vocabulary::Vocabulary;
use crate::workspace::AttributeType;

/// How deep all / any / not may nest.
pub const MAX_DEPTH: usize = 5;
/// How many conditions one segment may hold.
pub const MAX_LEAVES: usize = 100;
/// How long a list inside a condition may be.
pub const MAX_LIST: usize = 100;
/// How long a list of people may be.
pub const MAX_PEOPLE: usize = 10_000;
/// How long a text to compare with may be, in characters.
const MAX_TEXT: usize = 200;
/// How far from today a condition may look, in days.
const MAX_DAYS: i32 = 36_500;

/// Where a condition is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// An audience: there is no event.
    Audience,
    /// A journey or rule: the event's data is at hand.
    Event,
}

impl Condition {
    /// Reads a condition of `used` from JSON and checks it.
    ///
    /// # Errors
    /// Everything there is to mend, with its path below `path`.
    pub fn read(value: &Value, path: &str, used: Use, words: &dyn Vocabulary) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let condition = parse(value, path, 0, &mut problems);
        if let Some(condition) = &condition {
            problems.extend(condition.problems(path, used, words));
        }
        match condition {
            Some(condition) if problems.is_empty() => Ok(condition),
            _ => Err(problems),
        }
    }

    /// What is wrong with it: unknown names, tests that do not fit, limits.
    pub fn problems(&self, path: &str, used: Use, words: &dyn Vocabulary) -> Vec<Problem> {
        let mut check = Check { used, words, leaves: 0, problems: Vec::new() };
        check.condition(self, path, 0);
        if check.leaves > MAX_LEAVES {
            check.problems.push(Problem::new(path, "too_many", format!("条件は{MAX_LEAVES}個までです。")));
        }
        check.problems
    }
}

/// Walks the structure by hand, so that a mistake in a part has the part's path.
fn parse(value: &Value, path: &str, depth: usize, problems: &mut Vec<Problem>) -> Option<Condition> {
    if depth > MAX_DEPTH {
        problems.push(too_deep(path));
        return None;
    }
    let list = |value: &Value, problems: &mut Vec<Problem>| -> Option<Vec<Condition>> {
        let parts =
            value.as_array()?.iter().enumerate().map(|(n, part)| parse(part, &format!("{path}.of[{n}]"), depth + 1, problems));
        // Every part is looked at, so that all mistakes are told at once.
        parts.collect::<Vec<_>>().into_iter().collect()
    };
    let known = value.as_object().is_some_and(|map| map.len() == 2);
    match (value.get("is").and_then(Value::as_str), value.get("of")) {
        (Some("all"), Some(of)) if of.is_array() && known => list(of, problems).map(|of| Condition::All { of }),
        (Some("any"), Some(of)) if of.is_array() && known => list(of, problems).map(|of| Condition::Any { of }),
        (Some("not"), Some(of)) if known => {
            parse(of, &format!("{path}.of"), depth + 1, problems).map(|part| Condition::Not { of: Box::new(part) })
        }
        _ => read(value, path).map_err(|problem| problems.push(problem)).ok(),
    }
}

fn too_deep(path: &str) -> Problem {
    Problem::new(path, "too_deep", format!("条件の入れ子は{MAX_DEPTH}段までです。"))
}

struct Check<'a> {
    used: Use,
    words: &'a dyn Vocabulary,
    leaves: usize,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn add(&mut self, path: String, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem::new(path, code, message));
    }

    fn condition(&mut self, condition: &Condition, path: &str, depth: usize) {
        if depth > MAX_DEPTH {
            self.problems.push(too_deep(path));
            return;
        }
        match condition {
            Condition::All { of } | Condition::Any { of } => {
                for (n, part) in of.iter().enumerate() {
                    self.condition(part, &format!("{path}.of[{n}]"), depth + 1);
                }
            }
            Condition::Not { of } => self.condition(of, &format!("{path}.of"), depth + 1),
            leaf => {
                self.leaves += 1;
                self.leaf(leaf, path);
            }
        }
    }

    fn leaf(&mut self, leaf: &Condition, path: &str) {
        match leaf {
            Condition::Tag { tag } | Condition::NoTag { tag } if self.words.tag(*tag).is_none() => {
                self.add(format!("{path}.tag"), "unknown_tag", "このタグはありません。選び直してください。");
            }
            Condition::Attribute { key, test } => match self.words.attribute(key).map(|field| field.ty) {
                None => self.add(format!("{path}.key"), "unknown_attribute", format!("友だち情報欄「{key}」はありません。")),
                Some(ty) => self.test(test, Some(ty), &format!("{path}.test")),
            },
            Condition::Event { key, test } => {
                if self.used == Use::Audience {
                    self.add(path.to_owned(), "no_event", "イベントの条件はシナリオの中でだけ使えます。");
                }
                self.text(key, &format!("{path}.key"));
                self.test(test, None, &format!("{path}.test"));
            }
            Condition::Friend { channel, states } => {
                self.channel(*channel, path);
                self.list(states.len(), MAX_LIST, &format!("{path}.states"));
            }
            Condition::FriendSince { channel, when } | Condition::Wrote { channel, when } => {
                self.channel(*channel, path);
                self.when(*when, path);
            }
            Condition::Source { channel, sources } => {
                self.channel(*channel, path);
                self.texts(sources, &format!("{path}.sources"));
            }
            Condition::Name { contains } => {
                self.text(contains, &format!("{path}.contains"));
                if !contains.is_empty() && crate::text::fold(contains).is_empty() {
                    self.add(format!("{path}.contains"), "empty", "目に見える文字を入力してください。");
                }
            }
            Condition::Journey { journey, state } => {
                if self.words.journey(*journey).is_none() {
                    self.add(format!("{path}.journey"), "unknown_journey", "このシナリオはありません。選び直してください。");
                }
                if let Walk::At(node) = state {
                    self.text(node, &format!("{path}.state.at"));
                }
            }
            Condition::Clicked { within_days: Some(days), .. } => {
                let path = format!("{path}.within_days");
                if *days < 0 {
                    self.add(path, "out_of_range", "日数は0以上にしてください。");
                } else {
                    self.days(*days, &path);
                }
            }
            Condition::Language { languages } => self.texts(languages, &format!("{path}.languages")),
            Condition::Created { when } => self.when(*when, path),
            Condition::Contacts { ids } => self.list(ids.len(), MAX_PEOPLE, &format!("{path}.ids")),
            _ => {}
        }
    }

    fn channel(&mut self, channel: crate::ids::ChannelId, path: &str) {
        if self.words.channel(channel).is_none() {
            self.add(format!("{path}.channel"), "unknown_channel", "このLINEアカウントはありません。選び直してください。");
        }
    }

    fn list(&mut self, len: usize, most: usize, path: &str) {
        if len == 0 {
            self.add(path.to_owned(), "empty", "1つ以上選んでください。");
        } else if len > most {
            self.add(path.to_owned(), "too_many", format!("{most}件までです。"));
        }
    }

    fn texts(&mut self, texts: &[String], path: &str) {
        self.list(texts.len(), MAX_LIST, path);
        for (n, text) in texts.iter().enumerate().take(MAX_LIST) {
            self.text(text, &format!("{path}[{n}]"));
        }
    }

    fn text(&mut self, text: &str, path: &str) {
        if text.is_empty() {
            self.add(path.to_owned(), "empty", "入力してください。");
        } else if text.chars().count() > MAX_TEXT {
            self.add(path.to_owned(), "too_long", format!("{MAX_TEXT}文字までです。"));
        } else if text.contains('\0') {
            self.add(path.to_owned(), "bad_text", "使えない文字が入っています。");
        }
    }

    fn days(&mut self, days: i32, path: &str) {
        if days.abs() > MAX_DAYS {
            self.add(path.to_owned(), "out_of_range", format!("日数は{MAX_DAYS}日までです。"));
        }
    }

    fn when(&mut self, when: When, path: &str) {
        if let When::WithinDays(days) | When::OlderThanDays(days) = when {
            let path = format!("{path}.when");
            if days < 0 {
                self.add(path, "out_of_range", "日数は0以上にしてください。");
            } else {
                self.days(days, &path);
            }
        }
    }

    fn test(&mut self, test: &Test, ty: Option<AttributeType>, path: &str) {
        use AttributeType::{Date, Datetime, Number};
        let fits = |types: &[AttributeType]| ty.is_none_or(|ty| types.contains(&ty));
        let fitting = match test {
            Test::Lt(_) | Test::Le(_) | Test::Gt(_) | Test::Ge(_) | Test::Between { .. } => fits(&[Number]),
            Test::Before(_) | Test::OnOrAfter(_) | Test::On(_) | Test::WithinDays { .. } => fits(&[Date, Datetime]),
            Test::BirthdayWithin { .. } | Test::BirthdayMonth(_) => fits(&[Date]),
            Test::Equals(text) | Test::Not(text) if ty == Some(Number) => {
                text.trim().replace(',', "").parse::<f64>().is_ok_and(f64::is_finite)
            }
            _ => true,
        };
        if !fitting {
            self.add(path.to_owned(), "wrong_type", "この友だち情報欄の種類には使えない条件です。");
        }
        match test {
            Test::Equals(text) | Test::Not(text) | Test::Contains(text) | Test::Starts(text) => self.text(text, path),
            Test::OneOf(texts) => self.texts(texts, path),
            Test::Between { from, to } if from > to => self.add(path.to_owned(), "out_of_range", "範囲の始めと終わりが逆です。"),
            Test::WithinDays { from, to } | Test::BirthdayWithin { from, to } => {
                self.days(*from, path);
                self.days(*to, path);
                if from > to {
                    self.add(path.to_owned(), "out_of_range", "範囲の始めと終わりが逆です。");
                }
            }
            Test::BirthdayMonth(MonthOf::Month(month)) if !(1..=12).contains(month) => {
                self.add(path.to_owned(), "out_of_range", "月は1から12です。");
            }
            _ => {}
        }
    }
}
