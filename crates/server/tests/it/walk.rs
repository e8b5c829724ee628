//! The walk: every route of the document without a session, with too small a role, and with another workspace's objects.

use std::collections::BTreeMap;

use engine::access::{Permission, Role, Scope};
use serde_json::{Value, json};
use store::params;
use uuid::Uuid;

use crate::document::document;
use crate::house::{House, Shop};

/// Routes anybody may call; all others name a permission.
const PUBLIC: &[&str] = &["login", "askPasskey", "loginWithPasskey", "acceptInvitation", "getSetup", "setUp"];
const USER: &str = "U0123456789abcdef0123456789abcdef";

/// One operation of the document.
struct Operation {
    name: String,
    method: String,
    path: String,
    permission: Option<String>,
}

fn operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                permission: operation["x-permission"].as_str().map(str::to_owned),
            });
        }
    }
    assert!(all.len() > 90, "the document has {} operations", all.len());
    all
}

/// Something of everything in a workspace, by the name a path or body uses.
type Things = BTreeMap<&'static str, String>;

async fn furnish(house: &House, shop: &Shop) -> Things {
    let make = async |path: &str, body: Value| house.post(&shop.owner, path, body).await.expect(201);
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let contact = house.friend(shop, USER).await;
    house.settled().await;
    let text = json!([{"type": "text", "text": "こんにちは"}]);
    let tag = id(&make("/api/v1/tags", json!({"name": "常連"})).await);
    let attribute = id(&make("/api/v1/attributes", json!({"key": "size", "label": "サイズ", "type": "text"})).await);
    let segment = id(&make("/api/v1/segments", json!({"name": "全員", "condition": {"is": "all", "of": []}})).await);
    let template = make("/api/v1/templates", json!({"name": "あいさつ", "messages": text})).await;
    let rule = id(&make(
        "/api/v1/rules",
        json!({"name": "応答", "trigger": {"on": "any_message"}, "actions": [{"action": "notify", "text": "x"}]}),
    )
    .await);
    let journey =
        id(&make("/api/v1/journeys", json!({"name": "道", "trigger": {"on": "hand"}, "nodes": [{"do": "exit"}]})).await);
    let published =
        id(&make("/api/v1/journeys", json!({"name": "公開の道", "trigger": {"on": "hand"}, "nodes": [{"do": "exit"}]})).await);
    let version = house.post(&shop.owner, &format!("/api/v1/journeys/{published}/publish"), json!({})).await.expect(200);
    let audience = json!({"to": "all"});
    let broadcast =
        id(&make("/api/v1/broadcasts", json!({"channel_id": shop.channel, "template_id": template["id"], "audience": audience}))
            .await);
    let link = id(&make("/api/v1/links", json!({"url": "https://shop.example.com/"})).await);
    let user =
        make("/api/v1/invitations", json!({"email": format!("{}@example.com", shop.channel), "role": "viewer"})).await["user"]
            .clone();
    let token = make("/api/v1/tokens", json!({"name": "t", "role": "viewer"})).await["token"].clone();
    let film = crate::assets::upload(house, &shop.owner, "/api/v1/assets?name=film.mp4", crate::assets::MP4).await.expect(201);
    let target = id(&make("/api/v1/notice-targets", notice_target()).await);
    let (message, parked) = odds(house, shop, &contact).await;
    let view = id(&make("/api/v1/views", json!({"name": "眺め", "audience": "everybody"})).await);
    let deed = json!({"deed": {"deed": "tag_add", "tag": tag}, "whom": {"whom": "contacts", "ids": [contact]}});
    let bulk = id(&house.post(&shop.owner, "/api/v1/bulks", deed).await.expect(202));
    let takeout = id(&house.post(&shop.owner, "/api/v1/takeouts", Value::Null).await.expect(202));
    BTreeMap::from([
        ("channel", shop.channel.to_string()),
        ("contact", contact),
        ("tag", tag),
        ("attribute", attribute),
        ("segment", segment),
        ("template", id(&template)),
        ("version", template["version_id"].as_str().unwrap().to_owned()),
        ("rule", rule),
        ("journey", journey),
        ("published", published),
        ("journey_version", version["version_id"].as_str().unwrap().to_owned()),
        ("broadcast", broadcast),
        ("link", link),
        ("asset", id(&film)),
        ("target", target),
        ("user", id(&user)),
        ("token", id(&token)),
        ("message", message),
        ("parked", parked),
        ("view", view),
        ("bulk", bulk),
        ("takeout", takeout),
    ])
}

