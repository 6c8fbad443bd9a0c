//! A column a part: how wide columns are, and the parts' tiles above them. Not what is in the columns.

use std::ops::Range;

use ndarray::ArrayView1;

use super::colour_scale::{Paint, Scale};
use super::style::{DENSITY, GAP, MARGIN, SMALL, WIDTH};
use super::svg::{Anchor, Area, Canvas};
use super::text::Cut;
use super::tile_size::Tile;
use super::tiles;
use crate::basis::{Basis, Shape};
use crate::error::Result;

/// The most parts that have a column.
const MOST: usize = 400;
/// The height of a stack of tiles.
const STACK: f64 = 150.0;
/// The most tiles in a stack.
const TALLEST: usize = 8;
/// Between the tiles of a stack.
const ON: f64 = GAP / 2.0;
/// The numbers above the tiles.
const NUMBERS: f64 = 32.0;

/// A column a part, in bands below stacks of tiles: narrow columns share the width for larger tiles.
pub(crate) struct Columns {
    pub left: f64,
    /// How many parts have a column.
    pub shown: usize,
    top: f64,
    /// The width of a column.
    width: f64,
    /// How many make a band, and a stack.
    stack: usize,
    /// From one band to the next.
    step: f64,
    tile: Tile,
}

impl Columns {
    /// Columns from `left` to the margin, with the largest tiles.
    pub(crate) fn within(parts: &Basis, (left, top): (f64, f64)) -> Self {
        let shown = parts.rank().min(MOST);
        let room = WIDTH - MARGIN - left;
        let stacked = |stack: usize| {
            let bands = shown.div_ceil(stack) as f64;
            let gap = (room / bands * 0.1).clamp(1.0, GAP);
            let pixels = (room - (bands - 1.0) * gap) * DENSITY / (bands * stack as f64);
            let width = pixels.floor().max(1.0) / DENSITY;
            let band = width * stack as f64;
            let height = (STACK + ON) / stack as f64 - ON;
            let tile = Tile::within(parts.shape(), band, height);
            Self {
                left,
                shown,
                top,
                width,
                stack,
                step: (room - band) / (bands - 1.0).max(1.0),
                tile,
            }
        };
        let larger = |best: Self, next: Self| {
            if next.tile.surface() > best.tile.surface() {
                next
            } else {
                best
            }
        };
        (2..=TALLEST.min(shown))
            .map(stacked)
            .fold(stacked(1), larger)
    }

    /// Whether columns are so narrow that their tiles stand on one another.
    pub(crate) fn stacked(&self) -> bool {
        self.stack > 1
    }

    /// For each band where it begins and which parts it holds.
    fn bands(&self) -> impl Iterator<Item = (f64, Range<usize>)> {
        let starts = (0..self.shown).step_by(self.stack).enumerate();
        starts.map(|(band, first)| {
            (
                self.left + band as f64 * self.step,
                first..(first + self.stack).min(self.shown),
            )
        })
    }

    /// Where the tiles end.
    pub(crate) fn bottom(&self) -> f64 {
        let tiles = self.stack.min(self.shown) as f64;
        self.top + NUMBERS + tiles * (self.tile.height + ON) - ON
    }

    /// The numbers of the parts in a stack.
    fn name(band: &Range<usize>) -> String {
        if band.len() == 1 {
            band.start.to_string()
        } else {
            format!("{}–{}", band.start, band.end - 1)
        }
    }

    /// Draws the tile of each part, and above the stacks the numbers of theirs, as often as numbers have room.
    pub(crate) fn draw_tiles(&self, canvas: &mut Canvas, parts: &Basis) -> Result<()> {
        let widest = canvas
            .ruler()
            .width(&Self::name(&(self.shown..self.shown + self.stack)), SMALL)
            + GAP;
        let numbered = ((widest / self.step).ceil() as usize).max(1) * self.stack;
        for (x, band) in self.bands() {
            if band.start % numbered == 0 {
                canvas.text(
                    &Self::name(&band),
                    (x, self.top + 20.0),
                    Anchor::Left,
                    SMALL,
                    (widest, Cut::End),
                )?;
            }
            for (place, part) in band.enumerate() {
                let y = self.top + NUMBERS + place as f64 * (self.tile.height + ON);
                let values = parts.row(part).to_vec();
                let paint = Paint::holding(Scale::FromZero, &values);
                tiles::draw(canvas, &values, parts.shape(), paint, self.tile, (x, y))?;
            }
        }
        Ok(())
    }

    /// Draws `rows` of one value a part from `top` on, each `height` points high.
    pub(crate) fn draw_rows(
        &self,
        canvas: &mut Canvas,
        rows: &[ArrayView1<f32>],
        paint: Paint,
        (top, height): (f64, f64),
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        for (x, parts) in self.bands() {
            let values: Vec<f32> = rows
                .iter()
                .flat_map(|row| parts.clone().map(|part| row[part]))
                .collect();
            let shape = Shape::new(rows.len(), parts.len());
            let area = Area {
                x,
                y: top,
                width: shape.width as f64 * self.width,
                height: shape.height as f64 * height,
            };
            canvas.image(&tiles::png(&values, shape, paint)?, area);
        }
        Ok(())
    }
}
