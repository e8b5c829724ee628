//! What can be said: the message objects of the Messaging API.
//!
//! One type per object of the reference ("Message objects"), with the wire's names in Rust's
//! spelling. JSON that comes in goes out again with nothing lost: see [`Extra`](crate::Extra).
//! The types hold what JSON holds; whether LINE will take it, `validate`
//! tells.

mod action;
mod flex;
mod imagemap;
mod template;

pub use action::{
    Action, AltUri, CameraAction, CameraRollAction, ClipboardAction, DatetimeMode, DatetimePickerAction, InputOption,
    LocationAction, MessageAction, PostbackAction, RichMenuSwitchAction, UriAction,
};
pub use flex::{
    Background, BlockStyle, Bubble, BubbleSize, BubbleStyles, Carousel, Component, Direction, Filler, FlexBox, FlexButton,
    FlexContainer, FlexIcon, FlexImage, FlexSpan, FlexText, FlexVideo, Layout, LinearGradient, Separator,
};
pub use imagemap::{
    Area, BaseSize, ExternalLink, Imagemap, ImagemapAction, ImagemapClipboard, ImagemapMessage, ImagemapUri, ImagemapVideo,
};
pub use template::{
    Buttons, CarouselColumn, CarouselTemplate, Confirm, ImageAspectRatio, ImageCarousel, ImageCarouselColumn, ImageSize, Template,
};

use crate::json::{Extra, object, tagged};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One bubble, with what every kind of message may carry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// What it says or shows.
    #[serde(flatten)]
    pub body: Body,
    /// Buttons above the keyboard; only those of the last message are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quick_reply: Option<QuickReply>,
    /// Another name and icon to speak under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sender>,
}

tagged! {
    /// The kinds of messages.
    Body {
        /// Words with LINE emoji by position.
        "text" => Text(Text),
        /// Words with named slots for mentions and emoji.
        "textV2" => TextV2(TextV2),
        /// A sticker.
        "sticker" => Sticker(Sticker),
        /// A picture.
        "image" => Image(Image),
        /// A video.
        "video" => Video(Video),
        /// Sound.
        "audio" => Audio(Audio),
        /// A place.
        "location" => Location(Location),
        /// A coupon.
        "coupon" => Coupon(Coupon),
        /// A picture with areas to tap.
        "imagemap" => Imagemap(Imagemap),
        /// One of the fixed layouts.
        "template" => Template(TemplateMessage),
        /// A free layout.
        "flex" => Flex(Flex),
    }
}

object! {
    /// Words, with LINE emoji by position.
    Text {
        /// At most 5,000 UTF-16 units; each LINE emoji stands as a `$`.
        text: String,
    } ? {
        /// LINE emoji; at most 20.
        emojis: Vec<Emoji>,
        /// The message to quote.
        quote_token: String,
    }

    /// A LINE emoji at a place in a text.
    Emoji {
        /// Position of the `$`, in UTF-16 units.
        index: u32,
        /// Product.
        product_id: String,
        /// Emoji within the product.
        emoji_id: String,
    }

    /// Words with slots `{name}`; a brace itself is written `{{` or `}}`.
    TextV2 {
        /// At most 5,000 UTF-16 units.
        text: String,
    } ? {
        /// What stands in each slot; at most 100.
        substitution: BTreeMap<String, Substitution>,
        /// The message to quote.
        quote_token: String,
    }

    /// Mentions somebody; only for groups and rooms, by reply or push.
    MentionSubstitution {
        /// Whom.
        mentionee: Mentionee,
    }

    /// A LINE emoji.
    EmojiSubstitution {
        /// Product.
        product_id: String,
        /// Emoji within the product.
        emoji_id: String,
    }

    /// One member.
    UserMention {
        /// Who.
        user_id: String,
    }

    /// Everybody in the chat.
    AllMention {}