/// A kept picture, a talk and a parked event, which only the engine makes.
async fn odds(house: &House, shop: &Shop, contact: &str) -> (String, String) {
    let (workspace, channel, contact) = (shop.workspace, shop.channel, contact.parse::<Uuid>().unwrap());
    let message = Uuid::from_u128(workspace.0.as_u128() ^ 1);
    let file = format!("media/{workspace}/123");
    let folder = house.engine.settings.data_dir.join(format!("media/{workspace}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("123"), b"\x89PNG").unwrap();
    let media = json!({"state": "kept", "file": file, "type": "image/png", "size": 4}).to_string();
    let parked = house
        .engine
        .store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO messages (workspace_id, contact_id, id, channel_id, at, direction, kind, text, body, media) VALUES ($1, $2, $3, $4, 1, 'in', 'image', '', '{}', $5)",
                &params![workspace, contact, message, channel, &media],
            )?;
            tx.execute(
                "INSERT INTO conversations (workspace_id, channel_id, contact_id, unread, mark, last_at, last_text) VALUES ($1, $2, $3, 1, '', 1, '写真')
                 ON CONFLICT (workspace_id, channel_id, contact_id) DO NOTHING",
                &params![workspace, channel, contact],
            )?;
            let event = tx.query_one("SELECT id FROM events WHERE workspace_id = $1 ORDER BY id LIMIT 1", &params![workspace], |row| row.get::<Uuid>(0))?;
            tx.query_one(
                "INSERT INTO pending (workspace_id, shard, contact_id, event_id, attempts, parked_at, error) VALUES ($1, 0, $2, $3, 5, 1, 'x') RETURNING id",
                &params![workspace, contact, event],
                |row| row.get::<i64>(0),
            )
        })
        .await
        .map_err(|error: store::Error| error)
        .unwrap();
    (message.to_string(), parked.to_string())
}

/// The path with ids in it.
fn address(operation: &Operation, things: &Things) -> String {
    let of = |part: &str| match (part, operation.path.split('/').nth(3).unwrap_or("")) {
        ("{channel_id}", _) => things["channel"].clone(),
        ("{contact_id}", _) | ("{id}", "contacts") => things["contact"].clone(),
        ("{message_id}", _) => things["message"].clone(),
        ("{version_id}", _) => things["version"].clone(),
        ("{journey_version}", _) => things["journey_version"].clone(),
        ("{name}", _) => "20260101-030000".to_owned(),
        ("{month}", _) => "2026-01".to_owned(),
        ("{id}", "notice-targets") => things["target"].clone(),
        ("{id}", "channels") => things["channel"].clone(),
        ("{id}", "sessions" | "session") => Uuid::from_u128(9).to_string(),
        ("{id}", "parked") => things["parked"].clone(),
        ("{id}", "journeys") if operation.path.contains("{journey_version}") => things["published"].clone(),
        ("{id}", kind) => things[kind.trim_end_matches('s')].clone(),
        (other, _) => panic!("the walk does not know {other} of {}", operation.path),
    };
    operation
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { of(part) } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("/")
}

