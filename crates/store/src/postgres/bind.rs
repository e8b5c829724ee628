//! Values in, cells out. Parameters are written in the type that the server inferred for their place.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::row::Cell;
use crate::value::Value;

type Boxed = Box<dyn StdError + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => int(*value, ty, out),
            Value::Bool(value) if *ty == Type::BOOL => value.to_sql(ty, out),
            Value::Bool(value) => int(i64::from(*value), ty, out),
            Value::Real(value) => real(*value, ty, out),
            Value::Text(text) if is_text(ty) => {
                if *ty == Type::JSONB {
                    out.put_u8(1);
                }
                out.put_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.as_ref().to_sql(ty, out),
            Value::Id(id) if *ty == Type::UUID => id.to_sql(ty, out),
            Value::Ids(ids) if *ty == Type::UUID_ARRAY => ids.as_ref().to_sql(ty, out),
            Value::Texts(texts) if matches!(*ty, Type::TEXT_ARRAY | Type::VARCHAR_ARRAY) => texts.as_ref().to_sql(ty, out),
            Value::Ints(ints) => {
                let values: Vec<Value<'_>> = ints.iter().copied().map(Value::Int).collect();
                values.to_sql_checked(ty, out)
            }
            _ => Err(unfit(self, ty)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int(value: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
    match *ty {
        Type::INT8 => value.to_sql(ty, out),
        Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
        Type::BOOL => (value != 0).to_sql(ty, out),
        Type::FLOAT8 => (value as f64).to_sql(ty, out),
        Type::NUMERIC => {
            write_numeric(value, out);
            Ok(IsNull::No)
        }
        _ => Err(unfit(&Value::Int(value), ty)),
    }
}

fn real(value: f64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
    match *ty {
        Type::FLOAT8 => value.to_sql(ty, out),
        Type::FLOAT4 => (value as f32).to_sql(ty, out),
        _ => Err(unfit(&Value::Real(value), ty)),
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON | Type::JSONB)
}

/// Names the kind of value only: its content may be a secret.
fn unfit(value: &Value<'_>, ty: &Type) -> Boxed {
    let kind = match value {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Real(_) => "a real number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Id(_) => "an id",
        Value::Bool(_) => "a truth value",
        Value::Ids(_) | Value::Ints(_) | Value::Texts(_) => "a list",
    };
    format!("{kind} does not fit a parameter of type {ty}").into()
}

/// The content of a column; `None` when there is no such column.
pub(crate) fn cell(row: &Row, index: usize) -> Option<Cell<'_>> {
    row.try_get(index).ok()
}

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Boxed> {
        Ok(match *ty {
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Cell::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Cell::Int(bool::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Cell::Real(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Cell::Real(f32::from_sql(ty, raw)?.into()),
            Type::NUMERIC => read_numeric(raw).unwrap_or(Cell::Other),
            Type::UUID => Cell::Id(Uuid::from_sql(ty, raw)?),
            Type::BYTEA => Cell::Bytes(raw),
            Type::JSONB => Cell::Text(str::from_utf8(raw.get(1..).unwrap_or_default())?),
            _ if is_text(ty) => Cell::Text(str::from_utf8(raw)?),
            _ => Cell::Other,
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Cell::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// PostgreSQL's `numeric` on the wire: count of digits, weight of the first, sign, digits shown after the point, then
/// digits to the base of 10,000 (src/backend/utils/adt/numeric.c, `numeric_recv`).
const BASE: i64 = 10_000;
const NEGATIVE: u16 = 0x4000;

fn write_numeric(value: i64, out: &mut BytesMut) {
    let mut digits = Vec::new();
    let mut rest = value.unsigned_abs();
    while rest > 0 {
        digits.push((rest % BASE.unsigned_abs()) as i16);
        rest /= BASE.unsigned_abs();
    }
    let count = digits.len() as i16;
    out.put_i16(count);
    out.put_i16((count - 1).max(0));
    out.put_u16(if value < 0 { NEGATIVE } else { 0 });
    out.put_u16(0);
    digits.iter().rev().for_each(|digit| out.put_i16(*digit));
}

/// A sum of integers is a `numeric` on PostgreSQL and an integer on SQLite; so whole numbers become integers here.
fn read_numeric<'r>(raw: &[u8]) -> Option<Cell<'r>> {
    let mut words = raw.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight, sign, _) = (words.next()?, words.next()? as i16, words.next()?, words.next()?);
    if sign != 0 && sign != NEGATIVE {
        return None;
    }
    let digits: Vec<i64> = words.take(usize::from(count)).map(i64::from).collect();
    let whole_digits = usize::try_from(i32::from(weight) + 1).unwrap_or(0);
    let factor = if sign == NEGATIVE { -1 } else { 1 };
    if digits.len() <= whole_digits {
        let mut whole: i64 = 0;
        for position in 0..whole_digits {
            let digit = digits.get(position).copied().unwrap_or(0);
            // Built with its sign, so that the smallest integer fits.
            whole = whole.checked_mul(BASE)?.checked_add(factor * digit)?;
        }
        return Some(Cell::Int(whole));
    }
    let magnitude: f64 =
        digits.iter().zip(0..).map(|(digit, place)| *digit as f64 * (BASE as f64).powi(i32::from(weight) - place)).sum();
    Some(Cell::Real(factor as f64 * magnitude))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(value: i64) -> Option<Cell<'static>> {
        let mut out = BytesMut::new();
        write_numeric(value, &mut out);
        read_numeric(&out)
    }

    proptest! {
        #[test]
        fn a_whole_number_survives_numeric(value: i64) {
            prop_assert_eq!(round_trip(value), Some(Cell::Int(value)));
        }
    }

    #[test]
    fn the_ends_and_a_fraction() {
        for value in [0, 1, -1, 9_999, 10_000, -10_000, i64::MAX, i64::MIN] {
            assert_eq!(round_trip(value), Some(Cell::Int(value)));
        }
        // -1.5: two digits, weight 0, negative, one digit shown.
        let raw = [0, 2, 0, 0, 0x40, 0, 0, 1, 0, 1, 0x13, 0x88];
        assert_eq!(read_numeric(&raw), Some(Cell::Real(-1.5)));
        assert_eq!(read_numeric(&[0, 0, 0, 0, 0xC0, 0, 0, 0]), None, "NaN");
        assert_eq!(read_numeric(&[0]), None);
    }
}
