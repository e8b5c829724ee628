//! Values in, cells out.

use std::ffi::CStr;
use std::rc::Rc;

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use crate::row::Cell;
use crate::value::Value;

/// The name under which `rarray` recognises a list given by pointer.
const LIST_TYPE: &CStr = c"rarray";

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Value::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*value))),
            Value::Real(value) => ToSqlOutput::Borrowed(ValueRef::Real(*value)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Value::Ids(ids) => list(ids.iter().map(|id| Owned::Blob(id.as_bytes().to_vec()))),
            Value::Ints(ints) => list(ints.iter().map(|int| Owned::Integer(*int))),
            Value::Texts(texts) => list(texts.iter().map(|text| Owned::Text(text.clone()))),
        })
    }
}

fn list<'o>(values: impl Iterator<Item = Owned>) -> ToSqlOutput<'o> {
    ToSqlOutput::from_rc(Rc::new(values.collect::<Vec<_>>()), LIST_TYPE)
}

/// The content of a column; `None` when there is no such column.
pub(crate) fn cell<'r>(row: &'r rusqlite::Row<'r>, index: usize) -> Option<Cell<'r>> {
    Some(match row.get_ref(index).ok()? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Real(value) => Cell::Real(value),
        ValueRef::Text(bytes) => str::from_utf8(bytes).map_or(Cell::Bytes(bytes), Cell::Text),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes),
    })
}
