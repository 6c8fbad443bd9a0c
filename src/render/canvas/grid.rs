//! Tiles in rows and columns: their size and positions.

use super::style::GAP;
use super::tile_size::TileSize;
use crate::basis::Shape;

/// Gaps between tiles that are tried, from wide to narrow.
const GAPS: [f64; 3] = [GAP, GAP / 2.0, GAP / 4.0];

/// The space for labels in each cell of a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LabelSpace {
    /// The minimum width of a cell.
    pub width: f64,
    /// The height below the tile.
    pub below: f64,
}

impl LabelSpace {
    /// No labels.
    pub(crate) const NONE: Self = Self {
        width: 0.0,
        below: 0.0,
    };
}

/// Tiles in rows and columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TileGrid {
    pub tile: TileSize,
    pub columns: usize,
    /// How many of the tiles are shown.
    pub shown: usize,
    /// The distance from one column to the next.
    pub across: f64,
    /// The distance from one row to the next.
    pub down: f64,
    cell: (f64, f64),
}

impl TileGrid {
    /// Returns the grid of `count` tiles within `room` (width, height) with the largest tiles, in
    /// the fewest rows. Where tiles would be smaller than `least`, they move closer together; then
    /// only as many of that size are shown as fit.
    pub(crate) fn within(
        count: usize,
        shape: Shape,
        room: (f64, f64),
        labels: LabelSpace,
        least: f64,
    ) -> Self {
        let smallest = TileSize::smallest(shape, least);
        let count = count.max(1);
        for gap in GAPS {
            let largest = Self::largest(count, shape, room, labels, gap);
            if let Some(grid) = largest.filter(|grid| grid.tile.area() >= smallest.area()) {
                return grid;
            }
        }
        let one = Self::of(smallest, 1, 1, labels, GAP);
        let columns = (((room.0 + GAP) / one.across) as usize).max(1);
        let rows = (((room.1 + GAP) / one.down) as usize).max(1);
        let shown = count.min(columns * rows);
        Self::of(smallest, columns.min(count), shown, labels, GAP)
    }

    /// Returns the grid of `count` tiles within `room` with about as many rows as columns.
    pub(crate) fn square(count: usize, shape: Shape, room: (f64, f64)) -> Self {
        let count = count.max(1);
        let columns = (count as f64).sqrt().ceil() as usize;
        let rows = count.div_ceil(columns);
        let gap = GAP / 2.0;
        let width = (room.0 + gap) / columns as f64 - gap;
        let height = (room.1 + gap) / rows as f64 - gap;
        let tile = TileSize::within(shape, width.max(1.0), height.max(1.0));
        Self::of(tile, columns, count, LabelSpace::NONE, gap)
    }

    /// Returns the grid of all tiles with the largest tiles, or `None` if no number of columns
    /// fits.
    fn largest(
        count: usize,
        shape: Shape,
        room: (f64, f64),
        labels: LabelSpace,
        gap: f64,
    ) -> Option<Self> {
        let mut best: Option<Self> = None;
        for columns in 1..=count {
            let width = (room.0 + gap) / columns as f64 - gap;
            let rows = count.div_ceil(columns) as f64;
            let height = (room.1 + gap) / rows - gap - labels.below;
            if width < labels.width || height <= 0.0 {
                continue;
            }
            let tile = TileSize::within(shape, width, height);
            let grid = Self::of(tile, columns, count, labels, gap);
            if grid.height() <= room.1 + 0.01 && best.is_none_or(|best| grid.is_better_than(&best))
            {
                best = Some(grid);
            }
        }
        best
    }

    /// Returns whether tiles are larger, or as large in fewer rows.
    fn is_better_than(&self, other: &Self) -> bool {
        let (new, old) = (self.tile.area(), other.tile.area());
        new > old || new >= old && self.rows() < other.rows()
    }

    fn of(tile: TileSize, columns: usize, shown: usize, labels: LabelSpace, gap: f64) -> Self {
        let cell = (tile.width.max(labels.width), tile.height + labels.below);
        Self {
            tile,
            columns,
            shown,
            across: cell.0 + gap,
            down: cell.1 + gap,
            cell,
        }
    }

    /// Returns the same tiles with wider gaps, similar in both directions, that use more of `width`
    /// × `height` points.
    pub(crate) fn spread(self, width: f64, height: f64) -> Self {
        let most = 0.6 * (self.cell.0 * self.cell.1).sqrt();
        let across = gap_between(self.columns, self.cell.0, width);
        let down = gap_between(self.rows(), self.cell.1, height);
        // Neither gap is much wider than the other.
        let wider_across = across.min(most.min(2.0 * down).max(3.0 * GAP));
        let wider_down = down.min(most.min(2.0 * across).max(3.0 * GAP));
        Self {
            across: (self.cell.0 + wider_across).max(self.across),
            down: (self.cell.1 + wider_down).max(self.down),
            ..self
        }
    }

    fn rows(&self) -> usize {
        self.shown.div_ceil(self.columns)
    }

    /// Returns the upper left corner of a tile, relative to that of the grid.
    pub(crate) fn place(&self, index: usize) -> (f64, f64) {
        (
            (index % self.columns) as f64 * self.across,
            (index / self.columns) as f64 * self.down,
        )
    }

    /// Returns the width of the whole grid.
    pub(crate) fn width(&self) -> f64 {
        (self.columns.min(self.shown).max(1) - 1) as f64 * self.across + self.cell.0
    }

    /// Returns the height of the whole grid.
    pub(crate) fn height(&self) -> f64 {
        (self.rows().max(1) - 1) as f64 * self.down + self.cell.1
    }
}

/// Returns the gap with which `count` cells of this length fill the room.
fn gap_between(count: usize, cell: f64, room: f64) -> f64 {
    (room - cell * count as f64) / (count.max(2) - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_is_shown_while_tiles_are_large_enough() {
        let labels = LabelSpace::NONE;
        let grid =
            |count| TileGrid::within(count, Shape::new(64, 48), (864.0, 560.0), labels, 64.0);
        assert_eq!((grid(16).columns, grid(16).shown), (6, 16));
        assert_eq!(grid(1).tile.factor, Some(17));
        assert_eq!(grid(100).shown, 100);
        assert!(grid(300).shown < 300 && grid(300).shown > 90);
    }

    #[test]
    fn grids_stay_within_their_room_whatever_the_shape() {
        for (height, width) in [
            (4, 400),
            (400, 4),
            (8, 8),
            (512, 512),
            (1, 1),
            (1, 4096),
            (3000, 2000),
        ] {
            for count in 1..=200 {
                let labels = LabelSpace {
                    width: 70.0,
                    below: 60.0,
                };
                let grid = TileGrid::within(
                    count,
                    Shape::new(height, width),
                    (864.0, 560.0),
                    labels,
                    64.0,
                );
                let (x, _) = grid.place(grid.columns - 1);
                let grid = if count % 2 == 0 {
                    grid.spread(864.0, 560.0)
                } else {
                    grid
                };
                assert!(
                    x + grid.tile.width <= 864.0 && grid.height() <= 560.0,
                    "{width}x{height}: {grid:?}"
                );
            }
        }
    }
}
