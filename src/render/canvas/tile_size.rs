//! The drawn size of an image.

use super::style::DENSITY;
use crate::basis::Shape;

/// The drawn size of an image in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tile {
    pub width: f64,
    pub height: f64,
    /// Screen pixels along one image pixel; `None` where the image is larger than its tile and is reduced.
    pub factor: Option<usize>,
}

impl Tile {
    /// The largest tile within `width` x `height` points: a whole factor, or a reduction if not even 1 fits.
    pub(crate) fn within(shape: Shape, width: f64, height: f64) -> Self {
        let zoom = zoom(shape, width, height);
        Self::zoomed(shape, if zoom >= 1.0 { zoom.floor() } else { zoom })
    }

    /// The tile that about fits a square of side `least`; very wide and very tall images may be longer.
    pub(crate) fn smallest(shape: Shape, least: f64) -> Self {
        let aspect = shape.width.max(1) as f64 / shape.height.max(1) as f64;
        let longer = |ratio: f64| least * ratio.sqrt().clamp(1.0, 4.0);
        let zoom = zoom(shape, longer(aspect), longer(1.0 / aspect));
        Self::zoomed(shape, if zoom >= 0.75 { zoom.round() } else { zoom })
    }

    fn zoomed(shape: Shape, zoom: f64) -> Self {
        let side = |pixels: usize| (pixels.max(1) as f64 * zoom).floor().max(1.0) / DENSITY;
        Self {
            width: side(shape.width),
            height: side(shape.height),
            factor: (zoom >= 1.0).then_some(zoom as usize),
        }
    }

    /// How many screen pixels it has.
    pub(crate) fn pixels(self) -> Shape {
        Shape::new(
            (self.height * DENSITY).round() as usize,
            (self.width * DENSITY).round() as usize,
        )
    }

    /// Its area, to tell which of two is larger.
    pub(crate) fn surface(self) -> f64 {
        self.width * self.height
    }
}

/// Screen pixels along one image pixel if the image just fits `width` x `height` points.
fn zoom(shape: Shape, width: f64, height: f64) -> f64 {
    let along = |points: f64, pixels: usize| points * DENSITY / pixels.max(1) as f64;
    along(width, shape.width).min(along(height, shape.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_enlarged_by_the_largest_whole_factor_that_fits() {
        let tile = Tile::within(Shape::new(64, 48), 100.0, 100.0);
        assert_eq!(tile.factor, Some(3));
        assert!((tile.width - 72.0).abs() < 1e-9 && (tile.height - 96.0).abs() < 1e-9);
    }

    #[test]
    fn an_image_larger_than_its_tile_is_reduced_in_proportion() {
        let tile = Tile::within(Shape::new(512, 256), 100.0, 100.0);
        assert_eq!(tile.factor, None);
        assert!((tile.width - 50.0).abs() < 1e-9 && (tile.height - 100.0).abs() < 1e-9);
    }
}
