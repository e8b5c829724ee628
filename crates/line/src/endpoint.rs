//! LINE's calls as data: method, host, path and how often each may be made.
//!
//! Everything that calls LINE, waits for LINE's rate limits or checks itself against LINE's
//! specification reads this one list. Sources: Messaging API reference, "Rate limits" and the
//! sections of the single endpoints; LINE Login v2.1 reference; LIFF server API reference.

use std::time::Duration;

/// HTTP method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does or creates.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The word in the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Which of LINE's hosts answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// `https://api.line.me`: nearly everything.
    Api,
    /// `https://api-data.line.me`: bytes of messages and rich menus, files of user ids.
    ApiData,
}

/// So many calls in such a time, per channel; a token bucket that refills steadily. LINE does not
/// publish its capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Calls.
    pub calls: u32,
    /// In this time.
    pub per: Duration,
}

impl Rate {
    const fn per_second(calls: u32) -> Option<Self> {
        Some(Self { calls, per: Duration::from_secs(1) })
    }

    const fn per_minute(calls: u32) -> Option<Self> {
        Some(Self { calls, per: Duration::from_secs(60) })
    }

    const fn per_hour(calls: u32) -> Option<Self> {
        Some(Self { calls, per: Duration::from_secs(3600) })
    }

    /// Time between two calls at this rate.
    pub fn interval(self) -> Duration {
        self.per / self.calls
    }
}

/// One of LINE's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Method.
    pub method: Method,
    /// Host.
    pub host: Host,
    /// Path; `{name}` stands for a value.
    pub path: &'static str,
    /// How often; none where LINE publishes no figure.
    pub rate: Option<Rate>,
    /// Whether it takes `X-Line-Retry-Key`. Elsewhere LINE answers 400 to that header.
    pub retry_key: bool,
}

/// A value that cannot stand in a path: empty, `.` or `..` would name another call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a value for {path} is missing or cannot stand in a path: {value:?}")]
pub struct BadPathValue {
    path: &'static str,
    value: String,
}

