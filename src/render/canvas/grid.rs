//! Tiles in rows and columns: how large they can be, and where each stands.

use super::style::GAP;
use super::tile_size::Tile;
use crate::basis::Shape;

/// What surrounds each tile of a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Surround {
    /// The least width of a cell.
    pub width: f64,
    /// Height under the tile.
    pub below: f64,
}

/// Tiles in rows and columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Grid {
    pub tile: Tile,
    pub columns: usize,
    /// How many of the tiles are shown.
    pub shown: usize,
    /// From one column to the next.
    pub across: f64,
    /// From one row to the next.
    pub down: f64,
    cell: (f64, f64),
}

impl Grid {
    /// The grid of `count` tiles within `room` (width, height) with the largest tiles, in the fewest rows. Where tiles
    /// would be smaller than `least` they move closer together, and then only as many of that size are shown as fit.
    pub(crate) fn within(
        count: usize,
        shape: Shape,
        room: (f64, f64),
        around: Surround,
        least: f64,
    ) -> Self {
        let smallest = Tile::smallest(shape, least);
        let count = count.max(1);
        let gaps = [GAP, GAP / 2.0, GAP / 4.0];
        let whole = gaps
            .into_iter()
            .find_map(|gap| Self::whole(count, shape, room, around, (gap, smallest)));
        whole.unwrap_or_else(|| {
            let one = Self::of(smallest, 1, 1, around, GAP);
            let columns = (((room.0 + GAP) / one.across) as usize).max(1);
            let rows = (((room.1 + GAP) / one.down) as usize).max(1);
            Self::of(
                smallest,
                columns.min(count),
                count.min(columns * rows),
                around,
                GAP,
            )
        })
    }

    /// The grid with the largest tiles, if these are no smaller than `smallest`.
    fn whole(
        count: usize,
        shape: Shape,
        (width, height): (f64, f64),
        around: Surround,
        (gap, smallest): (f64, Tile),
    ) -> Option<Self> {
        let share = |length: f64, parts: usize| (length + gap) / parts as f64 - gap;
        let with_columns = |columns: usize| {
            let cell = share(width, columns);
            let high = share(height, count.div_ceil(columns)) - around.below;
            (cell >= around.width && high > 0.0)
                .then(|| Self::of(Tile::within(shape, cell, high), columns, count, around, gap))
        };
        let better = |best: Self, next: Self| {
            let (old, new) = (best.tile.surface(), next.tile.surface());
            let same_in_fewer = new >= old && next.rows() < best.rows();
            if new > old || same_in_fewer {
                next
            } else {
                best
            }
        };
        let fits = |grid: &Self| {
            grid.tile.surface() >= smallest.surface() && grid.height() <= height + 0.01
        };
        (1..=count)
            .filter_map(with_columns)
            .filter(fits)
            .reduce(better)
    }

    fn of(tile: Tile, columns: usize, shown: usize, around: Surround, gap: f64) -> Self {
        let cell = (tile.width.max(around.width), tile.height + around.below);
        Self {
            tile,
            columns,
            shown,
            across: cell.0 + gap,
            down: cell.1 + gap,
            cell,
        }
    }

    /// The same tiles with wider gaps that use more of `width` x `height` points, about the same both ways.
    pub(crate) fn spread(self, width: f64, height: f64) -> Self {
        let most = 0.6 * (self.cell.0 * self.cell.1).sqrt();
        let gap = |room: f64, cell: f64, parts: usize| {
            (room - cell * parts as f64) / (parts.max(2) - 1) as f64
        };
        let across = gap(width, self.cell.0, self.columns);
        let down = gap(height, self.cell.1, self.rows());
        let wider = |gap: f64, other: f64| gap.min(most.min(2.0 * other).max(3.0 * GAP));
        Self {
            across: (self.cell.0 + wider(across, down)).max(self.across),
            down: (self.cell.1 + wider(down, across)).max(self.down),
            ..self
        }
    }

    fn rows(&self) -> usize {
        self.shown.div_ceil(self.columns)
    }

    /// The upper left corner of a tile, from that of the grid.
    pub(crate) fn place(&self, index: usize) -> (f64, f64) {
        (
            (index % self.columns) as f64 * self.across,
            (index / self.columns) as f64 * self.down,
        )
    }

    /// The width of the whole grid.
    pub(crate) fn width(&self) -> f64 {
        (self.columns.min(self.shown).max(1) - 1) as f64 * self.across + self.cell.0
    }

    /// The height of the whole grid.
    pub(crate) fn height(&self) -> f64 {
        (self.rows().max(1) - 1) as f64 * self.down + self.cell.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_is_shown_while_tiles_are_large_enough() {
        let around = Surround {
            width: 0.0,
            below: 0.0,
        };
        let grid = |count| Grid::within(count, Shape::new(64, 48), (864.0, 560.0), around, 64.0);
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
                let around = Surround {
                    width: 70.0,
                    below: 60.0,
                };
                let grid = Grid::within(
                    count,
                    Shape::new(height, width),
                    (864.0, 560.0),
                    around,
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
