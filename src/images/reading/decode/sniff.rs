//! Detection of image files from their names and first bytes.

use std::io::{self, Read};
use std::path::Path;

use image::ImageFormat;

use crate::disk;

/// How many bytes are read to detect the format of a file.
pub(crate) const HEAD: u64 = 512;

/// The format of an image file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageFileFormat {
    Png,
    Jpeg,
    Pnm,
    Bmp,
    Tiff,
    WebP,
    Gif,
}

impl ImageFileFormat {
    /// Returns the name of the format in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Pnm => "PGM/PPM/PBM",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
        }
    }

    /// Returns the name of the format in the crate `image`.
    pub(super) fn in_image_crate(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Pnm => ImageFormat::Pnm,
            Self::Bmp => ImageFormat::Bmp,
            Self::Tiff => ImageFormat::Tiff,
            Self::WebP => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

/// Reads the first bytes of a file.
pub(crate) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    disk::open_file(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Returns the format that is detected from the first bytes of a file, if it is supported.
pub(crate) fn recognise(head: &[u8]) -> Option<ImageFileFormat> {
    // BigTIFF, which the crate `image` reads but does not detect.
    if head.starts_with(b"II\x2b\0") || head.starts_with(b"MM\0\x2b") {
        return Some(ImageFileFormat::Tiff);
    }
    match image::guess_format(head).ok()? {
        ImageFormat::Png => Some(ImageFileFormat::Png),
        ImageFormat::Jpeg => Some(ImageFileFormat::Jpeg),
        ImageFormat::Gif => Some(ImageFileFormat::Gif),
        ImageFormat::WebP => Some(ImageFileFormat::WebP),
        ImageFormat::Tiff => Some(ImageFileFormat::Tiff),
        ImageFormat::Bmp if is_bmp(head) => Some(ImageFileFormat::Bmp),
        ImageFormat::Pnm if is_pnm(head) => Some(ImageFileFormat::Pnm),
        _ => None,
    }
}

/// Checks that the size of the second header is a known one, since two letters are ambiguous.
fn is_bmp(head: &[u8]) -> bool {
    head.get(14..18)
        .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// Checks that `P1` to `P7` are followed by white space and a number, a comment or a header word, since a text may begin
/// with them.
fn is_pnm(head: &[u8]) -> bool {
    let rest = head.get(2..).unwrap_or_default();
    let text = rest.trim_ascii_start();
    text.len() < rest.len()
        && text
            .first()
            .is_some_and(|&sign| sign.is_ascii_digit() || sign == b'#' || head[1] == b'7')
}

/// Checks whether the first bytes are those of an HTML page, which a failed download leaves.
pub(crate) fn is_web_page(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    ["<!doctype html", "<html"].iter().any(|word| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// Checks whether the first bytes are those of a text.
pub(crate) fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty()
        && !valid
            .chars()
            .any(|sign| sign.is_control() && !sign.is_whitespace())
}

/// Returns the extension in small letters.
pub(super) fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
