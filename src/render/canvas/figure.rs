//! A finished drawing: its SVG, its texts, and its pixels.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::style::RGBColor;
use resvg::{tiny_skia, usvg};

use super::errors::failed;
use super::raster::{Raster, Samples};
use super::text;
use crate::error::{Error, Result};

/// Maximum number of pixels: four tall pages at four pixels per point.
const MOST_PIXELS: u64 = 500_000_000;
/// Drawing units per point. plotters places marks at whole numbers, hence at tenths of a point.
pub(super) const UNITS: f64 = 10.0;
/// Width of the frame around an image in points.
const FRAME: f64 = 0.5;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) paper: RGBColor,
    /// What lies below the marks, in the order in which it is drawn.
    pub(crate) ground: Vec<Ground>,
    /// SVG elements that lie above all images.
    pub(crate) marks: String,
    pub(crate) texts: Vec<TextBox>,
}

/// What lies below the marks of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ground {
    /// SVG elements.
    Shapes(String),
    Image(PlacedImage),
}

/// An image on a drawing, in drawing units, with a thin frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedImage {
    pub raster: Raster,
    pub area: UnitRect,
    pub frame: RGBColor,
}

/// A rectangle in drawing units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnitRect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
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
    ///
    /// # Errors
    /// [`Error::Picture`] if an image cannot be encoded.
    pub fn svg(&self) -> Result<String> {
        let paper = UnitRect {
            x: 0,
            y: 0,
            width: units(self.width),
            height: units(self.height),
        };
        let mut content = rectangle(paper, self.paper);
        for ground in &self.ground {
            match ground {
                Ground::Shapes(shapes) => content.push_str(shapes),
                Ground::Image(image) => content.push_str(&image.svg()?),
            }
        }
        content.push_str(&self.marks);
        Ok(self.document(&content))
    }

    /// Returns the SVG of some elements.
    fn document(&self, content: &str) -> String {
        let Self { width, height, .. } = self;
        let (w, h) = (units(*width), units(*height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {w} {h}\">\n\
             {content}\n</svg>\n"
        )
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
        let RgbPixels { rgb, width, height } = self.pixels(density)?;
        let samples = Samples::Rgb(rgb);
        Raster {
            samples,
            width,
            height,
        }
        .png()
    }

    /// Returns the drawing as pixels.
    pub(crate) fn pixels(&self, density: f32) -> Result<RgbPixels> {
        Ok(self.drawn(density)?.rgb())
    }

    /// Returns a sheet of paper with the drawing.
    pub(crate) fn drawn(&self, density: f32) -> Result<Sheet> {
        let mut pixels = self.blank(density)?;
        let RGBColor(red, green, blue) = self.paper;
        pixels.fill(tiny_skia::Color::from_rgba8(red, green, blue, u8::MAX));
        let mut sheet = Sheet { pixels, density };
        self.draw_on(&mut sheet)?;
        Ok(sheet)
    }

    /// Draws on a sheet of the same size. Images are copied pixel by pixel, which is much faster than drawing
    /// them.
    pub(crate) fn draw_on(&self, sheet: &mut Sheet) -> Result<()> {
        let Sheet { pixels, density } = sheet;
        for ground in &self.ground {
            match ground {
                Ground::Shapes(shapes) => self.render(shapes, *density, pixels)?,
                Ground::Image(image) => image.paint(f64::from(*density), pixels),
            }
        }
        self.render(&self.marks, *density, pixels)
    }

    /// Returns transparent pixels for the drawing.
    fn blank(&self, density: f32) -> Result<tiny_skia::Pixmap> {
        let width = (self.width * f64::from(density)).round() as u32;
        let height = (self.height * f64::from(density)).round() as u32;
        let possible = u64::from(width) * u64::from(height) <= MOST_PIXELS;
        let pixels = possible
            .then(|| tiny_skia::Pixmap::new(width, height))
            .flatten();
        pixels.ok_or_else(|| Error::Picture {
            reason: format!(
                "{width}x{height} pixels are not possible; choose another density than {density}"
            ),
        })
    }

    /// Draws SVG elements.
    fn render(&self, elements: &str, density: f32, pixels: &mut tiny_skia::Pixmap) -> Result<()> {
        let tree =
            usvg::Tree::from_str(&self.document(elements), &text::options()).map_err(failed)?;
        let zoom = tiny_skia::Transform::from_scale(density, density);
        resvg::render(&tree, zoom, &mut pixels.as_mut());
        Ok(())
    }
}

/// Opaque pixels that are drawn on.
#[derive(Clone)]
pub(crate) struct Sheet {
    pixels: tiny_skia::Pixmap,
    /// Pixels per point.
    density: f32,
}

impl Sheet {
    pub(crate) fn rgb(&self) -> RgbPixels {
        let (rgba, _) = self.pixels.data().as_chunks::<4>();
        let rgb = rgba.iter().map(|&[red, green, blue, _]| [red, green, blue]);
        RgbPixels {
            rgb: rgb.collect(),
            width: self.pixels.width(),
            height: self.pixels.height(),
        }
    }
}