/// A body that is good, and names objects of `things`.
fn body(name: &str, things: &Things) -> Value {
    let text = json!([{"type": "text", "text": "こんにちは"}]);
    let all = json!({"is": "all", "of": []});
    match name {
        "switchWorkspace" => json!({"workspace_id": Uuid::nil()}),
        "changePassword" => json!({"current": "x", "new": "y"}),
        "login" => json!({"email": "a@example.com", "password": "x"}),
        "acceptInvitation" => json!({"token": "x.y", "password": "x"}),
        "beginSecondStep" | "removeSecondStep" | "renewRecoveryCodes" => json!({"password": "x"}),
        "beginPasskey" | "removePasskey" => json!({"password": "x"}),
        "renamePasskey" => json!({"name": "歩"}),
        "loginWithPasskey" => json!({"challenge": "x", "credential": {}}),
        "createPasskey" => json!({"name": "歩", "answer": {"challenge": "x", "credential": {}}}),
        "confirmSecondStep" => json!({"code": "000000"}),
        "setSecurity" => json!({"second_step": "nobody"}),
        "updateUser" => json!({"role": "operator"}),
        "invite" => json!({"email": "walk@example.com", "role": "viewer"}),
        "createToken" => json!({"name": "walk", "role": "viewer"}),
        "updateWorkspace" => json!({"name": "新しい店"}),
        "setPolicy" | "rehearsePolicy" | "setBackupSchedule" | "setUtm" | "setBroadcastSafety" | "approveBroadcast" => json!({}),
        "returnBroadcast" => json!({"comment": "直してください"}),
        "connectChannel" => json!({"line_channel_id": "77", "secret": "8c570fa6dd201bb328f1c1eac23a96d8"}),
        "updateChannel" => json!({"name": "支店"}),
        "createCoupon" => json!({"title": "歩", "starts_at": 0, "ends_at": 1_000, "gives": {"kind": "free"}, "uses": "once"}),
        "setWebhook" => json!({"mode": "full"}),
        "setTick" => json!({"item": "redelivery", "ticked": true}),
        "beginProviderCheck" => json!({"login_channel_id": "2000000001", "login_secret": "walk"}),
        "finishProviderCheck" => json!({"state": "walk", "code": "walk"}),
        "putStart" => json!({"put_away": true}),
        "rotateSecret" => json!({"secret": "0c570fa6dd201bb328f1c1eac23a96d8"}),
        "updateContact" => json!({"memo": "メモ", "add_tags": [things["tag"]]}),
        "createTag" => json!({"name": "歩"}),
        "updateTag" => json!({"name": "歩いた"}),
        "createAttribute" => json!({"key": "walk", "label": "歩", "type": "number"}),
        "updateAttribute" => json!({"label": "歩いた"}),
        "createSegment" | "updateSegment" => json!({"name": "歩", "condition": {"is": "tag", "tag": things["tag"]}}),
        "countSegment" => json!({"segment_id": things["segment"]}),
        "explainSegment" => json!({"condition": all, "contact_id": things["contact"]}),
        "createTemplate" => json!({"name": "歩", "messages": text}),
        "updateTemplate" => json!({"name": "歩いた"}),
        "validateTemplate" => json!({"messages": text}),
        "previewTemplate" => json!({"template_id": things["template"], "contact_id": things["contact"]}),
        "testTemplate" => json!({"channel_id": things["channel"], "contact_ids": [things["contact"]]}),
        "createBroadcast" | "updateBroadcast" => {
            json!({"channel_id": things["channel"], "template_id": things["template"], "audience": {"to": "segment", "segment": things["segment"]}})
        }
        "testBroadcast" => json!({"contact_ids": [things["contact"]]}),
        "createRule" | "updateRule" => {
            json!({"name": "歩", "channel_id": things["channel"], "trigger": {"on": "follow"}, "actions": [{"action": "message", "template": things["template"]}]})
        }
        "orderRules" => json!({"ids": [things["rule"]]}),
        "tryRules" => json!({"channel_id": things["channel"], "input": {"kind": "message", "text": "x"}}),
        "createJourney" | "updateJourney" => {
            json!({"name": "歩", "channel_id": things["channel"], "trigger": {"on": "tag", "tag": things["tag"]}, "nodes": [{"do": "message", "template": things["template"]}]})
        }
        "validateJourney" => json!({"trigger": {"on": "hand"}, "nodes": [{"do": "exit"}]}),
        "enrollJourney" => json!({"contact_ids": [things["contact"]]}),
        "dryRunJourney" => json!({"contact_id": things["contact"]}),
        "sendEvents" => json!({"name": "walked", "contact_id": things["contact"]}),
        "sendMessage" => json!({"text": "こんにちは"}),
        "setMark" => json!({"mark": "対応中"}),
        "setAssignee" => json!({"user_id": things["user"]}),
        "createView" | "updateView" => json!({"name": "歩", "audience": "me", "wanted": {"tags": [things["tag"]]}}),
        "previewBulk" | "startBulk" => {
            json!({"deed": {"deed": "tag_add", "tag": things["tag"]}, "whom": {"whom": "contacts", "ids": [things["contact"]]}})
        }
        "eraseContact" => json!({"confirm": "誰でもない"}),
        "mergeContacts" => json!({"contact_id": Uuid::from_u128(3)}),
        "splitContact" => json!({"merge_id": Uuid::from_u128(3)}),
        "createLink" => json!({"url": "https://walk.example.com/"}),
        "updateLink" | "updateAsset" => json!({"name": "歩"}),
        "createNoticeTarget" | "updateNoticeTarget" => notice_target(),
        "setNoticeRules" => json!({}),
        "commentReport" => json!({"comment": "よい月でした"}),
        _ => Value::Null,
    }
}

fn notice_target() -> Value {
    json!({"road": "webhook", "name": "店長", "address": "https://hooks.example.com/enishi"})
}

