//! What is said to people, in both languages.

use std::fmt;

/// The languages that the command line speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Japanese where `LC_ALL`, or else `LANG`, begins with `ja`.
    pub fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::of_locale(&set("LC_ALL").or_else(|| set("LANG")).unwrap_or_default())
    }

    /// The language of a locale such as `ja_JP.UTF-8`.
    pub fn of_locale(locale: &str) -> Self {
        if locale.starts_with("ja") { Self::Japanese } else { Self::English }
    }
}

/// A statement in both languages. Made with [`words!`](crate::words!).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub english: String,
    /// Japanese.
    pub japanese: String,
}

impl Words {
    /// The statement in a language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Japanese => &self.japanese,
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

/// A statement in English and Japanese, each a format string: `words!("{n} rows", "{n} 行")`.
#[macro_export]
macro_rules! words {
    ($english:literal, $japanese:literal $(,)?) => {
        $crate::Words { english: format!($english), japanese: format!($japanese) }
    };
}
