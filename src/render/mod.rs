//! Pictures: plain data in, the bytes of an SVG or a PNG out. No file system.
//!
//! There is one way of drawing. A page is laid out in points with text measured in the embedded font, written by
//! plotters as SVG, and rasterised from that SVG where a PNG is wanted; so both are the same picture, on every computer.
//! Image pixels are enlarged by whole factors and never blurred.

mod animation;
mod atlas;
mod axes;
mod bar;
mod canvas;
mod chart;
mod columns;
mod comparison;
mod document;
mod gallery;
mod head;
mod inpainting;
mod layout;
mod learning;
mod map;
mod moment;
mod owners;
mod page;
mod rank_error;
mod ranks;
mod ranks_gallery;
mod recipe;
mod reconstructions;
mod rules;
mod samples;
mod scatter;
mod sheet;
mod steps;
mod style;
mod terminal;
mod text;
mod tiles;
mod usage;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use resvg::{tiny_skia, usvg};

pub use animation::animation;
pub use atlas::{Atlas, Direction, Plane, atlas};
pub use chart::{Convergence, convergence};
pub use comparison::{Comparison, comparison};
pub use gallery::{Gallery, gallery};
pub use inpainting::{Filled, Inpainting, Truth, inpainting};
pub use learning::{Learning, learning};
pub use map::{Map, map};
pub use moment::moment;
pub use page::{Page, page, page_images};
pub use rank_error::{RankError, rank_error};
pub use ranks::{Ranks, ranks};
pub use ranks_gallery::{RanksGallery, ranks_gallery};
pub use recipe::{Recipe, recipe};
pub use reconstructions::{Reconstructions, reconstructions};
pub use rules::{RuleRow, Rules, rules};
pub use samples::Sample;
pub use steps::Mixture;
pub use style::Theme;
pub use terminal::{Colours, View, half_blocks, iterm, kitty};
pub use text::percent;
pub use tiles::{Scale, Scaling};
pub use usage::{Usage, UsageGroup, usage};

use crate::basis::Shape;
use crate::error::{Error, Result};

/// The largest picture: four tall pages at four pixels a point.
const MOST_PIXELS: u64 = 500_000_000;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    svg: String,
    width: f64,
    height: f64,
    texts: Vec<TextBox>,
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
    fn pixels(&self, density: f32) -> Result<Pixels> {
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
        let tree = usvg::Tree::from_str(&self.svg, &text::options()).map_err(canvas::failed)?;
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
struct Pixels {
    rgb: Vec<u8>,
    width: u32,
    height: u32,
}

/// An image of `shape` as an 8-bit grey PNG, one pixel a value: 0 is black, 1 white.
///
/// # Errors
/// [`Error::Picture`] if there are not as many values as pixels.
pub fn grey_png(values: &[f32], shape: Shape) -> Result<Vec<u8>> {
    tiles::check(values, shape)?;
    tiles::png(
        values,
        shape,
        tiles::Paint {
            scale: Scale::FromZero,
            limit: 1.0,
        },
    )
}

/// A PNG of the given samples.
fn encode(samples: &[u8], width: u32, height: u32, colour: ExtendedColorType) -> Result<Vec<u8>> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Up)
        .write_image(samples, width, height, colour)
        .map_err(canvas::failed)?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(group: &usvg::Group, found: &mut Vec<tiny_skia::Rect>) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => boxes(group, found),
                usvg::Node::Text(text) => found.push(text.abs_bounding_box()),
                _ => {}
            }
        }
    }

    #[test]
    fn texts_stand_where_the_rasteriser_draws_them() {
        let trace = [crate::nmf::Iteration {
            iteration: 1,
            seconds: 0.5,
            relative_error: 0.2,
            objective: 0.1,
        }];
        let title = "AVAVA Tý fi <b>面孔</b>";
        let figure = convergence(
            &Convergence {
                title,
                trace: &trace,
                pca_error: 0.1,
            },
            Theme::Light,
        )
        .expect("drawn");
        let tree = usvg::Tree::from_str(figure.svg(), &text::options()).expect("valid");
        let mut drawn = Vec::new();
        boxes(tree.root(), &mut drawn);
        assert_eq!(drawn.len(), figure.texts().len());
        for (text, drawn) in figure.texts().iter().zip(drawn) {
            let sides = [f64::from(drawn.left()), f64::from(drawn.right())];
            let near =
                (sides[0] - text.x).abs() < 0.5 && (sides[1] - text.x - text.width).abs() < 0.5;
            let within = f64::from(drawn.top()) > text.y - 1.0
                && f64::from(drawn.bottom()) < text.y + text.height + 1.0;
            assert!(near && within, "{text:?} is drawn at {drawn:?}");
        }
    }
}
