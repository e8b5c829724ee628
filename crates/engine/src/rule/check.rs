//! What a rule may be: bounded words, patterns that compile, actions that exist.

use regex::{Regex, RegexBuilder};

use super::{KeywordMode, Rule, Trigger};
use crate::action::Action;
use crate::problem::Problem;
use crate::text::{fold, plain};
use crate::vocabulary::Vocabulary;

/// Words or patterns of one rule.
pub const MAX_WORDS: usize = 50;
/// Characters of one word.
pub const MAX_WORD: usize = 100;
/// Characters of one pattern.
pub const MAX_PATTERN: usize = 300;
/// Actions of one rule or node.
pub const MAX_ACTIONS: usize = 20;
/// Bytes of LINE's id of a rich menu; today's have 41.
const MAX_MENU_ID: usize = 100;
/// Memory one compiled pattern may take.
pub(super) const PATTERN_BYTES: usize = 256 * 1024;

impl Rule {
    /// What is wrong with it.
    pub fn problems(&self, words: &dyn Vocabulary) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.name.trim().is_empty() {
            problems.push(Problem::new("name", "empty", "名前を入力してください。"));
        }
        if self.channel.is_some_and(|id| words.channel(id).is_none()) {
            problems.push(Problem::new("channel", "unknown_channel", "このLINEアカウントはありません。選び直してください。"));
        }
        self.trigger.problems("trigger", &mut problems);
        if let Some(hours) = &self.hours {
            problems.extend(hours.problems("hours"));
        }
        problems.extend(action_problems(&self.actions, "actions", words));
        problems
    }
}

impl Trigger {
    fn problems(&self, path: &str, problems: &mut Vec<Problem>) {
        match self {
            Self::Keyword { mode, words } => {
                if words.is_empty() {
                    problems.push(Problem::new(format!("{path}.words"), "empty", "キーワードを1つ以上入力してください。"));
                } else if words.len() > MAX_WORDS {
                    problems.push(Problem::new(
                        format!("{path}.words"),
                        "too_many",
                        format!("キーワードは{MAX_WORDS}個までです。"),
                    ));
                }
                for (n, word) in words.iter().enumerate().take(MAX_WORDS) {
                    if let Some((code, message)) = word_problem(*mode, word) {
                        problems.push(Problem::new(format!("{path}.words[{n}]"), code, message));
                    }
                }
            }
            Self::Postback { data, .. } if data.is_empty() => {
                problems.push(Problem::new(format!("{path}.data"), "empty", "ボタンのデータを入力してください。"));
            }
            Self::Postback { data, .. } if line::validate::Unit::Utf16.count(data) > 300 => {
                problems.push(Problem::new(format!("{path}.data"), "too_long", "ボタンのデータは300文字までです。"));
            }
            Self::Message { kinds } if kinds.is_empty() => {
                problems.push(Problem::new(format!("{path}.kinds"), "empty", "メッセージの種類を1つ以上選んでください。"));
            }
            _ => {}
        }
    }
}

fn word_problem(mode: KeywordMode, word: &str) -> Option<(&'static str, String)> {
    match mode {
        KeywordMode::Exact | KeywordMode::Contains if fold(word).is_empty() => {
            Some(("empty", "目に見える文字を入力してください。".to_owned()))
        }
        KeywordMode::Exact | KeywordMode::Contains if word.chars().count() > MAX_WORD => {
            Some(("too_long", format!("キーワードは{MAX_WORD}文字までです。")))
        }
        KeywordMode::Regex if word.chars().count() > MAX_PATTERN => {
            Some(("too_long", format!("正規表現は{MAX_PATTERN}文字までです。")))
        }
        KeywordMode::Regex => match pattern(word) {
            Err(error) => Some(("bad_pattern", format!("正規表現として読めません: {error}"))),
            Ok(regex) if regex.is_match("") => {
                Some(("matches_all", "空の文にも当てはまるため、すべてのメッセージに応答してしまいます。".to_owned()))
            }
            Ok(_) => None,
        },
        _ => None,
    }
}

/// The pattern in the folded alphabet. `regex` is linear in the text; memory and nesting are bounded here.
pub(super) fn pattern(word: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&folded_pattern(word)).case_insensitive(true).size_limit(PATTERN_BYTES).nest_limit(20).build()
}

/// Katakana to hiragana, letter by letter: escapes and classes are ASCII and stay as they are.
pub(super) fn folded_pattern(word: &str) -> String {
    word.chars().map(plain).collect()
}

/// What is wrong with a list of actions, for rules and journey nodes.
pub fn action_problems(actions: &[Action], path: &str, words: &dyn Vocabulary) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |path: String, code, message: String| problems.push(Problem::new(path, code, message));
    if actions.is_empty() {
        add(path.to_owned(), "empty", "アクションを1つ以上選んでください。".to_owned());
    } else if actions.len() > MAX_ACTIONS {
        add(path.to_owned(), "too_many", format!("アクションは{MAX_ACTIONS}個までです。"));
    }
    for (n, action) in actions.iter().enumerate().take(MAX_ACTIONS) {
        let at = format!("{path}[{n}]");
        match action {
            Action::TagAdd { tag } | Action::TagRemove { tag } if words.tag(*tag).is_none() => {
                add(format!("{at}.tag"), "unknown_tag", "このタグはありません。選び直してください。".to_owned());
            }
            Action::Attribute { key, value } => {
                if words.attribute(key).is_none() {
                    add(format!("{at}.key"), "unknown_attribute", format!("友だち情報欄「{key}」はありません。"));
                }
                if let Some(problem) = value.as_ref().and_then(|text| crate::template::Phrase::parse(text, words).err()) {
                    add(format!("{at}.value"), problem.code, problem.message);
                }
            }
            Action::Message { template, .. } if !words.has_template(*template) => {
                add(
                    format!("{at}.template"),
                    "unknown_template",
                    "このテンプレートはありません。選び直してください。".to_owned(),
                );
            }
            Action::JourneyStart { journey } | Action::JourneyStop { journey } if words.journey(*journey).is_none() => {
                add(format!("{at}.journey"), "unknown_journey", "このシナリオはありません。選び直してください。".to_owned());
            }
            Action::RichMenu { rich_menu_id: Some(id) } if id.is_empty() => {
                add(format!("{at}.rich_menu_id"), "empty", "リッチメニューを選んでください。".to_owned());
            }
            Action::RichMenu { rich_menu_id: Some(id) } if id.len() > MAX_MENU_ID => {
                add(format!("{at}.rich_menu_id"), "too_long", "リッチメニューのIDが長すぎます。選び直してください。".to_owned());
            }
            Action::Webhook { url } => {
                let good = url::Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.has_host());
                if !good {
                    add(format!("{at}.url"), "bad_url", "https:// で始まるURLを入力してください。".to_owned());
                }
            }
            Action::Mark { mark: text } | Action::Notify { text } if text.chars().count() > 200 => {
                add(at, "too_long", "200文字までです。".to_owned());
            }
            _ => {}
        }
    }
    problems
}
