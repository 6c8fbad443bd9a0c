//! One file to one grey picture; the only user of the image decoders. Not which files, nor what becomes of them.
//!
//! Grey is the luma of Rec. 709 on the stored values, `0.2126 R + 0.7152 G + 0.0722 B`, after laying transparent
//! pixels over the background: `(255, 0, 0)` is 54, and `(v, v, v)` exactly `v`. 8-bit files stay 8-bit.

use std::fs::{self, File};
use std::io::{self, BufRead, Cursor, Read, Seek};
use std::path::Path;

use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb32FImage,
};

use super::jpeg;
use super::missing::Missing;
use super::pages::{Floats, Page, Pages};
use super::picture::{Picture, Samples};
use crate::basis::Shape;
use crate::error::one_line;

/// The formats that are read, as messages name them.
pub(super) const SUPPORTED: &str = "PNG, JPEG, PGM/PPM/PBM, BMP, TIFF, WebP and GIF";
/// The longest side of an image that is read.
pub(super) const MOST_SIDE: usize = 30_000;
/// The most memory one image may take, as a file and decoded.
pub(super) const MOST_BYTES: u64 = 256 << 20;
/// How many bytes tell what a file is.
pub(super) const HEAD: u64 = 512;
/// Extensions of images that no decoder here knows.
const FOREIGN_EXTENSIONS: [&str; 6] = ["heic", "heif", "jp2", "jxl", "psd", "svg"];

