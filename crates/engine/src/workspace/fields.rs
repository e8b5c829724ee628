//! Tags (タグ) and attributes (友だち情報欄).

use jiff::civil::Date;
use store::{Tx, params};

use super::connect::text;
use super::{Attribute, AttributeType, Tag, db};
use crate::contact::AttributeValue;
use crate::ids::{AttributeId, TagId, WorkspaceId};
use crate::{Error, Result};

/// Makes a tag, or finds the one of that name.
///
/// # Errors
/// Input that can be mended.
pub fn add_tag(tx: &mut Tx, workspace: WorkspaceId, name: &str, folder: &str, now: i64) -> Result<TagId> {
    let name = text("name", name, 50)?;
    if let Some(id) =
        tx.query_opt("SELECT id FROM tags WHERE workspace_id = $1 AND name = $2", &params![workspace, name], |row| row.get(0))?
    {
        return Ok(id);
    }
    let id = TagId::new(now);
    tx.execute(
        "INSERT INTO tags (workspace_id, id, name, folder, created_at) VALUES ($1, $2, $3, $4, $5)",
        &params![workspace, id, name, folder.trim(), now],
    )?;
    db::bump_revision(tx, workspace)?;
    Ok(id)
}

/// Renames or moves a tag.
///
/// # Errors
/// [`Error::NotFound`]; `name_taken`.
pub fn rename_tag(tx: &mut Tx, workspace: WorkspaceId, id: TagId, name: &str, folder: &str) -> Result<()> {
    let name = text("name", name, 50)?;
    let other: Option<TagId> =
        tx.query_opt("SELECT id FROM tags WHERE workspace_id = $1 AND name = $2", &params![workspace, name], |row| row.get(0))?;
    if other.is_some_and(|other| other != id) {
        return Err(Error::conflict("name_taken", "同じ名前のタグがあります。"));
    }
    let changed = tx.execute(
        "UPDATE tags SET name = $3, folder = $4 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, id, name, folder.trim()],
    )?;
    found(changed)?;
    db::bump_revision(tx, workspace)
}

/// Deletes a tag and takes it from everybody.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete_tag(tx: &mut Tx, workspace: WorkspaceId, id: TagId) -> Result<()> {
    found(tx.execute("DELETE FROM tags WHERE workspace_id = $1 AND id = $2", &params![workspace, id])?)?;
    tx.execute("DELETE FROM contact_tags WHERE workspace_id = $1 AND tag_id = $2", &params![workspace, id])?;
    db::bump_revision(tx, workspace)
}

/// All tags by folder and name.
///
/// # Errors
/// The database's.
pub fn list_tags(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Tag>> {
    Ok(tx.query(
        "SELECT id, name, folder FROM tags WHERE workspace_id = $1 ORDER BY folder, name",
        &params![workspace],
        |row| Ok(Tag { id: row.get(0)?, name: row.get(1)?, folder: row.get(2)? }),
    )?)
}

/// Makes a field.
///
/// # Errors
/// `bad_key`, `name_taken`, `options_needed`.
pub fn add_attribute(tx: &mut Tx, workspace: WorkspaceId, new: &Attribute, now: i64) -> Result<AttributeId> {
    let label = text("label", &new.label, 50)?;
    let key_ok = !new.key.is_empty()
        && new.key.len() <= 40
        && new.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !key_ok {
        return Err(Error::bad("bad_key", "key", "キーは半角の英小文字・数字・_で40文字以内です。"));
    }
    check_options(new)?;
    let id = AttributeId::new(now);
    let added = tx.execute(
        "INSERT INTO attributes (workspace_id, id, key, label, type, options, folder, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, key) DO NOTHING",
        &params![workspace, id, &new.key, label, new.ty, options_json(&new.options), new.folder.trim(), now],
    )?;
    if added == 0 {
        return Err(Error::conflict("name_taken", "同じキーの友だち情報欄があります。"));
    }
    db::bump_revision(tx, workspace)?;
    Ok(id)
}

/// Changes label, folder and options; key and type stay, since values and templates hang on them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn update_attribute(tx: &mut Tx, workspace: WorkspaceId, edit: &Attribute) -> Result<()> {
    let label = text("label", &edit.label, 50)?;
    check_options(edit)?;
    found(tx.execute(
        "UPDATE attributes SET label = $3, folder = $4, options = $5 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, edit.id, label, edit.folder.trim(), options_json(&edit.options)],
    )?)?;
    db::bump_revision(tx, workspace)
}

/// Deletes a field and its values.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete_attribute(tx: &mut Tx, workspace: WorkspaceId, id: AttributeId) -> Result<()> {
    found(tx.execute("DELETE FROM attributes WHERE workspace_id = $1 AND id = $2", &params![workspace, id])?)?;
    tx.execute("DELETE FROM contact_attributes WHERE workspace_id = $1 AND attribute_id = $2", &params![workspace, id])?;
    db::bump_revision(tx, workspace)
}

