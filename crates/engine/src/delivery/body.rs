//! Message arrays as text, joined and cut without being understood.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Error, Result};

/// Messages of one delivery, as the inside of a JSON array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bubbles {
    inner: String,
    /// How many.
    pub count: usize,
}

impl Bubbles {
    /// From the text of a JSON array of messages. `None` when it is none, or empty.
    pub(crate) fn of_array(json: &str) -> Option<Self> {
        let messages: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let inner: Vec<&str> = messages.iter().map(|message| message.get()).collect();
        (!inner.is_empty()).then(|| Self { inner: inner.join(","), count: messages.len() })
    }

    /// The text of one JSON array of them all.
    pub(crate) fn join<'a>(parts: impl IntoIterator<Item = &'a Self>) -> String {
        let mut array = String::from("[");
        for part in parts {
            if array.len() > 1 {
                array.push(',');
            }
            array.push_str(&part.inner);
        }
        array.push(']');
        array
    }
}

/// A multicast's body, cut into whom it is for and what it says.
#[derive(Deserialize)]
pub(crate) struct Multicast<'a> {
    /// LINE user ids.
    #[serde(borrow)]
    pub to: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    messages: &'a RawValue,
    /// LINE counts it under these names; one at most.
    #[serde(borrow, default, rename = "customAggregationUnits")]
    units: Vec<&'a str>,
}

impl<'a> Multicast<'a> {
    /// Reads a body of our own.
    pub(crate) fn parse(body: &'a [u8]) -> Result<Self> {
        serde_json::from_slice(body).map_err(|error| Error::damaged("requests.body", error))
    }

    /// The same messages to some of the people.
    pub(crate) fn to_some(&self, to: &[Cow<'a, str>]) -> Bytes {
        let options = line::body::SendOptions { unit: self.units.first().copied(), ..line::body::SendOptions::default() };
        line::body::multicast(to, self.messages.get().as_bytes(), options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_join_as_they_are() {
        let one = Bubbles::of_array(r#"[{"type":"text","text":"a,]"}]"#).unwrap();
        let two = Bubbles::of_array(r#" [ {"x":1} , {"y":[2]} ] "#).unwrap();
        assert_eq!((one.count, two.count), (1, 2));
        assert_eq!(Bubbles::join([&one, &two]), r#"[{"type":"text","text":"a,]"},{"x":1},{"y":[2]}]"#);
        for bad in ["", "[]", "{}", "[1", "null"] {
            assert_eq!(Bubbles::of_array(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_multicast_is_cut_without_touching_its_messages() {
        let messages = r#"[{"text":"\u7e01","type":"text"}]"#;
        for unit in [None, Some("b1")] {
            let options = line::body::SendOptions { unit, ..line::body::SendOptions::default() };
            let body = line::body::multicast(&["U1", "U2", "U3"], messages.as_bytes(), options);
            let cut = Multicast::parse(&body).unwrap();
            let some = cut.to_some(&cut.to[1..]);
            assert_eq!(some, line::body::multicast(&["U2", "U3"], messages.as_bytes(), options));
        }
    }
}
