//! The free layout: bubbles of boxes of components.
//!
//! Sizes, margins and the like are words or pixels on the wire (`md`, `12px`, `30%`) and stay
//! text here.

use super::Action;
use crate::json::{keyword, object, tagged};

tagged! {
    /// One bubble or several side by side.
    FlexContainer {
        /// One bubble.
        "bubble" => Bubble(Box<Bubble>),
        /// Up to twelve bubbles.
        "carousel" => Carousel(Carousel),
    }
}

object! {
    /// Up to twelve bubbles of one size; JSON of at most 50 KB.
    Carousel {
        /// Each with `"type": "bubble"`.
        contents: Vec<FlexContainer>,
    }

    /// One bubble; JSON of at most 30 KB.
    Bubble {
    } ? {
        /// How wide.
        size: BubbleSize,
        /// Reading direction.
        direction: Direction,
        /// First block; a box.
        header: Component,
        /// Second block; a box, image or video.
        hero: Component,
        /// Third block; a box.
        body: Component,
        /// Last block; a box.
        footer: Component,
        /// Colours and lines of the blocks.
        styles: BubbleStyles,
        /// What a tap does.
        action: Action,
    }

    /// Colours and lines of the blocks.
    BubbleStyles {
    } ? {
        /// Of the header.
        header: BlockStyle,
        /// Of the hero.
        hero: BlockStyle,
        /// Of the body.
        body: BlockStyle,
        /// Of the footer.
        footer: BlockStyle,
    }

    /// Colour and line of a block.
    BlockStyle {
    } ? {
        /// `#RRGGBB` or `#RRGGBBAA`.
        background_color: String,
        /// Whether a line stands above it.
        separator: bool,
        /// Of that line.
        separator_color: String,
    }

    /// Holds components.
    FlexBox {
        /// How they stand.
        layout: Layout,
        /// What stands in it; may be empty.
        contents: Vec<Component>,
    } ? {
        /// Share of the parent's room.
        flex: u32,
        /// Between components.
        spacing: String,
        /// Before this box.
        margin: String,
        /// Pixels or percent.
        width: String,
        /// Pixels or percent; LINE 11.22.
        max_width: String,
        /// Pixels or percent.
        height: String,
        /// Pixels or percent; LINE 11.22.
        max_height: String,
        /// All four sides.
        padding_all: String,
        /// Above.
        padding_top: String,
        /// Below.
        padding_bottom: String,
        /// At the reading start.
        padding_start: String,
        /// At the reading end.
        padding_end: String,
        /// `relative` or `absolute`.
        position: String,
        /// From the top.
        offset_top: String,
        /// From the bottom.
        offset_bottom: String,
        /// From the reading start.
        offset_start: String,
        /// From the reading end.
        offset_end: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        background_color: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        border_color: String,
        /// Pixels or a word.
        border_width: String,
        /// Pixels or a word.
        corner_radius: String,
        /// Along the layout.
        justify_content: String,
        /// Across the layout.
        align_items: String,
        /// A colour gradient.
        background: Background,
        /// What a tap does.
        action: Action,
    }

    /// A straight gradient.
    LinearGradient {
        /// `0deg` is upwards, clockwise.
        angle: String,
        /// At the start.
        start_color: String,
        /// At the end.
        end_color: String,
    } ? {
        /// In between.
        center_color: String,
        /// Where in between; percent.
        center_position: String,
    }

    /// A button.
    FlexButton {
        /// What it does.
        action: Action,
    } ? {
        /// Share of the parent's room.
        flex: u32,
        /// Before it.
        margin: String,
        /// `relative` or `absolute`.
        position: String,
        /// From the top.
        offset_top: String,
        /// From the bottom.
        offset_bottom: String,
        /// From the reading start.
        offset_start: String,
        /// From the reading end.
        offset_end: String,
        /// `sm` or `md`.
        height: String,
        /// `primary`, `secondary` or `link`.
        style: String,
        /// Of the words (`link`) or the button.
        color: String,
        /// Up and down in its room.
        gravity: String,
        /// `shrink-to-fit`.
        adjust_mode: String,
        /// Whether the words grow with the user's font size.
        scaling: bool,
    }

    /// A picture.
    FlexImage {
        /// JPEG or PNG, at most 1024 × 1024 px and 10 MB (300 KB if animated).
        url: String,
    } ? {
        /// Share of the parent's room.
        flex: u32,
        /// Before it.
        margin: String,
        /// `relative` or `absolute`.
        position: String,
        /// From the top.
        offset_top: String,
        /// From the bottom.
        offset_bottom: String,
        /// From the reading start.
        offset_start: String,
        /// From the reading end.
        offset_end: String,
        /// Left and right in its room.
        align: String,
        /// Up and down in its room.
        gravity: String,
        /// Width: a word, pixels or percent.
        size: String,
        /// `width:height`, each 1 to 100000, at most three times as high as wide.
        aspect_ratio: String,
        /// `cover` or `fit`.
        aspect_mode: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        background_color: String,
        /// Plays an animated PNG; at most 10 per message.
        animated: bool,
        /// What a tap does.
        action: Action,
    }

