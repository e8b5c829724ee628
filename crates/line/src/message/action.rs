//! What a tap does.

use crate::json::{keyword, object, tagged};

tagged! {
    /// The kinds of actions. Where each may stand, `validate` knows.
    Action {
        /// Sends data to us, and words into the talk if wished.
        "postback" => Postback(PostbackAction),
        /// Says words as the user.
        "message" => Message(MessageAction),
        /// Opens an address.
        "uri" => Uri(UriAction),
        /// Lets the user choose a date or time.
        "datetimepicker" => DatetimePicker(DatetimePickerAction),
        /// Opens the camera; quick reply only.
        "camera" => Camera(CameraAction),
        /// Opens the camera roll; quick reply only.
        "cameraRoll" => CameraRoll(CameraRollAction),
        /// Opens the map; quick reply only.
        "location" => Location(LocationAction),
        /// Goes to another tab; rich menu only.
        "richmenuswitch" => RichMenuSwitch(RichMenuSwitchAction),
        /// Copies words.
        "clipboard" => Clipboard(ClipboardAction),
    }
}

object! {
    /// Sends data to us, and words into the talk if wished.
    PostbackAction {
        /// Comes back in the postback event; at most 300 UTF-16 units.
        data: String,
    } ? {
        /// Shown on the button.
        label: String,
        /// Said as the user; at most 300 characters.
        display_text: String,
        /// Older way of `display_text`; not both.
        text: String,
        /// What happens to keyboard and rich menu.
        input_option: InputOption,
        /// Words put into the input field; only with [`InputOption::OpenKeyboard`].
        fill_in_text: String,
    }

    /// Says words as the user.
    MessageAction {
        /// At most 300 characters.
        text: String,
    } ? {
        /// Shown on the button.
        label: String,
    }

    /// Opens an address.
    UriAction {
        /// `http`, `https`, `line` or `tel`; at most 1,000 UTF-16 units.
        uri: String,
    } ? {
        /// Shown on the button.
        label: String,
        /// Another address for LINE on a computer.
        alt_uri: AltUri,
    }

    /// Another address for LINE on a computer.
    AltUri {
        /// At most 1,000 UTF-16 units.
        desktop: String,
    }

    /// Lets the user choose a date or time; the choice knows no zone.
    DatetimePickerAction {
        /// Comes back in the postback event; at most 300 UTF-16 units.
        data: String,
        /// What is chosen.
        mode: DatetimeMode,
    } ? {
        /// Shown on the button.
        label: String,
        /// Shown first.
        initial: String,
        /// Latest choice.
        max: String,
        /// Earliest choice.
        min: String,
    }

    /// Opens the camera.
    CameraAction {
        /// Shown on the button.
        label: String,
    }

    /// Opens the camera roll.
    CameraRollAction {
        /// Shown on the button.
        label: String,
    }

    /// Opens the map.
    LocationAction {
        /// Shown on the button.
        label: String,
    }

    /// Goes to another tab of the rich menu.
    RichMenuSwitchAction {
        /// The tab.
        rich_menu_alias_id: String,
        /// Comes back in the postback event; at most 300 UTF-16 units.
        data: String,
    } ? {
        /// Read aloud by screen readers.
        label: String,
    }

    /// Copies words; LINE 14.0.0 and later.
    ClipboardAction {
        /// 1 to 1,000 UTF-16 units.
        clipboard_text: String,
    } ? {
        /// Shown on the button.
        label: String,
    }
}

keyword! {
    /// What happens to keyboard and rich menu on a postback.
    InputOption {
        /// Closes the rich menu.
        "closeRichMenu" => CloseRichMenu,
        /// Opens the rich menu.
        "openRichMenu" => OpenRichMenu,
        /// Opens the keyboard.
        "openKeyboard" => OpenKeyboard,
        /// Opens the voice input.
        "openVoice" => OpenVoice,
    }

    /// What is chosen.
    DatetimeMode {
        /// `yyyy-MM-dd`.
        "date" => Date,
        /// `HH:mm`.
        "time" => Time,
        /// `yyyy-MM-ddTHH:mm`.
        "datetime" => Datetime,
    }
}
