//! Decoding of one image file to one grey picture. No other folder of the library decodes images.

mod grey;
mod jpeg;
mod sniff;
mod tiff_floats;
mod tiff_pages;

use std::io::{self, BufRead, Cursor, Read, Seek};
use std::path::Path;

use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb32FImage,
};

use self::grey::{grey, opaque};
pub(crate) use self::sniff::{
    HEAD, has_image_extension, head, is_text, is_tiff, is_web_page, looks_like_image, recognise,
};
use self::sniff::{ImageFileFormat, extension};
use self::tiff_floats::Floats;
pub(crate) use self::tiff_pages::Pages;
use self::tiff_pages::TiffPage;
use super::missing::Missing;
use super::set::{DecodedPicture, MOST_SIDE};
use crate::basis::Shape;
use crate::disk;
use crate::error::one_line;

/// The supported formats, as messages name them. Each has a variant of `ImageFileFormat` in `sniff.rs`
/// and stands under Image files in `assets/guide/input-formats.md`.
pub(crate) const SUPPORTED: &str = "PNG, JPEG, PGM/PPM/PBM, BMP, TIFF, WebP and GIF";
/// The most bytes of one image, as a file and decoded.
pub(crate) const MOST_BYTES: u64 = 256 << 20;

/// A picture, and facts about its file.
pub(crate) struct Decoded {
    pub picture: DecodedPicture,
    /// Whether any pixel is transparent.
    pub transparent: bool,
    /// The extension and the format, if they contradict each other.
    pub misnamed: Option<(String, &'static str)>,
}

/// One encoded image.
#[derive(Clone, Copy)]
pub(crate) struct Encoded<'a> {
    /// The name of its file.
    pub name: &'a Path,
    pub bytes: &'a [u8],
    /// Where its page begins in a TIFF file; `None` for the first page.
    pub page: Option<u64>,
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
    let format = recognise(bytes).ok_or_else(|| not_an_image(bytes))?;
    match format {
        ImageFileFormat::Jpeg => jpeg::check(bytes)?,
        ImageFileFormat::WebP => check_webp(bytes)?,
        _ => {}
    }
    let image = match encoded.page {
        _ if format != ImageFileFormat::Tiff => {
            decode_from(Cursor::new(bytes), format.in_image_crate())
        }
        Some(page) => decode_tiff(|| TiffPage::at(bytes, page)),
        None => match Pages::of(Cursor::new(bytes), bytes.len() as u64) {
            Pages {
                starts,
                broken: Some(reason),
                ..
            } if starts.is_empty() => Err(reason),
            _ => decode_tiff(|| Cursor::new(bytes)),
        },
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
        misnamed: misnamed(encoded.name, format),
    })
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

/// Checks that the length of a file is within limits.
pub(crate) fn check_length(length: u64) -> Result<(), String> {
    match length {
        0 => Err("empty file".to_owned()),
        1..=MOST_BYTES => Ok(()),
        _ => Err(format!(
            "too large: the file has {} MB, the limit is {} MB",
            length >> 20,
            MOST_BYTES >> 20
        )),
    }
}

/// Returns the most bytes that the pixels of a file take while they are decoded and after; 0 if it is not an image.
pub(crate) fn decoded_bytes(bytes: &[u8]) -> u64 {
    let Some(format) = recognise(bytes) else {
        return 0;
    };
    if format == ImageFileFormat::Tiff {
        return Pages::of(Cursor::new(bytes), bytes.len() as u64).pixels;
    }
    let reader = ImageReader::with_format(Cursor::new(bytes), format.in_image_crate());
    let Ok(decoder) = reader.into_decoder() else {
        return 0;
    };
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let fine = colour.bytes_per_pixel() > colour.channel_count();
    let kept = u64::from(width) * u64::from(height) * if fine { 4 } else { 1 };
    if check_size(&decoder).is_ok() {
        kept.max(decoder.total_bytes())
    } else {
        0
    }
}

/// Decodes the first page of a TIFF file. A page with one channel of floats is read as one with three equal channels, since
/// the crate `image` supports only those.
fn decode_tiff<R: BufRead + Seek>(open: impl Fn() -> R) -> Result<DynamicImage, String> {
    const CHANNELS: u64 = 3;
    let Some(floats) = Floats::read(open(), MOST_BYTES / 4 / CHANNELS) else {
        return decode_from(open(), ImageFormat::Tiff);
    };
    let Floats {
        width,
        height,
        values,
        orientation,
    } = floats?;
    let values = values
        .into_iter()
        .flat_map(|value| [value; CHANNELS as usize])
        .collect();
    let image =
        Rgb32FImage::from_vec(width, height, values).ok_or("damaged: values are missing")?;
    let mut image = DynamicImage::ImageRgb32F(image);
    image.apply_orientation(
        Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms),
    );
    Ok(image)
}

/// Decodes an image of a known format, upright and within limits.
fn decode_from(file: impl BufRead + Seek, format: ImageFormat) -> Result<DynamicImage, String> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::with_format(file, format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    check_size(&decoder)?;
    // The reader does not apply its limits to the buffer of the decoded pixels.
    limits
        .reserve(decoder.total_bytes())
        .map_err(|error| reason(&error))?;
    decoder.set_limits(limits).map_err(|error| reason(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Checks that the size of an image is within limits.
fn check_size(decoder: &impl ImageDecoder) -> Result<(), String> {
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(format!("{width}x{height}: no pixels"));
    }
    if width.max(height) as usize > MOST_SIDE {
        return Err(format!(
            "too large: {width}x{height}, the limit is {MOST_SIDE} per side"
        ));
    }
    let bytes = decoder.total_bytes();
    if bytes > MOST_BYTES {
        return Err(format!(
            "too large: {width}x{height} takes {} MB, the limit is {} MB",
            bytes >> 20,
            MOST_BYTES >> 20
        ));
    }
    Ok(())
}

/// Returns the reason of an error of the crate `image`, on one line.
fn reason(error: &ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "truncated".to_owned()
        }
        ImageError::Decoding(error) if error.to_string().contains("Unexpected End of File") => {
            "truncated".to_owned()
        }
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
    if is_web_page(head) {
        return "not an image: a web page".to_owned();
    }
    if is_text(head) {
        return "not an image: the content is text".to_owned();
    }
    format!("not an image in a supported format ({SUPPORTED})")
}
