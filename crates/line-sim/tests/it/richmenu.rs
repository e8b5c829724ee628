//! Rich menus.

use crate::stage::{Reply, Stage, TOKEN, with_shop};
use serde_json::{Value, json};

fn menu(width: i64, height: i64) -> Value {
    json!({
        "size": { "width": width, "height": height }, "selected": true, "name": "メニュー", "chatBarText": "ひらく",
        "areas": [
            { "bounds": { "x": 0, "y": 0, "width": 1250, "height": 843 }, "action": { "type": "postback", "data": "left", "displayText": "左" } },
            { "bounds": { "x": 1250, "y": 0, "width": 1250, "height": 843 }, "action": { "type": "richmenuswitch", "richMenuAliasId": "second", "data": "tab" } },
        ],
    })
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes
}

async fn upload(stage: &Stage, id: &str, mime: &str, bytes: Vec<u8>) -> Reply {
    let auth = format!("Bearer {TOKEN}");
    stage
        .send("POST", &format!("/v2/bot/richmenu/{id}/content"), &[("authorization", &auth), ("content-type", mime)], bytes)
        .await
}

async fn create(stage: &Stage) -> String {
    stage.post("/v2/bot/richmenu", menu(2500, 843)).await.is(200).json["richMenuId"].as_str().unwrap().to_owned()
}

async fn pictured(stage: &Stage) -> String {
    let id = create(stage).await;
    upload(stage, &id, "image/png", png(2500, 843)).await.is(200);
    id
}

