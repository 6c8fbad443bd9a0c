//! Decoding of one image file to one grey picture. No other folder of the library decodes images.

mod bmp;
mod cost;
mod foreign;
mod gif;
mod grey;
mod jpeg;
mod limits;
mod orientation;
mod pnm;
mod sniff;
mod tiff;
mod unsupported;

use std::io::{self, BufRead, Cursor, Read, Seek};
use std::path::Path;

use image::error::LimitErrorKind;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

pub(crate) use self::cost::{cost, cost_in_memory, decoded_bytes};
pub(crate) use self::foreign::{
    Foreign, foreign, has_image_extension, has_pages, is_image, looks_like_image,
};
pub(crate) use self::grey::grey_of_samples;
use self::grey::{grey, opaque};
pub(crate) use self::jpeg::Ending;
use self::limits::check_size;
pub(crate) use self::limits::{MOST_BYTES, check_length};
use self::orientation::orientation;
pub(crate) use self::sniff::{HEAD, head, is_text, is_web_page, recognise};
use self::sniff::{ImageFileFormat, extension};
use self::tiff::PageReading;
pub(crate) use self::tiff::{ALL_CHANNELS, NoData, Page, Pages};
use crate::basis::Shape;
use crate::disk;
use crate::error::one_line;
use crate::images::missing::Missing;
use crate::images::reading::common::DecodedPicture;
use crate::placeholders::placeholder;

/// The supported formats, as messages name them. Each has a variant of `ImageFileFormat` in `sniff.rs`
/// and stands under Image files in `assets/guide/input-formats.md`.
pub(crate) const SUPPORTED: &str = "PNG, JPEG, PGM/PPM/PBM, BMP, TIFF, WebP and GIF";

/// A picture, and facts about its file.
pub(crate) struct Decoded {
    pub picture: DecodedPicture,
    /// Whether any pixel is transparent.
    pub transparent: bool,
    /// How the file ends, if it is a JPEG file.
    pub jpeg_ending: Option<Ending>,
    /// The extension and the format, if they contradict each other.
    pub misnamed: Option<(String, &'static str)>,
    /// The pixels that the file declares as unknown, if there are any.
    pub no_data: Option<NoData>,
}

/// One encoded image.
#[derive(Clone, Copy)]
pub(crate) struct Encoded<'a> {
    /// The name of its file.
    pub name: &'a Path,
    pub bytes: &'a [u8],
    /// Its page in a TIFF file; `None` for the first page.
    pub page: Option<Page>,
}

/// Decodes one image over a grey background. Pixels that are `missing` are unknown.
///
/// # Errors
/// If that is not possible: the reason in a few words.
pub(crate) fn decode(
    encoded: Encoded,
    background: u8,
    missing: Option<Missing>,
) -> Result<Decoded, String> {
    let bytes = encoded.bytes;
    if let Some(foreign) = foreign(encoded.name, bytes) {
        return Err(foreign.reason());
    }
    let format = recognise(bytes).ok_or_else(|| not_an_image(bytes))?;
    if format == ImageFileFormat::Tiff {
        return decode_tiff(encoded, background, missing);
    }
    let jpeg_ending = check(format, bytes)?;
    let image = if format == ImageFileFormat::Pnm {
        pnm::decode(bytes)
    } else {
        decode_from(Cursor::new(bytes), format.in_image_crate())
    }?;
    let shape = Shape::new(image.height() as usize, image.width() as usize);
    let opaque =
        (missing == Some(Missing::Alpha) && image.color().has_alpha()).then(|| opaque(&image));
    let (samples, transparent) = grey(image, f64::from(background) / 255.0)?;
    let known = opaque
        .filter(|known| known.contains(&false))
        .or_else(|| missing?.known(&samples));
    Ok(Decoded {
        picture: DecodedPicture {
            shape,
            samples,
            known,
        },
        transparent,
        jpeg_ending,
        misnamed: misnamed(encoded.name, format),
        no_data: None,
    })
}

/// Decodes a page of a TIFF file.
fn decode_tiff(
    encoded: Encoded,
    background: u8,
    missing: Option<Missing>,
) -> Result<Decoded, String> {
    let reading = PageReading {
        page: match encoded.page {
            Some(page) => page,
            None => first_page(encoded.bytes)?,
        },
        background: f64::from(background) / 255.0,
        missing,
    };
    let page = tiff::decode(encoded.bytes, reading)?;
    Ok(Decoded {
        picture: page.picture,
        transparent: page.transparent,
        jpeg_ending: None,
        misnamed: misnamed(encoded.name, ImageFileFormat::Tiff),
        no_data: page.no_data,
    })
}

