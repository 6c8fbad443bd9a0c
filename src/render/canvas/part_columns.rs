//! One column per part: the widths of the columns, and the tiles of the parts above them.

use std::ops::Range;

use ndarray::ArrayView1;

use super::colour_scale::{ColourMap, Scale};
use super::style::{DENSITY, GAP, MARGIN, SMALL, WIDTH};
use super::svg::{Anchor, Canvas, Rect};
use super::text::TextFit;
use super::tile_size::TileSize;
use super::tiles;
use crate::basis::{Basis, Shape};
use crate::error::Result;

/// The maximum number of parts with a column.
const MAX_PARTS: usize = 400;
/// Height of a stack of tiles.
const STACK: f64 = 150.0;
/// The maximum number of tiles in a stack.
const MAX_STACK: usize = 8;
/// Gap between the tiles of a stack.
const STACK_GAP: f64 = GAP / 2.0;
/// Height of the numbers above the tiles.
const NUMBERS: f64 = 32.0;

/// One column per part. Narrow columns are joined in bands, each below a stack of the tiles of its
/// parts.
pub(crate) struct PartColumns {
    pub left: f64,
    /// How many parts have a column.
    pub shown: usize,
    top: f64,
    /// The width of a column.
    width: f64,
    /// The number of columns in a band and of tiles in a stack.
    stack: usize,
    /// The distance from one band to the next.
    step: f64,
    tile: TileSize,
}

impl PartColumns {
    /// Returns columns from `left` to the margin with the largest tiles.
    pub(crate) fn within(parts: &Basis, (left, top): (f64, f64)) -> Self {
        let shown = parts.rank().min(MAX_PARTS);
        let mut best = Self::stacked_by(1, parts.shape(), shown, (left, top));
        for stack in 2..=MAX_STACK.min(shown) {
            let next = Self::stacked_by(stack, parts.shape(), shown, (left, top));
            if next.tile.area() > best.tile.area() {
                best = next;
            }
        }
        best
    }

    /// Returns columns in bands of `stack`.
    fn stacked_by(stack: usize, shape: Shape, shown: usize, (left, top): (f64, f64)) -> Self {
        let room = WIDTH - MARGIN - left;
        let bands = shown.div_ceil(stack) as f64;
        let gap = (room / bands * 0.1).clamp(1.0, GAP);
        let pixels = (room - (bands - 1.0) * gap) * DENSITY / (bands * stack as f64);
        let width = pixels.floor().max(1.0) / DENSITY;
        let band = width * stack as f64;
        let tile_height = (STACK + STACK_GAP) / stack as f64 - STACK_GAP;
        Self {
            left,
            shown,
            top,
            width,
            stack,
            step: (room - band) / (bands - 1.0).max(1.0),
            tile: TileSize::within(shape, band, tile_height),
        }
    }

    /// Returns whether tiles are stacked.
    pub(crate) fn is_stacked(&self) -> bool {
        self.stack > 1
    }

    /// Returns the left edge and the parts of each band.
    fn bands(&self) -> impl Iterator<Item = (f64, Range<usize>)> {
        let starts = (0..self.shown).step_by(self.stack).enumerate();
        starts.map(|(band, first)| {
            (
                self.left + band as f64 * self.step,
                first..(first + self.stack).min(self.shown),
            )
        })
    }

    /// Returns the y coordinate below the tiles.
    pub(crate) fn bottom(&self) -> f64 {
        let tiles = self.stack.min(self.shown) as f64;
        self.top + NUMBERS + tiles * (self.tile.height + STACK_GAP) - STACK_GAP
    }

    /// Returns the numbers of the parts of a stack as a text.
    fn stack_name(band: &Range<usize>) -> String {
        if band.len() == 1 {
            band.start.to_string()
        } else {
            format!("{}–{}", band.start, band.end - 1)
        }
    }

    /// Draws the tile of each part, and above each stack the numbers of its parts; where these do
    /// not fit, above every nth stack.
    pub(crate) fn draw_tiles(&self, canvas: &mut Canvas, parts: &Basis) -> Result<()> {
        let widest = canvas.ruler().width(
            &Self::stack_name(&(self.shown..self.shown + self.stack)),
            SMALL,
        ) + GAP;
        let numbered = ((widest / self.step).ceil() as usize).max(1) * self.stack;
        for (x, band) in self.bands() {
            if band.start % numbered == 0 {
                canvas.text(
                    &Self::stack_name(&band),
                    (x, self.top + 20.0),
                    Anchor::Left,
                    SMALL,
                    TextFit::end(widest),
                )?;
            }
            for (place, part) in band.enumerate() {
                let y = self.top + NUMBERS + place as f64 * (self.tile.height + STACK_GAP);
                let values = parts.row(part).to_vec();
                let colour_map = ColourMap::covering(Scale::FromZero, &values);
                tiles::draw(
                    canvas,
                    &values,
                    parts.shape(),
                    colour_map,
                    self.tile,
                    (x, y),
                )?;
            }
        }
        Ok(())
    }

    /// Draws `rows` of one value per part from `top` on, each `row_height` points high.
    pub(crate) fn draw_rows(
        &self,
        canvas: &mut Canvas,
        rows: &[ArrayView1<f32>],
        colour_map: ColourMap,
        top: f64,
        row_height: f64,
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
            let area = Rect {
                x,
                y: top,
                width: shape.width as f64 * self.width,
                height: shape.height as f64 * row_height,
            };
            canvas.image(&tiles::png(&values, shape, colour_map)?, area);
        }
        Ok(())
    }
}
