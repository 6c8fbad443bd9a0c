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
use crate::images::reading::common::DecodingCost;

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
    Some(DecodingCost {
        shape: Shape::new(largest.height as usize, largest.width as usize),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a TIFF entry of up to two numbers of 16 bits.
    fn entry(tag: u16, numbers: &[u16]) -> Vec<u8> {
        let mut bytes = [tag.to_le_bytes(), [3, 0]].concat();
        bytes.extend((numbers.len() as u32).to_le_bytes());
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes.resize(12, 0);
        bytes
    }

    /// Returns a file of one page of a strip of two pixels, with three bytes each.
    fn file(first: &[Vec<u8>], last: &[Vec<u8>]) -> Vec<u8> {
        let size = [entry(256, &[2]), entry(257, &[1]), entry(258, &[8])];
        let strip = [entry(273, &[8]), entry(277, &[3]), entry(279, &[6])];
        let entries = [first, &size, &[entry(262, &[1])], &strip, last].concat();
        let count = [entries.len() as u8, 0];
        let directory = [&count, &entries.concat()[..], &[0; 4]].concat();
        [&b"II\x2a\0\x10\0\0\0"[..], &[0; 8], &directory].concat()
    }

    #[test]
    fn all_channels_in_the_samples_of_a_page_are_counted() {
        // The second and third byte of a pixel have no stated meaning.
        let channels = file(&[], &[entry(338, &[0, 0])]);
        // Each of three channels has two bytes, and the strip six.
        assert_eq!(decoded_bytes(&channels), 3 * 2 + 6);
    }

    #[test]
    fn a_smaller_copy_is_counted_if_there_is_no_other_page() {
        let copy = file(&[entry(254, &[1])], &[entry(338, &[0, 0])]);
        assert_eq!(decoded_bytes(&copy), 3 * 2 + 6);
        assert_eq!(
            cost_in_memory(&copy).map(|cost| cost.shape),
            Some(Shape::new(1, 2))
        );
    }
}
