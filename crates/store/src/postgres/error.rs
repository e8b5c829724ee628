//! The server's codes as this crate's errors. Codes: PostgreSQL documentation, appendix A.

use std::error::Error as StdError;

use tokio_postgres::error::SqlState;

use crate::error::{ConstraintKind, Error, head};
use crate::tx::{Cause, Failure};

/// What a failed statement means.
pub(super) fn failure(error: tokio_postgres::Error, sql: &str) -> Failure {
    let detail = text(&error);
    let Some(code) = error.code() else {
        return if is_lost(&error) {
            lost(detail)
        } else {
            Failure::statement(Error::Sql { sql_head: head(sql), source: detail.into() })
        };
    };
    if is_gone(&error, code) {
        return lost(detail);
    }
    if let Some(kind) = constraint(code) {
        return Failure::statement(Error::Constraint { kind, detail });
    }
    let (cause, error) = match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => (Cause::Conflict, Error::Conflict { detail }),
        SqlState::DISK_FULL => (Cause::Store, Error::DiskFull),
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE | SqlState::OUT_OF_MEMORY => {
            (Cause::Store, Error::Busy { reason: detail })
        }
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED | SqlState::IO_ERROR => (Cause::Store, Error::Corrupt { detail }),
        _ => (Cause::Statement, Error::Sql { sql_head: head(sql), source: detail.into() }),
    };
    Failure { cause, error }
}

/// The connection is of no more use.
pub(super) fn lost(reason: String) -> Failure {
    Failure { cause: Cause::Connection, error: Error::Unavailable { reason } }
}

/// The server ends the session, takes no new ones, or our prepared statements have been overtaken by a migration.
fn is_gone(error: &tokio_postgres::Error, code: &SqlState) -> bool {
    let overtaken = *code == SqlState::FEATURE_NOT_SUPPORTED
        && error.as_db_error().and_then(|error| error.routine()) == Some("RevalidateCachedQuery");
    overtaken
        || code.code().starts_with("08")
        || matches!(
            *code,
            SqlState::ADMIN_SHUTDOWN
                | SqlState::CRASH_SHUTDOWN
                | SqlState::CANNOT_CONNECT_NOW
                | SqlState::TOO_MANY_CONNECTIONS
                | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        )
}

fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>())
}

fn constraint(code: &SqlState) -> Option<ConstraintKind> {
    Some(match *code {
        SqlState::UNIQUE_VIOLATION => ConstraintKind::Unique,
        SqlState::FOREIGN_KEY_VIOLATION => ConstraintKind::ForeignKey,
        SqlState::CHECK_VIOLATION => ConstraintKind::Check,
        SqlState::NOT_NULL_VIOLATION => ConstraintKind::NotNull,
        _ => return None,
    })
}

/// The driver says "db error" and hides the rest in its source. The server's detail is left out: it quotes rows.
pub(super) fn text(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(db), _) => format!("{} ({})", db.message(), db.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
