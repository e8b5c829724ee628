//! Files that phones sent: prepared, served, gone.

use crate::answer::Answer;
use crate::call::Call;
use crate::route::{Host, Route};
use crate::sync::Shared;
use bytes::Bytes;
use serde_json::json;
use std::collections::HashMap;

pub const ROUTES: &[Route] = &[
    Route::get("/v2/bot/message/{messageId}/content", "content", content).host(Host::Data),
    Route::get("/v2/bot/message/{messageId}/content/preview", "content_preview", preview).host(Host::Data),
    Route::get("/v2/bot/message/{messageId}/content/transcoding", "transcoding", transcoding).host(Host::Data),
];

/// How long LINE prepares a video or audio, on the simulator's clock. LINE publishes no figure.
const PREPARING_MS: i64 = 3_000;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Image,
    Video,
    Audio,
    File,
}

/// A stored file.
#[derive(Debug, Clone)]
pub struct Content {
    pub kind: FileKind,
    pub mime: &'static str,
    pub bytes: Bytes,
    pub sent_ms: i64,
    /// Index of the channel that may fetch it.
    pub channel: u16,
}

/// A file, or the memory that there was one.
#[derive(Debug, Clone)]
enum Slot {
    Here(Content),
    Unsent { channel: u16 },
}

/// All files by message id.
#[derive(Default)]
pub struct Contents(Shared<HashMap<u64, Slot>>);

impl Contents {
    pub fn put(&self, message_id: u64, content: Content) {
        self.0.write().insert(message_id, Slot::Here(content));
    }

    /// The message was unsent: what was there is gone.
    pub fn unsend(&self, message_id: u64) {
        if let Some(slot) = self.0.write().get_mut(&message_id)
            && let Slot::Here(content) = slot
        {
            *slot = Slot::Unsent { channel: content.channel };
        }
    }

    /// The file, for the phone that shows it.
    pub fn get(&self, message_id: u64) -> Option<Content> {
        match self.0.read().get(&message_id)? {
            Slot::Here(content) => Some(content.clone()),
            Slot::Unsent { .. } => None,
        }
    }

    pub fn clear(&self) {
        self.0.write().clear();
    }

    fn fetch(&self, call: &Call) -> Result<Content, Answer> {
        let missing = || Answer::error(404, "not found");
        let id: u64 = call.args[0].parse().map_err(|_| missing())?;
        match self.0.read().get(&id) {
            Some(Slot::Here(content)) if content.channel == call.channel().index => Ok(content.clone()),
            Some(Slot::Unsent { channel }) if *channel == call.channel().index => Err(Answer::error(410, "The content is gone")),
            _ => Err(missing()),
        }
    }
}

impl Content {
    fn is_ready(&self, now_ms: i64) -> bool {
        !matches!(self.kind, FileKind::Video | FileKind::Audio) || now_ms - self.sent_ms >= PREPARING_MS
    }
}

fn content(call: &Call) -> Answer {
    match call.world.contents.fetch(call) {
        Ok(content) if content.is_ready(call.now_ms) => Answer::new(200, content.mime, content.bytes),
        Ok(_) => Answer::accepted(),
        Err(answer) => answer,
    }
}

/// A grey picture of one pixel stands for a video's first frame.
const GREY_PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0,
    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd,
    0x72, 0xb6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn preview(call: &Call) -> Answer {
    match call.world.contents.fetch(call) {
        Ok(content) => match content.kind {
            FileKind::Image => Answer::new(200, content.mime, content.bytes),
            FileKind::Video if content.is_ready(call.now_ms) => Answer::new(200, "image/png", GREY_PNG),
            FileKind::Video => Answer::accepted(),
            FileKind::Audio | FileKind::File => Answer::error(400, "The content can not be previewed"),
        },
        Err(answer) => answer,
    }
}

fn transcoding(call: &Call) -> Answer {
    match call.world.contents.fetch(call) {
        Ok(content) => match content.kind {
            FileKind::Video | FileKind::Audio => {
                let status = if content.is_ready(call.now_ms) { "succeeded" } else { "processing" };
                Answer::ok(&json!({ "status": status }))
            }
            _ => Answer::error(400, "Transcoding status doesn't support this type of content"),
        },
        Err(answer) => answer,
    }
}
