//! Events of every kind, broken ones among them.

use line::webhook::{
    Beacon, BeaconType, ChannelModule, ContentBody, ContentProvider, Event, EventKind, LinkResult, MembershipChange, Mode,
    Payload, Postback, PostbackParams, RichMenuSwitch, Source,
};
use serde_json::{Value, json};

const USER: &str = "U00000000000000000000000000000001";

fn event(kind: &str, more: Value) -> Value {
    let mut event = json!({
        "type": kind, "mode": "active", "timestamp": 1_795_000_000_123_i64,
        "source": {"type": "user", "userId": USER},
        "webhookEventId": "01JD0000000000000000000000",
        "deliveryContext": {"isRedelivery": false}
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn parse(events: Value) -> Vec<Event> {
    let body = json!({"destination": "Ubot", "events": events}).to_string();
    Payload::parse(body.as_bytes()).unwrap().events
}

fn kind(name: &str, more: Value) -> EventKind {
    let read = parse(json!([event(name, more)])).remove(0).kind;
    assert_eq!(read.event_type(), name);
    assert!(!matches!(read, EventKind::Unknown { .. }), "{read:?}");
    read
}

#[test]
fn the_common_fields() {
    let json = event(
        "follow",
        json!({
            "replyToken": "r", "deliveryContext": {"isRedelivery": true}, "follow": {"isUnblocked": true}
        }),
    );
    let read = parse(json!([json])).remove(0);
    assert_eq!(read.mode, Mode::Active);
    assert_eq!(read.timestamp, Some(1_795_000_000_123));
    assert_eq!(read.user_id(), Some(USER));
    assert_eq!(read.webhook_event_id.as_deref(), Some("01JD0000000000000000000000"));
    assert!(read.is_redelivery);
    assert_eq!(read.reply_token.as_deref(), Some("r"));
    assert_eq!(read.kind, EventKind::Follow { is_unblocked: true });
    assert_eq!(serde_json::from_str::<Value>(read.raw.get()).unwrap(), json);
    assert_eq!(Event::from_raw(&read.raw).kind, read.kind);
}

#[test]
fn the_raw_json_is_kept_to_the_byte() {
    let raw = r#"{ "timestamp":1, "type" : "follow","x":"\u7e01", "y" : 1.0 }"#;
    let body = format!(r#"{{"destination":"U","events":[{raw}]}}"#);
    assert_eq!(Payload::parse(body.as_bytes()).unwrap().events[0].raw.get(), raw);
}

#[test]
fn a_verification_has_no_events() {
    for body in [r#"{"destination":"U1","events":[]}"#, r#"{"destination":"U1"}"#, "{}", r#"{"destination":null,"events":null}"#]
    {
        assert!(Payload::parse(body.as_bytes()).unwrap().events.is_empty(), "{body}");
    }
    let payload = Payload::parse(br#"{"destination":"U1","events":[]}"#).unwrap();
    assert_eq!(payload.destination.as_deref(), Some("U1"));
}

#[test]
fn what_is_no_webhook_is_an_error() {
    for body in [&b""[..], b"[]", b"x", b"{\"events\":{}}", b"{\"events\":[}", b"\xff{}", b"null"] {
        assert!(Payload::parse(body).is_err(), "{body:?}");
    }
}

#[test]
fn standby_and_newer_modes() {
    let mode = |word: &str| parse(json!([event("follow", json!({"mode": word}))])).remove(0).mode;
    assert_eq!(mode("standby"), Mode::Standby);
    assert_eq!(mode("sleeping"), Mode::Other("sleeping".into()));
}

#[test]
fn groups_rooms_and_newer_places() {
    let source = |json| parse(json!([event("join", json!({"source": json}))])).remove(0).source;
    let group = source(json!({"type": "group", "groupId": "C1", "userId": "U1"})).unwrap();
    assert_eq!((group.chat_id(), group.user_id()), (Some("C1"), Some("U1")));
    let room = source(json!({"type": "room", "roomId": "R1"})).unwrap();
    assert_eq!((room.chat_id(), room.user_id()), (Some("R1"), None));
    let other = source(json!({"type": "square", "squareId": "T1"})).unwrap();
    assert_eq!(other, Source::Other { kind: "square".into() });
    assert_eq!(source(Value::Null), None);
}

#[test]
fn events_without_more() {
    for (name, expected) in [
        ("unfollow", EventKind::Unfollow),
        ("join", EventKind::Join),
        ("leave", EventKind::Leave),
        ("deactivated", EventKind::Deactivated),
        ("botSuspended", EventKind::BotSuspended),
        ("botResumed", EventKind::BotResumed),
        ("follow", EventKind::Follow { is_unblocked: false }),
    ] {
        assert_eq!(kind(name, json!({})), expected);
    }
}

#[test]
fn events_with_more() {
    let members = json!({"members": [{"type": "user", "userId": "U2"}]});
    let who = vec![Source::User { user_id: Some("U2".into()) }];
    assert_eq!(kind("unsend", json!({"unsend": {"messageId": "461"}})), EventKind::Unsend { message_id: "461".into() });
    assert_eq!(kind("memberJoined", json!({"joined": members})), EventKind::MemberJoined { members: who.clone() });
    assert_eq!(kind("memberLeft", json!({"left": members})), EventKind::MemberLeft { members: who });
    assert_eq!(
        kind("videoPlayComplete", json!({"videoPlayComplete": {"trackingId": "t"}})),
        EventKind::VideoPlayComplete { tracking_id: "t".into() }
    );
    assert_eq!(
        kind("beacon", json!({"beacon": {"hwid": "d4", "type": "enter", "dm": "0f"}})),
        EventKind::Beacon(Beacon { hwid: "d4".into(), r#type: BeaconType::Enter, dm: Some("0f".into()) })
    );
    assert_eq!(
        kind("accountLink", json!({"link": {"result": "ok", "nonce": "n"}})),
        EventKind::AccountLink { result: LinkResult::Ok, nonce: "n".into() }
    );
    assert_eq!(
        kind("membership", json!({"membership": {"type": "renewed", "membershipId": 3189}})),
        EventKind::Membership { change: MembershipChange::Renewed, membership_id: 3189 }
    );
    assert_eq!(
        kind("module", json!({"module": {"type": "attached", "botId": "U9", "scopes": ["message:send"]}})),
        EventKind::Module(ChannelModule::Attached { bot_id: "U9".into(), scopes: vec!["message:send".into()] })
    );
    assert_eq!(
        kind("module", json!({"module": {"type": "detached", "botId": "U9", "reason": "bot_deleted"}})),
        EventKind::Module(ChannelModule::Detached { bot_id: "U9".into(), reason: "bot_deleted".into() })
    );
    assert_eq!(kind("activated", json!({"chatControl": {"expireAt": 5}})), EventKind::Activated { expire_at: Some(5) });
    assert_eq!(
        kind("delivery", json!({"source": null, "delivery": {"data": "tag"}})),
        EventKind::Delivery { data: "tag".into() }
    );
}

#[test]
fn a_failed_account_link_has_no_source() {
    let json = json!({"source": null, "link": {"result": "failed", "nonce": "n"}});
    let read = parse(json!([event("accountLink", json)])).remove(0);
    assert_eq!(read.kind, EventKind::AccountLink { result: LinkResult::Failed, nonce: "n".into() });
    assert_eq!((read.source, read.reply_token), (None, None));
}

#[test]
fn postbacks_with_and_without_a_choice() {
    let postback = |json| match kind("postback", json!({"postback": json})) {
        EventKind::Postback(postback) => postback,
        other => panic!("{other:?}"),
    };
    assert_eq!(postback(json!({"data": "a=1"})), Postback { data: "a=1".into(), params: None });
    let params = |json| postback(json!({"data": "d", "params": json})).params.unwrap();
    assert_eq!(params(json!({"date": "2026-11-22"})).date.as_deref(), Some("2026-11-22"));
    assert_eq!(params(json!({"time": "09:30"})).time.as_deref(), Some("09:30"));
    assert_eq!(params(json!({"datetime": "2026-11-22T09:30"})).datetime.as_deref(), Some("2026-11-22T09:30"));
    assert_eq!(
        params(json!({"newRichMenuAliasId": "tab-b", "status": "RICHMENU_NOTFOUND"})),
        PostbackParams {
            new_rich_menu_alias_id: Some("tab-b".into()),
            status: Some(RichMenuSwitch::RichMenuNotFound),
            ..PostbackParams::default()
        }
    );
}

fn message(json: Value) -> line::webhook::MessageContent {
    match kind("message", json!({"message": json, "replyToken": "r"})) {
        EventKind::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_with_emoji_and_mentions() {
    let read = message(json!({
        "type": "text", "id": "461", "text": "@店 (love) こんにちは", "quoteToken": "q",
        "markAsReadToken": "m", "quotedMessageId": "460",
        "emojis": [{"index": 3, "length": 6, "productId": "p", "emojiId": "001"}],
        "mention": {"mentionees": [
            {"index": 0, "length": 2, "type": "user", "userId": "U9", "isSelf": true},
            {"index": 0, "length": 2, "type": "all"}
        ]}
    }));
    assert_eq!(read.text(), Some("@店 (love) こんにちは"));
    assert_eq!(read.quote_token.as_deref(), Some("q"));
    assert_eq!(read.mark_as_read_token.as_deref(), Some("m"));
    assert_eq!(read.quoted_message_id.as_deref(), Some("460"));
    let ContentBody::Text { emojis, mentions, .. } = &read.body else { panic!("text") };
    assert_eq!((emojis[0].index, emojis[0].emoji_id.as_str()), (3, "001"));
    assert!(mentions[0].is_self && !mentions[1].is_self);
    assert_eq!(mentions[1].r#type, "all");
}

#[test]
fn an_edited_text_carries_its_new_words() {
    let json = json!({"message": {"type": "text", "id": "461", "text": "new", "quoteToken": "q2"}});
    let EventKind::MessageEdited(read) = kind("messageEdited", json) else { panic!("edited") };
    assert_eq!((read.id.as_str(), read.text()), ("461", Some("new")));
    assert_eq!(read.mark_as_read_token, None);
}

#[test]
fn pictures_videos_sounds_and_files() {
    let line = json!({"type": "line"});
    let external = json!({"type": "external", "originalContentUrl": "https://a/1", "previewImageUrl": "https://a/2"});
    let image = message(json!({"type": "image", "id": "1", "quoteToken": "q", "contentProvider": line,
        "imageSet": {"id": "s", "index": 1, "total": 2}}));
    assert!(image.has_content());
    let ContentBody::Image { image_set: Some(set), .. } = image.body else { panic!("image") };
    assert_eq!((set.id.as_str(), set.index, set.total), ("s", Some(1), Some(2)));
    let video = message(json!({"type": "video", "id": "2", "quoteToken": "q", "duration": 60000, "contentProvider": external}));
    assert!(!video.has_content());
    assert_eq!(
        video.body,
        ContentBody::Video {
            duration: Some(60_000),
            provider: ContentProvider {
                r#type: "external".into(),
                original_content_url: Some("https://a/1".into()),
                preview_image_url: Some("https://a/2".into()),
            },
        }
    );
    let audio = message(json!({"type": "audio", "id": "3", "contentProvider": line}));
    assert!(audio.has_content() && audio.quote_token.is_none());
    let file = message(json!({"type": "file", "id": "4", "fileName": "../見積.pdf", "fileSize": 2138}));
    assert!(file.has_content());
    assert_eq!(file.body, ContentBody::File { file_name: "../見積.pdf".into(), file_size: 2138 });
}

#[test]
fn places_and_stickers() {
    let place = message(json!({"type": "location", "id": "5", "latitude": 35, "longitude": 139.5, "title": "店"}));
    assert_eq!(place.body, ContentBody::Location { title: Some("店".into()), address: None, latitude: 35.0, longitude: 139.5 });
    let sticker = message(json!({"type": "sticker", "id": "6", "quoteToken": "q", "packageId": "1",
        "stickerId": "2", "stickerResourceType": "A_NEW_ONE", "keywords": ["love"], "text": "やあ"}));
    let ContentBody::Sticker(sticker) = sticker.body else { panic!("sticker") };
    assert_eq!((sticker.sticker_resource_type.as_str(), sticker.text.as_deref()), ("A_NEW_ONE", Some("やあ")));
}

#[test]
fn a_newer_kind_of_message_is_still_a_message() {
    let read = message(json!({"type": "hologram", "id": "7", "markAsReadToken": "m", "beams": 3}));
    assert_eq!(read.body, ContentBody::Unknown { content_type: "hologram".into() });
    assert_eq!(read.mark_as_read_token.as_deref(), Some("m"));
}

#[test]
fn broken_events_do_not_spoil_their_neighbours() {
    let events = parse(json!([
        event("unfollow", json!({})),
        event("unsend", json!({})),
        event("unsend", json!({"unsend": 5})),
        event("message", json!({"message": {"type": "text", "id": "1"}})),
        event("brandNew", json!({"brandNew": {}})),
        5,
        null,
        {"type": 7, "timestamp": "soon", "source": "?", "mode": 1, "webhookEventId": 3, "replyToken": []},
        event("join", json!({"timestamp": "soon", "source": 5, "deliveryContext": [], "unsend": 3})),
        event("follow", json!({"follow": "yes"})),
    ]));
    let problem = |at: usize| match &events[at].kind {
        EventKind::Unknown { event_type, problem } => (event_type.as_str(), problem.is_some()),
        other => panic!("{at}: {other:?}"),
    };
    assert_eq!(events.len(), 10);
    assert_eq!(events[0].kind, EventKind::Unfollow);
    assert_eq!([problem(1), problem(2), problem(3)], [("unsend", true), ("unsend", true), ("message", true)]);
    assert_eq!(events[3].user_id(), Some(USER));
    assert_eq!(problem(4), ("brandNew", false));
    assert_eq!([problem(5), problem(6), problem(7)], [("", true), ("", true), ("", false)]);
    assert_eq!((events[7].timestamp, events[7].webhook_event_id.as_deref()), (None, None));
    assert_eq!((&events[8].kind, events[8].timestamp), (&EventKind::Join, None));
    assert_eq!(events[9].kind, EventKind::Follow { is_unblocked: false });
    assert!(events.iter().all(|event| !event.raw.get().is_empty()));
}

#[test]
fn words_with_escapes_are_read() {
    let body = br#"{"destination":"U\u0031","events":[{"type":"f\u006fllow","source":{"type":"user","userId":"U\"1"}}]}"#;
    let payload = Payload::parse(body).unwrap();
    assert_eq!(payload.destination.as_deref(), Some("U1"));
    assert_eq!(payload.events[0].user_id(), Some("U\"1"));
    assert_eq!(payload.events[0].kind.event_type(), "follow");
}
