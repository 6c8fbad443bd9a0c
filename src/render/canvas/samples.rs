//! One image beside what the methods make of it: a row or a stack of labelled cells.

use super::colour_scale::Paint;
use super::numbers::percent;
use super::style::{GAP, INNER, LABEL, VALUE};
use super::svg::{Anchor, Canvas};
use super::text::{Cut, Ruler};
use super::tile_size::Tile;
use super::tiles;
use crate::basis::{Basis, Shape};
use crate::decomposition::Method;
use crate::error::Result;

/// An image with its reconstructions; each slice holds one value a pixel, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample<'a> {
    /// What the image is called.
    pub name: &'a str,
    /// What to beware of, after the name; nothing where empty.
    pub warning: &'a str,
    /// The image.
    pub original: &'a [f32],
    /// Its reconstruction by each method.
    pub reconstructions: &'a [Reconstruction],
}

/// An image as a method reconstructs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconstruction {
    /// The method.
    pub method: &'static Method,
    /// One value per pixel, row by row.
    pub values: Vec<f32>,
    /// The relative error, non-negative.
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
pub(crate) struct Cell<'a> {
    pub head: &'static str,
    pub values: &'a [f32],
    pub paint: Paint,
    pub note: String,
}

impl<'a> Sample<'a> {
    /// Returns the image and its reconstructions, all drawn like the original.
    pub(crate) fn cells(&self, original: Paint) -> Vec<Cell<'a>> {
        let mut cells = vec![Cell {
            head: "original",
            values: self.original,
            paint: original,
            note: String::new(),
        }];
        for Reconstruction {
            method,
            values,
            error,
        } in self.reconstructions
        {
            cells.push(Cell {
                head: method.name,
                values,
                paint: original,
                note: percent(*error),
            });
        }
        cells
    }
}

/// Whether the cells of a sample stand beside or below one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Beside,
    /// For very wide images.
    Stacked,
}

/// How a sample is laid out: the same for all samples of a page.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    way: Way,
    pub tile: Tile,
    /// Whether heads stand above the tiles.
    headed: bool,
    /// The least widths of the cells.
    cells: Vec<f64>,
    notes: f64,
}

/// From one line of labels to the next.
const LINE: f64 = 30.0;
/// Between a tile and a text beside it, and between cells.
const SPACE: f64 = 18.0;

impl Strip {
    /// The strip of these cells whose tiles are the largest within `width` x `height` points.
    ///
    /// Labels may make it wider than that: ask [`Strip::width`].
    pub(crate) fn within(
        ruler: &mut Ruler,
        cells: &[Cell],
        shape: Shape,
        (width, height): (f64, f64),
        headed: bool,
    ) -> Self {
        let notes = widest(&[0.0, 10.0].map(|error| ruler.width(&percent(error + 1e-9), VALUE)));
        let least = |cell: &Cell| {
            ruler
                .width(cell.head, LABEL)
                .max(if cell.note.is_empty() { 0.0 } else { notes })
        };
        let cells: Vec<f64> = cells.iter().map(least).collect();
        let count = cells.len().max(1) as f64;
        if shape.width > 3 * shape.height {
            let labels = widest(&cells) + notes + 2.0 * SPACE;
            let tile = Tile::within(shape, width - labels, (height + GAP) / count - GAP);
            return Self {
                way: Way::Stacked,
                tile,
                headed,
                cells,
                notes,
            };
        }
        let tallest = Tile::within(
            shape,
            width,
            height - if headed { 2.0 * LINE } else { LINE },
        );
        let narrower = (1..=40).map(|part| tallest.width * (1.0 - 0.025 * f64::from(part)));
        let mut strip = Self {
            way: Way::Beside,
            tile: tallest,
            headed,
            cells,
            notes,
        };
        for most in narrower {
            if strip.width() <= width {
                break;
            }
            strip.tile = Tile::within(shape, most, tallest.height);
        }
        strip
    }

