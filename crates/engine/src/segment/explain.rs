//! Why a person is, or is not, in a segment: a tree of sentences for staff.

use serde::Serialize;

use super::{Condition, Context, MonthOf, Test, Walk, When, date_of, evaluate};
use crate::contact::{Contact, ContactKind, FriendState};
use crate::ids::ChannelId;

/// One sentence and whether it is true of the contact.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Explained {
    /// ✓ or ✗.
    pub holds: bool,
    /// What is asked, in Japanese.
    pub text: String,
    /// What the contact has, when that says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// Parts of all, any and not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub parts: Vec<Explained>,
}

impl std::fmt::Display for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.write(f, 0)
    }
}

impl Explained {
    fn write(&self, f: &mut std::fmt::Formatter<'_>, depth: usize) -> std::fmt::Result {
        let mark = if self.holds { '✓' } else { '✗' };
        write!(f, "{:indent$}{mark} {}", "", self.text, indent = depth * 2)?;
        match &self.found {
            Some(found) => writeln!(f, "({found})")?,
            None => writeln!(f)?,
        }
        self.parts.iter().try_for_each(|part| part.write(f, depth + 1))
    }
}

/// The condition as sentences, each judged for `contact`.
pub fn explain(condition: &Condition, contact: &Contact, context: &Context<'_>) -> Explained {
    let parts = match condition {
        Condition::All { of } | Condition::Any { of } => of.iter().map(|part| explain(part, contact, context)).collect(),
        Condition::Not { of } => vec![explain(of, contact, context)],
        _ => Vec::new(),
    };
    Explained {
        holds: evaluate(condition, contact, context),
        text: sentence(condition, context),
        found: found(condition, contact, context),
        parts,
    }
}

fn sentence(condition: &Condition, context: &Context<'_>) -> String {
    let channel = |id: &ChannelId| context.words.channel(*id).unwrap_or("(削除されたLINEアカウント)");
    match condition {
        Condition::All { of } if of.is_empty() => "すべての友だち".to_owned(),
        Condition::All { .. } => "次のすべてに当てはまる".to_owned(),
        Condition::Any { .. } => "次のどれかに当てはまる".to_owned(),
        Condition::Not { .. } => "次に当てはまらない".to_owned(),
        Condition::Tag { tag } => format!("タグ「{}」がついている", context.words.tag(*tag).unwrap_or("(削除されたタグ)")),
        Condition::NoTag { tag } => format!("タグ「{}」がついていない", context.words.tag(*tag).unwrap_or("(削除されたタグ)")),
        Condition::Attribute { key, test } => {
            let label = context.words.attribute(key).map_or(key.as_str(), |field| field.label.as_str());
            format!("「{label}」が{}", test_words(test))
        }
        Condition::Event { key, test } => format!("イベントの「{key}」が{}", test_words(test)),
        Condition::Friend { channel: id, states } => {
            let states: Vec<_> = states.iter().map(|state| state_word(*state)).collect();
            format!("{}での友だち状態が{}", channel(id), states.join("か"))
        }
        Condition::FriendSince { channel: id, when } => format!("{}で友だちになったのが{}", channel(id), when_words(*when)),
        Condition::Wrote { channel: id, when } => format!("{}に最後に話しかけたのが{}", channel(id), when_words(*when)),
        Condition::Source { channel: id, sources } => format!("{}の流入経路が{}", channel(id), quoted(sources)),
        Condition::Name { contains } => format!("名前に「{contains}」を含む"),
        Condition::Journey { journey, state } => {
            let name = context.words.journey(*journey).unwrap_or("(削除されたシナリオ)");
            format!("シナリオ「{name}」{}", walk_words(state))
        }
        Condition::Clicked { link, cause, within_days } => {
            let when = within_days.map_or(String::new(), |days| format!("{}に", when_words(When::WithinDays(days))));
            let what = if link.is_some() { "選んだリンク" } else { "リンク" };
            let whence = if cause.is_some() { "選んだ配信の" } else { "" };
            format!("{when}{whence}{what}を開いた")
        }
        Condition::Language { languages } => format!("LINEの言語が{}", quoted(languages)),
        Condition::Created { when } => format!("登録されたのが{}", when_words(*when)),
        Condition::Kind { kind } => format!("{}である", kind_word(*kind)),
        Condition::Staff {} => "スタッフである".to_owned(),
        Condition::Consent {} => "お知らせの配信に同意している".to_owned(),
        Condition::Contacts { ids } => format!("選ばれた{}人の中にいる", ids.len()),
    }
}

fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| format!("「{text}」")).collect::<Vec<_>>().join("か")
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Exists => "入力されている".to_owned(),
        Test::Missing => "未入力".to_owned(),
        Test::Equals(text) => format!("「{text}」"),
        Test::Not(text) => format!("「{text}」ではない"),
        Test::OneOf(texts) => quoted(texts),
        Test::Contains(text) => format!("「{text}」を含む"),
        Test::Starts(text) => format!("「{text}」で始まる"),
        Test::Lt(n) => format!("{n}より小さい"),
        Test::Le(n) => format!("{n}以下"),
        Test::Gt(n) => format!("{n}より大きい"),
        Test::Ge(n) => format!("{n}以上"),
        Test::Between { from, to } => format!("{from}以上{to}以下"),
        Test::Before(date) => format!("{date}より前"),
        Test::OnOrAfter(date) => format!("{date}以降"),
        Test::On(date) => format!("{date}"),
        Test::WithinDays { from, to } => format!("{}から{}まで", day_words(*from), day_words(*to)),
        Test::BirthdayWithin { from, to } if from == to => format!("{}の月日", day_words(*from)),
        Test::BirthdayWithin { from, to } => format!("{}から{}までの月日", day_words(*from), day_words(*to)),
        Test::BirthdayMonth(MonthOf::This) => "今月".to_owned(),
        Test::BirthdayMonth(MonthOf::Next) => "来月".to_owned(),
        Test::BirthdayMonth(MonthOf::Month(month)) => format!("{month}月"),
    }
}

fn day_words(offset: i32) -> String {
    match offset {
        0 => "今日".to_owned(),
        -1 => "昨日".to_owned(),
        1 => "明日".to_owned(),
        past if past < 0 => format!("{}日前", past.unsigned_abs()),
        future => format!("{future}日後"),
    }
}

fn when_words(when: When) -> String {
    match when {
        When::Never => "一度もない(または不明)".to_owned(),
        When::Before(date) => format!("{date}より前"),
        When::OnOrAfter(date) => format!("{date}以降"),
        When::WithinDays(0) => "今日".to_owned(),
        When::WithinDays(days) => format!("{days}日以内"),
        When::OlderThanDays(days) => format!("{days}日より前"),
    }
}

fn walk_words(state: &Walk) -> String {
    match state {
        Walk::Never => "に一度も入っていない".to_owned(),
        Walk::Active => "を進んでいる".to_owned(),
        Walk::Done => "を最後まで進んだ".to_owned(),
        Walk::Goal => "のゴールに達した".to_owned(),
        Walk::Exited => "から途中で抜けた".to_owned(),
        Walk::Failed => "がエラーで止まった".to_owned(),
        Walk::At(node) => format!("のステップ「{node}」にいる"),
    }
}

const fn state_word(state: FriendState) -> &'static str {
    match state {
        FriendState::Unknown => "不明(接続前から)",
        FriendState::Never => "未追加",
        FriendState::Friend => "友だち",
        FriendState::Blocked => "ブロック中",
        FriendState::Deleted => "退会済み",
    }
}

const fn kind_word(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Person => "個人",
        ContactKind::Group => "グループトーク",
        ContactKind::Room => "複数人トーク",
    }
}

/// What the contact has where the sentence asks.
fn found(condition: &Condition, contact: &Contact, context: &Context<'_>) -> Option<String> {
    let moment = |at: Option<i64>| Some(at.map_or("記録なし".to_owned(), |at| date_of(at, context.zone).to_string()));
    let friendship = |channel: &ChannelId| contact.friendships.get(channel);
    match condition {
        Condition::Attribute { key, .. } => {
            let value = context.words.attribute(key).and_then(|field| contact.attributes.get(&field.id));
            Some(value.map_or("未入力".to_owned(), |value| value.text.clone()))
        }
        Condition::Event { key, .. } => {
            let value = context.event.and_then(|data| super::data_at(data, key));
            Some(value.map_or("なし".to_owned(), |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        }
        Condition::Friend { channel, .. } => {
            Some(state_word(friendship(channel).map_or(FriendState::Never, |f| f.state)).to_owned())
        }
        Condition::FriendSince { channel, .. } => moment(friendship(channel).and_then(|f| f.friend_since)),
        Condition::Wrote { channel, .. } => moment(contact.talks.get(channel).and_then(|talk| talk.wrote_at)),
        Condition::Source { channel, .. } => {
            Some(friendship(channel).and_then(|f| f.source.clone()).unwrap_or_else(|| "不明".to_owned()))
        }
        Condition::Name { .. } => Some(contact.display_name.clone().unwrap_or_else(|| "名前なし".to_owned())),
        Condition::Language { .. } => Some(contact.language.clone().unwrap_or_else(|| "不明".to_owned())),
        Condition::Created { .. } => moment(Some(contact.created_at)),
        _ => None,
    }
}