    /// A video; only as hero of a large bubble that stands alone.
    FlexVideo {
        /// MP4 of at most 200 MB.
        url: String,
        /// JPEG or PNG of at most 1 MB.
        preview_url: String,
        /// A box or image for apps that cannot play it.
        alt_content: Box<Component>,
    } ? {
        /// `width:height`.
        aspect_ratio: String,
        /// An address to open.
        action: Action,
    }

    /// A small picture in a line of text.
    FlexIcon {
        /// JPEG or PNG, at most 1024 × 1024 px and 1 MB.
        url: String,
    } ? {
        /// Before it.
        margin: String,
        /// `relative` or `absolute`.
        position: String,
        /// From the top.
        offset_top: String,
        /// From the bottom.
        offset_bottom: String,
        /// From the reading start.
        offset_start: String,
        /// From the reading end.
        offset_end: String,
        /// A word, or pixels.
        size: String,
        /// `width:height`.
        aspect_ratio: String,
        /// Whether it grows with the user's font size.
        scaling: bool,
    }

    /// Words; either `text` or spans, which win.
    FlexText {
    } ? {
        /// The words.
        text: String,
        /// Words in several styles.
        contents: Vec<Component>,
        /// Share of the parent's room.
        flex: u32,
        /// Before them.
        margin: String,
        /// `relative` or `absolute`.
        position: String,
        /// From the top.
        offset_top: String,
        /// From the bottom.
        offset_bottom: String,
        /// From the reading start.
        offset_start: String,
        /// From the reading end.
        offset_end: String,
        /// A word, or pixels.
        size: String,
        /// Left and right in their room.
        align: String,
        /// Up and down in their room.
        gravity: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        color: String,
        /// `regular` or `bold`.
        weight: String,
        /// `normal` or `italic`.
        style: String,
        /// `none`, `underline` or `line-through`.
        decoration: String,
        /// Whether lines break.
        wrap: bool,
        /// Between lines, in pixels; LINE 11.22.
        line_spacing: String,
        /// After so many lines `…`; 0 for all.
        max_lines: u32,
        /// `shrink-to-fit`.
        adjust_mode: String,
        /// Whether they grow with the user's font size.
        scaling: bool,
        /// What a tap does.
        action: Action,
    }

    /// Words in one style within a text.
    FlexSpan {
    } ? {
        /// The words.
        text: String,
        /// A word, or pixels.
        size: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        color: String,
        /// `regular` or `bold`.
        weight: String,
        /// `normal` or `italic`.
        style: String,
        /// `none`, `underline` or `line-through`.
        decoration: String,
    }

    /// A line.
    Separator {
    } ? {
        /// Before it.
        margin: String,
        /// `#RRGGBB` or `#RRGGBBAA`.
        color: String,
    }

    /// Room; LINE advises other means now.
    Filler {
    } ? {
        /// Share of the parent's room.
        flex: u32,
    }
}

tagged! {
    /// What stands in a box.
    Component {
        /// Holds components.
        "box" => Box(Box<FlexBox>),
        /// A button.
        "button" => Button(Box<FlexButton>),
        /// A picture.
        "image" => Image(Box<FlexImage>),
        /// A video.
        "video" => Video(Box<FlexVideo>),
        /// A small picture in a line of text.
        "icon" => Icon(Box<FlexIcon>),
        /// Words.
        "text" => Text(Box<FlexText>),
        /// Words in one style within a text.
        "span" => Span(Box<FlexSpan>),
        /// A line.
        "separator" => Separator(Separator),
        /// Room.
        "filler" => Filler(Filler),
    }
}

tagged! {
    /// What lies behind a box.
    Background {
        /// A straight gradient.
        "linearGradient" => LinearGradient(LinearGradient),
    }
}

keyword! {
    /// How wide a bubble is, from narrow to wide.
    BubbleSize {
        /// Narrowest.
        "nano" => Nano,
        /// Narrow.
        "micro" => Micro,
        /// LINE 13.6.
        "deca" => Deca,
        /// LINE 13.6.
        "hecto" => Hecto,
        /// Medium.
        "kilo" => Kilo,
        /// What LINE takes if nothing is said.
        "mega" => Mega,
        /// Widest.
        "giga" => Giga,
    }

    /// Reading direction.
    Direction {
        /// Left to right.
        "ltr" => Ltr,
        /// Right to left.
        "rtl" => Rtl,
    }

    /// How components stand in a box.
    Layout {
        /// Side by side.
        "horizontal" => Horizontal,
        /// One below the other.
        "vertical" => Vertical,
        /// Side by side on one line of writing.
        "baseline" => Baseline,
    }
}
