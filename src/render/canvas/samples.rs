//! One image beside its reconstructions: a row or a stack of labelled tiles.

use super::colour_scale::ColourMap;
use super::numbers::percent;
use super::style::{GAP, INNER, LABEL, VALUE};
use super::svg::{Anchor, Canvas};
use super::text::{Ruler, TextFit};
use super::tile_size::TileSize;
use super::tiles;
use crate::basis::{Basis, Shape};
use crate::decomposition::Method;
use crate::error::Result;

/// An image with its reconstructions; each slice holds one value per pixel, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'a> {
    /// The name of the image.
    pub name: &'a str,
    /// A warning after the name; empty for none.
    pub warning: &'a str,
    /// The image.
    pub original: &'a [f32],
    /// The reconstruction by each method.
    pub reconstructions: &'a [Reconstruction],
}

/// The reconstruction of an image by one method.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconstruction {
    /// The method.
    pub method: &'static Method,
    /// One value per pixel, row by row.
    pub values: Vec<f32>,
    /// The relative error, a non-negative fraction.
    pub error: f64,
}

/// The basis of a method.
#[derive(Debug, Clone, Copy)]
pub struct MethodBasis<'a> {
    /// The method.
    pub method: &'static Method,
    /// The basis images in the order in which they are drawn.
    pub basis: &'a Basis,
}

/// A labelled tile.
pub(crate) struct SampleCell<'a> {
    pub heading: &'static str,
    pub values: &'a [f32],
    pub colour_map: ColourMap,
    /// A text below or beside the tile; empty for none.
    pub note: String,
}

impl<'a> Sample<'a> {
    /// Returns the cells of the image and its reconstructions.
    pub(crate) fn cells(&self, colour_map: ColourMap) -> Vec<SampleCell<'a>> {
        let mut cells = vec![SampleCell {
            heading: "original",
            values: self.original,
            colour_map,
            note: String::new(),
        }];
        for Reconstruction {
            method,
            values,
            error,
        } in self.reconstructions
        {
            cells.push(SampleCell {
                heading: method.name,
                values,
                colour_map,
                note: percent(*error),
            });
        }
        cells
    }
}

/// The arrangement of the cells of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StripDirection {
    /// Side by side.
    Row,
    /// On top of one another, for very wide images.
    Stack,
}

/// The layout of a sample, the same for all samples of a page.
#[derive(Debug, Clone)]
pub(crate) struct SampleStrip {
    direction: StripDirection,
    pub tile: TileSize,
    /// Whether headings are drawn above the tiles of a row.
    headed: bool,
    /// The minimum widths of the cells.
    cell_widths: Vec<f64>,
    /// The width of the widest note.
    note_width: f64,
}

/// Height of a line of labels.
const LINE: f64 = 30.0;
/// Space between a tile and a text beside it, and between cells.
const SPACE: f64 = 18.0;
/// Number of widths that are tried until labels and tiles fit, from the widest to no width.
const WIDTH_STEPS: u32 = 40;

impl SampleStrip {
    /// Returns the strip of these cells with the largest tiles within `width` × `height` points.
    ///
    /// Labels may make it wider than that: see [`SampleStrip::width`].
    pub(crate) fn within(
        ruler: &mut Ruler,
        cells: &[SampleCell],
        shape: Shape,
        (width, height): (f64, f64),
        headed: bool,
    ) -> Self {
        let note_width =
            widest(&[0.0, 10.0].map(|error| ruler.width(&percent(error + 1e-9), VALUE)));
        let mut cell_widths = Vec::with_capacity(cells.len());
        for cell in cells {
            let note = if cell.note.is_empty() {
                0.0
            } else {
                note_width
            };
            cell_widths.push(ruler.width(cell.heading, LABEL).max(note));
        }
        if shape.width > 3 * shape.height {
            let labels = widest(&cell_widths) + note_width + 2.0 * SPACE;
            let tile_height = (height + GAP) / cells.len().max(1) as f64 - GAP;
            return Self {
                direction: StripDirection::Stack,
                tile: TileSize::within(shape, width - labels, tile_height),
                headed,
                cell_widths,
                note_width,
            };
        }
        let mut strip = Self {
            direction: StripDirection::Row,
            tile: TileSize::within(shape, width, height - label_height(headed)),
            headed,
            cell_widths,
            note_width,
        };
        strip.narrow_to(width, shape);
        strip
    }

    /// Reduces the tiles of a row step by step until the row is no wider than `width`.
    fn narrow_to(&mut self, width: f64, shape: Shape) {
        let widest = self.tile;
        for step in 1..=WIDTH_STEPS {
            if self.width() <= width {
                break;
            }
            let narrower = widest.width * (1.0 - 0.025 * f64::from(step));
            self.tile = TileSize::within(shape, narrower, widest.height);
        }
    }

