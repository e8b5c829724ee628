//! The files of assets: `media/assets/<key>/original.jpg`, `preview.jpg`, and `map-700.jpg` once somebody asked for it. Beside
//! an `original.pdf` or `.bin` stands in `name` what it was called.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::picture::{self, MAP_WIDTHS, Written};
use super::{Format, Key, Kind, PICTURE_MAX};
use crate::error::{Error, Result};

const ASSETS: &str = "media/assets";
const UPLOAD: &str = "upload.part";
const NAME: &str = "name";

/// A file to be served.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// How long the address means these bytes.
    pub lasts: Lasts,
}

/// How long an address means the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// What lies there never changes.
    Forever,
    /// Until staff replace it, or put it away.
    UntilChanged,
}

/// What LINE has no message for, to be served.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// The file.
    pub found: Found,
    /// What it was called when it was sent to us.
    pub name: String,
}

/// What an upload may turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// What LINE has a message for: pictures, films, sounds.
    Media,
    /// Whatever it is.
    Anything,
}

/// The folder of one asset below the data folder.
pub fn folder(data: &Path, key: &Key) -> PathBuf {
    data.join(ASSETS).join(key.as_str())
}

/// The file behind the last part of a public address: `original.jpg`, `preview.png`. Anything else names no file.
pub fn find(data: &Path, key: &Key, name: &str) -> Option<Found> {
    let (stem, ending) = name.split_once('.')?;
    let format = Format::of(ending).filter(|format| format.kind() != Kind::File)?;
    let folder = folder(data, key);
    let lasts = match stem {
        "original" => Lasts::Forever,
        // What stands for a film may be chosen anew.
        "preview" if original(&folder, Format::Mp4).exists() => Lasts::UntilChanged,
        "preview" => Lasts::Forever,
        _ => return None,
    };
    Some(Found { path: folder.join(format!("{stem}.{ending}")), format, lasts })
}

/// The file of an asset that LINE has no message for.
pub fn document(data: &Path, key: &Key) -> Option<Document> {
    let folder = folder(data, key);
    let name = std::fs::read_to_string(folder.join(NAME)).ok()?;
    let format = [Format::Pdf, Format::Bin].into_iter().find(|format| original(&folder, *format).exists())?;
    Some(Document { found: Found { path: original(&folder, format), format, lasts: Lasts::UntilChanged }, name })
}

fn original(folder: &Path, format: Format) -> PathBuf {
    folder.join(format!("original.{}", format.ending()))
}

/// A name as a browser may write it to a disk: without folders, and without signs that turn the ending round.
pub fn plain_name(typed: &str) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    last.chars().filter(|c| !c.is_control() && !turns(c)).collect::<String>().trim().to_owned()
}

/// Keeps a file under its name, whole or not at all.
///
/// # Errors
/// The disk's.
pub fn keep(data: &Path, key: &Key, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = folder(data, key);
    std::fs::create_dir_all(&folder)?;
    let part = folder.join(format!("{name}.part"));
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, folder.join(name))
}

/// Keeps a picture as `stem` with its ending.
///
/// # Errors
/// The disk's.
pub fn keep_picture(data: &Path, key: &Key, stem: &str, picture: &Written) -> io::Result<()> {
    keep(data, key, &format!("{stem}.{}", picture.format.ending()), &picture.bytes)
}

/// What an upload turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How it is written now.
    pub format: Format,
    /// Bytes on disk.
    pub bytes: i64,
    /// Pictures: width and height.
    pub size: Option<(i64, i64)>,
    /// How the small picture is written.
    pub preview: Option<Format>,
}

/// Where an upload is written while it arrives.
pub fn upload(data: &Path, key: &Key) -> PathBuf {
    folder(data, key).join(UPLOAD)
}

/// Removes uploads that nobody has written to since: what a process that died was receiving. Tells how many.
pub fn sweep(data: &Path, before: SystemTime) -> usize {
    let Ok(folders) = std::fs::read_dir(data.join(ASSETS)) else { return 0 };
    let is_old = |folder: &Path| {
        let written = std::fs::metadata(folder.join(UPLOAD)).and_then(|about| about.modified());
        written.is_ok_and(|written| written < before)
    };
    let old = folders.flatten().map(|folder| folder.path()).filter(|folder| is_old(folder));
    old.filter(|folder| std::fs::remove_dir_all(folder).is_ok()).count()
}

/// Makes an asset of a finished upload: films and sounds as they came, pictures written anew, anything else as it came and
/// under its name. What is refused is deleted.
///
/// # Errors
/// `not_a_picture`, `too_large`; the disk's.
pub fn adopt(data: &Path, key: &Key, name: &str, takes: Takes) -> Result<Kept> {
    let adopted = adopt_file(data, key, name, takes);
    if adopted.is_err() {
        discard(data, key);
    }
    adopted
}

/// Deletes an upload that did not arrive or was refused, or a file whose link has ended.
pub fn discard(data: &Path, key: &Key) {
    if let Err(error) = std::fs::remove_dir_all(folder(data, key)) {
        tracing::warn!(%error, "a file that is not wanted stays on disk");
    }
}

