//! Assets (登録メディア): pictures, films, sounds and other files that the shop keeps for its messages.
//!
//! LINE fetches them by address, so they are public to who knows it; the address holds a secret of 128 bits. Pictures are
//! decoded and written anew ([`picture`]): turned upright, within LINE's limits, without what a camera noted about place
//! and time. Messages already sent name the address, so the files stay when an asset is put away.
//!
//! LINE has no message that carries any other file (Messaging API reference, message objects): it is kept as it came and
//! handed out at an address that a text names. That address ends when the file is put away, for what was sent to one person
//! by mistake must be taken back.

pub mod db;
pub mod files;
pub mod picture;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::access::secret::Secret;
use crate::ids::AssetId;

/// Largest film or sound LINE plays, bytes (Messaging API reference: video, audio message).
pub const FILE_MAX: u64 = 200 * 1024 * 1024;
/// Largest picture taken in, bytes, what is kept is smaller; and the largest of any other file.
pub const PICTURE_MAX: u64 = 30 * 1024 * 1024;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssetKind)]
pub enum Kind {
    /// JPEG or PNG.
    Image,
    /// MP4.
    Video,
    /// M4A or MP3.
    Audio,
    /// Anything else, sent as a link.
    File,
}

impl Kind {
    /// In the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::File => "file",
        }
    }
}

/// How the bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// image/jpeg
    Jpg,
    /// image/png
    Png,
    /// video/mp4
    Mp4,
    /// audio/mp4
    M4a,
    /// audio/mpeg
    Mp3,
    /// application/pdf, which browsers show.
    Pdf,
    /// Whatever it is, browsers keep it on the disk.
    Bin,
}

impl Format {
    /// All.
    pub const ALL: [Self; 7] = [Self::Jpg, Self::Png, Self::Mp4, Self::M4a, Self::Mp3, Self::Pdf, Self::Bin];

    /// As a file's ending and in the database.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Mp4 => "mp4",
            Self::M4a => "m4a",
            Self::Mp3 => "mp3",
            Self::Pdf => "pdf",
            Self::Bin => "bin",
        }
    }

    /// By its ending.
    pub fn of(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending() == ending)
    }

    /// By the first bytes, whatever a sender claims. Pictures are written anew anyway and told by their decoder.
    pub fn of_file(start: &[u8]) -> Option<Self> {
        match crate::files::sniff(start) {
            "video/mp4" => Some(Self::Mp4),
            "audio/mp4" => Some(Self::M4a),
            "audio/mpeg" => Some(Self::Mp3),
            _ => None,
        }
    }

    /// Of what LINE has no message for, by the first bytes.
    pub fn of_other(start: &[u8]) -> Self {
        if crate::files::sniff(start) == Self::Pdf.content_type() { Self::Pdf } else { Self::Bin }
    }

    /// The `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Mp4 => "video/mp4",
            Self::M4a => "audio/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::Pdf => "application/pdf",
            Self::Bin => "application/octet-stream",
        }
    }

    /// Which kind it makes.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Jpg | Self::Png => Kind::Image,
            Self::Mp4 => Kind::Video,
            Self::M4a | Self::Mp3 => Kind::Audio,
            Self::Pdf | Self::Bin => Kind::File,
        }
    }
}

/// One kept file.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Id.
    pub id: AssetId,
    /// In the public address.
    pub key: Key,
    /// What staff call it.
    pub name: String,
    /// '' for none.
    pub folder: String,
    /// How the bytes are written.
    pub format: Format,
    /// Size of the file, bytes.
    pub bytes: i64,
    /// Pictures: width and height, pixels.
    pub size: Option<(i64, i64)>,
    /// Films and sounds: length, ms.
    pub duration_ms: Option<i64>,
    /// How the small picture is written, when there is one.
    pub preview: Option<Format>,
    /// Made, Unix ms.
    pub created_at: i64,
    /// Put away, Unix ms.
    pub archived_at: Option<i64>,
}

/// The part of the address that cannot be guessed: 22 characters of base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A new one.
    pub fn draw() -> Self {
        let mut half = [0; 16];
        half.copy_from_slice(&Secret::draw().hash()[..16]);
        Self::new(half)
    }

    /// From 128 random bits.
    pub fn new(random: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// As it stands in an address or a row. What is no key names no file.
    pub fn read(text: &str) -> Option<Self> {
        let fits = text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Asset {
    /// Path of the file itself on our host.
    pub fn path(&self) -> String {
        if self.format.kind() == Kind::File {
            return format!("/a/{}/file", self.key.0);
        }
        format!("/a/{}/original.{}", self.key.0, self.format.ending())
    }

    /// Path of the small picture.
    pub fn preview_path(&self) -> Option<String> {
        self.preview.map(|format| format!("/a/{}/preview.{}", self.key.0, format.ending()))
    }

    /// What an imagemap's `baseUrl` is: LINE's app appends `/1040` and the other widths.
    pub fn imagemap_path(&self) -> Option<String> {
        self.size.map(|_| format!("/a/{}/map", self.key.0))
    }
}

impl store::FromColumn for Key {
    fn from_column(cell: store::Cell<'_>) -> Option<Self> {
        Self::read(&<String as store::FromColumn>::from_column(cell)?)
    }
}

impl store::FromColumn for Format {
    fn from_column(cell: store::Cell<'_>) -> Option<Self> {
        Self::of(&<String as store::FromColumn>::from_column(cell)?)
    }
}