/// The address with the query that some operations need.
fn full_address(operation: &Operation, things: &Things) -> String {
    let path = address(operation, things);
    match operation.name.as_str() {
        "importContacts" | "previewImport" | "wrongImportRows" => format!("{path}?channel={}", things["channel"]),
        "exportContacts" => format!("{path}?columns=display_name,tags&segment={}", things["segment"]),
        "listContacts" => format!("{path}?segment={}", things["segment"]),
        "getCalendar" => format!("{path}?from=2026-01-01&to=2026-01-31"),
        _ => path,
    }
}

async fn call(house: &House, token: &str, operation: &Operation, path: &str, body: Value) -> crate::house::Reply {
    let mut request = crate::house::request(token, &operation.method, path, body);
    if matches!(operation.name.as_str(), "importContacts" | "previewImport" | "wrongImportRows") {
        *request.body_mut() = format!("line_user_id\n{USER}\n").into();
        request.headers_mut().insert("content-type", "text/csv".parse().unwrap());
    }
    if matches!(operation.name.as_str(), "uploadAsset" | "setAssetPreview") {
        *request.body_mut() = crate::assets::png().into();
    }
    if operation.name == "live" {
        // Its answer does not end: only the status is looked at.
        use tower::ServiceExt;
        let response = house.router.clone().oneshot(request).await.unwrap();
        return crate::house::Reply { status: response.status(), headers: response.headers().clone(), bytes: Vec::new() };
    }
    house.send(request).await
}

#[tokio::test]
async fn without_a_session_and_with_too_small_a_role() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let things = furnish_names();
    for operation in operations() {
        let path = full_address(&operation, &things);
        let name = &operation.name;
        let Some(permission) = &operation.permission else {
            assert!(PUBLIC.contains(&name.as_str()), "{name} is public and not in the list");
            continue;
        };
        for stranger in ["", "eni_nonsense"] {
            let reply = call(&house, stranger, &operation, &path, body(name, &things)).await;
            let expected = if stranger.is_empty() { "no_session" } else { "token_invalid" };
            assert_eq!(reply.status.as_u16(), 401, "{name}");
            assert!(reply.bytes.is_empty() || reply.code() == expected, "{name}");
        }
        let Ok(permission) = permission.parse::<Permission>() else {
            assert_eq!(permission, "any", "{name}");
            continue;
        };
        let weak = weaker(&house, &shop, permission).await;
        let reply = call(&house, &weak, &operation, &path, body(name, &things)).await;
        assert_eq!(reply.status.as_u16(), 403, "{name}: {}", String::from_utf8_lossy(&reply.bytes));
        if !reply.bytes.is_empty() {
            assert_eq!(reply.json()["errors"][0]["code"], permission.as_str(), "{name}");
        }
    }
}

/// Ids that nobody has: who may not come in, is told so before anything is looked up.
fn furnish_names() -> Things {
    [
        "channel",
        "contact",
        "tag",
        "attribute",
        "segment",
        "template",
        "version",
        "rule",
        "journey",
        "published",
        "journey_version",
        "broadcast",
        "link",
        "asset",
        "target",
        "user",
        "token",
        "message",
        "view",
        "bulk",
        "takeout",
    ]
    .into_iter()
    .map(|name| (name, Uuid::from_u128(9).to_string()))
    .chain([("parked", "9".to_owned())])
    .collect()
}

/// The greatest role that may not, or for what everybody may, an owner's token with another scope.
async fn weaker(house: &House, shop: &Shop, permission: Permission) -> String {
    let below = Role::ALL.iter().rev().find(|role| **role < permission.least_role());
    match below {
        Some(role) => house.token(shop.workspace, *role, &[]).await,
        None => house.token(shop.workspace, Role::Owner, &[Scope::EventsWrite]).await,
    }
}

/// What the least role gets for its own objects where that is no success: LINE is not there, or the state does not allow it.
fn allowed_refusal(name: &str, status: u16) -> bool {
    match name {
        "connectChannel" | "rotateSecret" | "setWebhook" | "restoreWebhook" | "lineFriends" | "listCoupons" | "createCoupon"
        | "listRichMenus" => status == 502,
        "finishProviderCheck" => status == 409,
        "deleteChannel" => status == 409,
        "stopJourney" | "enrollJourney" | "pauseBroadcast" | "resumeBroadcast" | "deleteBroadcast" | "updateBroadcast" => {
            status == 409
        }
        // A token is no second person.
        "approveBroadcast" | "returnBroadcast" | "requestApproval" => status == 409,
        "stopBulk" | "undoBulk" | "startTakeout" => status == 409,
        // Backups are the first workspace's, and leave only where there is no other.
        "startBackup" | "setBackupSchedule" => status == 409,
        "downloadBackup" => status == 404,
        // What they name is not there: the word does not fit, nobody is merged.
        "eraseContact" => status == 422,
        "mergeContacts" | "splitContact" | "downloadTakeout" => status == 404,
        // A month that nothing is known of.
        "getReport" | "commentReport" => status == 404,
        // No mail server, nobody of the staff at LINE.
        "testNoticeTarget" => status == 409,
        "archiveTemplate" | "deleteSegment" | "deleteTag" => status == 409,
        _ => false,
    }
}

