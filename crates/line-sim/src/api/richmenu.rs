//! Rich menus: made, pictured, aliased.

use crate::answer::Answer;
use crate::call::Call;
use crate::channel::Channel;
use crate::check::action::Place;
use crate::check::{At, Check, Count};
use crate::json::Json;
use crate::people::Person;
use crate::route::{Host, Route};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/richmenu", "richmenu_create", create).rate(100, 3600),
    Route::post("/v2/bot/richmenu/validate", "richmenu_validate", validate),
    Route::get("/v2/bot/richmenu/list", "richmenu_list", list).rate(10, 1),
    Route::post("/v2/bot/richmenu/alias", "alias_create", alias_create),
    Route::get("/v2/bot/richmenu/alias/list", "alias_list", alias_list),
    Route::get("/v2/bot/richmenu/alias/{aliasId}", "alias_get", alias_get),
    Route::post("/v2/bot/richmenu/alias/{aliasId}", "alias_update", alias_update),
    Route::delete("/v2/bot/richmenu/alias/{aliasId}", "alias_delete", alias_delete).rate(100, 3600),
    Route::get("/v2/bot/richmenu/{richMenuId}", "richmenu_get", get),
    Route::delete("/v2/bot/richmenu/{richMenuId}", "richmenu_delete", delete).rate(100, 3600),
    Route::post("/v2/bot/richmenu/{richMenuId}/content", "richmenu_image_put", upload).host(Host::Data).body_max(2 << 20),
    Route::get("/v2/bot/richmenu/{richMenuId}/content", "richmenu_image_get", download).host(Host::Data),
];

const MENUS_MAX: usize = 1000;
const ALIASES_MAX: usize = 1000;
const IMAGE_MAX: usize = 1 << 20;
/// Width to height; the only rule about the shape.
const RATIO_MIN: f64 = 1.45;

struct Menu {
    json: Value,
    image: Option<(&'static str, Bytes)>,
    /// Numbers stand in members in place of the long id.
    number: u32,
}

/// A channel's rich menus.
#[derive(Default)]
pub struct RichMenus {
    menus: BTreeMap<String, Menu>,
    by_number: BTreeMap<u32, String>,
    aliases: BTreeMap<String, String>,
    pub default: Option<String>,
    made: u32,
    /// Bulk changes by request id: when accepted, when done.
    pub batches: BTreeMap<String, (i64, i64)>,
    pub resume_keys: BTreeMap<String, i64>,
}

impl RichMenus {
    pub fn has(&self, id: &str) -> bool {
        self.menus.contains_key(id)
    }

    pub fn has_image(&self, id: &str) -> bool {
        self.menus.get(id).is_some_and(|menu| menu.image.is_some())
    }

    pub fn number(&self, id: &str) -> Option<u32> {
        self.menus.get(id).map(|menu| menu.number)
    }

    pub fn id(&self, number: u32) -> Option<String> {
        self.by_number.get(&number).cloned()
    }

    /// The menu's JSON with its id; null for none.
    pub fn json(&self, id: &str) -> Value {
        self.menus.get(id).map(|menu| menu.json.clone()).unwrap_or_default()
    }

    pub fn image(&self, id: &str) -> Option<(&'static str, Bytes)> {
        self.menus.get(id)?.image.clone()
    }

    /// What this person sees, and why: their own menu, else the default.
    pub fn shown(&self, channel: &Channel, person: Person) -> Option<(String, &'static str)> {
        let own = channel.members.with(person, |m| m.menu);
        if let Some(id) = self.id(own) {
            return Some((id, "user"));
        }
        self.default.clone().map(|id| (id, "default"))
    }

    /// A tab was tapped. The error is LINE's status word.
    pub fn switch(&mut self, channel: &Channel, person: Person, alias: &str) -> Result<String, &'static str> {
        let id = self.aliases.get(alias).ok_or("RICHMENU_ALIAS_ID_NOTFOUND")?;
        let number = self.number(id).ok_or("RICHMENU_NOTFOUND")?;
        channel.members.with(person, |m| m.menu = number);
        Ok(id.clone())
    }
}

