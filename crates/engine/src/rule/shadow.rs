//! Rules that can never answer, because an earlier one always does. What is not certain is not said.

use serde::Serialize;

use super::{DataMode, KeywordMode, MessageKind, Rule, Trigger};
use crate::ids::RuleId;
use crate::text::fold;

/// The rule that stands before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Shadow {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub rule: RuleId,
    /// Its name.
    pub name: String,
}

/// For each rule, in the order they are asked ([`super::Rules::list`]), the earlier one that always answers instead.
pub fn shadows(rules: &[Rule]) -> Vec<Option<Shadow>> {
    rules
        .iter()
        .enumerate()
        .map(|(n, later)| {
            let before = rules[..n].iter().find(|earlier| earlier.enabled && later.enabled && covers(earlier, later))?;
            Some(Shadow { rule: before.id, name: before.name.clone() })
        })
        .collect()
}

/// Whether the earlier rule answers everything the later would.
fn covers(earlier: &Rule, later: &Rule) -> bool {
    let accounts = earlier.channel.is_none() || earlier.channel == later.channel;
    let hours = earlier.hours.is_none() || earlier.hours == later.hours;
    accounts && hours && triggers(&earlier.trigger, &later.trigger)
}

fn triggers(earlier: &Trigger, later: &Trigger) -> bool {
    match (earlier, later) {
        (Trigger::Keyword { mode: first, words }, Trigger::Keyword { mode: second, words: later }) => {
            !later.is_empty()
                && later.iter().all(|word| words.iter().any(|before| word_covers((*first, before), (*second, word))))
        }
        // Any text is a text.
        (Trigger::Message { kinds }, Trigger::Keyword { .. }) => kinds.contains(&MessageKind::Text),
        (Trigger::Message { kinds }, Trigger::Message { kinds: later }) => {
            !later.is_empty() && later.iter().all(|kind| kinds.contains(kind))
        }
        (Trigger::Postback { mode: DataMode::Prefix, data }, Trigger::Postback { data: later, .. }) => {
            later.starts_with(data.as_str())
        }
        (Trigger::Click { link: None }, Trigger::Click { .. })
        | (Trigger::Beacon { hwid: None }, Trigger::Beacon { .. })
        | (Trigger::VideoComplete { tracking_id: None }, Trigger::VideoComplete { .. }) => true,
        _ => earlier == later,
    }
}

/// Whether every text that fits the later word fits the earlier. Of patterns only the very same is certain.
fn word_covers(earlier: (KeywordMode, &str), later: (KeywordMode, &str)) -> bool {
    let (before, word) = (fold(earlier.1), fold(later.1));
    match (earlier.0, later.0) {
        (KeywordMode::Regex, KeywordMode::Regex) => earlier.1 == later.1,
        (KeywordMode::Regex, _) | (_, KeywordMode::Regex) | (KeywordMode::Exact, KeywordMode::Contains) => false,
        (KeywordMode::Exact, KeywordMode::Exact) => before == word,
        (KeywordMode::Contains, _) => !before.is_empty() && word.contains(&before),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::ids::ChannelId;

    fn rule(n: u128, trigger: Value) -> Rule {
        Rule {
            id: RuleId(Uuid::from_u128(n)),
            channel: None,
            name: format!("ルール{n}"),
            trigger: serde_json::from_value(trigger).unwrap(),
            hours: None,
            actions: vec![],
            priority: 0,
            enabled: true,
        }
    }

    fn hidden(first: Value, second: Value) -> bool {
        shadows(&[rule(1, first), rule(2, second)])[1].is_some()
    }

    fn words(mode: &str, words: &[&str]) -> Value {
        json!({"on": "keyword", "mode": mode, "words": words})
    }

    #[test]
    fn a_word_hides_what_holds_it() {
        for (first, second, expected) in [
            (words("contains", &["予約"]), words("contains", &["予約変更"]), true),
            (words("contains", &["ヨヤク"]), words("exact", &["よやく"]), true),
            (words("contains", &["予約"]), words("contains", &["予約変更", "取消"]), false),
            (words("contains", &["予約変更"]), words("contains", &["予約"]), false),
            (words("exact", &["予約"]), words("exact", &["予約"]), true),
            (words("exact", &["予約"]), words("contains", &["予約"]), false),
            (words("regex", &["予.*"]), words("exact", &["予約"]), false),
            (words("regex", &["予.*"]), words("regex", &["予.*"]), true),
            (json!({"on": "message", "kinds": ["text"]}), words("contains", &["予約"]), true),
            (json!({"on": "message", "kinds": ["image"]}), words("contains", &["予約"]), false),
            (json!({"on": "follow"}), json!({"on": "follow"}), true),
            (json!({"on": "follow"}), json!({"on": "unblock"}), false),
            (
                json!({"on": "postback", "mode": "prefix", "data": "a="}),
                json!({"on": "postback", "mode": "exact", "data": "a=1"}),
                true,
            ),
            (
                json!({"on": "postback", "mode": "exact", "data": "a=1"}),
                json!({"on": "postback", "mode": "prefix", "data": "a="}),
                false,
            ),
            (json!({"on": "click"}), json!({"on": "click", "link": Uuid::nil()}), true),
        ] {
            assert_eq!(hidden(first.clone(), second.clone()), expected, "{first} {second}");
        }
    }

    #[test]
    fn one_that_may_be_silent_hides_nothing() {
        let (one, two) = (rule(1, json!({"on": "follow"})), rule(2, json!({"on": "follow"})));
        let off = Rule { enabled: false, ..one.clone() };
        assert_eq!(shadows(&[off, two.clone()])[1], None);
        let elsewhere = Rule { channel: Some(ChannelId(Uuid::from_u128(9))), ..one.clone() };
        assert_eq!(shadows(&[elsewhere, two.clone()])[1], None);
        let hours = serde_json::from_value(json!({"weekdays": ["mon"], "ranges": []})).unwrap();
        let sometimes = Rule { hours: Some(hours), ..one.clone() };
        assert_eq!(shadows(&[sometimes.clone(), two.clone()])[1], None);
        let also = Rule { hours: sometimes.hours.clone(), ..two };
        let names: Vec<_> = shadows(&[sometimes, also]).into_iter().map(|hidden| hidden.map(|by| by.name)).collect();
        assert_eq!(names, [None, Some("ルール1".to_owned())]);
    }
}
