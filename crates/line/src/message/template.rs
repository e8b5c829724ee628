//! The fixed layouts.

use super::Action;
use crate::json::{keyword, object, tagged};

tagged! {
    /// The fixed layouts.
    Template {
        /// A picture, words and up to four buttons.
        "buttons" => Buttons(Box<Buttons>),
        /// Words and two buttons.
        "confirm" => Confirm(Confirm),
        /// Cards side by side.
        "carousel" => Carousel(CarouselTemplate),
        /// Pictures side by side.
        "image_carousel" => ImageCarousel(ImageCarousel),
    }
}

object! {
    /// A picture, words and up to four buttons.
    Buttons {
        /// At most 160 characters, or 60 with a picture or title.
        text: String,
        /// One to four.
        actions: Vec<Action>,
    } ? {
        /// JPEG or PNG, at most 1024 px wide and 10 MB.
        thumbnail_image_url: String,
        /// Shape of the picture.
        image_aspect_ratio: ImageAspectRatio,
        /// How the picture fills its frame.
        image_size: ImageSize,
        /// Behind the picture; `#RRGGBB`.
        image_background_color: String,
        /// At most 40 characters.
        title: String,
        /// What a tap on the picture or words does.
        default_action: Action,
    }

    /// Words and two buttons.
    Confirm {
        /// At most 240 characters.
        text: String,
        /// Exactly two.
        actions: Vec<Action>,
    }

    /// Cards side by side.
    CarouselTemplate {
        /// At most 10.
        columns: Vec<CarouselColumn>,
    } ? {
        /// Shape of all pictures.
        image_aspect_ratio: ImageAspectRatio,
        /// How the pictures fill their frames.
        image_size: ImageSize,
    }

    /// One card; all cards have equally many buttons, and all or none a picture or title.
    CarouselColumn {
        /// At most 120 characters, or 60 with a picture or title.
        text: String,
        /// At most three.
        actions: Vec<Action>,
    } ? {
        /// JPEG or PNG, at most 1024 px wide and 10 MB.
        thumbnail_image_url: String,
        /// Behind the picture; `#RRGGBB`.
        image_background_color: String,
        /// At most 40 characters.
        title: String,
        /// What a tap on the picture or words does.
        default_action: Action,
    }

    /// Pictures side by side.
    ImageCarousel {
        /// At most 10.
        columns: Vec<ImageCarouselColumn>,
    }

    /// One picture.
    ImageCarouselColumn {
        /// JPEG or PNG, square, at most 1024 px wide and 10 MB.
        image_url: String,
        /// What a tap does.
        action: Action,
    }
}

keyword! {
    /// Shape of a template's picture.
    ImageAspectRatio {
        /// 1.51:1.
        "rectangle" => Rectangle,
        /// 1:1.
        "square" => Square,
    }

    /// How a picture fills its frame.
    ImageSize {
        /// Fills it and is cut.
        "cover" => Cover,
        /// Fits into it whole.
        "contain" => Contain,
    }
}