/// A picture with what its file said beside the pixels.
pub(super) struct Decoded {
    pub picture: Picture,
    /// Whether any pixel let the background through.
    pub transparent: bool,
    /// The extension and the format, where they contradict one another.
    pub misnamed: Option<(String, &'static str)>,
}

/// Whether a file claims to be an image by its name, or is one by its first bytes.
pub(super) fn looks_like_image(path: &Path) -> bool {
    is_called_as_image(path) || head(path).is_ok_and(|head| recognise(&head).is_some())
}

/// Whether a file claims to be an image by its name.
pub(super) fn is_called_as_image(path: &Path) -> bool {
    extension(path).is_some_and(|extension| {
        ImageFormat::from_extension(&extension).is_some()
            || FOREIGN_EXTENSIONS.contains(&extension.as_str())
    })
}

/// Whether these are the first bytes of a TIFF file.
pub(super) fn is_tiff(head: &[u8]) -> bool {
    recognise(head) == Some(ImageFormat::Tiff)
}

/// The first bytes of a file.
pub(super) fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// The format that the first bytes of a file show, if it is one that is read.
pub(super) fn recognise(head: &[u8]) -> Option<ImageFormat> {
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

/// One image as it was stored.
#[derive(Clone, Copy)]
pub(super) struct Encoded<'a> {
    /// What its file is called.
    pub name: &'a Path,
    pub bytes: &'a [u8],
    /// Where its page begins, of a TIFF file; otherwise the first one is read.
    pub page: Option<u64>,
}

/// Decodes one image, or says in a few words why that is not possible.
///
/// What is `missing` is unknown, whatever it becomes.
pub(super) fn decode(
    encoded: Encoded,
    background: u8,
    missing: Option<Missing>,
) -> Result<Decoded, String> {
    let bytes = encoded.bytes;
    let format = recognise(bytes).ok_or_else(|| not_an_image(bytes))?;
    match format {
        ImageFormat::Jpeg => jpeg::check(bytes)?,
        ImageFormat::WebP => check_webp(bytes)?,
        _ => {}
    }
    let image = match encoded.page {
        _ if format != ImageFormat::Tiff => decode_from(Cursor::new(bytes), format),
        Some(page) => decode_tiff(|| Page::at(bytes, page)),
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
    let misnamed = extension(encoded.name)
        .filter(|extension| {
            ImageFormat::from_extension(extension).is_some_and(|named| named != format)
        })
        .map(|extension| (extension, name(format)));
    Ok(Decoded {
        picture: Picture {
            shape,
            samples,
            known,
        },
        transparent,
        misnamed,
    })
}

/// All bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    check_length(length)?;
    fs::read(path).map_err(|error| error.to_string())
}

/// Whether a file has something to decode, and not too much.
pub(super) fn check_length(length: u64) -> Result<(), String> {
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

/// Bytes that the pixels of a file take, at the most, while they are decoded and after; none where it is no image.
pub(super) fn weight(bytes: &[u8]) -> u64 {
    let Some(format) = recognise(bytes) else {
        return 0;
    };
    if format == ImageFormat::Tiff {
        return Pages::of(Cursor::new(bytes), bytes.len() as u64).pixels;
    }
    let Ok(decoder) = ImageReader::with_format(Cursor::new(bytes), format).into_decoder() else {
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

/// Decodes the first page; one of floats in one channel as if all channels held them, as the decoder reads those alone.
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

fn decode_from(file: impl BufRead + Seek, format: ImageFormat) -> Result<DynamicImage, String> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::with_format(file, format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    check_size(&decoder)?;
    // The reader's own limits do not bind the buffer that is decoded into.
    limits
        .reserve(decoder.total_bytes())
        .map_err(|error| reason(&error))?;
    decoder.set_limits(limits).map_err(|error| reason(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn check_size(decoder: &impl ImageDecoder) -> Result<(), String> {
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(format!("{width}x{height}: no pixels"));
    }
    if width.max(height) as usize > MOST_SIDE {
        return Err(format!(
            "too large: {width}x{height}, the limit is {MOST_SIDE} a side"
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

/// What the decoder complains of, in one line.
fn reason(error: &ImageError) -> String {
    match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "cut short".to_owned()
        }
        ImageError::Decoding(error) if error.to_string().contains("Unexpected End of File") => {
            "cut short".to_owned()
        }
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            format!(
                "too large: decoding takes more than {} MB",
                MOST_BYTES >> 20
            )
        }
        ImageError::Unsupported(error) => {
            format!(
                "of a kind that is not read; save it as 8- or 16-bit PNG ({})",
                one_line(&error.to_string())
            )
        }
        error => {
            let complaint = one_line(&error.to_string());
            format!(
                "damaged: {}",
                complaint
                    .strip_prefix("Format error decoding ")
                    .unwrap_or(&complaint)
            )
        }
    }
}

/// Refuses a WebP file shorter than it says itself, where the decoder would speak of a corrupt stream.
fn check_webp(bytes: &[u8]) -> Result<(), String> {
    match bytes {
        [_, _, _, _, a, b, c, d, rest @ ..]
            if (rest.len() as u64) < u64::from(u32::from_le_bytes([*a, *b, *c, *d])) =>
        {
            Err("cut short".to_owned())
        }
        _ => Ok(()),
    }
}

fn not_an_image(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(HEAD as usize)];
    if is_web_page(head) {
        return "not an image: a web page".to_owned();
    }
    if is_text(head) {
        return "not an image: the content is text".to_owned();
    }
    format!("not an image of a kind that is read ({SUPPORTED})")
}

/// Whether the first bytes are those of a page of HTML, as a failed download leaves it.
pub(super) fn is_web_page(head: &[u8]) -> bool {
    let begins = |word: &str| {
        head.trim_ascii_start()
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    begins("<!doctype html") || begins("<html")
}

/// Whether the first bytes are those of a text.
pub(super) fn is_text(head: &[u8]) -> bool {
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

/// Which pixels are half opaque or more.
fn opaque(image: &DynamicImage) -> Vec<bool> {
    image
        .to_rgba8()
        .pixels()
        .map(|pixel| pixel.0[3] >= 128)
        .collect()
}

fn grey(image: DynamicImage, background: f64) -> Result<(Samples, bool), String> {
    let channels = usize::from(image.color().channel_count());
    match image {
        DynamicImage::ImageLuma8(pixels) => Ok((Samples::U8(pixels.into_raw()), false)),
        DynamicImage::ImageLumaA8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageRgb8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageRgba8(pixels) => Ok(grey_bytes(pixels.as_raw(), channels, background)),
        DynamicImage::ImageLuma16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageLumaA16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgb16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgba16(pixels) => {
            grey_fine(pixels.as_raw(), channels, 65535.0, background)
        }
        DynamicImage::ImageRgb32F(pixels) => grey_fine(pixels.as_raw(), channels, 1.0, background),
        DynamicImage::ImageRgba32F(pixels) => grey_fine(pixels.as_raw(), channels, 1.0, background),
        other => Err(format!(
            "colours of the kind {:?} are not read",
            other.color()
        )),
    }
}

fn grey_bytes(samples: &[u8], channels: usize, background: f64) -> (Samples, bool) {
    let (values, transparent) = flatten(samples, channels, 255.0, background);
    (
        Samples::U8(values.map(|value| (value * 255.0).round() as u8).collect()),
        transparent,
    )
}

fn grey_fine<T: Copy + PartialEq + Into<f64>>(
    samples: &[T],
    channels: usize,
    white: f64,
    background: f64,
) -> Result<(Samples, bool), String> {
    let (values, transparent) = flatten(samples, channels, white, background);
    let values: Vec<f32> = values.map(|value| value as f32).collect();
    if values
        .iter()
        .any(|value| !value.is_finite() || *value < 0.0)
    {
        return Err("holds values that are NaN, infinite or negative".to_owned());
    }
    Ok((Samples::F32(values), transparent))
}

/// Grey values in 0..=1 of interleaved samples, and whether the background shows through anywhere.
fn flatten<T: Copy + PartialEq + Into<f64>>(
    samples: &[T],
    channels: usize,
    white: f64,
    background: f64,
) -> (impl Iterator<Item = f64>, bool) {
    let has_alpha = channels.is_multiple_of(2);
    let alpha = move |pixel: &[T]| {
        if has_alpha {
            pixel[channels - 1].into() / white
        } else {
            1.0
        }
    };
    let transparent = has_alpha
        && samples
            .chunks_exact(channels)
            .any(|pixel| alpha(pixel) < 1.0);
    let values = samples.chunks_exact(channels).map(move |pixel| {
        let cover = alpha(pixel);
        luma(pixel) / white * cover + background * (1.0 - cover)
    });
    (values, transparent)
}

fn luma<T: Copy + PartialEq + Into<f64>>(pixel: &[T]) -> f64 {
    match *pixel {
        // Equal channels are taken as they are, or rounding could move them.
        [red, green, blue, ..] if red != green || green != blue => {
            0.2126 * red.into() + 0.7152 * green.into() + 0.0722 * blue.into()
        }
        [grey, ..] => grey.into(),
        [] => 0.0,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Bmp => "BMP",
        _ => "PGM/PPM/PBM",
    }
}
