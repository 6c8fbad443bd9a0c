//! How large tiles can be and how many columns they make. Not what is on them.

use super::style::{DENSITY, GAP, LEGIBLE};
use crate::basis::Shape;

/// The drawn size of an image in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tile {
    pub width: f64,
    pub height: f64,
    /// Screen pixels along one image pixel; `None` where the image is larger than its tile and is reduced.
    pub factor: Option<usize>,
}

impl Tile {
    /// The largest tile within `width` x `height` points: a whole factor, or a reduction if not even 1 fits.
    pub(super) fn within(shape: Shape, width: f64, height: f64) -> Self {
        let (columns, rows) = (shape.width.max(1) as f64, shape.height.max(1) as f64);
        let zoom = (width * DENSITY / columns).min(height * DENSITY / rows);
        if zoom >= 1.0 {
            let factor = zoom.floor();
            Self {
                width: columns * factor / DENSITY,
                height: rows * factor / DENSITY,
                factor: Some(factor as usize),
            }
        } else {
            let side = |pixels: f64| (pixels * zoom).floor().max(1.0) / DENSITY;
            Self {
                width: side(columns),
                height: side(rows),
                factor: None,
            }
        }
    }

    /// The smallest tile that can still be read; very wide and very tall images may be longer.
    pub(super) fn smallest(shape: Shape) -> Self {
        let aspect = shape.width.max(1) as f64 / shape.height.max(1) as f64;
        let longer = |ratio: f64| (LEGIBLE * ratio.sqrt()).clamp(LEGIBLE, 4.0 * LEGIBLE);
        Self::within(shape, longer(aspect), longer(1.0 / aspect))
    }

    fn surface(self) -> f64 {
        self.width * self.height
    }
}

/// What surrounds each tile of a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Surround {
    /// The least width of a cell.
    pub width: f64,
    /// Height under the tile.
    pub below: f64,
}

/// Tiles in rows and columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    pub tile: Tile,
    pub columns: usize,
    /// How many of the tiles are shown.
    pub shown: usize,
    /// From one column to the next.
    pub across: f64,
    /// From one row to the next.
    pub down: f64,
}

impl Grid {
    /// The grid of `count` tiles within `width` x `height` points with the largest tiles. If they would be too small to
    /// read, as many of the smallest readable ones as fit.
    pub(super) fn within(count: usize, shape: Shape, (width, height): (f64, f64), around: Surround) -> Self {
        let count = count.max(1);
        let with_columns = |columns: usize| {
            let rows = count.div_ceil(columns);
            let cell = room(width, columns);
            (cell >= around.width).then(|| {
                let tile = Tile::within(shape, cell, (room(height, rows) - around.below).max(0.0));
                Self::of(tile, columns, count, around)
            })
        };
        let larger = |best: Self, next: Self| {
            if next.tile.surface() > best.tile.surface() {
                next
            } else {
                best
            }
        };
        let smallest = Tile::smallest(shape);
        let fits = |grid: &Self| {
            let rows = count.div_ceil(grid.columns) as f64;
            grid.tile.surface() >= smallest.surface() && rows * grid.down - GAP <= height + 0.01
        };
        (1..=count)
            .filter_map(with_columns)
            .filter(fits)
            .reduce(larger)
            .unwrap_or_else(|| {
                let one = Self::of(smallest, 1, 1, around);
                let columns = (((width + GAP) / one.across) as usize).max(1);
                let rows = (((height + GAP) / one.down) as usize).max(1);
                Self::of(smallest, columns.min(count), count.min(columns * rows), around)
            })
    }

    fn of(tile: Tile, columns: usize, shown: usize, around: Surround) -> Self {
        Self {
            tile,
            columns,
            shown,
            across: tile.width.max(around.width) + GAP,
            down: tile.height + around.below + GAP,
        }
    }

    /// The upper left corner of a tile, from that of the grid.
    pub(super) fn place(&self, index: usize) -> (f64, f64) {
        (
            (index % self.columns) as f64 * self.across,
            (index / self.columns) as f64 * self.down,
        )
    }

    /// The height of the whole grid.
    pub(super) fn height(&self) -> f64 {
        self.shown.div_ceil(self.columns) as f64 * self.down - GAP
    }
}

/// The length of each of `parts` equal parts of `length` with gaps between.
pub(super) fn room(length: f64, parts: usize) -> f64 {
    (length + GAP) / parts as f64 - GAP
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

    #[test]
    fn every_tile_is_shown_while_tiles_are_large_enough() {
        let around = Surround { width: 0.0, below: 0.0 };
        let grid = |count| Grid::within(count, Shape::new(64, 48), (864.0, 560.0), around);
        assert_eq!((grid(16).columns, grid(16).shown), (6, 16));
        assert_eq!(grid(1).tile.factor, Some(17));
        assert!(grid(200).shown < 200 && grid(200).shown > 90);
    }

    #[test]
    fn grids_stay_within_their_room_whatever_the_shape() {
        for (height, width) in [(4, 400), (400, 4), (8, 8), (512, 512), (1, 1), (1, 4096), (3000, 2000)] {
            for count in 1..=200 {
                let around = Surround {
                    width: 70.0,
                    below: 60.0,
                };
                let grid = Grid::within(count, Shape::new(height, width), (864.0, 560.0), around);
                let (x, _) = grid.place(grid.columns - 1);
                assert!(
                    x + grid.tile.width <= 864.0 && grid.height() <= 560.0,
                    "{width}x{height}: {grid:?}"
                );
            }
        }
    }
}
