//! What lies below the marks of a drawing: shapes, and images with thin frames. Drawing units are whole numbers.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::style::RGBColor;

use super::raster::Raster;
use crate::error::Result;

/// Drawing units per point. plotters places marks at whole numbers, hence at tenths of a point.
pub(super) const UNITS: f64 = 10.0;
/// Width of the frame around an image in points.
const FRAME: f64 = 0.5;

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

impl PlacedImage {
    /// Returns the image as SVG elements; its pixels stay sharp squares.
    pub(super) fn svg(&self) -> Result<String> {
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

    pub(super) fn with_frame(&self) -> UnitRect {
        let frame = units(FRAME);
        UnitRect {
            x: self.area.x - frame,
            y: self.area.y - frame,
            width: self.area.width + 2 * frame,
            height: self.area.height + 2 * frame,
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