/// A drawing as pixels, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RgbPixels {
    pub rgb: Vec<[u8; 3]>,
    pub width: u32,
    pub height: u32,
}

impl PlacedImage {
    /// Returns the image as SVG elements; its pixels stay sharp squares.
    fn svg(&self) -> Result<String> {
        let UnitRect {
            x,
            y,
            width,
            height,
        } = self.area;
        let mut svg = rectangle(self.with_frame(), self.frame);
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            STANDARD.encode(self.raster.png()?)
        );
        Ok(svg)
    }

    fn with_frame(&self) -> UnitRect {
        let frame = units(FRAME);
        UnitRect {
            x: self.area.x - frame,
            y: self.area.y - frame,
            width: self.area.width + 2 * frame,
            height: self.area.height + 2 * frame,
        }
    }

    /// Copies frame and image to the nearest whole pixels.
    fn paint(&self, density: f64, pixels: &mut tiny_skia::Pixmap) {
        let RGBColor(red, green, blue) = self.frame;
        paint(PixelRect::of(self.with_frame(), density), pixels, |_, _| {
            [red, green, blue]
        });
        let area = PixelRect::of(self.area, density);
        let columns = sources(area.right - area.left, self.raster.width as usize);
        let rows = sources(area.bottom - area.top, self.raster.height as usize);
        paint(area, pixels, |column, row| {
            self.raster.rgb(columns[column], rows[row])
        });
    }
}

/// A rectangle in pixels, which may extend beyond the drawing.
#[derive(Clone, Copy)]
struct PixelRect {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl PixelRect {
    fn of(area: UnitRect, density: f64) -> Self {
        let pixel = |unit: i32| (f64::from(unit) / UNITS * density).round() as i64;
        Self {
            left: pixel(area.x),
            top: pixel(area.y),
            right: pixel(area.x + area.width),
            bottom: pixel(area.y + area.height),
        }
    }
}

/// Returns for each of `pixels` the one of `stored` that it shows.
fn sources(pixels: i64, stored: usize) -> Vec<usize> {
    let pixels = pixels.max(0) as usize;
    (0..pixels)
        .map(|at| (2 * at + 1) * stored / (2 * pixels))
        .collect()
}

/// Sets the pixels of an area that are on the drawing; `colour` gets column and row within the area.
fn paint(
    area: PixelRect,
    pixels: &mut tiny_skia::Pixmap,
    colour: impl Fn(usize, usize) -> [u8; 3],
) {
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    let (rgba, _) = pixels.data_mut().as_chunks_mut::<4>();
    for y in area.top.max(0)..area.bottom.min(height) {
        for x in area.left.max(0)..area.right.min(width) {
            let [red, green, blue] = colour((x - area.left) as usize, (y - area.top) as usize);
            rgba[(y * width + x) as usize] = [red, green, blue, u8::MAX];
        }
    }
}

/// Returns a filled rectangle as an SVG element.
pub(super) fn rectangle(area: UnitRect, fill: RGBColor) -> String {
    let UnitRect {
        x,
        y,
        width,
        height,
    } = area;
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        hex(fill)
    )
}

/// Converts points to drawing units.
pub(super) fn units(points: f64) -> i32 {
    (points * UNITS).round() as i32
}

pub(super) fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(area: UnitRect) -> Figure {
        let raster = Raster {
            samples: Samples::Rgb(vec![[255, 0, 0], [0, 255, 0]]),
            width: 2,
            height: 1,
        };
        let frame = RGBColor(9, 9, 9);
        Figure {
            width: 6.0,
            height: 3.0,
            paper: RGBColor(255, 255, 255),
            ground: vec![Ground::Image(PlacedImage {
                raster,
                area,
                frame,
            })],
            marks: String::new(),
            texts: Vec::new(),
        }
    }

    #[test]
    fn copied_images_have_the_pixels_of_drawn_ones() {
        // At 1, 0.5 points from the left edge, and beyond the right edge.
        for x in [10, 5, 40] {
            let area = UnitRect {
                x,
                y: 10,
                width: 40,
                height: 10,
            };
            let figure = figure(area);
            let copied = figure.pixels(2.0).unwrap();
            let Ground::Image(image) = &figure.ground[0] else {
                panic!("the figure has an image");
            };
            let drawn = Figure {
                ground: vec![Ground::Shapes(image.svg().unwrap())],
                ..figure.clone()
            };
            assert_eq!(copied, drawn.pixels(2.0).unwrap(), "{x}");
            let pixel = |column: usize| copied.rgb[2 * copied.width as usize + column];
            let left = 2 * x as usize / 10;
            assert_eq!(pixel(left - 1), [9, 9, 9]);
            assert_eq!([pixel(left), pixel(left + 3)], [[255, 0, 0]; 2]);
        }
    }
}
