//! Pictures made fit for LINE: upright, not larger than its limits, without the camera's notes. Pure.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use super::Format;
use crate::error::{Error, Result};

/// Longest side that is kept, pixels.
const SIDE_MAX: u32 = 4_096;
/// Longest side of the small picture, pixels: what cards and Flex messages allow (Messaging API reference, template and
/// Flex image).
const PREVIEW_SIDE: u32 = 1_024;
/// Longest side that is decoded, pixels, and the memory that may take: a file of kilobytes can claim a wall of colour.
const DECODE_SIDE: u32 = 16_000;
const DECODE_BYTES: u64 = 400 * 1024 * 1024;
/// Largest `originalContentUrl`, bytes (Messaging API reference, image message).
const ORIGINAL_BYTES: usize = 10 * 1024 * 1024;
/// Largest `previewImageUrl`, bytes (same place).
const PREVIEW_BYTES: usize = 1024 * 1024;
/// Widths LINE's app asks of an imagemap (same document, imagemap message).
pub const MAP_WIDTHS: [u32; 5] = [240, 300, 460, 700, 1040];

/// A picture written anew.
#[derive(Debug)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// JPEG, or PNG where something is see-through.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// The picture to keep, and a small one beside it.
///
/// # Errors
/// `not_a_picture` when the bytes are no JPEG, PNG or WebP, are broken, or too many pixels.
pub fn prepare(bytes: &[u8]) -> Result<(Written, Written)> {
    let picture = decode(bytes)?;
    let large = within(&picture, SIDE_MAX);
    let small = within(&large, PREVIEW_SIDE);
    Ok((write(&large, ORIGINAL_BYTES)?, write(&small, PREVIEW_BYTES)?))
}

/// The small picture alone: what stands for a film before it plays.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_small(bytes: &[u8]) -> Result<Written> {
    write(&within(&decode(bytes)?, PREVIEW_SIDE), PREVIEW_BYTES)
}

/// As wide as an imagemap is asked for.
///
/// # Errors
/// As [`prepare`].
pub fn at_width(bytes: &[u8], width: u32) -> Result<Written> {
    let picture = decode(bytes)?;
    let height = (u64::from(picture.height()) * u64::from(width)).div_ceil(u64::from(picture.width().max(1)));
    let height = u32::try_from(height).unwrap_or(SIDE_MAX).clamp(1, SIDE_MAX * 2);
    write(&picture.resize_exact(width, height, FilterType::CatmullRom), ORIGINAL_BYTES)
}

fn decode(bytes: &[u8]) -> Result<DynamicImage> {
    let wrong = |_| {
        Error::bad(
            "not_a_picture",
            "file",
            "画像として読み取れません。JPEG・PNG・WebP の画像を選んでください(大きすぎる画像は縮めてから)。",
        )
    };
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| wrong(error.into()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(DECODE_SIDE);
    limits.max_image_height = Some(DECODE_SIDE);
    limits.max_alloc = Some(DECODE_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn within(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width() <= side && picture.height() <= side {
        return picture.clone();
    }
    picture.resize(side, side, FilterType::CatmullRom)
}

/// See-through pictures stay PNG while they fit; all else is JPEG, on white, as fine as fits.
fn write(picture: &DynamicImage, most: usize) -> Result<Written> {
    let (width, height) = (picture.width(), picture.height());
    let failed = |error: image::ImageError| Error::bad("not_a_picture", "file", format!("画像を書き出せません: {error}"));
    if is_see_through(picture) {
        let mut bytes = Vec::new();
        picture.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(failed)?;
        if bytes.len() <= most {
            return Ok(Written { bytes, format: Format::Png, width, height });
        }
    }
    let flat = on_white(picture);
    for quality in [90, 80, 65, 45] {
        let mut bytes = Vec::new();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).map_err(failed)?;
        if bytes.len() <= most {
            return Ok(Written { bytes, format: Format::Jpg, width, height });
        }
    }
    Err(Error::bad("too_large", "file", "画像が細かすぎて、LINEの上限に収まりません。小さくしてから選んでください。"))
}

fn is_see_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let mut ground = image::RgbaImage::from_pixel(picture.width(), picture.height(), image::Rgba([u8::MAX; 4]));
    image::imageops::overlay(&mut ground, &picture.to_rgba8(), 0, 0);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(ground).to_rgb8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
        let picture = image::RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8, alpha])
        });
        let mut bytes = Vec::new();
        DynamicImage::ImageRgba8(picture).write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        bytes
    }

    #[test]
    fn large_pictures_come_within_limits() {
        let (large, small) = prepare(&png(5_120, 320, 255)).unwrap();
        assert_eq!((large.width, large.height, large.format), (4_096, 256, Format::Jpg));
        assert_eq!((small.width, small.height), (1_024, 64));
        assert!(large.bytes.len() <= ORIGINAL_BYTES && small.bytes.len() <= PREVIEW_BYTES);
    }

    #[test]
    fn see_through_stays_so_and_small_ones_keep_their_size() {
        let (large, small) = prepare(&png(120, 60, 100)).unwrap();
        assert_eq!((large.width, large.height, large.format), (120, 60, Format::Png));
        assert_eq!((small.width, small.format), (120, Format::Png));
    }

    #[test]
    fn a_camera_that_lay_on_its_side_is_set_upright_and_its_notes_are_gone() {
        let mut jpeg = Vec::new();
        DynamicImage::new_rgb8(40, 20).write_with_encoder(JpegEncoder::new(&mut jpeg)).unwrap();
        // EXIF with orientation 6 (turn right), put behind the SOI marker.
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
        let (large, _) = prepare(&turned).unwrap();
        assert_eq!((large.width, large.height), (20, 40));
        assert!(!large.bytes.windows(4).any(|four| four == b"Exif"));
    }

    #[test]
    fn imagemaps_are_as_wide_as_asked() {
        let map = at_width(&png(1_040, 520, 255), 460).unwrap();
        assert_eq!((map.width, map.height), (460, 230));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [&b"GIF?"[..], b"", b"\x89PNG\r\n\x1a\n....", b"<svg onload=alert(1)>"] {
            assert!(matches!(prepare(bytes), Err(Error::Bad { code: "not_a_picture", .. })));
        }
    }
}
