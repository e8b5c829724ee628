//! What the columns of somebody's file mean: guessed from their heads, and remembered once staff have said it.

use std::collections::BTreeMap;

use store::Tx;

use crate::ids::WorkspaceId;
use crate::text::fold;
use crate::workspace::{Catalog, set_setting, setting};
use crate::{Error, Result};

/// Where the workspace remembers.
const SETTING: &str = "contact_file_columns";
/// Heads remembered at most; the oldest letters of the alphabet win, which nobody will notice.
const REMEMBERED_MAX: usize = 300;

/// Heads that other tools and people write, folded, and what they mean.
const KNOWN: &[(&str, &str)] = &[
    ("line_user_id", "line_user_id"),
    ("lineユーザーid", "line_user_id"),
    ("lineユーザid", "line_user_id"),
    ("ユーザーid", "line_user_id"),
    ("userid", "line_user_id"),
    ("user_id", "line_user_id"),
    ("lineid", "line_user_id"),
    ("uid", "line_user_id"),
    ("display_name", "display_name"),
    ("名前", "display_name"),
    ("氏名", "display_name"),
    ("お名前", "display_name"),
    ("表示名", "display_name"),
    ("line登録名", "display_name"),
    ("line表示名", "display_name"),
    ("friend_since", "friend_since"),
    ("友だち追加日", "friend_since"),
    ("友だち追加日時", "friend_since"),
    ("友だち登録日", "friend_since"),
    ("友だち登録日時", "friend_since"),
    ("登録日時", "friend_since"),
    ("tags", "tags"),
    ("tag", "tags"),
    ("タグ", "tags"),
];

/// What a head was said to mean, by the head as it stands in the file.
pub type Remembered = BTreeMap<String, String>;

/// What a file looks like before it is taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// How it is written.
    pub encoding: sheet::Encoding,
    /// The heads.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

/// The first rows of a CSV.
pub fn peek(bytes: &[u8], rows: usize) -> Peek {
    let (text, encoding) = sheet::decode(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let header = reader.headers().map(|heads| heads.iter().map(|head| head.trim().to_owned()).collect()).unwrap_or_default();
    let rows = reader.records().flatten().take(rows).map(|record| record.iter().map(str::to_owned).collect()).collect();
    Peek { encoding, header, rows }
}

/// What each column means: as remembered, else by its head, else nothing of ours. No meaning is given twice.
pub fn guess(header: &[String], remembered: &Remembered, catalog: &Catalog) -> Vec<String> {
    let mut taken = Vec::new();
    for head in header {
        let meant = remembered.get(head).cloned().unwrap_or_else(|| meaning(head, catalog));
        let again = meant.is_empty() || taken.contains(&meant);
        taken.push(if again { String::new() } else { meant });
    }
    taken
}

fn meaning(head: &str, catalog: &Catalog) -> String {
    if head.starts_with("attr.") {
        return head.to_owned();
    }
    let folded = fold(head);
    if let Some((_, meant)) = KNOWN.iter().find(|(known, _)| fold(known) == folded) {
        return (*meant).to_owned();
    }
    let field = catalog.attributes.values().find(|field| fold(&field.label) == folded || field.key == folded);
    field.map(|field| format!("attr.{}", field.key)).unwrap_or_default()
}

/// What the workspace remembers.
///
/// # Errors
/// The database's.
pub fn remembered(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Remembered> {
    let Some(json) = setting(tx, workspace, SETTING)? else { return Ok(Remembered::new()) };
    serde_json::from_str(&json).map_err(|error| Error::damaged("settings.contact_file_columns", error))
}

/// Remembers what these heads mean.
///
/// # Errors
/// The database's.
pub fn remember(tx: &mut Tx<'_>, workspace: WorkspaceId, header: &[String], columns: &[String]) -> Result<()> {
    let mut all = remembered(tx, workspace)?;
    all.extend(header.iter().cloned().zip(columns.iter().cloned()));
    while all.len() > REMEMBERED_MAX {
        all.pop_first();
    }
    let json = serde_json::to_string(&all).map_err(|error| Error::damaged("settings.contact_file_columns", error))?;
    set_setting(tx, workspace, SETTING, &json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excel_in_japan_is_read() {
        let peek = peek(&sheet::encode("ユーザーID,名前\r\nU1,髙橋\r\nU2,山田\r\n", sheet::Encoding::ShiftJis), 1);
        assert_eq!(peek.encoding, sheet::Encoding::ShiftJis);
        assert_eq!(peek.header, ["ユーザーID", "名前"]);
        assert_eq!(peek.rows, [["U1", "髙橋"]]);
    }
}