/// All fields by folder and label.
///
/// # Errors
/// The database's.
pub fn list_attributes(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Attribute>> {
    Ok(tx.query(
        "SELECT id, key, label, type, options, folder FROM attributes WHERE workspace_id = $1 ORDER BY folder, label",
        &params![workspace],
        |row| {
            let options: String = row.get(4)?;
            Ok(Attribute {
                id: row.get(0)?,
                key: row.get(1)?,
                label: row.get(2)?,
                ty: row.get(3)?,
                options: serde_json::from_str(&options).unwrap_or_default(),
                folder: row.get(5)?,
            })
        },
    )?)
}

/// Reads what staff typed into a field: canonical text and the number that order compares.
///
/// # Errors
/// `bad_number`, `bad_date`, `bad_choice`, `too_long`, with what to type instead.
pub fn attribute_value(attribute: &Attribute, typed: &str) -> Result<AttributeValue> {
    let typed = typed.trim();
    let path = format!("attr.{}", attribute.key);
    let label = &attribute.label;
    match attribute.ty {
        AttributeType::Text => {
            if typed.chars().count() > 1000 {
                return Err(Error::bad("too_long", path, format!("「{label}」は1000文字以内で入力してください。")));
            }
            Ok(AttributeValue { text: typed.to_owned(), number: None })
        }
        AttributeType::Number => {
            let plain = typed.replace(',', "");
            let number = plain.parse::<f64>().ok().filter(|n| n.is_finite());
            let number =
                number.ok_or_else(|| Error::bad("bad_number", path, format!("「{label}」は数字で入力してください。")))?;
            Ok(AttributeValue { text: plain, number: Some(number) })
        }
        AttributeType::Date => {
            let date = typed.replace(['/', '.'], "-").parse::<Date>();
            let date =
                date.map_err(|_| Error::bad("bad_date", path, format!("「{label}」は 2026-04-01 の形で入力してください。")))?;
            Ok(AttributeValue { text: date.to_string(), number: Some(day_number(date)) })
        }
        AttributeType::Datetime => {
            let at = typed.parse::<jiff::Timestamp>();
            let at = at.map_err(|_| {
                Error::bad("bad_date", path, format!("「{label}」は 2026-04-01T09:00:00+09:00 の形で入力してください。"))
            })?;
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar year are exact in f64")]
            Ok(AttributeValue { text: at.to_string(), number: Some(at.as_millisecond() as f64) })
        }
        AttributeType::Choice => {
            if !attribute.options.iter().any(|option| option == typed) {
                let options = attribute.options.join("、");
                return Err(Error::bad("bad_choice", path, format!("「{label}」は次から選んでください: {options}")));
            }
            Ok(AttributeValue { text: typed.to_owned(), number: None })
        }
        AttributeType::Yesno => match typed {
            "1" | "true" | "はい" | "yes" => Ok(AttributeValue { text: "1".into(), number: Some(1.0) }),
            "0" | "false" | "いいえ" | "no" => Ok(AttributeValue { text: "0".into(), number: Some(0.0) }),
            _ => Err(Error::bad("bad_choice", path, format!("「{label}」は はい か いいえ です。"))),
        },
    }
}

/// Days since 1970-01-01.
fn day_number(date: Date) -> f64 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(date).map(|span| f64::from(span.get_days())).unwrap_or(0.0)
}

fn check_options(attribute: &Attribute) -> Result<()> {
    if attribute.ty == AttributeType::Choice && attribute.options.is_empty() {
        return Err(Error::bad("options_needed", "options", "選択肢を1つ以上入力してください。"));
    }
    Ok(())
}

fn options_json(options: &[String]) -> String {
    serde_json::to_string(options).unwrap_or_else(|_| "[]".into())
}

fn found(changed: u64) -> Result<()> {
    if changed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(ty: AttributeType) -> Attribute {
        Attribute {
            id: AttributeId::nil(),
            key: "k".into(),
            label: "欄".into(),
            ty,
            options: vec!["赤".into()],
            folder: String::new(),
        }
    }

    #[test]
    fn typed_values_become_canonical() {
        assert_eq!(attribute_value(&field(AttributeType::Date), "1970/01/02").unwrap().number, Some(1.0));
        assert_eq!(
            attribute_value(&field(AttributeType::Number), "1,200").unwrap(),
            AttributeValue { text: "1200".into(), number: Some(1200.0) }
        );
        assert_eq!(attribute_value(&field(AttributeType::Yesno), "はい").unwrap().text, "1");
        assert!(attribute_value(&field(AttributeType::Choice), "青").is_err());
        assert!(attribute_value(&field(AttributeType::Number), "NaN").is_err());
        assert!(attribute_value(&field(AttributeType::Date), "2026-02-30").is_err());
    }
}
