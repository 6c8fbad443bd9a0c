//! Formats that are recognised and not read.

use std::path::Path;

use image::ImageFormat;

use super::sniff::{ImageFileFormat, extension, head, recognise};
use super::unsupported::unsupported;

/// A format that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign {
    kind: &'static str,
    save_as: &'static str,
    /// Whether its files are images, and not documents or films.
    pub is_image: bool,
}

impl Foreign {
    const fn image(kind: &'static str, save_as: &'static str) -> Self {
        Self {
            kind,
            save_as,
            is_image: true,
        }
    }

    const fn other(kind: &'static str, save_as: &'static str) -> Self {
        Self {
            kind,
            save_as,
            is_image: false,
        }
    }

    /// Returns the reason why a file is not read.
    pub(crate) fn reason(self) -> String {
        unsupported(self.kind, self.save_as)
    }
}

const PHOTO: &str = "JPEG or PNG";
const PICTURE: &str = "8- or 16-bit PNG";
const STACK: &str = "16-bit PNG, TIFF or .npy";
const PAGE: &str = "PNG, one file per page";
const FRAMES: &str = "PNG, one file per frame";
const RAW: Foreign = Foreign::image("raw camera file", "16-bit TIFF or PNG");
const HEIC: Foreign = Foreign::image("HEIC/HEIF", PHOTO);
const AVIF: Foreign = Foreign::image("AVIF", PHOTO);
const JPEG_2000: Foreign = Foreign::image("JPEG 2000", PICTURE);
const JPEG_XL: Foreign = Foreign::image("JPEG XL", PICTURE);
const PHOTOSHOP: Foreign = Foreign::image("Photoshop file", PICTURE);
const SVG: Foreign = Foreign::image("SVG drawing", "PNG of the size you need");
const FILM: Foreign = Foreign::other("film", FRAMES);

/// The first bytes of formats.
const STARTS: [(&[u8], Foreign); 30] = [
    (b"\0\0\0\x0cjP  ", JPEG_2000),
    (b"\xff\x4f\xff\x51", JPEG_2000),
    (b"\0\0\0\x0cJXL ", JPEG_XL),
    (b"\xff\x0a", JPEG_XL),
    (b"8BPS", PHOTOSHOP),
    (b"\x76\x2f\x31\x01", Foreign::image("OpenEXR", STACK)),
    (b"SIMPLE  =", Foreign::image("FITS", STACK)),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"IIU\0", RAW),
    (b"IIRO", RAW),
    (b"IIRS", RAW),
    (b"MMOR", RAW),
    (b"FOVb", RAW),
    (b"II\x1a\0\0\0HEAPCCDR", RAW),
    (b"II\xbc\x01", Foreign::image("JPEG XR", PICTURE)),
    (b"gimp xcf", Foreign::image("GIMP file", PICTURE)),
    (b"qoif", Foreign::image("QOI", PICTURE)),
    (b"farbfeld", Foreign::image("farbfeld", PICTURE)),
    (b"#?RADIANCE", Foreign::image("Radiance HDR", STACK)),
    (b"DDS ", Foreign::image("DirectDraw surface", PICTURE)),
    (b"\0\0\x01\0", Foreign::image("Windows icon", PICTURE)),
    (b"icns", Foreign::image("macOS icon", PICTURE)),
    (b"PF\n", Foreign::image("PFM", STACK)),
    (b"Pf\n", Foreign::image("PFM", STACK)),
    (b"\x8aMNG\r\n", Foreign::image("MNG", FRAMES)),
    (b"NRRD000", Foreign::image("NRRD", STACK)),
    (b"ZISRAWFILE", Foreign::image("Zeiss CZI", STACK)),
    (b"\xda\xce\xbe\x0a", Foreign::image("Nikon ND2", STACK)),
    (b"%PDF-", Foreign::other("PDF", PAGE)),
    (b"%!PS", Foreign::other("PostScript", PAGE)),
];

/// The brands of files that begin with an `ftyp` box.
const BRANDS: [(&[u8], Foreign); 11] = [
    (b"heic", HEIC),
    (b"heix", HEIC),
    (b"hevc", HEIC),
    (b"heim", HEIC),
    (b"heis", HEIC),
    (b"mif1", HEIC),
    (b"msf1", HEIC),
    (b"avif", AVIF),
    (b"avis", AVIF),
    (b"crx ", RAW),
    (b"jxl ", JPEG_XL),
];