    /// Returns the width of one sample.
    pub(crate) fn width(&self) -> f64 {
        match self.direction {
            StripDirection::Row => {
                let steps = self.cell_widths.iter().map(|&least| self.step(least));
                steps.sum::<f64>() - SPACE
            }
            StripDirection::Stack => {
                widest(&self.cell_widths) + self.tile.width + self.note_width + 2.0 * SPACE
            }
        }
    }

    /// Returns the height of one sample.
    pub(crate) fn height(&self) -> f64 {
        match self.direction {
            StripDirection::Row => self.tile.height + label_height(self.headed),
            StripDirection::Stack => self.cell_widths.len() as f64 * self.step(0.0) - GAP,
        }
    }

    /// Returns whether cells are on top of one another.
    pub(crate) fn is_stacked(&self) -> bool {
        self.direction == StripDirection::Stack
    }

    /// Returns the distance to the next cell; `least` is the minimum width of a cell of a row.
    fn step(&self, least: f64) -> f64 {
        match self.direction {
            StripDirection::Row => self.tile.width.max(least) + SPACE,
            StripDirection::Stack => self.tile.height.max(LINE) + GAP,
        }
    }

    /// Draws the cells of one sample with the upper left corner at (x, y).
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas,
        cells: &[SampleCell],
        shape: Shape,
        (mut x, mut y): (f64, f64),
    ) -> Result<()> {
        for (cell, &least) in cells.iter().zip(&self.cell_widths) {
            let step = self.step(least);
            if self.is_stacked() {
                self.draw_stacked(canvas, cell, shape, (x, y))?;
                y += step;
            } else {
                self.draw_in_row(canvas, cell, shape, (x, y))?;
                x += step;
            }
        }
        Ok(())
    }

    /// Writes the headings of cells side by side.
    pub(crate) fn draw_headings(
        &self,
        canvas: &mut Canvas,
        cells: &[SampleCell],
        (mut x, baseline): (f64, f64),
    ) -> Result<()> {
        for (cell, &least) in cells.iter().zip(&self.cell_widths) {
            let (place, fit) = ((x, baseline), TextFit::end(INNER));
            canvas.text(cell.heading, place, Anchor::Left, LABEL, fit)?;
            x += self.step(least);
        }
        Ok(())
    }

    /// Draws a cell of a row: heading, tile and note, one below the other.
    fn draw_in_row(
        &self,
        canvas: &mut Canvas,
        cell: &SampleCell,
        shape: Shape,
        (x, y): (f64, f64),
    ) -> Result<()> {
        let top = if self.headed { y + LINE } else { y };
        if self.headed {
            let (place, fit) = ((x, top - 8.0), TextFit::end(INNER));
            canvas.text(cell.heading, place, Anchor::Left, LABEL, fit)?;
        }
        tiles::draw(
            canvas,
            cell.values,
            shape,
            cell.colour_map,
            self.tile,
            (x, top),
        )?;
        let below = (x, top + self.tile.height + 26.0);
        let fit = TextFit::end(self.tile.width.max(self.note_width + 1.0));
        canvas.text(&cell.note, below, Anchor::Left, VALUE, fit)?;
        Ok(())
    }

    /// Draws a cell of a stack: heading, tile and note, side by side.
    fn draw_stacked(
        &self,
        canvas: &mut Canvas,
        cell: &SampleCell,
        shape: Shape,
        (x, y): (f64, f64),
    ) -> Result<()> {
        let line = self.step(0.0) - GAP;
        let (top, baseline) = (y + (line - self.tile.height) / 2.0, y + line / 2.0 + 8.0);
        let left = x + widest(&self.cell_widths) + SPACE;
        let right = left + self.tile.width + SPACE;
        let heading = (left - SPACE, baseline);
        canvas.text(
            cell.heading,
            heading,
            Anchor::Right,
            LABEL,
            TextFit::end(INNER),
        )?;
        tiles::draw(
            canvas,
            cell.values,
            shape,
            cell.colour_map,
            self.tile,
            (left, top),
        )?;
        let fit = TextFit::end(self.note_width + 1.0);
        canvas.text(&cell.note, (right, baseline), Anchor::Left, VALUE, fit)?;
        Ok(())
    }
}

/// Returns the height of the labels of a row.
fn label_height(headed: bool) -> f64 {
    if headed { 2.0 * LINE } else { LINE }
}

fn widest(widths: &[f64]) -> f64 {
    widths.iter().copied().fold(0.0, f64::max)
}
