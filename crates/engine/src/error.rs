//! What the engine's operations fail with.

/// One variant per thing a caller can act on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// Something the caller typed can be mended.
    #[error("{message}")]
    Bad {
        /// Stable code of the API.
        code: &'static str,
        /// Where: a field path, or '' for the whole.
        path: String,
        /// What to do, in Japanese.
        message: String,
    },
    /// A definition with several places to mend.
    #[error("入力を確認してください。")]
    Invalid(Vec<crate::problem::Problem>),
    /// Others name it; each problem's path is `kind:id` of one of them, its message their name.
    #[error("使われているため削除できません。先に使っている場所を変えてください。")]
    InUse(Vec<crate::problem::Problem>),
    /// No such object in this workspace.
    #[error("見つかりません。")]
    NotFound,
    /// The state of the object does not allow it.
    #[error("{message}")]
    Conflict {
        /// Stable code of the API.
        code: &'static str,
        /// What to do, in Japanese.
        message: String,
    },
    /// Another node took the events at the same moment; the same call may be repeated.
    #[error("raced with another node")]
    Raced,
    /// The queue is full; try again shortly.
    #[error("混み合っています。少し待ってからやり直してください。")]
    Full,
    /// A secret cannot be opened with the configured key.
    #[error(
        "暗号鍵が合いません。ENISHI_KEY または鍵ファイルが、このデータベースを作ったときのものか確認してください。 / The key does not open this database's secrets"
    )]
    WrongKey,
    /// Stored data that this version cannot read.
    #[error("stored {what} cannot be read: {detail}")]
    Damaged {
        /// Table or field.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// LINE answered with an error.
    #[error("{0}")]
    Line(String),
}

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Input that the caller can mend.
    pub fn bad(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Bad { code, path: path.into(), message: message.into() }
    }

    /// A conflict with the object's state.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into() }
    }

    /// JSON of our own that does not parse.
    pub fn damaged(what: &'static str, error: impl std::fmt::Display) -> Self {
        Self::Damaged { what, detail: error.to_string() }
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Raced | Self::Full => true,
            _ => false,
        }
    }
}
