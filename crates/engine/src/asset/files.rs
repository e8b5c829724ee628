//! The files of assets: `media/assets/<key>/original.jpg`, `preview.jpg`, and `map-700.jpg` once somebody asked for it.

use std::io;
use std::path::{Path, PathBuf};

use super::picture::{self, MAP_WIDTHS, Written};
use super::{Format, Key, PICTURE_MAX};
use crate::error::{Error, Result};

/// A file to be served.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
}

/// The folder of one asset below the data folder.
pub fn folder(data: &Path, key: &Key) -> PathBuf {
    data.join("media/assets").join(key.as_str())
}

/// The file behind the last part of a public address: `original.jpg`, `preview.png`. Anything else names no file.
pub fn find(data: &Path, key: &Key, name: &str) -> Option<Found> {
    let (stem, ending) = name.split_once('.')?;
    let format = Format::of(ending).filter(|_| matches!(stem, "original" | "preview"))?;
    Some(Found { path: folder(data, key).join(format!("{stem}.{ending}")), format })
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
    folder(data, key).join("upload.part")
}

/// Makes an asset of a finished upload: films and sounds as they came, pictures written anew. What is refused is deleted.
///
/// # Errors
/// `not_a_picture`, `too_large`; the disk's.
pub fn adopt(data: &Path, key: &Key) -> Result<Kept> {
    let adopted = adopt_file(data, key, &upload(data, key));
    if adopted.is_err() {
        discard(data, key);
    }
    adopted
}

/// Forgets an upload that did not arrive or was refused.
pub fn discard(data: &Path, key: &Key) {
    if let Err(error) = std::fs::remove_dir_all(folder(data, key)) {
        tracing::warn!(%error, "a refused upload stays on disk");
    }
}

fn adopt_file(data: &Path, key: &Key, upload: &Path) -> Result<Kept> {
    let bytes = std::fs::metadata(upload).map_err(disk)?.len();
    let mut start = [0; 16];
    let read = io::Read::read(&mut std::fs::File::open(upload).map_err(disk)?, &mut start).map_err(disk)?;
    if let Some(format) = Format::of_file(&start[..read]) {
        let name = format!("original.{}", format.ending());
        std::fs::rename(upload, folder(data, key).join(name)).map_err(disk)?;
        return Ok(Kept { format, bytes: i64::try_from(bytes).unwrap_or(i64::MAX), size: None, preview: None });
    }
    if bytes > PICTURE_MAX {
        return Err(Error::bad("too_large", "file", "画像は30MBまでです。小さくしてから選んでください。"));
    }
    let (large, small) = picture::prepare(&std::fs::read(upload).map_err(disk)?)?;
    keep_picture(data, key, "original", &large).map_err(disk)?;
    keep_picture(data, key, "preview", &small).map_err(disk)?;
    std::fs::remove_file(upload).map_err(disk)?;
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
    let made = |format: Format| Found { path: folder.join(format!("{stem}.{}", format.ending())), format };
    let pictures = [Format::Jpg, Format::Png];
    if let Some(found) = pictures.map(made).into_iter().find(|found| found.path.exists()) {
        return Ok(Some(found));
    }
    let original = pictures.into_iter().map(|format| folder.join(format!("original.{}", format.ending())));
    let Some(original) = original.into_iter().find(|path| path.exists()) else { return Ok(None) };
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
        for bad in ["", "original", "../x.jpg", "original.svg", "original.jpg.part", "map-700.jpg", "preview.jpg/.."] {
            assert!(!name(bad), "{bad}");
        }
        assert!(Key::read("../../etc/passwd......").is_none());
        assert_eq!(Key::read(key.as_str()), Some(key));
    }
}