    /// The width of one sample.
    pub(crate) fn width(&self) -> f64 {
        match self.way {
            Way::Beside => {
                self.cells
                    .iter()
                    .map(|least| self.step(*least))
                    .sum::<f64>()
                    - SPACE
            }
            Way::Stacked => widest(&self.cells) + self.tile.width + self.notes + 2.0 * SPACE,
        }
    }

    /// The height of one sample.
    pub(crate) fn height(&self) -> f64 {
        match self.way {
            Way::Beside => self.tile.height + if self.headed { 2.0 * LINE } else { LINE },
            Way::Stacked => self.cells.len() as f64 * self.step(0.0) - GAP,
        }
    }

    /// Whether cells stand below one another.
    pub(crate) fn is_stacked(&self) -> bool {
        self.way == Way::Stacked
    }

    fn step(&self, least: f64) -> f64 {
        match self.way {
            Way::Beside => self.tile.width.max(least) + SPACE,
            Way::Stacked => self.tile.height.max(LINE) + GAP,
        }
    }

    /// Draws the cells of one sample with the upper left corner at (x, y).
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas,
        cells: &[Cell],
        shape: Shape,
        (mut x, mut y): (f64, f64),
    ) -> Result<()> {
        for (cell, &least) in cells.iter().zip(&self.cells) {
            let step = self.step(least);
            if self.is_stacked() {
                self.draw_line(canvas, cell, shape, (x, y))?;
                y += step;
            } else {
                self.draw_column(canvas, cell, shape, (x, y))?;
                x += step;
            }
        }
        Ok(())
    }

    /// Writes the heads of cells that stand beside one another.
    pub(crate) fn draw_heads(
        &self,
        canvas: &mut Canvas,
        cells: &[Cell],
        (mut x, baseline): (f64, f64),
    ) -> Result<()> {
        for (cell, &least) in cells.iter().zip(&self.cells) {
            canvas.text(
                cell.head,
                (x, baseline),
                Anchor::Left,
                LABEL,
                (INNER, Cut::End),
            )?;
            x += self.step(least);
        }
        Ok(())
    }

    fn draw_column(
        &self,
        canvas: &mut Canvas,
        cell: &Cell,
        shape: Shape,
        (x, y): (f64, f64),
    ) -> Result<()> {
        let top = if self.headed { y + LINE } else { y };
        let below = top + self.tile.height + 26.0;
        if self.headed {
            canvas.text(
                cell.head,
                (x, top - 8.0),
                Anchor::Left,
                LABEL,
                (INNER, Cut::End),
            )?;
        }
        tiles::draw(canvas, cell.values, shape, cell.paint, self.tile, (x, top))?;
        let most = self.tile.width.max(self.notes + 1.0);
        canvas.text(
            &cell.note,
            (x, below),
            Anchor::Left,
            VALUE,
            (most, Cut::End),
        )?;
        Ok(())
    }

    fn draw_line(
        &self,
        canvas: &mut Canvas,
        cell: &Cell,
        shape: Shape,
        (x, y): (f64, f64),
    ) -> Result<()> {
        let line = self.step(0.0) - GAP;
        let (top, baseline) = (y + (line - self.tile.height) / 2.0, y + line / 2.0 + 8.0);
        let left = x + widest(&self.cells) + SPACE;
        let right = left + self.tile.width + SPACE;
        canvas.text(
            cell.head,
            (left - SPACE, baseline),
            Anchor::Right,
            LABEL,
            (INNER, Cut::End),
        )?;
        tiles::draw(
            canvas,
            cell.values,
            shape,
            cell.paint,
            self.tile,
            (left, top),
        )?;
        let most = (self.notes + 1.0, Cut::End);
        canvas.text(&cell.note, (right, baseline), Anchor::Left, VALUE, most)?;
        Ok(())
    }
}

fn widest(widths: &[f64]) -> f64 {
    widths.iter().copied().fold(0.0, f64::max)
}
