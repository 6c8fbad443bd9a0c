//! Pixels as they are drawn: bytes, grey or in three colours, and their PNG.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::errors::failed;
use crate::error::Result;

/// The level of the compression. Pages are mostly even: higher levels take twice the time for a tenth of
/// the size.
const LEVEL: u8 = 2;

/// Pixels, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raster {
    pub samples: Samples,
    pub width: u32,
    pub height: u32,
}

/// The samples of pixels, 0 to 255.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Samples {
    Grey(Vec<u8>),
    Rgb(Vec<[u8; 3]>),
}

impl Raster {
    /// Returns the colour of a pixel.
    pub(crate) fn rgb(&self, column: usize, row: usize) -> [u8; 3] {
        let at = row * self.width as usize + column;
        match &self.samples {
            Samples::Grey(samples) => [samples[at]; 3],
            Samples::Rgb(samples) => samples[at],
        }
    }

    /// Returns the pixels as a PNG.
    pub(crate) fn png(&self) -> Result<Vec<u8>> {
        let (samples, colour) = match &self.samples {
            Samples::Grey(samples) => (samples.as_slice(), ExtendedColorType::L8),
            Samples::Rgb(samples) => (samples.as_flattened(), ExtendedColorType::Rgb8),
        };
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Level(LEVEL), FilterType::Up)
            .write_image(samples, self.width, self.height, colour)
            .map_err(failed)?;
        Ok(png)
    }
}
