//! Where tiles stand in a terminal, in pixels of half a character.

use crate::basis::Shape;
use crate::render::canvas::style::DENSITY;
use crate::render::canvas::tile_size::Tile;

/// Pixels between two tiles.
const GAP: usize = 1;
/// A tile's longer side has at least so many pixels; fewer tiles are shown instead.
const LEGIBLE: usize = 7;

/// Tiles of one size in rows and columns; lengths in pixels.
pub(super) struct Grid {
    pub(super) tile: Shape,
    columns: usize,
    pub(super) shown: usize,
}

impl Grid {
    /// The largest tiles that all fit, or as many of the least legible size as do.
    pub(super) fn within(count: usize, shape: Shape, (width, height): (usize, usize)) -> Self {
        let points = |pixels: usize| pixels as f64 / DENSITY;
        let fitted = |width: usize, height: usize| {
            Tile::within(shape, points(width), points(height)).pixels()
        };
        let with_columns = |columns: usize| {
            let share = |length: usize, parts: usize| ((length + GAP) / parts).saturating_sub(GAP);
            let tile = fitted(
                share(width, columns),
                share(height, count.div_ceil(columns)),
            );
            Self {
                tile,
                columns,
                shown: count,
            }
        };
        let legible =
            |grid: &Self| grid.tile.height.max(grid.tile.width) >= LEGIBLE.min(width).min(height);
        let fits = |grid: &Self| grid.width() <= width && grid.height() <= height;
        let all = (1..=count)
            .map(with_columns)
            .filter(legible)
            .filter(fits)
            .max_by_key(|grid| grid.tile.pixels());
        all.unwrap_or_else(|| {
            let tile = fitted(LEGIBLE.min(width), LEGIBLE.min(height));
            let fit = |length: usize, side: usize| ((length + GAP) / (side + GAP)).max(1);
            let (columns, rows) = (fit(width, tile.width), fit(height, tile.height));
            Self {
                tile,
                columns,
                shown: count.min(columns * rows),
            }
        })
    }

    /// The top row and the left column of a tile.
    pub(super) fn place(&self, index: usize) -> (usize, usize) {
        (
            index / self.columns * (self.tile.height + GAP),
            index % self.columns * (self.tile.width + GAP),
        )
    }

    fn width(&self) -> usize {
        self.columns * (self.tile.width + GAP) - GAP
    }

    pub(super) fn height(&self) -> usize {
        self.shown.div_ceil(self.columns) * (self.tile.height + GAP) - GAP
    }
}