/// Returns the first page of a TIFF file that is an image of its own.
fn first_page(bytes: &[u8]) -> Result<Page, String> {
    let pages = Pages::of(Cursor::new(bytes), bytes.len() as u64);
    let none = || "damaged: the TIFF file has no pages".to_owned();
    let first = pages.list.first().copied();
    first.ok_or_else(|| pages.broken.unwrap_or_else(none))
}

const AMBIGUOUS: &str =
    "a 4-channel JPEG without an Adobe marker, which may be CMYK or its inverse: convert it to RGB";

/// Checks what the crate `image` accepts silently, and returns how a JPEG file ends.
fn check(format: ImageFileFormat, bytes: &[u8]) -> Result<Option<Ending>, String> {
    match format {
        ImageFileFormat::Jpeg => match jpeg::ending(bytes)? {
            ending if ending.has_ambiguous_colour => Err(AMBIGUOUS.to_owned()),
            ending => Ok(Some(ending)),
        },
        ImageFileFormat::WebP => check_webp(bytes).map(|()| None),
        ImageFileFormat::Bmp => bmp::check(bytes).map(|()| None),
        ImageFileFormat::Gif => gif::check(bytes).map(|()| None),
        ImageFileFormat::Png | ImageFileFormat::Pnm | ImageFileFormat::Tiff => Ok(None),
    }
}

/// Returns the extension and the format of a file if they contradict each other.
fn misnamed(name: &Path, format: ImageFileFormat) -> Option<(String, &'static str)> {
    let extension = extension(name)?;
    let named = ImageFormat::from_extension(&extension)?;
    (named != format.in_image_crate()).then(|| (extension, format.name()))
}

/// Reads all bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let text = |error: io::Error| error.to_string();
    let mut file = disk::open_file(path).map_err(text)?;
    check_length(file.metadata().map_err(text)?.len())?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(text)?;
    Ok(bytes)
}

/// Decodes an image of a known format, upright and within limits.
fn decode_from(file: impl BufRead + Seek, format: ImageFormat) -> Result<DynamicImage, String> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::with_format(file, format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, decoder.total_bytes())?;
    // The reader does not apply its limits to the buffer of the decoded pixels.
    limits
        .reserve(decoder.total_bytes())
        .map_err(|error| reason(&error))?;
    decoder.set_limits(limits).map_err(|error| reason(&error))?;
    let orientation = orientation(&mut decoder);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Returns the reason of an error of the crate `image`, on one line.
fn reason(error: &ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "truncated".to_owned()
        }
        ImageError::Decoding(error) if is_cut(&error.to_string()) => "truncated".to_owned(),
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            format!(
                "too large: decoding takes more than {} MB",
                MOST_BYTES >> 20
            )
        }
        ImageError::Unsupported(error) => {
            format!(
                "not supported ({}): save it as 8- or 16-bit PNG",
                one_line(&error.to_string())
            )
        }
        error => {
            let reason = one_line(&error.to_string());
            format!(
                "damaged: {}",
                reason
                    .strip_prefix("Format error decoding ")
                    .unwrap_or(&reason)
            )
        }
    }
}

/// Checks whether this message of a decoder is about data that end too early.
fn is_cut(message: &str) -> bool {
    [
        "Unexpected End of File",
        "InsufficientInput",
        "not have enough data",
        "image truncated",
    ]
    .iter()
    .any(|part| message.contains(part))
}

/// Checks that a WebP file is as long as its header states; the crate `image` would report a corrupt stream.
fn check_webp(bytes: &[u8]) -> Result<(), String> {
    match bytes {
        [_, _, _, _, a, b, c, d, rest @ ..]
            if (rest.len() as u64) < u64::from(u32::from_le_bytes([*a, *b, *c, *d])) =>
        {
            Err("truncated".to_owned())
        }
        _ => Ok(()),
    }
}

/// Returns the reason why a file is not an image.
fn not_an_image(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(HEAD as usize)];
    if let Some(placeholder) = placeholder(head) {
        return placeholder.to_owned();
    }
    if is_web_page(head) {
        return "not an image: a web page".to_owned();
    }
    if is_text(head) {
        return "not an image: the content is text".to_owned();
    }
    format!("not an image in a supported format ({SUPPORTED})")
}
