//! Friends as a CSV: chosen columns, page by page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use store::Tx;

use super::list::{self, Filter};
use super::{Contact, FriendState, db};
use crate::ids::{ChannelId, ContactId};
use crate::segment::Context;
use crate::workspace::{Attribute, AttributeType, Catalog};
use crate::{Error, Result};

/// Contacts read at once.
const PAGE: i64 = 500;

/// A column of the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// LINE's name of the person for the account.
    UserId,
    /// Shown name.
    Name,
    /// 友だち状態.
    State,
    /// When the friendship began.
    Since,
    /// Where the friend came from.
    Source,
    /// Tags, with | between them.
    Tags,
    /// 対応マーク.
    Mark,
    /// When they last wrote.
    Wrote,
    /// Staff's memo.
    Memo,
    /// Whether marketing is wanted.
    Consent,
    /// Whether they let their doings be analysed.
    Analysis,
    /// When we first knew of them.
    Created,
    /// 友だち情報欄.
    Attribute(Attribute),
}

impl Column {
    /// By its key, as pages and views name it.
    ///
    /// # Errors
    /// Unknown columns.
    pub fn read(key: &str, catalog: &Catalog) -> Result<Self> {
        let field = |key: &str| catalog.attribute_keys.get(key).and_then(|id| catalog.attributes.get(id));
        Ok(match key {
            "line_user_id" => Self::UserId,
            "display_name" => Self::Name,
            "state" => Self::State,
            "friend_since" => Self::Since,
            "source" => Self::Source,
            "tags" => Self::Tags,
            "mark" => Self::Mark,
            "wrote_at" => Self::Wrote,
            "memo" => Self::Memo,
            "consent" => Self::Consent,
            "analysis" => Self::Analysis,
            "created_at" => Self::Created,
            other => match other.strip_prefix("attr.").and_then(field) {
                Some(field) => Self::Attribute(field.clone()),
                None => return Err(Error::bad("unknown_column", "columns", format!("「{other}」という列はありません。"))),
            },
        })
    }

    /// The head, in words that taking a file in understands again.
    pub fn head(&self) -> &str {
        match self {
            Self::UserId => "LINEユーザーID",
            Self::Name => "名前",
            Self::State => "友だち状態",
            Self::Since => "友だち追加日時",
            Self::Source => "流入経路",
            Self::Tags => "タグ",
            Self::Mark => "対応マーク",
            Self::Wrote => "最後に届いたメッセージ",
            Self::Memo => "メモ",
            Self::Consent => "お知らせの可否",
            Self::Analysis => "行動の分析の可否",
            Self::Created => "登録日時",
            Self::Attribute(field) => &field.label,
        }
    }

    fn cell(&self, contact: &Contact, channel: Option<ChannelId>, catalog: &Catalog) -> String {
        let tie = match channel {
            Some(channel) => contact.friendships.get(&channel),
            None => contact.friendships.values().next(),
        };
        let talks = contact.talks.iter().filter(|(id, _)| channel.is_none_or(|channel| channel == **id)).map(|(_, talk)| talk);
        let when = |at: Option<i64>| at.map(|at| minute(at, catalog)).unwrap_or_default();
        match self {
            Self::UserId => tie.map(|tie| tie.user_id.clone()).unwrap_or_default(),
            Self::Name => contact.display_name.clone().unwrap_or_default(),
            Self::State => tie.map_or("", |tie| state(tie.state)).to_owned(),
            Self::Since => when(tie.and_then(|tie| tie.friend_since)),
            Self::Source => tie.and_then(|tie| tie.source.clone()).unwrap_or_default(),
            Self::Tags => {
                let names = contact.tags.iter().filter_map(|id| catalog.tags.get(id)).map(|tag| tag.name.as_str());
                names.collect::<Vec<_>>().join("|")
            }
            Self::Mark => talks.map(|talk| talk.mark.as_str()).find(|mark| !mark.is_empty()).unwrap_or_default().to_owned(),
            Self::Wrote => when(talks.filter_map(|talk| talk.wrote_at).max()),
            Self::Memo => contact.memo.clone(),
            Self::Consent => if contact.consent { "受け取る" } else { "受け取らない" }.to_owned(),
            Self::Analysis => if contact.is_analysed() { "よい" } else { "しない" }.to_owned(),
            Self::Created => when(Some(contact.created_at)),
            Self::Attribute(field) => {
                contact.attributes.get(&field.id).map(|value| shown(field, &value.text)).unwrap_or_default()
            }
        }
    }
}

fn state(state: FriendState) -> &'static str {
    match state {
        FriendState::Friend => "友だち",
        FriendState::Blocked => "ブロック",
        FriendState::Unknown => "不明",
        FriendState::Never => "友だちではない",
        FriendState::Deleted => "退会",
    }
}

fn shown(field: &Attribute, text: &str) -> String {
    match (field.ty, text) {
        (AttributeType::Yesno, "1") => "はい".to_owned(),
        (AttributeType::Yesno, "0") => "いいえ".to_owned(),
        _ => text.to_owned(),
    }
}

/// A moment in the workspace's zone, as spreadsheets read it.
fn minute(at: i64, catalog: &Catalog) -> String {
    Timestamp::from_millisecond(at)
        .map(|at| at.to_zoned(catalog.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// What is written.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The columns in order.
    pub columns: Vec<Column>,
    /// The account whose friendship is meant; any when none.
    pub channel: Option<ChannelId>,
    /// How the file is written.
    pub encoding: sheet::Encoding,
}

impl Plan {
    /// The beginning of the file: a mark that Excel asks for, and the heads.
    pub fn head(&self) -> Vec<u8> {
        let mark = if self.encoding == sheet::Encoding::Utf8 { "\u{feff}" } else { "" };
        let heads = sheet::line(self.columns.iter().map(Column::head));
        sheet::encode(&format!("{mark}{heads}"), self.encoding)
    }

    /// The next lines below `before`, and where they ended; nothing at the end.
    ///
    /// # Errors
    /// The database's.
    pub fn page(
        &self,
        tx: &mut Tx<'_>,
        catalog: &Catalog,
        filter: &Filter,
        before: Option<ContactId>,
        now: i64,
    ) -> Result<Option<(Vec<u8>, ContactId)>> {
        let context = Context { now, zone: &catalog.zone, words: catalog, event: None };
        let ids = list::ids(tx, catalog.workspace, filter, &context, before, PAGE)?;
        let Some(last) = ids.last().copied() else { return Ok(None) };
        let contacts: BTreeMap<ContactId, Contact> = db::load(tx, catalog.workspace, &ids)?.into_iter().collect();
        let mut text = String::new();
        for contact in ids.iter().filter_map(|id| contacts.get(id)) {
            let cells: Vec<String> = self.columns.iter().map(|column| column.cell(contact, self.channel, catalog)).collect();
            text.push_str(&sheet::line(cells.iter().map(String::as_str)));
        }
        Ok(Some((sheet::encode(&text, self.encoding), last)))
    }
}
