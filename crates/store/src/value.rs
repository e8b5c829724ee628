//! Parameters of statements.

use std::borrow::Cow;

use uuid::Uuid;

/// One parameter of a statement. Borrowing variants keep text and bytes where they are.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// NULL of any type.
    Null,
    /// An integer column, or a 0/1 truth value.
    Int(i64),
    /// A real column.
    Real(f64),
    /// A text column.
    Text(Cow<'a, str>),
    /// A bytes column.
    Bytes(Cow<'a, [u8]>),
    /// An id column: 16 bytes on SQLite, `uuid` on PostgreSQL.
    Id(Uuid),
    /// A truth value, stored as 0 or 1 in an integer column.
    Bool(bool),
    /// For `= ANY($n)` and `<> ALL($n)` on id columns.
    Ids(Cow<'a, [Uuid]>),
    /// For `= ANY($n)` and `<> ALL($n)` on integer columns.
    Ints(Cow<'a, [i64]>),
    /// For `= ANY($n)` and `<> ALL($n)` on text columns.
    Texts(Cow<'a, [String]>),
}

/// The parameters of one row or one execution.
pub trait IntoParams {
    /// The parameters in the order of the placeholders.
    fn params(&self) -> &[Value<'_>];
}

impl<const N: usize> IntoParams for [Value<'_>; N] {
    fn params(&self) -> &[Value<'_>] {
        self
    }
}

impl IntoParams for Vec<Value<'_>> {
    fn params(&self) -> &[Value<'_>] {
        self
    }
}

impl IntoParams for &[Value<'_>] {
    fn params(&self) -> &[Value<'_>] {
        self
    }
}

impl<const N: usize> IntoParams for &[Value<'_>; N] {
    fn params(&self) -> &[Value<'_>] {
        *self
    }
}

/// `params![a, b, c]` is `[Value::from(a), Value::from(b), Value::from(c)]`.
#[macro_export]
macro_rules! params {
    () => { [] as [$crate::Value<'static>; 0] };
    ($($value:expr),+ $(,)?) => { [$($crate::Value::from($value)),+] };
}

macro_rules! from_integer {
    ($($integer:ty),+) => {$(
        impl From<$integer> for Value<'_> {
            fn from(value: $integer) -> Self {
                Value::Int(i64::from(value))
            }
        }
        impl From<&$integer> for Value<'_> {
            fn from(value: &$integer) -> Self {
                Value::Int(i64::from(*value))
            }
        }
    )+};
}
from_integer!(i64, i32, i16, i8, u32, u16, u8);

macro_rules! from_copy {
    ($($variant:ident($type:ty)),+) => {$(
        impl From<$type> for Value<'_> {
            fn from(value: $type) -> Self {
                Value::$variant(value)
            }
        }
        impl From<&$type> for Value<'_> {
            fn from(value: &$type) -> Self {
                Value::$variant(*value)
            }
        }
    )+};
}
from_copy!(Real(f64), Id(Uuid), Bool(bool));

macro_rules! from_cow {
    ($($variant:ident: $borrowed:ty, $owned:ty);+) => {$(
        impl<'a> From<&'a $borrowed> for Value<'a> {
            fn from(value: &'a $borrowed) -> Self {
                Value::$variant(Cow::Borrowed(value))
            }
        }
        impl From<$owned> for Value<'_> {
            fn from(value: $owned) -> Self {
                Value::$variant(Cow::Owned(value))
            }
        }
        impl<'a> From<&'a $owned> for Value<'a> {
            fn from(value: &'a $owned) -> Self {
                Value::$variant(Cow::Borrowed(value))
            }
        }
        impl<'a> From<Cow<'a, $borrowed>> for Value<'a> {
            fn from(value: Cow<'a, $borrowed>) -> Self {
                Value::$variant(value)
            }
        }
        impl<'a> From<&&'a $borrowed> for Value<'a> {
            fn from(value: &&'a $borrowed) -> Self {
                Value::$variant(Cow::Borrowed(*value))
            }
        }
    )+};
}
from_cow!(
    Text: str, String;
    Bytes: [u8], Vec<u8>;
    Ids: [Uuid], Vec<Uuid>;
    Ints: [i64], Vec<i64>;
    Texts: [String], Vec<String>
);

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Value::Bytes(Cow::Borrowed(value))
    }
}

impl<const N: usize> From<[u8; N]> for Value<'_> {
    fn from(value: [u8; N]) -> Self {
        Value::Bytes(Cow::Owned(value.to_vec()))
    }
}

impl<'a, T> From<Option<T>> for Value<'a>
where
    Value<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, <Value<'a> as From<T>>::from)
    }
}

// Not for every T: with a blanket implementation the compiler looks for `&Option<&Option<…>>` without end.
macro_rules! from_option_reference {
    ($($type:ty),+) => {$(
        impl<'a> From<&'a Option<$type>> for Value<'a> {
            fn from(value: &'a Option<$type>) -> Self {
                value.as_ref().map_or(Value::Null, Value::from)
            }
        }
    )+};
}
from_option_reference!(i64, i32, u32, u16, f64, bool, Uuid, String, Vec<u8>);

impl<'a> From<&'a Value<'_>> for Value<'a> {
    fn from(value: &'a Value<'_>) -> Self {
        match value {
            Value::Null => Value::Null,
            Value::Int(v) => Value::Int(*v),
            Value::Real(v) => Value::Real(*v),
            Value::Text(v) => Value::Text(Cow::Borrowed(v)),
            Value::Bytes(v) => Value::Bytes(Cow::Borrowed(v)),
            Value::Id(v) => Value::Id(*v),
            Value::Bool(v) => Value::Bool(*v),
            Value::Ids(v) => Value::Ids(Cow::Borrowed(v)),
            Value::Ints(v) => Value::Ints(Cow::Borrowed(v)),
            Value::Texts(v) => Value::Texts(Cow::Borrowed(v)),
        }
    }
}
