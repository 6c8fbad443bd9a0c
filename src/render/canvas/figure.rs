//! A finished drawing: its SVG, its texts, and its pixels.

use image::ExtendedColorType;
use resvg::{tiny_skia, usvg};

use super::errors::failed;
use super::png::encode;
use super::text;
use crate::error::{Error, Result};

/// The largest picture: four tall pages at four pixels a point.
const MOST_PIXELS: u64 = 500_000_000;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) svg: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) texts: Vec<TextBox>,
}

/// Where a text stands on a [`Figure`]; lengths in points, from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBox {
    /// What is written there, shortened where it had to be.
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
    /// The drawing as SVG; text stays text, images are embedded.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// Width and height in points.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// Every text of the drawing with the box that it fills.
    #[must_use]
    pub fn texts(&self) -> &[TextBox] {
        &self.texts
    }

    /// The drawing as PNG with `density` pixels a point; 2 is what pages are laid out for.
    ///
    /// The same figure gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Picture`] if the density is not a positive number or the picture would be too large for the memory.
    pub fn png(&self, density: f32) -> Result<Vec<u8>> {
        let pixels = self.pixels(density)?;
        encode(
            &pixels.rgb,
            pixels.width,
            pixels.height,
            ExtendedColorType::Rgb8,
        )
    }

    /// The drawing as pixels.
    pub(crate) fn pixels(&self, density: f32) -> Result<Pixels> {
        let side = |points: f64| (points * f64::from(density)).round() as u32;
        let (width, height) = (side(self.width), side(self.height));
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
        // The paper is opaque, so the last of four bytes says nothing.
        let mut rgb = vec![0; pixels.data().len() / 4 * 3];
        for (to, from) in rgb.chunks_exact_mut(3).zip(pixels.data().chunks_exact(4)) {
            to.copy_from_slice(&from[..3]);
        }
        Ok(Pixels { rgb, width, height })
    }
}

/// A drawing as red, green and blue, row by row.
pub(crate) struct Pixels {
    pub rgb: Vec<u8>,
    pub width: u32,
    pub height: u32,
}