fn checked(call: &Call) -> Result<Value, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    rich_menu(&mut check, &json);
    check.verdict()?;
    Ok(json.to_value())
}

fn rich_menu(check: &mut Check, json: &Json) {
    let root = At::root("");
    let specified = |check: &mut Check, name: &str| {
        if json.get(name).is_none() {
            check.fail(&root.field(name), "must be specified");
        }
    };
    for name in ["size", "selected", "name", "chatBarText", "areas"] {
        specified(check, name);
    }
    if let Some(size) = json.get("size") {
        let at = root.field("size");
        let width = check.int(size, &at, "width", 800, 2500).unwrap_or(2500);
        let height = check.int(size, &at, "height", 250, i64::from(i32::MAX)).unwrap_or(1);
        if height >= 250 && (width as f64) < RATIO_MIN * height as f64 {
            check.fail(&at, "The aspect ratio must be at least 1.45");
        }
    }
    for (name, max) in [("name", 300), ("chatBarText", 14)] {
        if json.get(name).is_some() {
            check.text(json, &root, name, max, Count::Graphemes);
        }
    }
    let list = root.field("areas");
    for (i, area) in check.optional_list(json, &root, "areas", 20).iter().enumerate() {
        let at = list.index(i);
        if let Some(bounds) = check.object(area, &at, "bounds") {
            let at = at.field("bounds");
            for (name, least) in [("x", 0), ("y", 0), ("width", 1), ("height", 1)] {
                check.int(bounds, &at, name, least, i64::from(i32::MAX));
            }
        }
        if let Some(action) = check.object(area, &at, "action") {
            check.action(action, &at.field("action"), Place::RichMenu);
        }
    }
}

fn create(call: &Call) -> Answer {
    let mut json = match checked(call) {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    let mut menus = call.channel().menus.lock();
    if menus.menus.len() >= MENUS_MAX {
        return Answer::error(400, "You have reached the maximum number of rich menus");
    }
    let id = format!("richmenu-{}", call.world.ids.hex());
    json["richMenuId"] = json!(id);
    menus.made += 1;
    let number = menus.made;
    menus.menus.insert(id.clone(), Menu { json, image: None, number });
    menus.by_number.insert(number, id.clone());
    Answer::ok(&json!({ "richMenuId": id }))
}

fn validate(call: &Call) -> Answer {
    checked(call).map_or_else(|answer| answer, |_| Answer::empty())
}

fn list(call: &Call) -> Answer {
    let menus = call.channel().menus.lock();
    let all: Vec<&Value> = menus.menus.values().map(|menu| &menu.json).collect();
    Answer::ok(&json!({ "richmenus": all }))
}

fn get(call: &Call) -> Answer {
    match call.channel().menus.lock().menus.get(call.args[0]) {
        Some(menu) => Answer::ok(&menu.json),
        None => Answer::not_found(),
    }
}

fn delete(call: &Call) -> Answer {
    let mut menus = call.channel().menus.lock();
    let Some(gone) = menus.menus.remove(call.args[0]) else {
        return Answer::not_found();
    };
    // Links to it lead nowhere: those people fall back to the default.
    menus.by_number.remove(&gone.number);
    if menus.default.as_deref() == Some(call.args[0]) {
        menus.default = None;
    }
    Answer::empty()
}

fn upload(call: &Call) -> Answer {
    let mime = match call.header("content-type").and_then(|kind| kind.split(';').next()) {
        Some("image/png") => "image/png",
        Some("image/jpeg") => "image/jpeg",
        other => {
            let text = format!("The content type, {}, is not supported", other.unwrap_or("none"));
            return Answer::error(415, &text);
        }
    };
    let mut menus = call.channel().menus.lock();
    let Some(menu) = menus.menus.get_mut(call.args[0]) else {
        return Answer::not_found();
    };
    if menu.image.is_some() {
        return Answer::error(400, "An image has already been uploaded to the richmenu");
    }
    let allowed = call.body.len() <= IMAGE_MAX
        && image_size(&call.body)
            .is_some_and(|(w, h)| (800..=2500).contains(&w) && h >= 250 && f64::from(w) >= RATIO_MIN * f64::from(h));
    if !allowed {
        return Answer::error(400, "The image size is not allowed for richmenu");
    }
    menu.image = Some((mime, call.body.clone()));
    Answer::empty()
}

fn download(call: &Call) -> Answer {
    match call.channel().menus.lock().image(call.args[0]) {
        Some((mime, bytes)) => Answer::new(200, mime, bytes),
        None => Answer::not_found(),
    }
}

/// Width and height out of a PNG's or JPEG's header.
fn image_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((number(16)?, number(20)?));
    }
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let pair = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        // Start-of-frame markers, without the tables that share their range.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((u32::from(pair(at + 7)?), u32::from(pair(at + 5)?)));
        }
        at += 2 + usize::from(pair(at + 2)?);
    }
}

