//! A picture with areas to tap.

use crate::json::{object, tagged};

object! {
    /// A picture with areas to tap.
    Imagemap {
        /// The app fetches `/240`, `/300`, `/460`, `/700` and `/1040` below it.
        base_url: String,
        /// Shown in notifications and the talk list; at most 1,500 UTF-16 units.
        alt_text: String,
        /// The coordinates' frame.
        base_size: BaseSize,
        /// At most 50.
        actions: Vec<ImagemapAction>,
    } ? {
        /// A video played on the picture.
        video: ImagemapVideo,
    }

    /// The coordinates' frame.
    BaseSize {
        /// Always 1040.
        width: u32,
        /// What the picture's height is at a width of 1040.
        height: u32,
    }

    /// A rectangle in the frame.
    Area {
        /// From the left.
        x: u32,
        /// From the top.
        y: u32,
        /// To the right.
        width: u32,
        /// Downwards.
        height: u32,
    }

    /// A video played on the picture.
    ImagemapVideo {
        /// MP4 of at most 200 MB.
        original_content_url: String,
        /// JPEG or PNG of at most 1 MB.
        preview_image_url: String,
        /// Where it plays.
        area: Area,
    } ? {
        /// Shown when it ended.
        external_link: ExternalLink,
    }

    /// What is offered after the video.
    ExternalLink {
        /// At most 1,000 UTF-16 units.
        link_uri: String,
        /// At most 30 UTF-16 units.
        label: String,
    }

    /// Opens an address.
    ImagemapUri {
        /// At most 1,000 UTF-16 units.
        link_uri: String,
        /// Where.
        area: Area,
    } ? {
        /// Read aloud by screen readers; at most 100 UTF-16 units.
        label: String,
    }

    /// Says words as the user.
    ImagemapMessage {
        /// At most 400 UTF-16 units.
        text: String,
        /// Where.
        area: Area,
    } ? {
        /// Read aloud by screen readers; at most 100 UTF-16 units.
        label: String,
    }

    /// Copies words.
    ImagemapClipboard {
        /// 1 to 1,000 UTF-16 units.
        clipboard_text: String,
        /// Where.
        area: Area,
    } ? {
        /// Read aloud by screen readers; at most 100 UTF-16 units.
        label: String,
    }
}

tagged! {
    /// What a tap on an area does.
    ImagemapAction {
        /// Opens an address.
        "uri" => Uri(ImagemapUri),
        /// Says words as the user.
        "message" => Message(ImagemapMessage),
        /// Copies words.
        "clipboard" => Clipboard(ImagemapClipboard),
    }
}
