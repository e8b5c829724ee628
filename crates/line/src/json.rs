//! How LINE's JSON objects become Rust types without losing anything.
//!
//! LINE adds fields and types without notice, and shops paste JSON made by other tools. So every
//! object keeps the fields it does not know in `extra`, and every family of objects told apart by
//! `type` has an `Unknown` variant that keeps the object whole.

/// Fields a type does not know, as they came.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// Declares objects: required fields first, then behind a `?` the optional ones, which become `Option`. `new`
/// takes the required fields in order.
macro_rules! object {
    ($(
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$req_meta:meta])* $req:ident : $req_ty:ty, )*
        } $( ? {
            $( $(#[$opt_meta:meta])* $opt:ident : $opt_ty:ty, )*
        } )?
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $( $(#[$req_meta])* pub $req: $req_ty, )*
            $( $(
                $(#[$opt_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $opt: Option<$opt_ty>,
            )* )?
            /// Fields this crate does not know, kept as they came.
            #[serde(flatten)]
            pub extra: $crate::json::Extra,
        }

        impl $name {
            /// With the required fields only.
            #[allow(clippy::new_without_default, reason = "an object without required fields is made on purpose, not by accident")]
            pub fn new($( $req: impl Into<$req_ty> ),*) -> Self {
                Self {
                    $( $req: $req.into(), )*
                    $( $( $opt: None, )* )?
                    extra: $crate::json::Extra::new(),
                }
            }
        }
    )* };
}

/// Declares a family of objects told apart by their `type`.
macro_rules! tagged {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$variant_meta:meta])* $tag:literal => $variant:ident($ty:ty), )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(tag = "type")]
        pub enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $tag)] $variant($ty), )*
            /// A type this crate does not know, kept whole.
            #[serde(untagged)]
            Unknown($crate::json::Extra),
        }

        impl $name {
            /// Every `type` this crate knows.
            pub const TYPES: &'static [&'static str] = &[$($tag),*];

            /// The `type` on the wire; empty for an unknown object without one.
            pub fn type_name(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $tag, )*
                    Self::Unknown(object) => {
                        object.get("type").and_then(serde_json::Value::as_str).unwrap_or_default()
                    }
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                let mut object = $crate::json::Extra::deserialize(deserializer)?;
                match object.get("type").and_then(serde_json::Value::as_str) {
                    $( Some($tag) => {
                        object.remove("type");
                        serde_json::from_value(serde_json::Value::Object(object))
                            .map(Self::$variant)
                            .map_err(D::Error::custom)
                    } )*
                    Some(_) => Ok(Self::Unknown(object)),
                    None => Err(D::Error::missing_field("type")),
                }
            }
        }

        $( impl From<$ty> for $name {
            fn from(object: $ty) -> Self {
                Self::$variant(object)
            }
        } )*
    };
}

/// Declares a closed list of words that may still grow at LINE's end.
macro_rules! keyword {
    ($(
        $(#[$meta:meta])*
        $name:ident { $( $(#[$variant_meta:meta])* $word:literal => $variant:ident, )* }
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )*
            /// A word newer than this crate, or one LINE will refuse.
            Other(String),
        }

        impl $name {
            /// Every word this crate knows.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word => Self::$variant, )*
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                match word {
                    $name::Other(word) => word,
                    known => known.as_str().to_owned(),
                }
            }
        }
    )* };
}

pub(crate) use {keyword, object, tagged};