fn is_alias(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn alias_create(call: &Call) -> Answer {
    try_alias(call).unwrap_or_else(|answer| answer)
}

fn try_alias(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let alias = json.text("richMenuAliasId").filter(|id| is_alias(id));
    let alias = alias.ok_or_else(|| Answer::bad_property("richMenuAliasId"))?;
    let menu = json.text("richMenuId").ok_or_else(|| Answer::bad_property("richMenuId"))?;
    let mut menus = call.channel().menus.lock();
    if menus.aliases.contains_key(alias) {
        return Err(Answer::error_bare_details(400, "conflict richmenu alias id"));
    }
    if !menus.has_image(menu) {
        return Err(Answer::error_bare_details(400, "richmenu not found"));
    }
    if menus.aliases.len() >= ALIASES_MAX {
        return Err(Answer::error_bare_details(400, "the number of rich menu aliases has reached the maximum"));
    }
    menus.aliases.insert(alias.to_owned(), menu.to_owned());
    Ok(Answer::empty())
}

fn no_alias() -> Answer {
    Answer::error_bare_details(404, "richmenu alias not found")
}

fn alias_json(alias: &str, menu: &str) -> Value {
    json!({ "richMenuAliasId": alias, "richMenuId": menu })
}

fn alias_get(call: &Call) -> Answer {
    let menus = call.channel().menus.lock();
    menus.aliases.get(call.args[0]).map_or_else(no_alias, |menu| Answer::ok(&alias_json(call.args[0], menu)))
}

fn alias_update(call: &Call) -> Answer {
    let json = match call.json() {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    let Some(menu) = json.text("richMenuId") else {
        return Answer::bad_property("richMenuId");
    };
    let mut menus = call.channel().menus.lock();
    if !menus.aliases.contains_key(call.args[0]) {
        return no_alias();
    }
    if !menus.has_image(menu) {
        return Answer::error_bare_details(400, "richmenu not found");
    }
    menus.aliases.insert(call.args[0].to_owned(), menu.to_owned());
    Answer::empty()
}

fn alias_delete(call: &Call) -> Answer {
    call.channel().menus.lock().aliases.remove(call.args[0]).map_or_else(no_alias, |_| Answer::empty())
}

fn alias_list(call: &Call) -> Answer {
    let menus = call.channel().menus.lock();
    let all: Vec<Value> = menus.aliases.iter().map(|(alias, menu)| alias_json(alias, menu)).collect();
    Answer::ok(&json!({ "aliases": all }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_sizes_are_read_from_the_header() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend_from_slice(&[0, 0, 0x09, 0xc4, 0, 0, 0x03, 0x4b]);
        assert_eq!(image_size(&png), Some((2500, 843)));
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 0x03, 0x4b, 0x09, 0xc4, 3];
        assert_eq!(image_size(&jpeg), Some((2500, 843)));
        assert_eq!(image_size(b"not a picture"), None);
        assert_eq!(image_size(&[0xff, 0xd8, 0xff]), None);
    }
}
