//! A finished drawing: its SVG, its texts, and its pixels.

use image::ExtendedColorType;
use resvg::{tiny_skia, usvg};

use super::errors::failed;
use super::png::encode;
use super::text;
use crate::error::{Error, Result};

/// Maximum number of pixels: four tall pages at four pixels per point.
const MOST_PIXELS: u64 = 500_000_000;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) svg: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) texts: Vec<TextBox>,
}

/// A text on a [`Figure`] and its bounding box in points, from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBox {
    /// The text as drawn, which may be shortened.
    pub text: String,
    /// The left edge.
    pub x: f64,
    /// The top edge.
    pub y: f64,
    /// The width of the letters.
    pub width: f64,
    /// The height of a line: from above the accents to below the descenders.
    pub height: f64,
}

impl Figure {
    /// Returns the drawing as SVG with text as text and embedded images.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// Returns width and height in points.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// Returns every text of the drawing with its bounding box.
    #[must_use]
    pub fn texts(&self) -> &[TextBox] {
        &self.texts
    }

    /// Returns the drawing as a PNG with `density` pixels per point; pages are laid out for 2.
    ///
    /// The same figure gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Picture`] if the density is not positive or the picture would have more than 500
    /// million pixels.
    pub fn png(&self, density: f32) -> Result<Vec<u8>> {
        let pixels = self.pixels(density)?;
        encode(
            &pixels.rgb,
            pixels.width,
            pixels.height,
            ExtendedColorType::Rgb8,
        )
    }

    /// Returns the drawing as pixels.
    pub(crate) fn pixels(&self, density: f32) -> Result<RgbPixels> {
        let width = (self.width * f64::from(density)).round() as u32;
        let height = (self.height * f64::from(density)).round() as u32;
        let possible = u64::from(width) * u64::from(height) <= MOST_PIXELS;
        let pixels = possible
            .then(|| tiny_skia::Pixmap::new(width, height))
            .flatten();
        let mut pixels = pixels.ok_or_else(|| Error::Picture {
            reason: format!(
                "{width}x{height} pixels are not possible; choose another density than {density}"
            ),
        })?;
        let tree = usvg::Tree::from_str(&self.svg, &text::options()).map_err(failed)?;
        let zoom = tiny_skia::Transform::from_scale(density, density);
        resvg::render(&tree, zoom, &mut pixels.as_mut());
        // The paper is opaque, so the alpha channel is not needed.
        let mut rgb = vec![0; pixels.data().len() / 4 * 3];
        for (to, from) in rgb.chunks_exact_mut(3).zip(pixels.data().chunks_exact(4)) {
            to.copy_from_slice(&from[..3]);
        }
        Ok(RgbPixels { rgb, width, height })
    }
}

/// A drawing as RGB samples, row by row.
pub(crate) struct RgbPixels {
    pub rgb: Vec<u8>,
    pub width: u32,
    pub height: u32,
}
