//! What a message, postback or beacon event carries.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A message as it arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageContent {
    /// Decimal digits; also the key to the content of pictures, videos, audio and files.
    pub id: String,
    /// Quotes this message in an answer to the same chat; does not expire.
    pub quote_token: Option<String>,
    /// The message this one quotes.
    pub quoted_message_id: Option<String>,
    /// Marks this and all earlier messages of the chat as read; does not expire.
    pub mark_as_read_token: Option<String>,
    /// What it is.
    pub body: ContentBody,
}

/// What kind of message arrived.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentBody {
    /// Words. LINE emoji stand as `(name)`, mentions as `@name`.
    Text {
        /// The words; at most 5,000 UTF-16 units.
        text: String,
        /// Where LINE emoji stand.
        emojis: Vec<EmojiSpan>,
        /// Where people are mentioned.
        mentions: Vec<Mention>,
    },
    /// A picture.
    Image {
        /// Where its bytes are.
        provider: ContentProvider,
        /// The set it was sent with; the order within a set is undefined.
        image_set: Option<ImageSet>,
    },
    /// A video.
    Video {
        /// Where its bytes are.
        provider: ContentProvider,
        /// Length in milliseconds.
        duration: Option<i64>,
    },
    /// Sound.
    Audio {
        /// Where its bytes are.
        provider: ContentProvider,
        /// Length in milliseconds.
        duration: Option<i64>,
    },
    /// A file; its bytes are at LINE.
    File {
        /// Name as the sender's device had it: not to be trusted as a path.
        file_name: String,
        /// Bytes.
        file_size: i64,
    },
    /// A place.
    Location {
        /// Name of the place.
        title: Option<String>,
        /// Address in words.
        address: Option<String>,
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// A sticker.
    Sticker(Sticker),
    /// A kind newer than this crate; its fields are in the event's raw JSON.
    Unknown {
        /// LINE's word for it.
        content_type: String,
    },
}

/// A sticker as it arrives. Its picture cannot be fetched by API.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sticker {
    /// Package.
    pub package_id: String,
    /// Sticker within the package.
    pub sticker_id: String,
    /// `STATIC`, `ANIMATION`, `CUSTOM`, … ; the list grows.
    #[serde(default)]
    pub sticker_resource_type: String,
    /// Up to 15 English words for what it shows.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Words the user typed into a message sticker.
    pub text: Option<String>,
}

/// Where the bytes of a picture, video or audio are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentProvider {
    /// `line`: fetch by message id; `external`: at the address below.
    pub r#type: String,
    /// Address of the original, only when external.
    pub original_content_url: Option<String>,
    /// Address of the preview, only when external.
    pub preview_image_url: Option<String>,
}

impl ContentProvider {
    /// Whether LINE holds the bytes, so that they can be fetched by message id.
    pub fn is_line(&self) -> bool {
        self.r#type == "line"
    }
}

/// Pictures sent at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ImageSet {
    /// The set.
    pub id: String,
    /// From 1; missing from old clients.
    pub index: Option<u32>,
    /// Pictures in the set; missing from old clients.
    pub total: Option<u32>,
}

/// A LINE emoji within a text; positions count UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmojiSpan {
    /// Where it begins.
    pub index: usize,
    /// How long its stand-in is.
    pub length: usize,
    /// Product.
    pub product_id: String,
    /// Emoji within the product.
    pub emoji_id: String,
}

/// Somebody mentioned within a text; positions count UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mention {
    /// Where it begins.
    pub index: usize,
    /// How long `@name` is.
    pub length: usize,
    /// `user` or `all`.
    pub r#type: String,
    /// Who, if LINE may tell.
    pub user_id: Option<String>,
    /// Whether that is this account.
    #[serde(default)]
    pub is_self: bool,
}

/// What a tap carried.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Postback {
    /// The data of the action; at most 300 characters.
    pub data: String,
    /// What the user chose.
    #[serde(default)]
    pub params: Option<PostbackParams>,
}

/// What the user chose in a picker, or how a rich menu tab answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PostbackParams {
    /// `yyyy-MM-dd`.
    pub date: Option<String>,
    /// `HH:mm`.
    pub time: Option<String>,
    /// `yyyy-MM-ddTHH:mm`, without a zone.
    pub datetime: Option<String>,
    /// The tab the user went to.
    pub new_rich_menu_alias_id: Option<String>,
    /// How the switch went.
    pub status: Option<RichMenuSwitch>,
}