/// Extensions of image formats that are not supported and that the crate `image` does not know.
const FOREIGN_EXTENSIONS: [&str; 39] = [
    "arw", "cr2", "cr3", "crw", "czi", "dcm", "dicom", "dng", "fit", "fits", "fts", "heic", "heif",
    "icns", "j2c", "j2k", "jls", "jp2", "jpf", "jpx", "jxl", "jxr", "mng", "nd2", "nef", "nrrd",
    "nrw", "orf", "pcx", "pef", "pfm", "psb", "psd", "raf", "rw2", "srw", "svg", "x3f", "xcf",
];

/// Extensions of raw camera files that are TIFF files inside: what a reader of TIFF finds in them is a thumbnail.
const RAW_TIFF_EXTENSIONS: [&str; 7] = ["arw", "cr2", "dng", "nef", "nrw", "pef", "srw"];

/// Checks whether a file is an image by its extension or by its first bytes.
pub(crate) fn looks_like_image(path: &Path) -> bool {
    has_image_extension(path) || head(path).is_ok_and(|head| is_image(path, &head))
}

/// Checks whether a file with these first bytes is an image, in a supported format or in another.
pub(crate) fn is_image(path: &Path, head: &[u8]) -> bool {
    recognise(head).is_some() || foreign(path, head).is_some_and(|foreign| foreign.is_image)
}

/// Checks whether a file has the extension of an image.
pub(crate) fn has_image_extension(path: &Path) -> bool {
    extension(path).is_some_and(|extension| {
        ImageFormat::from_extension(&extension).is_some()
            || FOREIGN_EXTENSIONS.contains(&extension.as_str())
    })
}

/// Checks whether a file with these first bytes is a TIFF file whose pages are images. Those of a raw camera file are
/// thumbnails.
pub(crate) fn has_pages(path: &Path, head: &[u8]) -> bool {
    recognise(head) == Some(ImageFileFormat::Tiff) && foreign(path, head).is_none()
}

/// Returns the format of a file with these first bytes if it is known and not supported.
pub(crate) fn foreign(name: &Path, head: &[u8]) -> Option<Foreign> {
    let by_start = STARTS
        .iter()
        .find(|(start, _)| head.starts_with(start))
        .map(|(_, foreign)| *foreign);
    by_start
        .or_else(|| boxed(head))
        .or_else(|| is_raw_tiff(name, head).then_some(RAW))
        .or_else(|| elsewhere(name, head))
}

/// Returns the format of a file that begins with an `ftyp` box.
fn boxed(head: &[u8]) -> Option<Foreign> {
    let brand = head.get(8..12).filter(|_| head[4..].starts_with(b"ftyp"))?;
    let known = BRANDS.iter().find(|(known, _)| *known == brand);
    Some(known.map_or(FILM, |(_, foreign)| *foreign))
}

/// Checks whether a TIFF file is that of a camera's sensor.
fn is_raw_tiff(name: &Path, head: &[u8]) -> bool {
    let is_named_raw =
        || extension(name).is_some_and(|name| RAW_TIFF_EXTENSIONS.contains(&name.as_str()));
    recognise(head) == Some(ImageFileFormat::Tiff)
        && (head.get(8..10) == Some(b"CR") || is_named_raw())
}

/// Returns a format that is recognised by more than its first bytes.
fn elsewhere(name: &Path, head: &[u8]) -> Option<Foreign> {
    if head.get(128..132) == Some(b"DICM") {
        return Some(Foreign::image("DICOM", STACK));
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ") {
        return Some(FILM);
    }
    if is_svg(head) {
        return Some(SVG);
    }
    // These have no first bytes of their own.
    match extension(name)?.as_str() {
        "tga" if recognise(head).is_none() => Some(Foreign::image("TGA", PICTURE)),
        "pcx" if head.starts_with(&[10]) => Some(Foreign::image("PCX", PICTURE)),
        _ => None,
    }
}

/// Checks whether the first element of an XML text is a drawing. A web page may hold one further below.
fn is_svg(head: &[u8]) -> bool {
    let mut text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = if text.starts_with(b"<?") {
            b"?>"
        } else if text.starts_with(b"<!--") {
            b"-->"
        } else if text.starts_with(b"<!") {
            end_of_declaration(text)
        } else {
            return text.starts_with(b"<svg");
        };
        let Some(at) = text.windows(end.len()).position(|window| window == end) else {
            return false;
        };
        text = &text[at + end.len()..];
    }
}

/// Returns what ends a document type: its name may be followed by declarations in brackets.
fn end_of_declaration(text: &[u8]) -> &'static [u8] {
    match text.iter().find(|sign| b"[>".contains(sign)) {
        Some(b'[') => b"]>",
        _ => b">",
    }
}
