//! Detection of image files from their names and first bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use image::ImageFormat;

/// How many bytes tell what a file is.
pub(crate) const HEAD: u64 = 512;

/// Extensions of images that no decoder here knows.
const FOREIGN_EXTENSIONS: [&str; 6] = ["heic", "heif", "jp2", "jxl", "psd", "svg"];

/// Whether a file claims to be an image by its name, or is one by its first bytes.
pub(crate) fn looks_like_image(path: &Path) -> bool {
    is_called_as_image(path) || head(path).is_ok_and(|head| recognise(&head).is_some())
}

/// Whether a file claims to be an image by its name.
pub(crate) fn is_called_as_image(path: &Path) -> bool {
    extension(path).is_some_and(|extension| {
        ImageFormat::from_extension(&extension).is_some()
            || FOREIGN_EXTENSIONS.contains(&extension.as_str())
    })
}

/// Whether these are the first bytes of a TIFF file.
pub(crate) fn is_tiff(head: &[u8]) -> bool {
    recognise(head) == Some(ImageFormat::Tiff)
}

/// The first bytes of a file.
pub(crate) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// The format that the first bytes of a file show, if it is one that is read.
pub(crate) fn recognise(head: &[u8]) -> Option<ImageFormat> {
    // Offsets of 8 bytes, which the decoder reads but does not recognise.
    if head.starts_with(b"II\x2b\0") || head.starts_with(b"MM\0\x2b") {
        return Some(ImageFormat::Tiff);
    }
    let format = image::guess_format(head).ok()?;
    let sure = match format {
        ImageFormat::Png
        | ImageFormat::Jpeg
        | ImageFormat::Gif
        | ImageFormat::WebP
        | ImageFormat::Tiff => true,
        // Two letters are too little: the size of the second header must be a known one.
        ImageFormat::Bmp => head
            .get(14..18)
            .is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])),
        ImageFormat::Pnm => is_pnm(head),
        _ => false,
    };
    sure.then_some(format)
}

/// `P5` alone also begins a sentence: white space and a number, a comment or a header word must follow.
fn is_pnm(head: &[u8]) -> bool {
    let rest = head.get(2..).unwrap_or_default();
    let text = rest.trim_ascii_start();
    text.len() < rest.len()
        && text
            .first()
            .is_some_and(|&sign| sign.is_ascii_digit() || sign == b'#' || head[1] == b'7')
}

/// Whether the first bytes are those of a page of HTML, as a failed download leaves it.
pub(crate) fn is_web_page(head: &[u8]) -> bool {
    let begins = |word: &str| {
        head.trim_ascii_start()
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    begins("<!doctype html") || begins("<html")
}

/// Whether the first bytes are those of a text.
pub(crate) fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A sign may be cut in two where the head ends.
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

pub(super) fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
