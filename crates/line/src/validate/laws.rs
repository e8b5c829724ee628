//! What must hold for every message the tables allow: made at random, from the tables themselves.

use super::action::{ACTIONS, Place};
use super::schema::{Family, Field, Kind, Object};
use super::{Problem, SendKind, Violation, messages, validate_json};
use crate::json::Extra;
use crate::message::Message;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

type Made = BoxedStrategy<Value>;

/// Candidates for every form; those that fit are drawn from.
const SHAPED: &[&str] = &[
    "#00ff00",
    "#00FF0080",
    "none",
    "md",
    "full",
    "3xl",
    "12px",
    "-4px",
    "50%",
    "90deg",
    "1:1",
    "20:13",
    "medium",
    "a_1",
    "tracking-1",
];

fn text(min: usize, max: usize) -> Made {
    let letters = select(vec!["a", "縁", "𠮷", "😀", "か\u{3099}", "\"", "\n"]);
    proptest::collection::vec(letters, min..=max.min(6) / 2 + min).prop_map(|letters| Value::String(letters.concat())).boxed()
}

fn value(kind: &'static Kind, depth: usize) -> Made {
    match kind {
        Kind::Text { min, max, .. } => text(*min, *max),
        Kind::Url { .. } => Just(json!("https://shop.example/a?b=%E7%B8%81")).boxed(),
        Kind::Word(words) => select(*words).prop_map(Value::from).boxed(),
        Kind::Shape { fits, .. } => {
            let fitting: Vec<_> = SHAPED.iter().copied().filter(|text| fits(text)).collect();
            select(fitting).prop_map(Value::from).boxed()
        }
        Kind::Whole { min, max } => (*min..=(*max).min(min + 3_000)).prop_map(Value::from).boxed(),
        Kind::Number { min, max } => (*min..*max).prop_map(Value::from).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Kind::List { min, max, of } => {
            let most = (*max).min((*min).max(2));
            proptest::collection::vec(value(of, depth), *min..=most).prop_map(Value::from).boxed()
        }
        Kind::Object(of) => object(of, depth),
        Kind::Family(of) => family(of, depth),
        Kind::Action(place) => action(*place),
        Kind::Slots => proptest::collection::btree_map("[a-z_0-9]{1,20}", family(&super::text::SUBSTITUTION, depth), 0..3)
            .prop_map(|slots| Value::Object(slots.into_iter().collect()))
            .boxed(),
        Kind::Ruled => Just(Value::Null).boxed(),
    }
}

fn field(field: &'static Field, depth: usize) -> BoxedStrategy<(&'static str, Option<Value>)> {
    let some = value(&field.kind, depth).prop_map(|value| (field.name, Some(value)));
    if field.required { some.boxed() } else { prop_oneof![2 => Just((field.name, None)), 1 => some].boxed() }
}

fn fields(list: &[&'static [Field]], depth: usize) -> BoxedStrategy<Extra> {
    let each: Vec<_> = list.iter().flat_map(|fields| fields.iter()).map(|one| field(one, depth)).collect();
    each.prop_map(|found| found.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()).boxed()
}

fn object(of: &'static Object, depth: usize) -> Made {
    let plain = fields(&[of.fields], depth);
    if of.name != "FlexBox" {
        return plain.prop_map(Value::Object).boxed();
    }
    let baseline = parts(&super::flex::IN_BASELINE, depth);
    let other = parts(&super::flex::IN_BOX, depth);
    (plain, baseline, other)
        .prop_map(|(mut plain, baseline, other)| {
            let contents = if plain["layout"] == "baseline" { baseline } else { other };
            plain.insert("contents".to_owned(), contents.into());
            Value::Object(plain)
        })
        .boxed()
}

fn parts(of: &'static Family, depth: usize) -> BoxedStrategy<Vec<Value>> {
    if depth == 0 {
        return Just(Vec::new()).boxed();
    }
    proptest::collection::vec(family(of, depth - 1), 0..3).boxed()
}

fn family(of: &'static Family, depth: usize) -> Made {
    let members = of.types.iter().zip(of.members).map(|(name, member)| {
        (object(member, depth), fields(&[of.common], depth))
            .prop_map(|(mut value, common)| {
                value["type"] = (*name).into();
                if let Some(fields) = value.as_object_mut() {
                    fields.extend(common);
                }
                value
            })
            .boxed()
    });
    proptest::strategy::Union::new(members).boxed()
}

fn action(place: Place) -> Made {
    let kinds = ACTIONS.iter().filter(move |(name, _)| place.types().contains(name));
    let members = kinds.map(move |(name, object)| {
        fields(&[object.fields, place.label()], 0)
            .prop_map(|mut fields| {
                fields.insert("type".to_owned(), (*name).into());
                Value::Object(fields)
            })
            .boxed()
    });
    proptest::strategy::Union::new(members).boxed()
}

fn message() -> Made {
    family(&messages::MESSAGE, 2)
}

/// Puts a field no one knows into every object.
fn sprinkle(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(sprinkle);
            fields.insert("fromTheFuture".to_owned(), json!({"縁": [1, 2.5, null, "x"]}));
        }
        Value::Array(items) => items.iter_mut().for_each(sprinkle),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_on_the_way_through_the_types(mut json in message(), odd in any::<bool>()) {
        if odd {
            // Slots are named freely, so there a new name would be a slot and not a field.
            let substitution = json.get_mut("substitution").map(Value::take);
            sprinkle(&mut json);
            if let Some(substitution) = substitution {
                json["substitution"] = substitution;
            }
        }
        let message: Message = serde_json::from_value(json.clone()).unwrap();
        let written = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(&written).unwrap(), &json);
        prop_assert_eq!(serde_json::from_str::<Message>(&written).unwrap(), message);
    }

    #[test]
    fn the_types_know_every_field_of_the_tables(json in message()) {
        let message: Message = serde_json::from_value(json).unwrap();
        let shown = format!("{message:?}");
        prop_assert!(!shown.contains("extra: {\""), "{}", shown);
        prop_assert!(!shown.contains("Unknown("), "{}", shown);
        prop_assert!(!shown.contains("Other("), "{}", shown);
    }

    #[test]
    fn what_is_made_from_the_tables_fits_them(json in message()) {
        let found = validate_json(&json!([json]), SendKind::Push);
        // Rules between fields are not in the tables, nor what a picker's mode asks of its times.
        let ruled = |found: &Violation| {
            matches!(found.problem, Problem::Rule(_))
                || ["min", "max", "initial"].iter().any(|end| found.path.ends_with(end))
        };
        let broken: Vec<_> = found.iter().filter(|found| !ruled(found)).collect();
        prop_assert!(broken.is_empty(), "{:?} in {}", broken, json);
    }

    #[test]
    fn no_json_makes_it_panic(mut json in message(), noise in "[\\[\\]{}\",:a-z0-9]{0,20}", at in 0usize..40) {
        let mut text = json.take().to_string();
        let place = text.char_indices().map(|(place, _)| place).nth(at).unwrap_or(0);
        text.insert_str(place, &noise);
        if let Ok(odd) = serde_json::from_str::<Value>(&text) {
            let _ = validate_json(&odd, SendKind::Broadcast);
            let _ = serde_json::from_value::<Message>(odd);
        }
    }
}
