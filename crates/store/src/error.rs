//! What can go wrong, one variant per thing a caller can act on.

use std::path::PathBuf;

/// What every function of this crate fails with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database could not be reached, or the connection broke before COMMIT was sent. Nothing happened.
    #[error(
        "データベースに接続できません。起動しているか、DATABASE_URL が正しいかを確認してください。 / The database is not reachable; nothing was written: {reason}"
    )]
    Unavailable {
        /// What the driver said, without secrets.
        reason: String,
    },
    /// The connection broke while COMMIT was under way: the write may or may not have happened.
    #[error(
        "書き込みの結果を確認できませんでした。 / The connection broke during COMMIT; it is unknown whether the write happened: {reason}"
    )]
    CommitUnknown {
        /// What the driver said, without secrets.
        reason: String,
    },
    /// A constraint of the schema refused the row.
    #[error("{kind:?} constraint refused the write: {detail}")]
    Constraint {
        /// Which sort of constraint.
        kind: ConstraintKind,
        /// The engine's words: column or constraint name. Not meant for comparison.
        detail: String,
    },
    /// No room on the database's disk.
    #[error("ディスクの空きがありません。空きを増やしてください。 / The database's disk is full; free some space")]
    DiskFull,
    /// Another process held the database for longer than the time-out, or a statement ran into its time limit.
    #[error("データベースが混み合っています。少し待ってからやり直してください。 / The database is busy: {reason}")]
    Busy {
        /// What was waited for.
        reason: String,
    },
    /// The file is not a sound database or the disk does not answer.
    #[error(
        "データベースのファイルが壊れているか、読み書きできません。バックアップからの復元を検討してください。 / The database file is damaged or unreadable: {detail}"
    )]
    Corrupt {
        /// What the driver said.
        detail: String,
    },
    /// [`crate::Tx::query_one`] or [`crate::Tx::query_opt`] met a second row.
    #[error("more than one row where at most one was expected: {sql_head}")]
    TooManyRows {
        /// Beginning of the statement.
        sql_head: String,
    },
    /// [`crate::Tx::query_one`] met no row.
    #[error("no row where one was expected: {sql_head}")]
    NoRow {
        /// Beginning of the statement.
        sql_head: String,
    },
    /// A column does not hold what the code asked for.
    #[error("column {index} ({name}) cannot be read as {wanted}: it holds {found}")]
    Column {
        /// Zero-based.
        index: usize,
        /// Column name as the engine gives it.
        name: String,
        /// Rust type asked for.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The number of parameters differs from the number of placeholders.
    #[error("{given} parameters given where {expected} are expected: {sql_head}")]
    Params {
        /// Placeholders in the statement.
        expected: usize,
        /// Parameters given.
        given: usize,
        /// Beginning of the statement.
        sql_head: String,
    },
    /// Any other refusal of a statement: a mistake in the SQL or a value that does not fit its column's type.
    #[error("statement failed: {sql_head}: {source}")]
    Sql {
        /// Beginning of the statement.
        sql_head: String,
        /// The driver's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An earlier statement of this transaction failed, so that nothing of it can be kept.
    #[error("an earlier statement of this transaction failed: {first}")]
    Doomed {
        /// The first failure.
        first: String,
    },
    /// PostgreSQL chose this transaction as the victim of a conflict more often than it is retried.
    #[error("the transaction lost against concurrent ones too often: {detail}")]
    Conflict {
        /// What the server said.
        detail: String,
    },
    /// The schema in the database and the program do not fit.
    #[error("データベースの形式がこの版のプログラムと合いません。 / Migration {version}: {reason}")]
    Migration {
        /// Number of the migration concerned.
        version: u32,
        /// What is wrong and what to do.
        reason: String,
    },
    /// Another server has this SQLite file open.
    #[error("このデータベースは別の Enishi サーバーが使用中です。先にそちらを停止してください。 / Another server uses {}; stop it first", path.display())]
    AlreadyRunning {
        /// The lock file.
        path: PathBuf,
    },
    /// The address of the database cannot be used.
    #[error("データベースの設定が正しくありません。 / Database setting: {reason}")]
    Config {
        /// What is wrong; never contains the address itself, which may hold a password.
        reason: String,
    },
    /// A file beside the database could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// This engine has no such operation.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The closure panicked; its writes were undone.
    #[error("a database closure panicked; its writes were undone")]
    Panicked,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// A lease is no longer held under the fence given.
    #[error("lease {name} is no longer held")]
    LeaseLost {
        /// Name of the lease.
        name: String,
    },
}

/// Which sort of constraint refused a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// UNIQUE or PRIMARY KEY.
    Unique,
    /// FOREIGN KEY.
    ForeignKey,
    /// CHECK.
    Check,
    /// NOT NULL.
    NotNull,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether the same call may succeed later without anybody changing it. [`Error::CommitUnknown`] is transient too:
    /// repeat only what is idempotent.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::CommitUnknown { .. } | Self::DiskFull | Self::Busy { .. } | Self::Conflict { .. }
        )
    }

    /// Whether a UNIQUE or PRIMARY KEY constraint refused the row.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Constraint { kind: ConstraintKind::Unique, .. })
    }
}

/// The beginning of a statement, for messages: one line, at most 80 characters.
pub(crate) fn head(sql: &str) -> String {
    let mut line = String::with_capacity(80);
    for word in sql.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 80 {
            let cut = line.floor_char_boundary(80);
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    line
}
