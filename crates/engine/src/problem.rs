//! What is wrong with a definition that staff or a program wrote, and where.

use serde::{Deserialize, Serialize};

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where, e.g. `nodes[2].if.of[0].tag`; '' for the whole.
    pub path: String,
    /// Stable code of the API.
    pub code: &'static str,
    /// What to do, in Japanese.
    pub message: String,
    /// The journey node it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

impl Problem {
    /// A problem at a path.
    pub fn new(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.into(), code, message: message.into(), node: None }
    }

    /// The same, about a journey node.
    #[must_use]
    pub fn at_node(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }
}

impl From<Problem> for crate::Error {
    fn from(problem: Problem) -> Self {
        Self::bad(problem.code, problem.path, problem.message)
    }
}

/// Reads one flat piece of JSON.
///
/// # Errors
/// `bad_shape` at `path`, with what was expected.
pub(crate) fn read<'de, T: Deserialize<'de>>(value: &'de serde_json::Value, path: &str) -> Result<T, Problem> {
    T::deserialize(value).map_err(|error| Problem::new(path, "bad_shape", format!("形が正しくありません: {error}")))
}
