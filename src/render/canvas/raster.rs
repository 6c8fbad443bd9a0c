//! Pixels as they are drawn: bytes, grey or in three colours, and their PNG.

use super::png::{PngColour, PngWriter};
use crate::error::Result;

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
            Samples::Grey(samples) => (samples.as_slice(), PngColour::Grey),
            Samples::Rgb(samples) => (samples.as_flattened(), PngColour::Rgb),
        };
        let mut png = PngWriter::new(self.width, self.height, colour);
        for row in samples.chunks_exact(samples.len() / self.height as usize) {
            png.row(row)?;
        }
        png.finish()
    }
}