#[tokio::test]
async fn other_workspaces_are_not_found_and_ones_own_are() {
    for house in House::on_both().await {
        isolated(house).await;
    }
}

async fn isolated(house: House) {
    let (mine, theirs) = (house.shop("1000").await, house.shop("2000").await);
    furnish(&house, &mine).await;
    let foreign = furnish(&house, &theirs).await;
    let all = operations();
    for operation in all.iter().filter(|operation| operation.path.contains('{') || operation.name == "importContacts") {
        let path = full_address(operation, &foreign);
        let reply = call(&house, &mine.owner, operation, &path, body(&operation.name, &foreign)).await;
        assert_eq!(reply.code(), "not_found", "{} {}: {}", operation.name, path, String::from_utf8_lossy(&reply.bytes));
    }
    // The same calls by those whom the objects belong to: it was not the address that was wrong. Deletes come last.
    let mut ordered: Vec<&Operation> =
        all.iter().filter(|operation| operation.permission.as_deref().is_some_and(|p| p != "any")).collect();
    ordered.sort_by_key(|operation| {
        // Whose phone is forgotten must still be there.
        let last = operation.method == "DELETE" && operation.name != "resetSecondStep";
        (last, matches!(operation.name.as_str(), "cancelBroadcast" | "replayAllParked"))
    });
    for operation in ordered {
        let permission: Permission = operation.permission.as_deref().unwrap().parse().unwrap();
        let least = house.token(theirs.workspace, permission.least_role(), &[permission.scope()]).await;
        let path = full_address(operation, &foreign);
        let reply = call(&house, &least, operation, &path, body(&operation.name, &foreign)).await;
        let status = reply.status.as_u16();
        assert!(
            (200..300).contains(&status) || allowed_refusal(&operation.name, status),
            "{} {path}: {status} {}",
            operation.name,
            String::from_utf8_lossy(&reply.bytes)
        );
    }
    house.close().await;
}

#[tokio::test]
async fn bodies_that_name_other_workspaces_objects_are_refused() {
    for house in House::on_both().await {
        borrowed(house).await;
    }
}

async fn borrowed(house: House) {
    let (mine, theirs) = (house.shop("1000").await, house.shop("2000").await);
    let own = furnish(&house, &mine).await;
    let foreign = furnish(&house, &theirs).await;
    // Which object of the body is theirs; the path is mine.
    let cases: &[(&str, &[&str])] = &[
        ("updateContact", &["tag"]),
        ("createSegment", &["tag"]),
        ("countSegment", &["segment"]),
        ("explainSegment", &["contact"]),
        ("previewTemplate", &["template", "contact"]),
        ("testTemplate", &["channel", "contact"]),
        ("createBroadcast", &["channel", "template", "segment"]),
        ("testBroadcast", &["contact"]),
        ("createRule", &["channel", "template"]),
        ("orderRules", &["rule"]),
        ("tryRules", &["channel"]),
        ("createJourney", &["channel", "tag", "template"]),
        ("dryRunJourney", &["contact"]),
        ("sendEvents", &["contact"]),
        ("previewBulk", &["tag"]),
        ("startBulk", &["tag"]),
        ("setAssignee", &["user"]),
    ];
    let all = operations();
    for (name, borrowed) in cases {
        let operation = all.iter().find(|operation| operation.name == *name).unwrap();
        for thing in *borrowed {
            let mut mixed = own.clone();
            mixed.insert(thing, foreign[thing].clone());
            let path = full_address(operation, &own);
            let reply = call(&house, &mine.owner, operation, &path, body(name, &mixed)).await;
            let status = reply.status.as_u16();
            assert!(matches!(status, 404 | 422), "{name} with their {thing}: {status} {}", String::from_utf8_lossy(&reply.bytes));
        }
    }
    house.close().await;
}
