//! PNG from samples.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::errors::failed;
use crate::error::Result;

/// The level of the compression. Pages are mostly even: higher levels take twice the time for a tenth of
/// the size.
const LEVEL: u8 = 2;

/// Returns a PNG of the given samples.
pub(crate) fn encode(
    samples: &[u8],
    width: u32,
    height: u32,
    colour: ExtendedColorType,
) -> Result<Vec<u8>> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Level(LEVEL), FilterType::Up)
        .write_image(samples, width, height, colour)
        .map_err(failed)?;
    Ok(png)
}
