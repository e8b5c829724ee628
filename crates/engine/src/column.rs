//! Enums that are stored as one word.

/// Gives an enum its word in database and API: `as_str`, `FromStr`, and conversions for `store`.
macro_rules! column_words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in database and API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
        impl From<$name> for store::Value<'_> {
            fn from(value: $name) -> Self { Self::from(value.as_str()) }
        }
        impl From<&$name> for store::Value<'_> {
            fn from(value: &$name) -> Self { Self::from(value.as_str()) }
        }
        impl store::FromColumn for $name {
            fn from_column(cell: store::Cell<'_>) -> Option<Self> {
                match cell { store::Cell::Text(word) => word.parse().ok(), _ => None }
            }
        }
    };
}
pub(crate) use column_words;
