//! SQLite's result codes as this crate's errors. Codes: <https://www.sqlite.org/rescode.html>.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::error::{ConstraintKind, Error, head};
use crate::tx::{Cause, Failure};

/// What a failed statement means.
pub(super) fn failure(error: rusqlite::Error, sql: &str) -> Failure {
    match store_fault(&error) {
        Some(fault) => Failure { cause: Cause::Store, error: fault },
        None => {
            Failure::statement(constraint(&error).unwrap_or_else(|| Error::Sql { sql_head: head(sql), source: Box::new(error) }))
        }
    }
}

/// What a failed COMMIT means. After an input/output error the commit record may or may not be on the disk, and would
/// count if the machine stopped now.
pub(super) fn commit_failure(error: rusqlite::Error) -> Error {
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        return Error::CommitUnknown { reason: error.to_string() };
    }
    failure(error, "COMMIT").error
}

/// The store's own trouble, which is no fault of the statement.
fn store_fault(error: &rusqlite::Error) -> Option<Error> {
    let detail = error.to_string();
    Some(match error.sqlite_error_code()? {
        ErrorCode::DiskFull => Error::DiskFull,
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OperationInterrupted => Error::Busy { reason: detail },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure => Error::Corrupt { detail },
        ErrorCode::CannotOpen | ErrorCode::OutOfMemory => Error::Unavailable { reason: detail },
        _ => return None,
    })
}

fn constraint(error: &rusqlite::Error) -> Option<Error> {
    let kind = match error.sqlite_error()?.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            ConstraintKind::Unique
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK => ConstraintKind::Check,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        _ => return None,
    };
    Some(Error::Constraint { kind, detail: error.to_string() })
}
