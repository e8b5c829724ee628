//! Every call once: that it goes where LINE documents it, and that its answer is understood.

use crate::server::{Act, Asked, Server, token};
use bytes::Bytes;
use line::body::{self, SendOptions};
use line::client::*;
use line::endpoint;
use line::message::{Action, Area, UriAction};
use line::validate::SendKind;
use serde_json::{Value, json};
use uuid::Uuid;

const TEXT: &[u8] = br#"[{"type":"text","text":"a"}]"#;

/// Makes every call of the crate once and gives what the server was asked. The answers do not
/// matter here.
pub async fn all() -> Vec<Asked> {
    let server = Server::always(Act::json(200, "{}")).await;
    let client = server.client();
    sends(&client).await;
    account_and_users(&client).await;
    menus(&client).await;
    audiences_and_insight(&client).await;
    shops(&client).await;
    logins(&client).await;
    server.asked()
}

/// Answers do not matter; that it was made does.
macro_rules! made {
    ($($call:expr;)*) => { $( drop($call.await); )* };
}

async fn sends(c: &Client) {
    let (t, key, options) = (&token(), Uuid::from_u128(1), SendOptions { notification_disabled: true, unit: Some("u") });
    let whom = body::Narrowcast {
        recipient: Some(body::AudienceRecipient::new(1).into()),
        demographic: Some(body::Demographic::Gender(body::OneOf::new(vec!["male".to_owned()]))),
        limit: Some(body::NarrowcastLimit {
            max: Some(1),
            up_to_remaining_quota: Some(true),
            forbid_partial_delivery: Some(true),
            ..body::NarrowcastLimit::new()
        }),
    };
    made! {
        c.reply_raw(t, body::reply("r", TEXT, options));
        c.push_raw(t, key, body::push("U1", TEXT, options));
        c.multicast_raw(t, key, body::multicast(&["U1"], TEXT, options));
        c.broadcast_raw(t, key, body::broadcast(TEXT, options));
        c.narrowcast_raw(t, key, body::narrowcast(TEXT, &whom, options));
        c.narrowcast_progress(t, "req");
        c.validate(t, SendKind::Reply, TEXT);
        c.validate(t, SendKind::Push, TEXT);
        c.validate(t, SendKind::Multicast, TEXT);
        c.validate(t, SendKind::Narrowcast, TEXT);
        c.validate(t, SendKind::Broadcast, TEXT);
        c.push_notification(t, body::push("hash", TEXT, SendOptions::default()), DeliveryTag::new("0123456789abcdef").as_ref());
        c.push_templated_notification(t, Bytes::from_static(b"{}"), None);
    }
}

async fn account_and_users(c: &Client) {
    let t = &token();
    made! {
        c.quota(t);
        c.quota_consumption(t);
        c.sent_count(t, SentBy::Reply, "20261122");
        c.sent_count(t, SentBy::Push, "20261122");
        c.sent_count(t, SentBy::Multicast, "20261122");
        c.sent_count(t, SentBy::Broadcast, "20261122");
        c.sent_count(t, SentBy::Notification, "20261122");
        c.sent_count(t, SentBy::TemplatedNotification, "20261122");
        c.unit_count(t);
        c.unit_names(t, Some("next"));
        c.bot_info(t);
        c.start_loading(t, "U1", 5);
        c.mark_as_read(t, "m");
        c.webhook_endpoint(t);
        c.set_webhook_endpoint(t, "https://a/");
        c.test_webhook_endpoint(t, None);
        c.test_webhook_endpoint(t, Some("https://a/"));
        c.content(t, "1");
        c.content_preview(t, "1");
        c.transcoding(t, "1");
        c.profile(t, "U1");
        c.follower_ids(t, Some("next"));
        c.group_summary(t, "C1");
        c.member_count(t, Place::Group("C1"));
        c.member_ids(t, Place::Group("C1"), Some("next"));
        c.member_profile(t, Place::Group("C1"), "U1");
        c.leave(t, Place::Group("C1"));
        c.member_count(t, Place::Room("R1"));
        c.member_ids(t, Place::Room("R1"), None);
        c.member_profile(t, Place::Room("R1"), "U1");
        c.leave(t, Place::Room("R1"));
        c.issue_link_token(t, "U1");
    }
}

pub fn rich_menu() -> RichMenu {
    let action = Action::from(UriAction::new("https://a/"));
    let area = RichMenuArea::new(Area::new(0u32, 0u32, 1u32, 1u32), action);
    RichMenu::new(RichMenuSize::new(2500u32, 1686u32), true, "n", "c", vec![area])
}