fn adopt_file(data: &Path, key: &Key, name: &str, takes: Takes) -> Result<Kept> {
    let (folder, upload) = (folder(data, key), upload(data, key));
    let bytes = std::fs::metadata(&upload).map_err(disk)?.len();
    let mut start = [0; 16];
    let read = io::Read::read(&mut std::fs::File::open(&upload).map_err(disk)?, &mut start).map_err(disk)?;
    let as_it_came = |format: Format| {
        std::fs::rename(&upload, original(&folder, format)).map_err(disk)?;
        Ok(Kept { format, bytes: i64::try_from(bytes).unwrap_or(i64::MAX), size: None, preview: None })
    };
    if let Some(format) = Format::of_file(&start[..read]) {
        return as_it_came(format);
    }
    if bytes > PICTURE_MAX {
        let what = if takes == Takes::Media { "画像は" } else { "動画と音声のほかは" };
        return Err(Error::bad("too_large", "file", format!("{what}30MBまでです。小さくしてから選んでください。")));
    }
    let (large, small) = match picture::prepare(&std::fs::read(&upload).map_err(disk)?) {
        Err(Error::Bad { .. }) if takes == Takes::Anything => {
            keep(data, key, NAME, plain_name(name).as_bytes()).map_err(disk)?;
            return as_it_came(Format::of_other(&start[..read]));
        }
        prepared => prepared?,
    };
    keep_picture(data, key, "original", &large).map_err(disk)?;
    keep_picture(data, key, "preview", &small).map_err(disk)?;
    std::fs::remove_file(&upload).map_err(disk)?;
    Ok(Kept {
        format: large.format,
        bytes: i64::try_from(large.bytes.len()).unwrap_or(i64::MAX),
        size: Some((large.width.into(), large.height.into())),
        preview: Some(small.format),
    })
}

/// The picture of an imagemap at one of LINE's widths; made from the original when first asked for. `None` for other widths
/// and unknown keys.
///
/// # Errors
/// The disk's; `not_a_picture` for an original that is none.
pub fn map(data: &Path, key: &Key, width: u32) -> Result<Option<Found>> {
    if !MAP_WIDTHS.contains(&width) {
        return Ok(None);
    }
    let folder = folder(data, key);
    let stem = format!("map-{width}");
    let made = |format: Format| {
        let path = folder.join(format!("{stem}.{}", format.ending()));
        Found { path, format, lasts: Lasts::Forever }
    };
    let pictures = [Format::Jpg, Format::Png];
    if let Some(found) = pictures.map(made).into_iter().find(|found| found.path.exists()) {
        return Ok(Some(found));
    }
    let Some(original) = pictures.into_iter().map(|format| original(&folder, format)).find(|path| path.exists()) else {
        return Ok(None);
    };
    let picture = picture::at_width(&std::fs::read(original).map_err(disk)?, width)?;
    keep_picture(data, key, &stem, &picture).map_err(disk)?;
    Ok(Some(made(picture.format)))
}

/// A disk that fails is ours to mend, not the caller's.
pub fn disk(error: io::Error) -> Error {
    Error::damaged("media file", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_files() {
        let key = Key::new([7; 16]);
        let name = |text: &str| find(Path::new("/d"), &key, text).is_some();
        assert!(name("original.jpg") && name("preview.png") && name("original.mp4"));
        for bad in
            ["", "original", "../x.jpg", "original.svg", "original.pdf", "original.jpg.part", "map-700.jpg", "preview.jpg/.."]
        {
            assert!(!name(bad), "{bad}");
        }
        assert!(Key::read("../../etc/passwd......").is_none());
        assert_eq!(Key::read(key.as_str()), Some(key));
    }

    #[test]
    fn a_name_leads_nowhere_and_shows_its_ending() {
        for (typed, name) in [
            ("見積書.pdf", "見積書.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\shop\\価格表.xlsx", "価格表.xlsx"),
            ("見積\u{202e}fdp.exe", "見積fdp.exe"),
            (" a\r\nb.txt ", "ab.txt"),
        ] {
            assert_eq!(plain_name(typed), name);
        }
    }

    #[test]
    fn an_upload_nobody_writes_to_any_more_is_swept() {
        let data = tempfile::tempdir().unwrap();
        let [broken, whole] = [1, 2].map(|n| Key::new([n; 16]));
        keep(data.path(), &broken, UPLOAD, b"half").unwrap();
        keep(data.path(), &whole, "original.mp4", b"all").unwrap();
        let written = std::fs::metadata(upload(data.path(), &broken)).unwrap().modified().unwrap();
        assert_eq!(sweep(data.path(), written), 0, "still being written");
        assert_eq!(sweep(data.path(), written + std::time::Duration::from_secs(1)), 1);
        assert!(!folder(data.path(), &broken).exists() && folder(data.path(), &whole).exists());
    }
}
