//! Addresses in templates: which are links, how they are written, and what they do to lengths and emoji.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::tests::{compile, hanako, said_by, text};
use super::{Compiled, Values};
use crate::ids::LinkId;
use crate::link::{Link, Track, Tracker};
use crate::workspace::Vault;

const SHOP: &str = "https://shop.example/sale";
const LINK: LinkId = LinkId(Uuid::from_u128(5));
const CAUSE: Uuid = Uuid::from_u128(9);

fn tracker() -> Tracker {
    Tracker::new(&Vault::new([7; 32]), Some(&"https://crm.example/".parse().unwrap()))
}

fn link(url: &str) -> Link {
    Link { id: LINK, code: "abc".into(), url: url.into(), name: String::new(), created_at: 0, archived_at: None }
}

fn linked(messages: &Value) -> Compiled {
    let mut compiled = compile(messages);
    let links: Vec<Link> = compiled.addresses().map(link).collect();
    compiled.attach(|url| links.iter().find(|link| link.url == url));
    compiled
}

fn rendered(messages: &Value, track: Track<'_>) -> Value {
    let (contact, data, zone) = (hanako(), Map::new(), TimeZone::UTC);
    let json = linked(messages).render(&Values::of(&contact, "縁茶屋", &data, 0, &zone).tracked(track)).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn uri_button(uri: &str) -> Value {
    json!([{"type": "template", "altText": "a", "template": {"type": "buttons", "text": "t",
        "actions": [{"type": "uri", "label": "見る", "uri": uri, "altUri": {"desktop": "https://desktop.example/"}}]}}])
}

#[test]
fn only_what_a_reader_opens_is_a_link() {
    let everything = json!([
        {"type": "text", "text": format!("新作は {SHOP}/1。"),
         "quickReply": {"items": [{"type": "action", "imageUrl": "https://img.example/i.png",
            "action": {"type": "uri", "label": "見る", "uri": format!("{SHOP}/2")}}]}},
        {"type": "textV2", "text": format!("{{who}}さん{SHOP}/3"), "substitution": {"who": {"type": "emoji", "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}}},
        {"type": "imagemap", "baseUrl": "https://img.example/map", "altText": "https://alt.example/", "baseSize": {"width": 1040, "height": 1040},
         "video": {"originalContentUrl": "https://img.example/v.mp4", "previewImageUrl": "https://img.example/p.jpg",
            "area": {"x": 0, "y": 0, "width": 1040, "height": 520}, "externalLink": {"linkUri": format!("{SHOP}/4"), "label": "見る"}},
         "actions": [{"type": "uri", "linkUri": format!("{SHOP}/5"), "area": {"x": 0, "y": 520, "width": 1040, "height": 520}}]},
        {"type": "flex", "altText": "https://alt.example/", "contents": {"type": "bubble",
            "hero": {"type": "image", "url": "https://img.example/h.png", "action": {"type": "uri", "uri": format!("{SHOP}/6")}},
            "body": {"type": "box", "layout": "vertical", "contents": [
                {"type": "text", "text": "https://text.example/"},
                {"type": "button", "action": {"type": "uri", "label": "電話", "uri": "tel:0312345678"}},
                {"type": "button", "action": {"type": "uri", "label": "LIFF", "uri": "https://liff.line.me/1-a"}},
                {"type": "button", "action": {"type": "message", "label": "送る", "text": "https://said.example/"}},
                {"type": "button", "action": {"type": "uri", "label": "見る", "uri": format!("{SHOP}/7")}}]}}},
        {"type": "image", "originalContentUrl": "https://img.example/o.png", "previewImageUrl": "https://img.example/p.png"}
    ]);
    let mut found: Vec<String> = compile(&everything).addresses().map(str::to_owned).collect();
    found.sort();
    let wanted: Vec<String> = (1..=7).map(|n| format!("{SHOP}/{n}")).collect();
    assert_eq!(found, wanted);
    let plain = compile(&uri_button(SHOP));
    assert_eq!(plain.addresses().collect::<Vec<_>>(), [SHOP], "altUri is none");
}

#[test]
fn an_address_with_a_variable_stays() {
    for source in [
        format!("{SHOP}?id={{{{name}}}}"),
        "https://{{name}}.example/".to_owned(),
        format!("{SHOP}/{{{{name}}}}/x"),
        format!("{SHOP}.{{{{name}}}}"),
    ] {
        assert_eq!(compile(&text(&source)).addresses().count(), 0, "{source}");
    }
    assert_eq!(compile(&uri_button(&format!("{SHOP}?id={{{{name}}}}"))).addresses().count(), 0);
    assert_eq!(compile(&text(&format!("{{{{name}}}}さま{SHOP} {{{{name}}}}"))).addresses().count(), 1);
}

#[test]
fn links_are_written_by_mode() {
    let (tracker, contact) = (tracker(), hanako());
    let uri = |track| rendered(&uri_button(SHOP), track)[0]["template"]["actions"][0]["uri"].as_str().unwrap().to_owned();
    let personal = uri(tracker.person(&contact, CAUSE));
    let signed = personal.strip_prefix("https://crm.example/l/abc?p=").unwrap();
    let person = tracker.signer().verify(LINK, signed).unwrap();
    assert_eq!((person.contact, person.cause), (contact.id, CAUSE));
    let shared = uri(tracker.shared(CAUSE));
    let signed = shared.strip_prefix("https://crm.example/l/abc?c=").unwrap();
    assert_eq!(tracker.signer().verify_cause(LINK, signed), Some(CAUSE));
    assert_eq!(uri(Track::direct(CAUSE)), format!("{SHOP}?utm_source=line&utm_medium=message&utm_campaign={CAUSE}"));
    assert_eq!(uri(tracker.trial()), "https://crm.example/l/abc?t=1");
    assert_eq!(uri(Track::PLAIN), SHOP);
    assert_eq!(uri(tracker.person(&contact, CAUSE)), personal, "rendered again, the same bytes");
}

#[test]
fn a_group_is_nobody() {
    let tracker = tracker();
    let group = crate::contact::Contact { kind: crate::contact::ContactKind::Group, ..hanako() };
    let said = rendered(&text(SHOP), tracker.person(&group, CAUSE));
    assert!(said[0]["text"].as_str().unwrap().contains("?c="), "{said}");
}

#[test]
fn who_does_not_want_to_be_analysed_is_nobody() {
    let tracker = tracker();
    let said_no = |granted| Some(crate::contact::Consent { granted, source: "line".to_owned(), at: 1 });
    for (analysis, written) in [(said_no(false), "?c="), (said_no(true), "?p="), (None, "?p=")] {
        let contact = crate::contact::Contact { analysis, ..hanako() };
        let said = rendered(&text(SHOP), tracker.person(&contact, CAUSE));
        assert!(said[0]["text"].as_str().unwrap().contains(written), "{said}");
    }
}

#[test]
fn without_an_address_of_ours_links_stay_the_shops() {
    let tracker = Tracker::new(&Vault::new([7; 32]), None);
    for track in [tracker.person(&hanako(), CAUSE), tracker.shared(CAUSE)] {
        assert!(said_by(&rendered(&text(SHOP), track)).starts_with("https://shop.example/sale?utm_source=line"));
    }
    assert_eq!(said_by(&rendered(&text(SHOP), tracker.trial())), SHOP);
}

#[test]
fn without_a_row_an_address_is_said_as_it_is_written() {
    let (contact, data, zone, tracker) = (hanako(), Map::new(), TimeZone::UTC, tracker());
    for track in [tracker.person(&contact, CAUSE), tracker.shared(CAUSE), Track::direct(CAUSE)] {
        let compiled = compile(&text(SHOP));
        assert!(!compiled.has_links());
        let said = compiled.render(&Values::of(&contact, "", &data, 0, &zone).tracked(track)).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), text(SHOP));
    }
}

#[test]
fn emoji_behind_a_link_move_with_it() {
    let source = format!("😀$ {SHOP} $ {{{{name}}}}$");
    let at = |n: usize| source.match_indices('$').nth(n).map(|(at, _)| source[..at].encode_utf16().count()).unwrap();
    let emoji = |n| json!({"index": at(n), "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"});
    let messages = json!([{"type": "text", "text": source, "emojis": [emoji(0), emoji(1), emoji(2)]}]);
    for track in [tracker().person(&hanako(), CAUSE), Track::direct(CAUSE), Track::PLAIN] {
        let said = &rendered(&messages, track)[0];
        let units: Vec<u16> = said["text"].as_str().unwrap().encode_utf16().collect();
        for emoji in said["emojis"].as_array().unwrap() {
            assert_eq!(units[emoji["index"].as_u64().unwrap() as usize], u16::from(b'$'), "{said}");
        }
        let indexes: Vec<u64> = said["emojis"].as_array().unwrap().iter().map(|emoji| emoji["index"].as_u64().unwrap()).collect();
        assert!(indexes[0] == 2 && indexes[1] < indexes[2], "{said}");
    }
}

#[test]
fn a_link_is_never_cut_and_a_name_is() {
    let (tracker, contact) = (tracker(), hanako());
    let filler = "あ".repeat(4_910);
    let text_of = |filler: &str| text(&format!("{{{{name}}}} {SHOP} {filler}"));
    let said = said_by(&rendered(&text_of(&filler), tracker.person(&contact, CAUSE)));
    assert_eq!(said.encode_utf16().count(), 5_000);
    assert!(said.contains("… https://crm.example/l/abc?p="), "{}", &said[..200]);
    // No room for ours even so: the shop's own address is said instead, and the name is whole.
    let said = said_by(&rendered(&text_of(&"あ".repeat(4_960)), tracker.person(&contact, CAUSE)));
    assert!(said.contains(&format!(" {SHOP} あ")) && !said.contains('…'), "{}", &said[..200]);
    let long = format!("https://shop.example/?{}", "a".repeat(970));
    let said = rendered(&uri_button(&long), Track::direct(CAUSE));
    assert_eq!(said[0]["template"]["actions"][0]["uri"], long, "with utm LINE would refuse it");
}

#[test]
fn lines_own_parameters_stand_on_ours_too() {
    let said = said_by(&rendered(&text("https://shop.example/?openExternalBrowser=1"), tracker().shared(CAUSE)));
    assert!(said.ends_with("&openExternalBrowser=1"), "{said}");
}

#[test]
fn own_addresses_are_known() {
    let tracker = tracker();
    assert!(tracker.is_ours("https://crm.example/l/abc"));
    assert!(!tracker.is_ours("https://crm.example/lab") && !tracker.is_ours(SHOP));
}