async fn menus(c: &Client) {
    let t = &token();
    let steps = [BatchLink::new("richmenu-1", "richmenu-2").into(), BatchUnlink::new("richmenu-3").into()];
    let away = [BatchUnlinkAll::new().into()];
    made! {
        c.create_rich_menu(t, &rich_menu());
        c.check_rich_menu(t, &rich_menu());
        c.set_rich_menu_image(t, "richmenu-1", MenuImage::Png, Bytes::from_static(b"png"));
        c.rich_menu_image(t, "richmenu-1");
        c.rich_menus(t);
        c.rich_menu(t, "richmenu-1");
        c.delete_rich_menu(t, "richmenu-1");
        c.set_default_rich_menu(t, "richmenu-1");
        c.default_rich_menu(t);
        c.cancel_default_rich_menu(t);
        c.link_rich_menu(t, "U1", "richmenu-1");
        c.rich_menu_of(t, "U1");
        c.unlink_rich_menu(t, "U1");
        c.link_rich_menu_bulk(t, "richmenu-1", &["U1"]);
        c.unlink_rich_menu_bulk(t, &["U1"]);
        c.batch_rich_menus(t, &steps, Some("key"));
        c.batch_rich_menus(t, &away, None);
        c.check_rich_menu_batch(t, &steps);
        c.rich_menu_batch_progress(t, "req");
        c.create_rich_menu_alias(t, "a", "richmenu-1");
        c.update_rich_menu_alias(t, "a", "richmenu-1");
        c.rich_menu_alias(t, "a");
        c.delete_rich_menu_alias(t, "a");
        c.rich_menu_aliases(t);
    }
}

async fn audiences_and_insight(c: &Client) {
    let t = &token();
    let filter = AudienceFilter { description: Some("会員"), status: Some("READY"), create_route: Some("MESSAGING_API") };
    made! {
        c.create_audience(t, "d", &["U1"]);
        c.add_to_audience(t, 1, Some("d"), &["U1"]);
        c.create_audience_by_file(t, "d", ["U1"]);
        c.add_to_audience_by_file(t, 1, ["U1"]);
        c.create_click_audience(t, "d", "req", Some("https://a/"));
        c.create_impression_audience(t, "d", "req");
        c.rename_audience(t, 1, "d");
        c.delete_audience(t, 1);
        c.audience(t, AudienceSide::Own, 1);
        c.audience(t, AudienceSide::Shared, 1);
        c.audiences(t, AudienceSide::Own, filter, 1);
        c.audiences(t, AudienceSide::Shared, AudienceFilter::default(), 1);
        c.delivery_insight(t, "20261122");
        c.follower_insight(t, "20261122");
        c.demographic_insight(t);
        c.message_insight(t, "req");
        c.unit_insight(t, "u", "20261101", "20261122");
        c.menu_insight(t, "richmenu-1", MenuGrain::Summary, "20261101", "20261122");
        c.menu_insight(t, "richmenu-1", MenuGrain::Daily, "20261101", "20261122");
    }
}

pub fn coupon() -> CouponRequest {
    let mut coupon = CouponRequest::new(
        "t",
        1i64,
        2i64,
        "ASIA_TOKYO",
        "PUBLIC",
        1,
        AcquisitionCondition::from(LotteryAcquisition::new(50u32, -1)),
    );
    coupon.reward = Some(DiscountReward { price_info: Some(FixedPrice::new(100i64).into()), ..DiscountReward::new() }.into());
    coupon.description = Some("d".into());
    coupon.usage_condition = Some("u".into());
    coupon.image_url = Some("https://a/1".into());
    coupon.barcode_image_url = Some("https://a/2".into());
    coupon.coupon_code = Some("c".into());
    coupon
}

pub fn liff_app() -> LiffApp {
    let view = LiffView { module_mode: Some(false), ..LiffView::new("full", "https://a/") };
    LiffApp {
        description: Some("店".into()),
        features: Some(LiffFeatures { qr_code: Some(true), ..LiffFeatures::new() }),
        permanent_link_pattern: Some("concat".into()),
        scope: Some(vec!["openid".into()]),
        bot_prompt: Some("normal".into()),
        ..LiffApp::new(view)
    }
}

async fn shops(c: &Client) {
    let t = &token();
    let change = LiffChange { description: Some("店".into()), ..LiffChange::new() };
    made! {
        c.create_coupon(t, &coupon());
        c.close_coupon(t, "01J");
        c.coupons(t, &["RUNNING", "CLOSED"], Some("next"));
        c.coupon(t, "01J");
        c.memberships_of(t, "U1");
        c.membership_plans(t);
        c.membership_users(t, 5, Some("next"));
        c.create_liff_app(t, &liff_app());
        c.liff_apps(t);
        c.update_liff_app(t, "1-a", &change);
        c.delete_liff_app(t, "1-a");
    }
}

