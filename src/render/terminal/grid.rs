//! Tiles in rows and columns in a terminal, in pixels of half a character.

use crate::basis::Shape;
use crate::render::canvas::style::DENSITY;
use crate::render::canvas::tile_size::TileSize;

/// Gap between tiles in pixels.
const GAP: usize = 1;
/// The minimum length of the longer side of a tile in pixels; where tiles would be smaller, fewer
/// are shown.
const LEGIBLE: usize = 7;

/// Tiles of one size in rows and columns; lengths in pixels.
pub(super) struct PixelGrid {
    pub(super) tile: Shape,
    columns: usize,
    pub(super) shown: usize,
}

impl PixelGrid {
    /// Returns the largest tiles that all fit, or as many of the smallest legible size as fit.
    pub(super) fn within(count: usize, shape: Shape, (width, height): (usize, usize)) -> Self {
        let mut best: Option<Self> = None;
        for columns in 1..=count {
            let tile_width = share_of(width, columns);
            let tile_height = share_of(height, count.div_ceil(columns));
            let grid = Self {
                tile: tile_within(shape, tile_width, tile_height),
                columns,
                shown: count,
            };
            let side = grid.tile.height.max(grid.tile.width);
            let fits = grid.width() <= width && grid.height() <= height;
            // Of equally large tiles, those in more columns are preferred.
            let larger = best
                .as_ref()
                .is_none_or(|best| grid.tile.pixels() >= best.tile.pixels());
            if side >= LEGIBLE.min(width).min(height) && fits && larger {
                best = Some(grid);
            }
        }
        best.unwrap_or_else(|| Self::smallest(count, shape, (width, height)))
    }

    /// Returns as many tiles of the smallest legible size as fit.
    fn smallest(count: usize, shape: Shape, (width, height): (usize, usize)) -> Self {
        let tile = tile_within(shape, LEGIBLE.min(width), LEGIBLE.min(height));
        let columns = ((width + GAP) / (tile.width + GAP)).max(1);
        let rows = ((height + GAP) / (tile.height + GAP)).max(1);
        Self {
            tile,
            columns,
            shown: count.min(columns * rows),
        }
    }

    /// Returns the top row and the left column of a tile.
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

/// Returns the length of one of `count` tiles in a row or a column.
fn share_of(length: usize, count: usize) -> usize {
    ((length + GAP) / count).saturating_sub(GAP)
}

/// Returns the size of the largest tile within `width` × `height` pixels.
fn tile_within(shape: Shape, width: usize, height: usize) -> Shape {
    let (width, height) = (width as f64 / DENSITY, height as f64 / DENSITY);
    TileSize::within(shape, width, height).pixels()
}