/// How a switch of rich menu tabs went.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum RichMenuSwitch {
    /// Done.
    Success,
    /// No such alias.
    AliasNotFound,
    /// The alias points at no menu.
    RichMenuNotFound,
    /// Failed otherwise.
    Failed,
    /// A value newer than this crate.
    Other(String),
}

impl From<String> for RichMenuSwitch {
    fn from(word: String) -> Self {
        match word.as_str() {
            "SUCCESS" => Self::Success,
            "RICHMENU_ALIAS_ID_NOTFOUND" => Self::AliasNotFound,
            "RICHMENU_NOTFOUND" => Self::RichMenuNotFound,
            "FAILED" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

/// A LINE Beacon nearby.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Beacon {
    /// Hardware id.
    pub hwid: String,
    /// What the user did.
    pub r#type: BeaconType,
    /// Device message in hexadecimal.
    pub dm: Option<String>,
}

/// What the user did near a beacon.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum BeaconType {
    /// Came into range.
    Enter,
    /// Tapped the beacon banner.
    Banner,
    /// Stays in range; repeats.
    Stay,
    /// A value newer than this crate.
    Other(String),
}

impl From<String> for BeaconType {
    fn from(word: String) -> Self {
        match word.as_str() {
            "enter" => Self::Enter,
            "banner" => Self::Banner,
            "stay" => Self::Stay,
            _ => Self::Other(word),
        }
    }
}

/// How an account link ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum LinkResult {
    /// Linked.
    Ok,
    /// Not linked; such an event has neither source nor reply token.
    Failed,
    /// A value newer than this crate.
    Other(String),
}

impl From<String> for LinkResult {
    fn from(word: String) -> Self {
        match word.as_str() {
            "ok" => Self::Ok,
            "failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    r#type: String,
    id: String,
    quote_token: Option<String>,
    quoted_message_id: Option<String>,
    mark_as_read_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    text: String,
    #[serde(default)]
    emojis: Vec<EmojiSpan>,
    #[serde(default)]
    mention: Mentions,
}

#[derive(Default, Deserialize)]
struct Mentions {
    mentionees: Vec<Mention>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    content_provider: ContentProvider,
    image_set: Option<ImageSet>,
    duration: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_name: String,
    file_size: i64,
}

#[derive(Deserialize)]
struct Location {
    title: Option<String>,
    address: Option<String>,
    latitude: f64,
    longitude: f64,
}

impl MessageContent {
    pub(super) fn read(raw: &RawValue) -> Result<Self, serde_json::Error> {
        let json = raw.get();
        let head: Head = serde_json::from_str(json)?;
        let body = match head.r#type.as_str() {
            "text" => {
                let Text { text, emojis, mention } = serde_json::from_str(json)?;
                ContentBody::Text { text, emojis, mentions: mention.mentionees }
            }
            "image" => {
                let media: Media = serde_json::from_str(json)?;
                ContentBody::Image { provider: media.content_provider, image_set: media.image_set }
            }
            "video" => {
                let media: Media = serde_json::from_str(json)?;
                ContentBody::Video { provider: media.content_provider, duration: media.duration }
            }
            "audio" => {
                let media: Media = serde_json::from_str(json)?;
                ContentBody::Audio { provider: media.content_provider, duration: media.duration }
            }
            "file" => {
                let File { file_name, file_size } = serde_json::from_str(json)?;
                ContentBody::File { file_name, file_size }
            }
            "location" => {
                let Location { title, address, latitude, longitude } = serde_json::from_str(json)?;
                ContentBody::Location { title, address, latitude, longitude }
            }
            "sticker" => ContentBody::Sticker(serde_json::from_str(json)?),
            _ => ContentBody::Unknown { content_type: head.r#type },
        };
        Ok(Self {
            id: head.id,
            quote_token: head.quote_token,
            quoted_message_id: head.quoted_message_id,
            mark_as_read_token: head.mark_as_read_token,
            body,
        })
    }

    /// The words, if it is a text.
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            ContentBody::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether LINE holds bytes that can be fetched by this message's id.
    pub fn has_content(&self) -> bool {
        match &self.body {
            ContentBody::Image { provider, .. } | ContentBody::Video { provider, .. } | ContentBody::Audio { provider, .. } => {
                provider.is_line()
            }
            ContentBody::File { .. } => true,
            _ => false,
        }
    }
}