async fn logins(c: &Client) {
    let t = &token();
    let channel = LoginChannel { id: "123".into(), secret: "s".to_owned().into() };
    let secret = "s".to_owned().into();
    let pkce = PkceVerifier::from_random(&[1; 32]);
    made! {
        c.issue_stateless_token("123", &secret);
        c.issue_short_lived_token("123", &secret);
        c.token_info(t);
        c.revoke_token(t);
        c.login_tokens(&channel, "code", "https://a/", Some(&pkce));
        c.refresh_login(&channel, &secret);
        c.user_token_info(t);
        c.verify_id_token("123", "a.b.c", Some("n"));
        c.login_keys();
        c.userinfo(t);
        c.login_profile(t);
        c.friendship(t);
        c.revoke_login(&channel, t);
        c.deauthorize(t, t);
    }
}

/// Whether a path is one of a template's.
pub fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len() && template.iter().zip(&path).all(|(wanted, found)| wanted == found || wanted.starts_with('{'))
}

#[tokio::test]
async fn every_listed_call_can_be_made_and_no_other_is() {
    let asked = all().await;
    let path = |asked: &Asked| asked.target.split('?').next().unwrap().to_owned();
    for (name, endpoint) in endpoint::ALL {
        let made = asked.iter().any(|asked| asked.method == endpoint.method.as_str() && matches(endpoint.path, &path(asked)));
        assert!(made, "{name}");
    }
    for asked in &asked {
        let listed = endpoint::ALL
            .iter()
            .any(|(_, endpoint)| asked.method == endpoint.method.as_str() && matches(endpoint.path, &path(asked)));
        assert!(listed, "{asked:?}");
        assert_eq!(asked.header("user-agent").map(|agent| agent.starts_with("enishi/")), Some(true));
        let key = asked.header("x-line-retry-key").is_some();
        let takes = ["push", "multicast", "narrowcast", "broadcast"];
        let sends = takes.iter().any(|send| path(asked) == format!("/v2/bot/message/{send}"));
        assert_eq!(key, sends, "{}", asked.target);
    }
}

#[tokio::test]
async fn values_in_addresses_are_encoded() {
    let server = Server::always(Act::json(200, "{}")).await;
    let client = server.client();
    drop(client.unit_names(&token(), Some("a b&c=+縁")).await);
    assert_eq!(server.last().target, "/v2/bot/message/aggregation/list?start=a%20b%26c%3D%2B%E7%B8%81");
    drop(client.profile(&token(), "../info?x").await);
    assert_eq!(server.last().target, "/v2/bot/profile/..%2Finfo%3Fx");
    assert!(matches!(client.profile(&token(), "").await, Err(CallError::NotMade(_))));
}

#[tokio::test]
async fn hosts_are_kept_apart() {
    let api = Server::always(Act::json(200, "{}")).await;
    let data = Server::always(Act::json(200, "{}")).await;
    let hosts = Hosts { api: api.base.clone(), api_data: data.base.clone(), access: api.base.clone() };
    let client = Client::new(hosts, Http::new(HttpOptions::default()).unwrap());
    drop(client.profile(&token(), "U1").await);
    drop(client.content(&token(), "1").await);
    drop(client.set_rich_menu_image(&token(), "r", MenuImage::Jpeg, Bytes::from_static(b"j")).await);
    assert_eq!((api.asked().len(), data.asked().len()), (1, 2));
    assert_eq!(data.last().header("content-type"), Some("image/jpeg"));
}

async fn answering(body: Value) -> (Server, Client) {
    let server = Server::always(Act::json(200, &body.to_string())).await;
    let client = server.client();
    (server, client)
}