async fn shown(stage: &Stage, n: u32) -> Value {
    stage.sim("GET", &format!("/__sim/richmenu/{n}"), Value::Null).await["rich_menu"]["richMenuId"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_needs_its_picture_before_anybody_sees_it() {
    let stage = Stage::start().await;
    let id = create(&stage).await;
    let path = format!("/v2/bot/user/all/richmenu/{id}");
    let refused = stage.post(&path, Value::Null).await.is(400);
    assert_eq!(refused.json, json!({ "message": "must upload richmenu image before applying it to user", "details": [] }));
    assert_eq!(upload(&stage, &id, "image/gif", png(2500, 843)).await.status, 415);
    let small = upload(&stage, &id, "image/png", png(700, 300)).await.is(400);
    assert_eq!(small.message(), "The image size is not allowed for richmenu");
    upload(&stage, &id, "image/png", png(2500, 843)).await.is(200);
    let twice = upload(&stage, &id, "image/png", png(2500, 843)).await.is(400);
    assert_eq!(twice.message(), "An image has already been uploaded to the richmenu");
    stage.post(&path, Value::Null).await.is(200);
    assert_eq!(shown(&stage, 0).await, json!(id));
    assert_eq!(stage.get("/v2/bot/user/all/richmenu").await.json, json!({ "richMenuId": id }));
    stage.line("DELETE", "/v2/bot/user/all/richmenu", Value::Null).await.is(200);
    let none = stage.get("/v2/bot/user/all/richmenu").await.is(404);
    assert_eq!(none.json, json!({ "message": "no default richmenu", "details": [] }));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shape_and_fields_are_checked() {
    let stage = Stage::start().await;
    let mut nameless = menu(2500, 843);
    nameless.as_object_mut().unwrap().remove("name");
    assert_eq!(stage.post("/v2/bot/richmenu", nameless).await.is(400).details(), ["name: must be specified"]);
    let mut bad_uri = menu(2500, 843);
    bad_uri["areas"][0]["action"] = json!({ "type": "uri", "uri": "javascript:alert(1)" });
    assert_eq!(stage.post("/v2/bot/richmenu", bad_uri).await.is(400).details(), ["areas[0].action.uri: invalid uri"]);
    let square = stage.post("/v2/bot/richmenu/validate", menu(1000, 1000)).await.is(400);
    assert_eq!(square.details(), ["size: The aspect ratio must be at least 1.45"]);
    stage.post("/v2/bot/richmenu/validate", menu(2500, 1686)).await.is(200);
    assert_eq!(stage.get("/v2/bot/richmenu/richmenu-0").await.is(404).message(), "Not found");
    assert_eq!(stage.get("/v2/bot/richmenu/list").await.json, json!({ "richmenus": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_s_own_menu_comes_before_the_default() {
    let stage = Stage::start().await;
    let (own, common) = (pictured(&stage).await, pictured(&stage).await);
    let user = stage.user(0).await;
    stage.post(&format!("/v2/bot/user/all/richmenu/{common}"), Value::Null).await.is(200);
    stage.post(&format!("/v2/bot/user/{user}/richmenu/{own}"), Value::Null).await.is(200);
    assert_eq!((shown(&stage, 0).await, shown(&stage, 1).await), (json!(own), json!(common)));
    assert_eq!(stage.get(&format!("/v2/bot/user/{user}/richmenu")).await.json, json!({ "richMenuId": own }));
    // A stranger's link succeeds and does nothing.
    let stranger = stage.user(9).await;
    stage.post(&format!("/v2/bot/user/{stranger}/richmenu/{own}"), Value::Null).await.is(200);
    let none = stage.get(&format!("/v2/bot/user/{stranger}/richmenu")).await.is(404);
    assert_eq!(none.json, json!({ "message": "the user has no richmenu", "details": [] }));
    stage.line("DELETE", &format!("/v2/bot/richmenu/{own}"), Value::Null).await.is(200);
    assert_eq!(shown(&stage, 0).await, json!(common));
    stage.line("DELETE", &format!("/v2/bot/user/{user}/richmenu"), Value::Null).await.is(200);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_switch_tabs() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let (first, second) = (pictured(&stage).await, pictured(&stage).await);
    let blank = create(&stage).await;
    let alias = |id: &str, menu: &str| stage.post("/v2/bot/richmenu/alias", json!({ "richMenuAliasId": id, "richMenuId": menu }));
    let refused = alias("second", &blank).await.is(400);
    assert_eq!(refused.json, json!({ "message": "richmenu not found", "details": [] }));
    alias("second", &second).await.is(200);
    assert_eq!(alias("second", &first).await.is(400).message(), "conflict richmenu alias id");
    alias("Bad Alias", &first).await.is(400);
    stage.post(&format!("/v2/bot/user/all/richmenu/{first}"), Value::Null).await.is(200);
    let tapped = stage.act("tap", json!({ "user": 0, "rich_menu": { "x": 1300, "y": 10 }, "wait": true })).await;
    assert_eq!(tapped["do"], json!({ "type": "switch", "rich_menu_id": second, "alias": "second" }));
    assert_eq!(shown(&stage, 0).await, json!(second));
    let params = json!({ "newRichMenuAliasId": "second", "status": "SUCCESS" });
    assert_eq!(shop.events()[0]["postback"], json!({ "data": "tab", "params": params }));
    stage.line("DELETE", "/v2/bot/richmenu/alias/second", Value::Null).await.is(200);
    assert_eq!(stage.get("/v2/bot/richmenu/alias/second").await.is(404).message(), "richmenu alias not found");
    stage.act("tap", json!({ "user": 1, "rich_menu": { "area": 1 }, "wait": true })).await;
    assert_eq!(shop.events()[1]["postback"]["params"], json!({ "status": "RICHMENU_ALIAS_ID_NOTFOUND" }));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_and_batch_changes_come_later() {
    let stage = Stage::start().await;
    let (a, b) = (pictured(&stage).await, pictured(&stage).await);
    let ids = [stage.user(0).await, stage.user(1).await];
    stage.post("/v2/bot/richmenu/bulk/link", json!({ "richMenuId": a, "userIds": ids })).await.is(202);
    assert_eq!(shown(&stage, 0).await, Value::Null);
    stage.advance(1000).await;
    assert_eq!((shown(&stage, 0).await, shown(&stage, 1).await), (json!(a), json!(a)));
    let bad = stage.post("/v2/bot/richmenu/bulk/link", json!({ "richMenuId": a, "userIds": ["x"] })).await.is(400);
    assert_eq!(bad.message(), "The property, 'userIds[0]', in the request body is invalid (line: -, column: -)");
    stage.post("/v2/bot/user/".to_owned().as_str(), Value::Null).await.is(404);

    // A→B and B→A at once: nobody moves twice.
    stage.post(&format!("/v2/bot/user/{}/richmenu/{b}", ids[1]), Value::Null).await.is(200);
    let operations = json!([{ "type": "link", "from": a, "to": b }, { "type": "link", "from": b, "to": a }]);
    let batch = stage.post("/v2/bot/richmenu/batch", json!({ "operations": operations })).await.is(202);
    let progress = format!("/v2/bot/richmenu/progress/batch?requestId={}", batch.header("x-line-request-id"));
    assert_eq!(stage.get(&progress).await.json["phase"], "ongoing");
    stage.advance(2000).await;
    assert_eq!(stage.get(&progress).await.json["phase"], "succeeded");
    assert_eq!((shown(&stage, 0).await, shown(&stage, 1).await), (json!(b), json!(a)));
    let mixed = json!([{ "type": "unlinkAll" }, { "type": "unlink", "from": a }]);
    let refused = stage.post("/v2/bot/richmenu/validate/batch", json!({ "operations": mixed })).await.is(400);
    assert_eq!(refused.details(), ["operations: 'unlinkAll' type can't be combined with other type"]);
    stage.sim("DELETE", "/__sim/violations", Value::Null).await;
    stage.fits().await;
}
