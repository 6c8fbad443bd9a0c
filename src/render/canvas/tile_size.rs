//! The drawn size of an image.

use super::style::DENSITY;
use super::svg::Rect;
use crate::basis::Shape;

/// The drawn size of an image in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TileSize {
    pub width: f64,
    pub height: f64,
    /// Screen pixels per image pixel along one side; `None` if the image is larger than its tile
    /// and is reduced.
    pub factor: Option<usize>,
}

impl TileSize {
    /// Returns the largest tile within `width` × `height` points: enlarged by a whole factor, or
    /// reduced if it does not fit at its own size.
    pub(crate) fn within(shape: Shape, width: f64, height: f64) -> Self {
        let zoom = zoom(shape, width, height);
        Self::zoomed(shape, if zoom >= 1.0 { zoom.floor() } else { zoom })
    }

    /// Returns the tile that approximately fits a square of side `least`; very wide and very tall
    /// images may be longer.
    pub(crate) fn smallest(shape: Shape, least: f64) -> Self {
        let aspect = shape.width.max(1) as f64 / shape.height.max(1) as f64;
        let width = least * aspect.sqrt().clamp(1.0, 4.0);
        let height = least * (1.0 / aspect).sqrt().clamp(1.0, 4.0);
        let zoom = zoom(shape, width, height);
        Self::zoomed(shape, if zoom >= 0.75 { zoom.round() } else { zoom })
    }

    fn zoomed(shape: Shape, zoom: f64) -> Self {
        Self {
            width: zoomed_side(shape.width, zoom),
            height: zoomed_side(shape.height, zoom),
            factor: (zoom >= 1.0).then_some(zoom as usize),
        }
    }

    /// Returns the rectangle of this size with its upper left corner at (x, y).
    pub(crate) fn at(self, (x, y): (f64, f64)) -> Rect {
        Rect {
            x,
            y,
            width: self.width,
            height: self.height,
        }
    }

    /// Returns the size in screen pixels.
    pub(crate) fn pixels(self) -> Shape {
        Shape::new(
            (self.height * DENSITY).round() as usize,
            (self.width * DENSITY).round() as usize,
        )
    }

    /// Returns the area in square points.
    pub(crate) fn area(self) -> f64 {
        self.width * self.height
    }
}

/// Returns the length in points of a side of `pixels` image pixels.
fn zoomed_side(pixels: usize, zoom: f64) -> f64 {
    (pixels.max(1) as f64 * zoom).floor().max(1.0) / DENSITY
}

/// Returns the screen pixels per image pixel at which the image just fits `width` × `height`
/// points.
fn zoom(shape: Shape, width: f64, height: f64) -> f64 {
    let across = width * DENSITY / shape.width.max(1) as f64;
    let down = height * DENSITY / shape.height.max(1) as f64;
    across.min(down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_enlarged_by_the_largest_whole_factor_that_fits() {
        let tile = TileSize::within(Shape::new(64, 48), 100.0, 100.0);
        assert_eq!(tile.factor, Some(3));
        assert!((tile.width - 72.0).abs() < 1e-9 && (tile.height - 96.0).abs() < 1e-9);
    }

    #[test]
    fn an_image_larger_than_its_tile_is_reduced_in_proportion() {
        let tile = TileSize::within(Shape::new(512, 256), 100.0, 100.0);
        assert_eq!(tile.factor, None);
        assert!((tile.width - 50.0).abs() < 1e-9 && (tile.height - 100.0).abs() < 1e-9);
    }
}
