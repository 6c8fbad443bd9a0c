//! What decoding an image file takes, from its header.

use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{ImageDecoder, ImageReader};

use super::limits::check_size;
use super::pnm;
use super::sniff::{ImageFileFormat, head, recognise};
use super::tiff::Pages;
use crate::basis::Shape;
use crate::disk;
use crate::images::set::{DecodingCost, MOST_SIDE};

/// Returns what decoding a file takes, from its header; `None` if it cannot be decoded. Of several pages it is the first.
pub(crate) fn cost(path: &Path) -> Option<DecodingCost> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let format = recognise(&head(path).ok()?)?;
    let file = BufReader::new(disk::open_file(path).ok()?);
    cost_of(format, file, metadata.len())
}

/// Returns what decoding a file with these bytes takes, as [`cost`] does.
pub(crate) fn cost_in_memory(bytes: &[u8]) -> Option<DecodingCost> {
    cost_of(recognise(bytes)?, Cursor::new(bytes), bytes.len() as u64)
}

/// Returns what decoding a file of `length` bytes takes.
fn cost_of(
    format: ImageFileFormat,
    file: impl BufRead + Seek,
    length: u64,
) -> Option<DecodingCost> {
    if format == ImageFileFormat::Tiff {
        return tiff_cost(file, length);
    }
    let decoder = ImageReader::with_format(file, format.in_image_crate())
        .into_decoder()
        .ok()?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, decoder.total_bytes()).ok()?;
    let colour = decoder.color_type();
    let is_fine = colour.bytes_per_pixel() > colour.channel_count();
    Some(DecodingCost {
        shape: Shape::new(height as usize, width as usize),
        value_bytes: if is_fine { 4 } else { 1 },
        // The file, its pixels, what decoders of progressive images hold, and the pixels turned upright.
        bytes: length + 4 * decoder.total_bytes(),
        waiting: 0,
    })
}

/// Returns what decoding the largest page of a TIFF file takes.
fn tiff_cost(file: impl Read + Seek, length: u64) -> Option<DecodingCost> {
    let pages = Pages::of(file, length);
    let largest = pages.largest?;
    let (width, height) = (largest.width as usize, largest.height as usize);
    let is_decoded = width.max(height) <= MOST_SIDE;
    is_decoded.then(|| DecodingCost {
        shape: Shape::new(height, width),
        value_bytes: largest.value_bytes,
        // The file, the samples of a strip or tile, and the pixels in f32, also turned upright.
        bytes: length + 2 * pages.while_decoding + 8 * largest.width * largest.height,
        waiting: 0,
    })
}

/// Returns the most bytes that the pixels of a file take while they are decoded and after; 0 if it is not an image.
pub(crate) fn decoded_bytes(bytes: &[u8]) -> u64 {
    let Some(format) = recognise(bytes) else {
        return 0;
    };
    if format == ImageFileFormat::Tiff {
        let pages = Pages::of(Cursor::new(bytes), bytes.len() as u64);
        return pages.pixels.saturating_add(pages.while_decoding);
    }
    if format == ImageFileFormat::Pnm {
        return pnm::decoded_bytes(bytes);
    }
    let reader = ImageReader::with_format(Cursor::new(bytes), format.in_image_crate());
    let Ok(decoder) = reader.into_decoder() else {
        return 0;
    };
    let (width, height) = decoder.dimensions();
    let colour = decoder.color_type();
    let fine = colour.bytes_per_pixel() > colour.channel_count();
    let kept = u64::from(width) * u64::from(height) * if fine { 4 } else { 1 };
    if check_size(width, height, decoder.total_bytes()).is_ok() {
        kept.max(decoder.total_bytes())
    } else {
        0
    }
}
