//! 登録メディア: what is taken in, and how LINE's app and players fetch it.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use serde_json::Value;

use crate::house::{House, Reply};

/// The first bytes of a film; nobody here plays it.
pub const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41 and then pictures";

/// Four pixels wide, two high.
pub fn png() -> Vec<u8> {
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAEElEQVR4nGM4IWcDRwzIHAB6SgkR8ZlAYwAAAABJRU5ErkJggg==";
    base64::engine::general_purpose::STANDARD.decode(PNG).unwrap()
}

pub async fn upload(house: &House, token: &str, path: &str, bytes: impl Into<Body>) -> Reply {
    let request = crate::house::request(token, "POST", path, Value::Null);
    let (parts, _) = request.into_parts();
    house.send(Request::from_parts(parts, bytes.into())).await
}

fn path(asset: &Value, field: &str) -> String {
    let url: url::Url = asset[field].as_str().unwrap().parse().unwrap();
    url.path().to_owned()
}

async fn public(house: &House, path: &str, range: Option<&str>) -> Reply {
    let mut request = Request::get(path);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_picture_is_kept_and_everybody_who_knows_the_address_sees_it() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let asset = upload(&house, &shop.owner, "/api/v1/assets?name=%E5%BA%97.png&folder=%E7%A7%8B", png()).await.expect(201);
    assert_eq!((&asset["kind"], &asset["name"], &asset["folder"]), (&"image".into(), &"店.png".into(), &"秋".into()));
    assert_eq!((&asset["width"], &asset["height"]), (&4.into(), &2.into()));
    for field in ["url", "preview_url"] {
        let shown = public(&house, &path(&asset, field), None).await;
        assert_eq!(shown.status, 200, "{field}");
        assert_eq!(shown.headers["content-type"], "image/jpeg");
        assert!(shown.headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(&shown.bytes[..3], b"\xff\xd8\xff");
    }
    let map = path(&asset, "imagemap_url");
    for (width, status) in [("1040", 200), ("240", 200), ("241", 404), ("0", 404), ("x", 404), ("99999999999", 404)] {
        assert_eq!(public(&house, &format!("{map}/{width}"), None).await.status, status, "{width}");
    }
    let listed = house.get(&shop.owner, "/api/v1/assets?kind=image&q=%E7%A7%8B").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(house.get(&shop.owner, "/api/v1/assets?kind=video").await.expect(200)["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_film_is_played_in_parts_and_gets_a_picture() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let asset = upload(&house, &shop.owner, "/api/v1/assets?name=film&duration_ms=61000", MP4).await.expect(201);
    assert_eq!((&asset["kind"], &asset["duration_ms"], &asset["preview_url"]), (&"video".into(), &61_000.into(), &Value::Null));
    let part = public(&house, &path(&asset, "url"), Some("bytes=4-7")).await;
    assert_eq!((part.status.as_u16(), &part.bytes[..]), (206, &b"ftyp"[..]));
    let address = format!("/api/v1/assets/{}/preview", asset["id"].as_str().unwrap());
    let (parts, _) = crate::house::request(&shop.owner, "PUT", &address, Value::Null).into_parts();
    let with = house.send(Request::from_parts(parts, png().into())).await.expect(200);
    let shown = public(&house, &path(&with, "preview_url"), None).await;
    assert_eq!((shown.status.as_u16(), &shown.headers["cache-control"]), (200, &"public, no-cache".parse().unwrap()));
    assert_eq!(public(&house, &path(&with, "url"), None).await.headers["cache-control"], "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn what_line_has_no_message_for_is_a_link_until_it_is_put_away() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let html: &[u8] = b"<script>alert(1)</script>";
    for (name, bytes, kind, how) in [
        ("%E8%A6%8B%E7%A9%8D.pdf", &b"%PDF-1.7"[..], "application/pdf", "inline; filename*=UTF-8''%E8%A6%8B%E7%A9%8D.pdf"),
        ("..%2Fa.html", html, "application/octet-stream", "attachment; filename*=UTF-8''a.html"),
    ] {
        let address = format!("/api/v1/assets?takes=anything&name={name}");
        let asset = upload(&house, &shop.owner, &address, bytes).await.expect(201);
        assert_eq!((&asset["kind"], &asset["preview_url"], &asset["imagemap_url"]), (&"file".into(), &Value::Null, &Value::Null));
        let file = public(&house, &path(&asset, "url"), None).await;
        assert_eq!((file.status.as_u16(), &file.bytes[..]), (200, bytes));
        let head = |name: &str| file.headers[name].to_str().unwrap().to_owned();
        assert_eq!((head("content-type"), head("content-disposition")), (kind.to_owned(), how.to_owned()));
        assert_eq!((head("x-content-type-options"), head("cache-control")), ("nosniff".into(), "private, no-cache".into()));
        assert_eq!(file.headers.contains_key("content-security-policy"), kind != "application/pdf", "a viewer is no page");
        let plain =
            path(&asset, "url").replace("/file", if kind == "application/pdf" { "/original.pdf" } else { "/original.bin" });
        assert_eq!(public(&house, &plain, None).await.status, 404, "never without its name");
        let id = asset["id"].as_str().unwrap();
        house.call(&shop.owner, "DELETE", &format!("/api/v1/assets/{id}"), Value::Null).await.expect(204);
        assert_eq!(public(&house, &path(&asset, "url"), None).await.status, 404, "the link has ended");
    }
    let picture = upload(&house, &shop.owner, "/api/v1/assets?takes=anything&name=a.png", png()).await.expect(201);
    assert_eq!(picture["kind"], "image", "what LINE has a message for is sent as one");
}

#[tokio::test]
async fn what_is_no_file_for_line_is_refused_and_leaves_nothing() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    for (bytes, code) in
        [(svg, "not_a_picture"), (b"%PDF-1.7", "not_a_picture"), (b"\x89PNG\r\n\x1a\n", "not_a_picture"), (b"", "empty")]
    {
        let refused = upload(&house, &shop.owner, "/api/v1/assets?name=photo.png", bytes).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["code"].as_str().unwrap()), (422, code));
    }
    let left = std::fs::read_dir(house.engine.settings.data_dir.join("media/assets")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    for path in [
        "/a/x/original.jpg",
        "/a/../../enishi.db/original.jpg",
        "/a/AAAAAAAAAAAAAAAAAAAAAA/original.jpg",
        "/a/AAAAAAAAAAAAAAAAAAAAAA/map/240",
    ] {
        assert_eq!(public(&house, path, None).await.status, 404, "{path}");
    }
}