    /// A sticker of LINE's sendable list.
    Sticker {
        /// Package.
        package_id: String,
        /// Sticker within the package.
        sticker_id: String,
    } ? {
        /// The message to quote.
        quote_token: String,
    }

    /// A picture by address.
    Image {
        /// JPEG or PNG of at most 10 MB.
        original_content_url: String,
        /// JPEG or PNG of at most 1 MB.
        preview_image_url: String,
    }

    /// A video by address.
    Video {
        /// MP4 of at most 200 MB.
        original_content_url: String,
        /// JPEG or PNG of at most 1 MB.
        preview_image_url: String,
    } ? {
        /// Tells us when it was seen to the end; not for groups and rooms.
        tracking_id: String,
    }

    /// Sound by address.
    Audio {
        /// MP3 or M4A of at most 200 MB.
        original_content_url: String,
        /// Length in milliseconds.
        duration: u64,
    }

    /// A place.
    Location {
        /// Its name; at most 100 UTF-16 units.
        title: String,
        /// Its address; at most 100 UTF-16 units.
        address: String,
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    }

    /// A coupon made by the coupon API or in LINE's manager.
    Coupon {
        /// Which.
        coupon_id: String,
    } ? {
        /// The path shown in LINE's manager; at most 30 of `A-Za-z0-9_`.
        delivery_tag: String,
    }

    /// A fixed layout and the words for where it cannot be drawn.
    TemplateMessage {
        /// Shown in notifications and the talk list; at most 1,500 UTF-16 units.
        alt_text: String,
        /// The layout.
        template: Template,
    }

    /// A free layout and the words for where it cannot be drawn.
    Flex {
        /// Shown in notifications and the talk list; at most 1,500 UTF-16 units.
        alt_text: String,
        /// The layout.
        contents: FlexContainer,
    }

    /// Buttons above the keyboard.
    QuickReply {
        /// At most 13.
        items: Vec<QuickReplyItem>,
    }

    /// One such button.
    QuickReplyItem {
        /// What it does.
        action: Action,
        /// Always `action`.
        r#type: String,
    } ? {
        /// Icon; PNG, square, at most 1 MB.
        image_url: String,
    }

    /// Another name and icon to speak under.
    Sender {
    } ? {
        /// At most 20 UTF-16 units.
        name: String,
        /// PNG, square, at most 1 MB.
        icon_url: String,
    }
}

tagged! {
    /// What stands in a slot of a [`TextV2`].
    Substitution {
        /// Somebody.
        "mention" => Mention(MentionSubstitution),
        /// A LINE emoji.
        "emoji" => Emoji(EmojiSubstitution),
    }
}

tagged! {
    /// Who is mentioned.
    Mentionee {
        /// One member.
        "user" => User(UserMention),
        /// Everybody.
        "all" => All(AllMention),
    }
}

impl Message {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::from(Body::Text(Text::new(text)))
    }

    /// The same message with quick reply buttons, each doing one action.
    pub fn with_quick_reply(mut self, actions: impl IntoIterator<Item = Action>) -> Self {
        let items: Vec<_> = actions.into_iter().map(|action| QuickReplyItem::new(action, "action")).collect();
        self.quick_reply = Some(QuickReply::new(items));
        self
    }
}

impl<T: Into<Body>> From<T> for Message {
    fn from(body: T) -> Self {
        Self { body: body.into(), quick_reply: None, sender: None }
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut object = Extra::deserialize(deserializer)?;
        Ok(Self {
            quick_reply: take(&mut object, "quickReply")?,
            sender: take(&mut object, "sender")?,
            body: Body::deserialize(Value::Object(object)).map_err(serde::de::Error::custom)?,
        })
    }
}

fn take<T, E>(object: &mut Extra, name: &str) -> Result<Option<T>, E>
where
    T: serde::de::DeserializeOwned,
    E: serde::de::Error,
{
    match object.remove(name) {
        None => Ok(None),
        Some(value) => serde_json::from_value(value).map_err(|error| E::custom(format_args!("{name}: {error}"))),
    }
}
