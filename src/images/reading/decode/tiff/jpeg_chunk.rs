//! JPEG images in the strips and tiles of TIFF pages.

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::images::reading::common::MOST_SIDE;
use crate::images::reading::decode::jpeg;
use crate::images::reading::decode::limits::check_size;

/// The size that a JPEG image must have.
#[derive(Clone, Copy)]
pub(super) struct JpegSize {
    pub width: usize,
    pub rows: usize,
    pub samples: usize,
}

/// Decompresses a JPEG image without conversion of its colour. `tables` are common to all images of a page.
pub(super) fn decompress(tables: &[u8], image: &[u8], size: JpegSize) -> Result<Vec<u8>, String> {
    let whole = joined(tables, image);
    jpeg::ending(&whole)?;
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MOST_SIDE)
        .set_max_height(MOST_SIDE);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(whole), options);
    decoder.decode_headers().map_err(|error| damaged(&error))?;
    let info = decoder.info().ok_or("damaged: JPEG data")?;
    let (width, rows) = (usize::from(info.width), usize::from(info.height));
    let samples = usize::from(info.components);
    if width != size.width || rows < size.rows || samples != size.samples {
        return Err(format!(
            "damaged: a JPEG image of {width}x{rows} with {samples} samples, contrary to its page"
        ));
    }
    check_size(info.width, info.height, (width * rows * samples) as u64)?;
    if let Some(stored) = decoder.input_colorspace() {
        decoder.set_options(options.jpeg_set_out_colorspace(stored));
    }
    decoder.decode().map_err(|error| damaged(&error))
}

/// Returns the first line of an error.
fn damaged(error: &DecodeErrors) -> String {
    let text = error.to_string();
    let line = text.lines().find(|line| !line.trim().is_empty());
    format!("damaged: JPEG data ({})", line.unwrap_or_default().trim())
}

/// Returns the image with the tables after its first marker.
fn joined(tables: &[u8], image: &[u8]) -> Vec<u8> {
    let tables = tables.strip_suffix(b"\xff\xd9").unwrap_or(tables);
    let image = match image.strip_prefix(b"\xff\xd8") {
        Some(rest) if !tables.is_empty() => rest,
        _ => image,
    };
    [tables, image].concat()
}