#[tokio::test]
async fn answers_are_understood() {
    let t = &token();
    let (_s, c) = answering(json!({"userId": "U1", "displayName": "縁", "language": "ja", "x": 1})).await;
    let profile = c.profile(t, "U1").await.unwrap().value;
    assert_eq!((profile.display_name.as_str(), profile.picture_url), ("縁", None));

    let (_s, c) = answering(json!({"userIds": ["U1"], "next": "n"})).await;
    assert_eq!(c.follower_ids(t, None).await.unwrap().value.next.as_deref(), Some("n"));
    let (_s, c) = answering(json!({"memberIds": ["U1", "U2"]})).await;
    assert_eq!(c.member_ids(t, Place::Group("C"), None).await.unwrap().value.user_ids.len(), 2);
    let (_s, c) = answering(json!({"count": 3})).await;
    assert_eq!(c.member_count(t, Place::Room("R")).await.unwrap().value, 3);

    let mut listed = serde_json::to_value(rich_menu()).unwrap();
    listed["richMenuId"] = "richmenu-1".into();
    let (_s, c) = answering(json!({"richmenus": [listed]})).await;
    let menu = c.rich_menus(t).await.unwrap().value.remove(0);
    assert_eq!(menu, RichMenu { rich_menu_id: Some("richmenu-1".into()), ..rich_menu() });

    let (_s, c) = answering(json!({"status": "ready", "apiPush": 5, "thirdPartyChatTool": 1})).await;
    let insight = c.delivery_insight(t, "20261122").await.unwrap().value;
    assert_eq!((insight.count("apiPush"), insight.count("broadcast")), (Some(5), None));
    let (_s, c) = answering(json!({"status": "unready", "followers": null})).await;
    assert_eq!(c.follower_insight(t, "20261122").await.unwrap().value.followers, None);
    let (_s, c) = answering(json!({"available": true, "genders": [{"gender": "male", "percentage": 40.5}]})).await;
    let people = c.demographic_insight(t).await.unwrap().value;
    assert_eq!((people.genders[0].group.as_str(), people.genders[0].percentage), ("male", 40.5));
    let (_s, c) = answering(json!({"overview": {"requestId": "r", "uniqueClick": null, "uniqueMediaPlayed100Percent": 4},
        "messages": [{"seq": 1, "impression": 9, "mediaPlayed25Percent": 2}], "clicks": [{"seq": 1, "url": "https://a", "click": 3}]})).await;
    let message = c.message_insight(t, "r").await.unwrap().value;
    assert_eq!(message.overview.unique_media_played_to_end, Some(4));
    assert_eq!((message.messages[0].impression, message.clicks[0].click), (Some(9), Some(3)));
    assert_eq!(message.messages[0].more["mediaPlayed25Percent"], 2);

    let (_s, c) = answering(json!({"audienceGroup": {"audienceGroupId": 4, "status": "READY"}, "jobs": []})).await;
    let audience = c.audience(t, AudienceSide::Own, 4).await.unwrap().value;
    assert_eq!(audience.audience_group.status.as_deref(), Some("READY"));

    let (_s, c) = answering(json!({"couponId": "01J", "reward": {"type": "discount", "priceInfo": {"type": "fixed", "fixedAmount": 100, "currency": "JPY"}},
        "acquisitionCondition": {"type": "referral"}})).await;
    let coupon = c.coupon(t, "01J").await.unwrap().value;
    assert!(matches!(coupon.acquisition_condition, Some(AcquisitionCondition::Referral(_))));

    let (_s, c) = answering(json!({"access_token": "a", "expires_in": 2592000, "refresh_token": "r", "id_token": "i", "scope": "openid", "token_type": "Bearer"})).await;
    let channel = LoginChannel { id: "1".into(), secret: "s".to_owned().into() };
    let tokens = c.login_tokens(&channel, "c", "https://a/", None).await.unwrap().value;
    assert!(tokens.id_token.is_some());
    let (_s, c) = answering(json!({"friendFlag": true})).await;
    assert!(c.friendship(t).await.unwrap().value);
}

#[tokio::test]
async fn a_channel_without_liff_apps_has_an_empty_list() {
    let server = Server::always(Act::json(404, r#"{"message":"not found"}"#)).await;
    assert_eq!(server.client().liff_apps(&token()).await.unwrap().value, []);
}

#[tokio::test]
async fn what_line_would_refuse_costs_no_call() {
    let server = Server::always(Act::json(200, "{}")).await;
    let (c, t) = (server.client(), &token());
    let not_made = |result: CallResult<()>| matches!(result, Err(CallError::NotMade(_)));
    for (seconds, fits) in [(4, false), (5, true), (7, false), (60, true), (65, false)] {
        assert_eq!(not_made(c.start_loading(t, "U1", seconds).await), !fits, "{seconds}");
    }
    for (count, fits) in [(500, true), (501, false)] {
        let users = vec!["U1"; count];
        assert_eq!(not_made(c.link_rich_menu_bulk(t, "richmenu-1", &users).await), !fits);
        assert_eq!(not_made(c.unlink_rich_menu_bulk(t, &users).await), !fits);
    }
    for (count, fits) in [(10_000, true), (10_001, false)] {
        assert_eq!(not_made(c.add_to_audience(t, 1, None, &vec!["U1"; count]).await), !fits);
    }
    for (bytes, fits) in [(1_000_000, true), (1_000_001, false)] {
        let picture = Bytes::from(vec![0; bytes]);
        let set = c.set_rich_menu_image(t, "richmenu-1", MenuImage::Png, picture).await;
        assert_eq!(not_made(set), !fits);
    }
    let address = format!("https://{}", "a".repeat(492));
    assert!(!not_made(c.set_webhook_endpoint(t, &address).await));
    assert!(not_made(c.set_webhook_endpoint(t, &format!("{address}a")).await));
    assert_eq!(server.asked().len(), 7);
}