impl Endpoint {
    /// The path with the values put in, percent-encoded, in order of the `{name}`s.
    pub fn path_with(&self, values: &[&str]) -> Result<String, BadPathValue> {
        let mut path = String::with_capacity(self.path.len() + 64);
        let mut values = values.iter();
        let mut rest = self.path;
        while let Some((before, after)) = rest.split_once('{') {
            let value = values.next().copied().unwrap_or_default();
            if matches!(value, "" | "." | "..") {
                return Err(BadPathValue { path: self.path, value: value.to_owned() });
            }
            path.push_str(before);
            push_encoded(&mut path, value);
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        path.push_str(rest);
        Ok(path)
    }
}

/// RFC 3986: everything but the unreserved characters as `%XX`.
pub(crate) fn push_encoded(out: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

const USUAL: Option<Rate> = Rate::per_second(2_000);
const SEND_LARGE: Option<Rate> = Rate::per_hour(60);
const AUDIENCE: Option<Rate> = Rate::per_minute(60);
const INSIGHT: Option<Rate> = Rate::per_hour(60);
const RARE_MENU: Option<Rate> = Rate::per_hour(100);
const MEMBERSHIP: Option<Rate> = Rate::per_second(200);
const COUPON: Option<Rate> = Rate::per_second(200);
const UNPUBLISHED: Option<Rate> = None;

macro_rules! endpoints {
    ($( $(#[$meta:meta])* $name:ident = $method:ident $host:ident $path:literal $rate:expr $(, $key:ident)?; )*) => {
        $(
            $(#[$meta])*
            pub const $name: Endpoint = Endpoint {
                method: Method::$method,
                host: Host::$host,
                path: $path,
                rate: $rate,
                retry_key: endpoints!(@key $($key)?),
            };
        )*

        /// Every call with its name.
        pub const ALL: &[(&str, Endpoint)] = &[$((stringify!($name), $name)),*];
    };
    (@key) => { false };
    (@key retry_key) => { true };
}

endpoints! {
    /// Answers an event, free of charge.
    REPLY = Post Api "/v2/bot/message/reply" USUAL;
    /// Says something to one user, group or room.
    PUSH = Post Api "/v2/bot/message/push" USUAL, retry_key;
    /// Says the same to up to 500 users.
    MULTICAST = Post Api "/v2/bot/message/multicast" Rate::per_second(200), retry_key;
    /// Says the same to friends LINE selects.
    NARROWCAST = Post Api "/v2/bot/message/narrowcast" SEND_LARGE, retry_key;
    /// How a narrowcast goes.
    NARROWCAST_PROGRESS = Get Api "/v2/bot/message/progress/narrowcast" USUAL;
    /// Says the same to all friends.
    BROADCAST = Post Api "/v2/bot/message/broadcast" SEND_LARGE, retry_key;
    /// Would LINE take it as a reply?
    VALIDATE_REPLY = Post Api "/v2/bot/message/validate/reply" USUAL;
    /// Would LINE take it as a push?
    VALIDATE_PUSH = Post Api "/v2/bot/message/validate/push" USUAL;
    /// Would LINE take it as a multicast?
    VALIDATE_MULTICAST = Post Api "/v2/bot/message/validate/multicast" USUAL;
    /// Would LINE take it as a narrowcast?
    VALIDATE_NARROWCAST = Post Api "/v2/bot/message/validate/narrowcast" USUAL;
    /// Would LINE take it as a broadcast?
    VALIDATE_BROADCAST = Post Api "/v2/bot/message/validate/broadcast" USUAL;

    /// How many messages this month allows.
    QUOTA = Get Api "/v2/bot/message/quota" USUAL;
    /// How many were used.
    QUOTA_CONSUMPTION = Get Api "/v2/bot/message/quota/consumption" USUAL;
    /// Replies of a day.
    SENT_REPLY = Get Api "/v2/bot/message/delivery/reply" USUAL;
    /// Pushes of a day.
    SENT_PUSH = Get Api "/v2/bot/message/delivery/push" USUAL;
    /// Multicasts of a day.
    SENT_MULTICAST = Get Api "/v2/bot/message/delivery/multicast" USUAL;
    /// Broadcasts of a day.
    SENT_BROADCAST = Get Api "/v2/bot/message/delivery/broadcast" USUAL;
    /// Notification messages of a day.
    SENT_PNP = Get Api "/v2/bot/message/delivery/pnp" USUAL;
    /// Notification messages by template of a day; documented but not in the OpenAPI files.
    SENT_PNP_TEMPLATED = Get Api "/v2/bot/message/delivery/pnp/templated" USUAL;
    /// How many aggregation units this month has.
    UNIT_COUNT = Get Api "/v2/bot/message/aggregation/info" USUAL;
    /// Their names.
    UNIT_NAMES = Get Api "/v2/bot/message/aggregation/list" USUAL;

    /// Shows the waiting dots.
    LOADING_START = Post Api "/v2/bot/chat/loading/start" Rate::per_second(100);
    /// Marks messages as read.
    MARK_AS_READ = Post Api "/v2/bot/chat/markAsRead" USUAL;

    /// Says where webhooks go.
    SET_WEBHOOK = Put Api "/v2/bot/channel/webhook/endpoint" Rate::per_minute(1_000);
    /// Where webhooks go.
    GET_WEBHOOK = Get Api "/v2/bot/channel/webhook/endpoint" Rate::per_minute(1_000);
    /// Lets LINE try it.
    TEST_WEBHOOK = Post Api "/v2/bot/channel/webhook/test" Rate::per_hour(60);

    /// The bytes of a message.
    CONTENT = Get ApiData "/v2/bot/message/{messageId}/content" USUAL;
    /// A smaller picture of it.
    CONTENT_PREVIEW = Get ApiData "/v2/bot/message/{messageId}/content/preview" USUAL;
    /// Whether its bytes are ready.
    CONTENT_TRANSCODING = Get ApiData "/v2/bot/message/{messageId}/content/transcoding" USUAL;

    /// A friend's profile.
    PROFILE = Get Api "/v2/bot/profile/{userId}" USUAL;
    /// All friends; verified accounts only.
    FOLLOWER_IDS = Get Api "/v2/bot/followers/ids" USUAL;
    /// The account itself.
    BOT_INFO = Get Api "/v2/bot/info" USUAL;
    /// A group's name and picture.
    GROUP_SUMMARY = Get Api "/v2/bot/group/{groupId}/summary" USUAL;
    /// How many are in a group.
    GROUP_COUNT = Get Api "/v2/bot/group/{groupId}/members/count" USUAL;
    /// Who is in a group; verified accounts only.
    GROUP_MEMBERS = Get Api "/v2/bot/group/{groupId}/members/ids" USUAL;
    /// A group member's profile.
    GROUP_MEMBER = Get Api "/v2/bot/group/{groupId}/member/{userId}" USUAL;
    /// Leaves a group.
    GROUP_LEAVE = Post Api "/v2/bot/group/{groupId}/leave" USUAL;
    /// How many are in a room.
    ROOM_COUNT = Get Api "/v2/bot/room/{roomId}/members/count" USUAL;
    /// Who is in a room; verified accounts only.
    ROOM_MEMBERS = Get Api "/v2/bot/room/{roomId}/members/ids" USUAL;
    /// A room member's profile.
    ROOM_MEMBER = Get Api "/v2/bot/room/{roomId}/member/{userId}" USUAL;
    /// Leaves a room.
    ROOM_LEAVE = Post Api "/v2/bot/room/{roomId}/leave" USUAL;
    /// A token for the account link dialog.
    LINK_TOKEN = Post Api "/v2/bot/user/{userId}/linkToken" USUAL;

    /// Makes a rich menu.
    MENU_CREATE = Post Api "/v2/bot/richmenu" RARE_MENU;
    /// Would LINE take it?
    MENU_VALIDATE = Post Api "/v2/bot/richmenu/validate" USUAL;
    /// Gives it its picture, once.
    MENU_SET_IMAGE = Post ApiData "/v2/bot/richmenu/{richMenuId}/content" USUAL;
    /// Its picture.
    MENU_IMAGE = Get ApiData "/v2/bot/richmenu/{richMenuId}/content" USUAL;
    /// All rich menus made by API.
    MENU_LIST = Get Api "/v2/bot/richmenu/list" Rate::per_second(10);
    /// One of them.
    MENU_GET = Get Api "/v2/bot/richmenu/{richMenuId}" USUAL;
    /// Removes one.
    MENU_DELETE = Delete Api "/v2/bot/richmenu/{richMenuId}" RARE_MENU;
    /// Shows one to all who have none of their own.
    MENU_SET_DEFAULT = Post Api "/v2/bot/user/all/richmenu/{richMenuId}" USUAL;
    /// Which is shown to all.
    MENU_DEFAULT = Get Api "/v2/bot/user/all/richmenu" USUAL;
    /// Shows none to all.
    MENU_CANCEL_DEFAULT = Delete Api "/v2/bot/user/all/richmenu" USUAL;
    /// Shows one to a user.
    MENU_LINK = Post Api "/v2/bot/user/{userId}/richmenu/{richMenuId}" USUAL;
    /// Which a user has.
    MENU_OF_USER = Get Api "/v2/bot/user/{userId}/richmenu" USUAL;
    /// Takes it from a user.
    MENU_UNLINK = Delete Api "/v2/bot/user/{userId}/richmenu" USUAL;
    /// Shows one to up to 500 users.
    MENU_BULK_LINK = Post Api "/v2/bot/richmenu/bulk/link" USUAL;
    /// Takes it from up to 500 users.
    MENU_BULK_UNLINK = Post Api "/v2/bot/richmenu/bulk/unlink" USUAL;
    /// Moves everybody from one menu to another.
    MENU_BATCH = Post Api "/v2/bot/richmenu/batch" Rate::per_hour(3);
    /// Would LINE take that?
    MENU_VALIDATE_BATCH = Post Api "/v2/bot/richmenu/validate/batch" USUAL;
    /// How that goes.
    MENU_BATCH_PROGRESS = Get Api "/v2/bot/richmenu/progress/batch" RARE_MENU;
    /// Names a menu, for tabs.
    ALIAS_CREATE = Post Api "/v2/bot/richmenu/alias" USUAL;
    /// Points a name at another menu.
    ALIAS_UPDATE = Post Api "/v2/bot/richmenu/alias/{richMenuAliasId}" USUAL;
    /// What a name points at.
    ALIAS_GET = Get Api "/v2/bot/richmenu/alias/{richMenuAliasId}" USUAL;
    /// Removes a name.
    ALIAS_DELETE = Delete Api "/v2/bot/richmenu/alias/{richMenuAliasId}" RARE_MENU;
    /// All names.
    ALIAS_LIST = Get Api "/v2/bot/richmenu/alias/list" USUAL;

    /// Makes an audience of user ids.
    AUDIENCE_CREATE = Post Api "/v2/bot/audienceGroup/upload" AUDIENCE;
    /// Adds user ids.
    AUDIENCE_ADD = Put Api "/v2/bot/audienceGroup/upload" AUDIENCE;
    /// Makes an audience of a file of user ids.
    AUDIENCE_CREATE_BY_FILE = Post ApiData "/v2/bot/audienceGroup/upload/byFile" AUDIENCE;
    /// Adds a file of user ids.
    AUDIENCE_ADD_BY_FILE = Put ApiData "/v2/bot/audienceGroup/upload/byFile" AUDIENCE;
    /// Makes an audience of who tapped a link.
    AUDIENCE_CREATE_CLICK = Post Api "/v2/bot/audienceGroup/click" AUDIENCE;
    /// Makes an audience of who saw a message.
    AUDIENCE_CREATE_IMP = Post Api "/v2/bot/audienceGroup/imp" AUDIENCE;
    /// Renames one.
    AUDIENCE_RENAME = Put Api "/v2/bot/audienceGroup/{audienceGroupId}/updateDescription" AUDIENCE;
    /// Removes one.
    AUDIENCE_DELETE = Delete Api "/v2/bot/audienceGroup/{audienceGroupId}" AUDIENCE;
    /// One with its jobs.
    AUDIENCE_GET = Get Api "/v2/bot/audienceGroup/{audienceGroupId}" AUDIENCE;
    /// All of them.
    AUDIENCE_LIST = Get Api "/v2/bot/audienceGroup/list" AUDIENCE;
    /// One shared by Business Manager.
    AUDIENCE_SHARED_GET = Get Api "/v2/bot/audienceGroup/shared/{audienceGroupId}" AUDIENCE;
    /// All shared ones.
    AUDIENCE_SHARED_LIST = Get Api "/v2/bot/audienceGroup/shared/list" AUDIENCE;

    /// Messages sent on a day, by road.
    INSIGHT_DELIVERY = Get Api "/v2/bot/insight/message/delivery" INSIGHT;
    /// Friends on a day.
    INSIGHT_FOLLOWERS = Get Api "/v2/bot/insight/followers" INSIGHT;
    /// Who the friends are, as LINE estimates.
    INSIGHT_DEMOGRAPHIC = Get Api "/v2/bot/insight/demographic" INSIGHT;
    /// How a broadcast or narrowcast was received.
    INSIGHT_MESSAGE = Get Api "/v2/bot/insight/message/event" INSIGHT;
    /// How the messages of an aggregation unit were received.
    INSIGHT_UNIT = Get Api "/v2/bot/insight/message/event/aggregation" INSIGHT;
    /// How a rich menu was used, summed.
    INSIGHT_MENU_SUMMARY = Get Api "/v2/bot/insight/richmenu/{richMenuId}/summary" INSIGHT;
    /// How a rich menu was used, by day.
    INSIGHT_MENU_DAILY = Get Api "/v2/bot/insight/richmenu/{richMenuId}/daily" INSIGHT;

    /// Sends a LINE notification message (PNP) of free form.
    PNP_PUSH = Post Api "/bot/pnp/push" UNPUBLISHED;
    /// Sends one by template; documented but not in the OpenAPI files.
    PNP_TEMPLATED_PUSH = Post Api "/v2/bot/message/pnp/templated/push" UNPUBLISHED;

    /// Makes a coupon.
    COUPON_CREATE = Post Api "/v2/bot/coupon" COUPON;
    /// Ends a coupon.
    COUPON_CLOSE = Put Api "/v2/bot/coupon/{couponId}/close" COUPON;
    /// All coupons.
    COUPON_LIST = Get Api "/v2/bot/coupon" COUPON;
    /// One coupon.
    COUPON_GET = Get Api "/v2/bot/coupon/{couponId}" COUPON;

    /// A user's memberships.
    MEMBERSHIP_OF_USER = Get Api "/v2/bot/membership/subscription/{userId}" MEMBERSHIP;
    /// The account's plans.
    MEMBERSHIP_LIST = Get Api "/v2/bot/membership/list" MEMBERSHIP;
    /// Who is in a plan.
    MEMBERSHIP_USERS = Get Api "/v2/bot/membership/{membershipId}/users/ids" USUAL;

    /// A stateless channel token.
    TOKEN_STATELESS = Post Api "/oauth2/v3/token" UNPUBLISHED;
    /// A short-lived channel token.
    TOKEN_SHORT = Post Api "/v2/oauth/accessToken" Rate::per_second(370);
    /// What a short- or long-lived channel token is.
    TOKEN_VERIFY = Post Api "/v2/oauth/verify" USUAL;
    /// Ends a short- or long-lived channel token.
    TOKEN_REVOKE = Post Api "/v2/oauth/revoke" USUAL;

    /// LINE Login: code or refresh token for tokens.
    LOGIN_TOKEN = Post Api "/oauth2/v2.1/token" UNPUBLISHED;
    /// LINE Login: what a user's access token is.
    LOGIN_VERIFY_ACCESS = Get Api "/oauth2/v2.1/verify" UNPUBLISHED;
    /// LINE Login: LINE checks an ID token.
    LOGIN_VERIFY_ID = Post Api "/oauth2/v2.1/verify" UNPUBLISHED;
    /// LINE Login: who the user is, by OpenID.
    LOGIN_USERINFO = Get Api "/oauth2/v2.1/userinfo" UNPUBLISHED;
    /// LINE Login: the user's profile.
    LOGIN_PROFILE = Get Api "/v2/profile" UNPUBLISHED;
    /// LINE Login: is the user a friend of the linked account?
    LOGIN_FRIENDSHIP = Get Api "/friendship/v1/status" UNPUBLISHED;
    /// LINE Login: ends a user's access token.
    LOGIN_REVOKE = Post Api "/oauth2/v2.1/revoke" UNPUBLISHED;
    /// LINE Login: gives up what the user allowed.
    LOGIN_DEAUTHORIZE = Post Api "/user/v1/deauthorize" UNPUBLISHED;
    /// Public keys of ES256 ID tokens.
    LOGIN_CERTS = Get Api "/oauth2/v2.1/certs" UNPUBLISHED;

    /// Makes a LIFF app.
    LIFF_CREATE = Post Api "/liff/v1/apps" USUAL;
    /// All LIFF apps of the channel.
    LIFF_LIST = Get Api "/liff/v1/apps" USUAL;
    /// Changes one.
    LIFF_UPDATE = Put Api "/liff/v1/apps/{liffId}" USUAL;
    /// Removes one.
    LIFF_DELETE = Delete Api "/liff/v1/apps/{liffId}" USUAL;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_into_the_path_in_order_and_encoded() {
        assert_eq!(MENU_LINK.path_with(&["U1", "richmenu-2"]).unwrap(), "/v2/bot/user/U1/richmenu/richmenu-2");
        assert_eq!(PROFILE.path_with(&["a/b ?"]).unwrap(), "/v2/bot/profile/a%2Fb%20%3F");
        assert_eq!(PUSH.path_with(&[]).unwrap(), "/v2/bot/message/push");
    }

    #[test]
    fn a_value_that_would_name_another_call_is_refused() {
        for value in ["", ".", ".."] {
            assert!(PROFILE.path_with(&[value]).is_err(), "{value:?}");
        }
        assert!(MENU_LINK.path_with(&["U1"]).is_err());
    }

    #[test]
    fn only_the_four_sends_take_a_retry_key() {
        let with: Vec<_> = ALL.iter().filter(|(_, e)| e.retry_key).map(|(n, _)| *n).collect();
        assert_eq!(with, ["PUSH", "MULTICAST", "NARROWCAST", "BROADCAST"]);
    }
}
