//! Friends in numbers: things done to many and taken back, files in and out, two made one and split, and leaving.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::house::{House, Reply, Shop};

fn user(n: u32) -> String {
    format!("U{n:032x}")
}

async fn file(house: &House, shop: &Shop, path: &str, text: &[u8]) -> Reply {
    let request = Request::post(format!("/api/v1/contacts/{path}"))
        .header(AUTHORIZATION, format!("Bearer {}", shop.owner))
        .header(CONTENT_TYPE, "text/csv")
        .body(Body::from(text.to_vec()))
        .unwrap();
    house.send(request).await
}

async fn id(house: &House, shop: &Shop, path: &str, body: Value) -> String {
    house.post(&shop.owner, path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn contact(house: &House, shop: &Shop, id: &str) -> Value {
    house.get(&shop.owner, &format!("/api/v1/contacts/{id}")).await.expect(200)
}

/// Waits until a bulk deed stands so.
async fn until(house: &House, shop: &Shop, bulk: &str, state: &str) -> Value {
    for _ in 0..600 {
        let now = house.get(&shop.owner, &format!("/api/v1/bulks/{bulk}")).await.expect(200);
        if now["state"] == state {
            house.settled().await;
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never {state}");
}

#[tokio::test]
async fn a_deed_for_many_is_counted_done_and_taken_back_exactly() {
    for house in House::on_both().await {
        deed(house).await;
    }
}

async fn deed(house: House) {
    let shop = house.shop("1000").await;
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(house.friend(&shop, &user(n)).await);
    }
    house.settled().await;
    let tag = id(&house, &shop, "/api/v1/tags", json!({"name": "常連"})).await;
    let text = json!([{"type": "text", "text": "ようこそ"}]);
    let template = id(&house, &shop, "/api/v1/templates", json!({"name": "t", "messages": text})).await;
    let graph = json!({"name": "道", "channel_id": shop.channel, "trigger": {"on": "tag", "tag": tag},
        "nodes": [{"do": "wait", "until": {"after": {"days": 1}}}, {"do": "message", "template": template}]});
    let journey = id(&house, &shop, "/api/v1/journeys", graph).await;
    house.post(&shop.owner, &format!("/api/v1/journeys/{journey}/publish"), Value::Null).await.expect(200);
    // The first has it already: neither counted among those who start, nor touched by the way back.
    let patch = json!({"add_tags": [tag]});
    house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{}", people[0]), patch).await.expect(202);
    house.settled().await;

    let wish = json!({"deed": {"deed": "tag_add", "tag": tag}, "whom": {"whom": "matching", "wanted": {"state": "friend"}}});
    let seen = house.post(&shop.owner, "/api/v1/bulks/preview", wish.clone()).await.expect(200);
    assert_eq!((seen["people"].as_i64(), seen["starts"][0]["people"].as_i64()), (Some(4), Some(3)), "{seen}");
    let begun = house.post(&shop.owner, "/api/v1/bulks", wish).await.expect(202);
    let bulk = begun["id"].as_str().unwrap().to_owned();
    let done = until(&house, &shop, &bulk, "done").await;
    assert_eq!((done["changed"].as_i64(), done["seen"].as_i64()), (Some(3), Some(4)));
    let walking = contact(&house, &shop, &people[1]).await;
    assert_eq!(walking["enrollments"][0]["next"], "message", "{walking}");
    assert_eq!(walking["enrollments"][0]["next_template_id"], template.as_str());

    // One of them loses it by hand: the way back leaves that alone.
    let patch = json!({"remove_tags": [tag]});
    house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{}", people[2]), patch).await.expect(202);
    house.settled().await;
    house.post(&shop.owner, &format!("/api/v1/bulks/{bulk}/undo"), Value::Null).await.expect(202);
    let undone = until(&house, &shop, &bulk, "undone").await;
    assert_eq!(undone["undone"], 2, "{undone}");
    let tagged = house.get(&shop.owner, &format!("/api/v1/contacts?tag={tag}")).await.expect(200);
    assert_eq!(tagged["total"]["count"], 1);
    assert_eq!(tagged["items"][0]["id"], people[0].as_str());
    house.post(&shop.owner, &format!("/api/v1/bulks/{bulk}/undo"), Value::Null).await.expect(409);
    values(&house, &shop, &people).await;
    without_the_right_to_send(&house, &shop, (&people[0], &tag, &journey)).await;
    house.close().await;
}

/// Who may edit friends but not send starts no シナリオ: neither by name, nor by a tag, nor by bringing a tag back.
async fn without_the_right_to_send(house: &House, shop: &Shop, (person, tag, journey): (&str, &str, &str)) {
    let operator = house.token(shop.workspace, engine::access::Role::Operator, &[]).await;
    let wish = |deed: Value| json!({"deed": deed, "whom": {"whom": "contacts", "ids": [person]}});
    for deed in [json!({"deed": "journey_start", "journey": journey}), json!({"deed": "tag_add", "tag": tag})] {
        let seen = house.post(&operator, "/api/v1/bulks/preview", wish(deed.clone())).await.expect(200);
        assert_eq!(seen["may_start"], true, "{seen}");
        let refused = house.post(&operator, "/api/v1/bulks", wish(deed)).await;
        assert_eq!(refused.code(), "forbidden");
    }
    let path = format!("/api/v1/contacts/{person}");
    let patch = async |patch: Value| house.call(&operator, "PATCH", &path, patch).await;
    let refused = patch(json!({"add_tags": [tag]})).await;
    assert_eq!(refused.code(), "forbidden", "one person alone is no way around it");
    let other = id(house, shop, "/api/v1/tags", json!({"name": "ほか"})).await;
    patch(json!({"add_tags": [other], "remove_tags": [other]})).await.expect(202);
    let plain = wish(json!({"deed": "tag_add", "tag": other}));
    let plain = house.post(&operator, "/api/v1/bulks", plain).await.expect(202);
    until(house, shop, plain["id"].as_str().unwrap(), "done").await;
    let off = wish(json!({"deed": "tag_remove", "tag": tag}));
    let off = house.post(&operator, "/api/v1/bulks", off).await.expect(202)["id"].as_str().unwrap().to_owned();
    until(house, shop, &off, "done").await;
    assert_eq!(house.post(&operator, &format!("/api/v1/bulks/{off}/undo"), Value::Null).await.code(), "forbidden");
    house.post(&shop.owner, &format!("/api/v1/bulks/{off}/undo"), Value::Null).await.expect(202);
    until(house, shop, &off, "undone").await;
}

/// Fields go back to what each of them had.
async fn values(house: &House, shop: &Shop, people: &[String]) {
    let field = id(house, shop, "/api/v1/attributes", json!({"key": "size", "label": "サイズ", "type": "text"})).await;
    for (person, size) in people.iter().zip(["S", "M"]) {
        let patch = json!({"attributes": {"size": size}});
        house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{person}"), patch).await.expect(202);
    }
    house.settled().await;
    let wish =
        json!({"deed": {"deed": "attribute", "attribute": field, "value": "L"}, "whom": {"whom": "contacts", "ids": people}});
    let bulk = house.post(&shop.owner, "/api/v1/bulks", wish).await.expect(202)["id"].as_str().unwrap().to_owned();
    assert_eq!(until(house, shop, &bulk, "done").await["changed"], 4);
    house.post(&shop.owner, &format!("/api/v1/bulks/{bulk}/undo"), Value::Null).await.expect(202);
    until(house, shop, &bulk, "undone").await;
    let mut left = Vec::new();
    for person in people {
        left.push(contact(house, shop, person).await["attributes"][0]["value"].as_str().map(str::to_owned));
    }
    assert_eq!(left, [Some("S".to_owned()), Some("M".to_owned()), None, None]);
}

#[tokio::test]
async fn files_are_understood_foreseen_and_safe_to_open() {
    for house in House::on_both().await {
        files(house).await;
    }
}

async fn files(house: House) {
    let shop = house.shop("1000").await;
    let rule = json!({"name": "あいさつ", "trigger": {"on": "follow"}, "actions": [{"action": "notify", "text": "x"}]});
    house.post(&shop.owner, "/api/v1/rules", rule).await.expect(201);
    let text = format!(
        "ユーザーID,お名前,友だち追加日,メモ欄,タグ\r\n{},=HYPERLINK(1),2026-01-02,x,常連\r\n{},山田,,y,\r\nまちがい,誰,,z,\r\n",
        user(1),
        user(2)
    );
    let bytes = sheet::encode(&text, sheet::Encoding::ShiftJis);
    let path = format!("import/preview?channel={}", shop.channel);
    let seen = file(&house, &shop, &path, &bytes).await.expect(200);
    assert_eq!(seen["encoding"], "shift_jis");
    assert_eq!(seen["columns"], json!(["line_user_id", "display_name", "friend_since", "", "tags"]));
    assert_eq!((seen["rows"].as_i64(), seen["created"].as_i64(), seen["rejected"].as_i64()), (Some(2), Some(2), Some(1)));
    assert_eq!(seen["greetings"], 1, "only who is known as a friend is ever greeted");
    let columns = "%5B%22line_user_id%22,%22display_name%22,%22friend_since%22,%22%22,%22tags%22%5D";
    let wrong = file(&house, &shop, &format!("import/wrong-rows?channel={}&columns={columns}", shop.channel), &bytes).await;
    let wrong = String::from_utf8(wrong.bytes).unwrap();
    assert!(wrong.starts_with('\u{feff}') && wrong.contains("\r\n4,line_user_id: LINEのユーザーID"), "{wrong}");
    let taken = file(&house, &shop, &format!("import?channel={}&mode=good-rows&columns={columns}", shop.channel), &bytes)
        .await
        .expect(200);
    assert_eq!((taken["created"].as_i64(), taken["started"].as_i64()), (Some(2), Some(0)));
    // What a head was said to mean is remembered.
    let again = "メモ欄,ユーザーID\r\n".as_bytes();
    let columns = "%5B%22display_name%22,%22line_user_id%22%5D";
    file(&house, &shop, &format!("import?channel={}&mode=good-rows&columns={columns}", shop.channel), again).await;
    let one = format!("メモ欄,ユーザーID\r\nz,{}\r\n", user(3));
    file(&house, &shop, &format!("import?channel={}&columns={columns}", shop.channel), one.as_bytes()).await.expect(200);
    let seen = file(&house, &shop, &path, one.as_bytes()).await.expect(200);
    assert_eq!(seen["columns"], json!(["display_name", "line_user_id"]));

    let out = house.get(&shop.owner, "/api/v1/contacts/export?columns=display_name,tags,friend_since").await;
    let csv = String::from_utf8(out.bytes).unwrap();
    assert!(csv.starts_with("\u{feff}名前,タグ,友だち追加日時\r\n"), "{csv}");
    assert!(csv.contains("'=HYPERLINK(1),常連,2026-01-02 00:00\r\n"), "{csv}");
    let log = house.get(&shop.owner, "/api/v1/audit").await.expect(200);
    assert!(log["items"].as_array().unwrap().iter().any(|line| line["action"] == "contact.export"));
    house.close().await;
}

#[tokio::test]
async fn two_become_one_and_two_again() {
    for house in House::on_both().await {
        merged(house).await;
    }
}

async fn merged(house: House) {
    let shop = house.shop("1000").await;
    let line = house.friend(&shop, &user(7)).await;
    let bought = json!({"name": "order_placed", "shop_id": "C-7", "data": {"total": 5}});
    let taken = house.post(&shop.owner, "/api/v1/events", bought).await.expect(202);
    let customer = taken["events"][0]["contact_id"].as_str().unwrap().to_owned();
    let tag = id(&house, &shop, "/api/v1/tags", json!({"name": "購入"})).await;
    let patch = json!({"add_tags": [tag], "memo": "電話あり", "display_name": "山田"});
    house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{customer}"), patch).await.expect(202);
    house.settled().await;

    let other = house.friend(&shop, &user(8)).await;
    house.settled().await;
    let refused = house.post(&shop.owner, &format!("/api/v1/contacts/{line}/merge"), json!({"contact_id": other})).await;
    assert_eq!(refused.status.as_u16(), 409, "two LINE accounts of one provider are two people");

    house.post(&shop.owner, &format!("/api/v1/contacts/{customer}/merge"), json!({"contact_id": line})).await.expect(200);
    let one = contact(&house, &shop, &customer).await;
    assert_eq!(one["identities"].as_array().unwrap().len(), 2, "{one}");
    assert_eq!(one["friendships"][0]["state"], "friend");
    assert_eq!(house.get(&shop.owner, &format!("/api/v1/contacts/{line}")).await.status.as_u16(), 404);
    let story = house.get(&shop.owner, &format!("/api/v1/contacts/{customer}/timeline")).await.expect(200);
    let kinds: Vec<&str> = story["items"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert!(kinds.contains(&"follow") && kinds.contains(&"order_placed"), "both histories: {kinds:?}");

    let back = json!({"merge_id": one["merged"][0]["id"]});
    let split = house.post(&shop.owner, &format!("/api/v1/contacts/{customer}/split"), back).await.expect(200);
    assert_eq!(split["contact_id"], line.as_str());
    let (own, friend) = (contact(&house, &shop, &customer).await, contact(&house, &shop, &line).await);
    assert_eq!((own["tags"].as_array().unwrap().len(), friend["tags"].as_array().unwrap().len()), (1, 0));
    assert_eq!((own["friendships"].as_array().unwrap().len(), friend["friendships"][0]["state"].as_str()), (0, Some("friend")));
    assert_eq!(own["memo"], "電話あり");
    house.close().await;
}

#[tokio::test]
async fn who_is_erased_stays_erased_and_who_says_no_is_left_alone() {
    for house in House::on_both().await {
        erased(house).await;
    }
}

async fn erased(house: House) {
    let shop = house.shop("1000").await;
    let person = house.friend(&shop, &user(9)).await;
    let path = format!("/api/v1/contacts/{person}");
    let patch = json!({"display_name": "消田", "memo": "ひみつ", "analysis": false, "consents": [{"channel_id": shop.channel, "granted": false}]});
    house.call(&shop.owner, "PATCH", &path, patch).await.expect(202);
    house.settled().await;
    let page = contact(&house, &shop, &person).await;
    assert_eq!((page["consent"].as_bool(), page["consents"][0]["granted"].as_bool()), (Some(true), Some(false)), "{page}");
    assert_eq!((page["is_analysed"].as_bool(), page["analysis"]["granted"].as_bool()), (Some(false), Some(false)), "{page}");
    let why = house.get(&shop.owner, &format!("{path}/why")).await.expect(200);
    let marketing = why["now"].as_array().unwrap().iter().find(|one| one["lane"] == "marketing").unwrap().clone();
    assert_eq!(marketing["refused"], "no_consent", "the guard keeps to it");
    let data = house.get(&shop.owner, &format!("{path}/data")).await.expect(200);
    assert_eq!((data["display_name"].as_str(), data["memo"].as_str()), (Some("消田"), Some("ひみつ")));
    assert_eq!(data["consent"]["analysis"], false);

    house.post(&shop.owner, &format!("{path}/erase"), json!({"confirm": "別人"})).await.expect(422);
    house.post(&shop.owner, &format!("{path}/erase"), json!({"confirm": "消田"})).await.expect(204);
    assert_eq!(house.get(&shop.owner, &path).await.status.as_u16(), 404);
    let found = house.get(&shop.owner, "/api/v1/contacts?q=%E6%B6%88%E7%94%B0").await.expect(200);
    assert_eq!(found["total"]["count"], 0);
    let log = house.get(&shop.owner, "/api/v1/audit").await.expect(200).to_string();
    assert!(log.contains("contact.erase") && !log.contains("消田") && !log.contains("ひみつ"));
    let csv = format!("line_user_id\n{}\n{}\n", user(9), user(10));
    let taken = file(&house, &shop, &format!("import?channel={}", shop.channel), csv.as_bytes()).await.expect(200);
    assert_eq!((taken["created"].as_i64(), taken["erased"].as_i64()), (Some(1), Some(1)), "{taken}");
    nothing_left(&house, &shop, &person).await;
    house.close().await;
}

/// The task drops what happened and what was said.
async fn nothing_left(house: &House, shop: &Shop, person: &str) {
    let (workspace, person) = (shop.workspace, person.parse::<uuid::Uuid>().unwrap());
    for _ in 0..600 {
        let left: i64 = house
            .engine
            .store
            .read(move |tx| {
                tx.query_one(
                    "SELECT COUNT(*) FROM events WHERE workspace_id = $1 AND contact_id = $2",
                    &store::params![workspace, person],
                    |row| row.get(0),
                )
            })
            .await
            .map_err(|error: store::Error| error)
            .unwrap();
        if left == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("its events are still there");
}

#[tokio::test]
async fn everything_can_be_taken_out() {
    for house in House::on_both().await {
        leaving(house).await;
    }
}

async fn leaving(house: House) {
    let shop = house.shop("1000").await;
    house.friend(&shop, &user(11)).await;
    house.settled().await;
    id(&house, &shop, "/api/v1/tags", json!({"name": "常連"})).await;
    let begun = house.post(&shop.owner, "/api/v1/takeouts", Value::Null).await.expect(202);
    let path = format!("/api/v1/takeouts/{}/file", begun["id"].as_str().unwrap());
    for _ in 0..600 {
        let all = house.get(&shop.owner, "/api/v1/takeouts").await.expect(200);
        assert_ne!(all["items"][0]["state"], "failed", "{all}");
        if all["items"][0]["state"] == "done" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let archive = house.get(&shop.owner, &path).await;
    assert_eq!(archive.status.as_u16(), 200);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("all.zip");
    std::fs::write(&place, &archive.bytes).unwrap();
    // Somebody else's reader.
    let script = "import sys,zipfile,json\nz=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\n\
        print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))";
    let read = std::process::Command::new("python3").args(["-c", script]).arg(&place).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let files: Value = serde_json::from_slice(&read.stdout).unwrap();
    let friend: Value = serde_json::from_str(files["contacts-0001.ndjson"].as_str().unwrap()).unwrap();
    assert_eq!(friend["identities"][0]["value"], user(11).as_str());
    assert!(files["tags.json"].as_str().unwrap().contains("常連"));
    assert!(files["友だち.csv"].as_str().unwrap().contains(&user(11)));
    assert!(files["README.txt"].as_str().unwrap().contains("enishi.takeout.1"));
    house.close().await;
}

#[tokio::test]
async fn the_shops_own_people_are_found_among_the_friends() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let mut people = Vec::new();
        for n in 0..3 {
            people.push(house.friend(&shop, &user(n)).await);
        }
        house.settled().await;
        let own = house.get(&shop.owner, "/api/v1/contacts?staff=true").await.expect(200);
        assert_eq!(own["items"], json!([]));
        let one = format!("/api/v1/contacts/{}", people[1]);
        house.call(&shop.owner, "PATCH", &one, json!({"staff": true})).await.expect(202);
        house.settled().await;
        for path in ["/api/v1/contacts?staff=true".to_owned(), format!("/api/v1/contacts?staff=true&channel={}", shop.channel)] {
            let own = house.get(&shop.owner, &path).await.expect(200);
            let ids: Vec<&str> = own["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
            assert_eq!(ids, [people[1].to_string()], "{path}");
            assert_eq!(own["total"], json!({"count": 1, "more": false}));
        }
    }
}
