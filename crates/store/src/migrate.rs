//! Migrations: one text for both engines, applied in order, each in a transaction of its own.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::{Dialect, Error, Result};

/// One step of the schema. Its text never changes once it has been applied anywhere.
///
/// Column types are written as macros: `{id}` `{int}` `{real}` `{text}` `{bytes}` `{serial}`, and `{strict}` or
/// `{strict rowless}` at the end of CREATE TABLE. A line beginning with `--sqlite ` or `--postgres ` is for that
/// engine only. `{}` stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Growing from 1, without gaps.
    pub version: u32,
    /// A short name for people.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

impl Migration {
    /// The text for one engine.
    ///
    /// # Errors
    /// [`Error::Migration`] at an unknown macro.
    pub fn expand(&self, dialect: Dialect) -> Result<String> {
        expand(self.sql, dialect)
            .map_err(|unknown| self.refuse(format!("unknown macro {{{unknown}}} in the text of {}", self.name)))
    }

    pub(crate) fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.sql.as_bytes()))
    }

    fn refuse(&self, reason: String) -> Error {
        Error::Migration { version: self.version, reason }
    }
}

/// A migration that the database says it has.
pub(crate) struct Applied {
    pub(crate) version: u32,
    pub(crate) checksum: String,
}

/// The tables that the store itself needs.
pub(crate) const OWN_TABLES: &str = "
CREATE TABLE IF NOT EXISTS schema_migrations (
  version {int} PRIMARY KEY,
  name {text} NOT NULL,
  checksum {text} NOT NULL,
  applied_at {int} NOT NULL
) {strict};
CREATE TABLE IF NOT EXISTS leases (
  name {text} NOT NULL PRIMARY KEY,
  owner {id},
  fence {int} NOT NULL,
  until_ms {int} NOT NULL
) {strict rowless};
";

/// Notes an applied migration: version, name, checksum, time in Unix milliseconds.
pub(crate) const NOTE: &str = "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";

/// Reads what was noted.
pub(crate) const NOTED: &str = "SELECT version, checksum FROM schema_migrations ORDER BY version";

pub(crate) fn own_tables(dialect: Dialect) -> Result<String> {
    Migration { version: 0, name: "store", sql: OWN_TABLES }.expand(dialect)
}

/// What is still to be applied.
///
/// # Errors
/// [`Error::Migration`] when the database is newer than the program, an applied text has changed, or the list has gaps.
pub(crate) fn pending<'m>(applied: &[Applied], migrations: &'m [Migration]) -> Result<Vec<&'m Migration>> {
    for (migration, expected) in migrations.iter().zip(1..) {
        if migration.version != expected {
            return Err(migration.refuse(format!("migrations must be numbered without gaps; expected {expected}")));
        }
    }
    let known: HashMap<u32, &Migration> = migrations.iter().map(|m| (m.version, m)).collect();
    for entry in applied {
        let Some(migration) = known.get(&entry.version) else {
            return Err(Error::Migration {
                version: entry.version,
                reason: "このデータベースはより新しい版の Enishi が作成しました。Enishi を更新してください。 / \
                         the database was made by a newer version; update this program"
                    .into(),
            });
        };
        if migration.checksum() != entry.checksum {
            return Err(migration.refuse(format!(
                "the text of \"{}\" differs from the one applied to this database; restore the original text and put \
                 the change into a new migration",
                migration.name
            )));
        }
    }
    let done = |migration: &&Migration| applied.iter().any(|entry| entry.version == migration.version);
    Ok(migrations.iter().filter(|migration| !done(migration)).collect())
}

/// Replaces the macros; gives the name of an unknown one back.
fn expand(sql: &str, dialect: Dialect) -> Result<String, String> {
    let (mine, other) = match dialect {
        Dialect::Sqlite => ("--sqlite ", "--postgres "),
        Dialect::Postgres => ("--postgres ", "--sqlite "),
    };
    let mut out = String::with_capacity(sql.len() * 2);
    for line in sql.lines() {
        let text = line.trim_start();
        if text.starts_with(other) {
            continue;
        }
        expand_line(text.strip_prefix(mine).unwrap_or(line), dialect, &mut out)?;
        out.push('\n');
    }
    Ok(out)
}

fn expand_line(line: &str, dialect: Dialect, out: &mut String) -> Result<(), String> {
    let mut rest = line;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let name = tail.split_once('}').map(|(name, _)| name).filter(|name| is_macro_name(name));
        match name {
            Some(name) => {
                out.push_str(replacement(name, dialect).ok_or_else(|| name.to_owned())?);
                rest = &tail[name.len() + 1..];
            }
            None => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    Ok(())
}

fn is_macro_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ')
}

fn replacement(name: &str, dialect: Dialect) -> Option<&'static str> {
    let (sqlite, postgres) = match name {
        "id" => ("BLOB", "uuid"),
        "int" => ("INTEGER", "bigint"),
        "real" => ("REAL", "double precision"),
        // Bytewise, so that both engines sort and compare alike whatever the database's locale.
        "text" => ("TEXT", "text COLLATE \"C\""),
        "bytes" => ("BLOB", "bytea"),
        "serial" => ("INTEGER PRIMARY KEY AUTOINCREMENT", "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
        "strict" => ("STRICT", ""),
        "strict rowless" => ("STRICT, WITHOUT ROWID", ""),
        _ => return None,
    };
    Some(match dialect {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration =
        Migration { version: 1, name: "one", sql: "CREATE TABLE a (id {id}, j {text} DEFAULT '{}') {strict};" };
    const TWO: Migration = Migration { version: 2, name: "two", sql: "--sqlite A;\n  --postgres B {int};\nC;" };

    fn applied(migration: &Migration) -> Applied {
        Applied { version: migration.version, checksum: migration.checksum() }
    }

    #[test]
    fn macros_become_types() {
        assert_eq!(ONE.expand(Dialect::Sqlite).unwrap(), "CREATE TABLE a (id BLOB, j TEXT DEFAULT '{}') STRICT;\n");
        assert_eq!(ONE.expand(Dialect::Postgres).unwrap(), "CREATE TABLE a (id uuid, j text COLLATE \"C\" DEFAULT '{}') ;\n");
        assert_eq!(TWO.expand(Dialect::Sqlite).unwrap(), "A;\nC;\n");
        assert_eq!(TWO.expand(Dialect::Postgres).unwrap(), "B bigint;\nC;\n");
    }

    #[test]
    fn an_unknown_macro_is_named() {
        let migration = Migration { version: 1, name: "x", sql: "{json}" };
        assert!(migration.expand(Dialect::Sqlite).unwrap_err().to_string().contains("{json}"));
    }

    #[test]
    fn only_what_is_missing_is_pending() {
        let list = [ONE, TWO];
        let versions = |applied: &[Applied]| -> Vec<u32> {
            pending(applied, &list).unwrap().iter().map(|migration| migration.version).collect()
        };
        assert_eq!(versions(&[]), [1, 2]);
        assert_eq!(versions(&[applied(&ONE)]), [2]);
        assert!(versions(&[applied(&ONE), applied(&TWO)]).is_empty());
    }

    #[test]
    fn a_changed_text_a_newer_database_and_a_gap_are_refused() {
        let changed = Applied { version: 1, checksum: "other".into() };
        assert!(matches!(pending(&[changed], &[ONE]), Err(Error::Migration { version: 1, .. })));
        assert!(matches!(pending(&[applied(&ONE), applied(&TWO)], &[ONE]), Err(Error::Migration { version: 2, .. })));
        assert!(matches!(pending(&[], &[TWO]), Err(Error::Migration { version: 2, .. })));
    }
}
