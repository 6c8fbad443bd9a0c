//! A page of samples: strips of cells, each with a name, in as many columns as make them large.

use super::figure::Figure;
use super::header::{self, Head};
use super::samples::{Cell, Strip};
use super::style::{COMFORTABLE, Colour, HEIGHT, INNER, MARGIN, TALLEST, Theme, VALUE, WIDTH};
use super::svg::{Anchor, Canvas, draw_figure};
use super::text::{Cut, Ruler};
use super::tile_size::Tile;
use crate::basis::Shape;
use crate::error::Result;

const BOTTOM: f64 = 40.0;
/// Between two columns of samples.
const BETWEEN: f64 = 56.0;
/// Between two rows of samples.
const UNDER: f64 = 24.0;
/// Height of the name above a sample.
const NAME: f64 = 32.0;
/// Height of the heads above the samples.
const HEADS: f64 = 44.0;
/// The side of a tile in which small misses are seen.
const LEAST: f64 = 1.3 * COMFORTABLE;
/// The most samples side by side.
const COLUMNS: usize = 4;

/// What stands above a sample: its name, and what is to be said against it.
pub(crate) type Name<'a> = (&'a str, &'a str);

/// Draws the cells of each sample under its name, as many as the tallest page has room for; of `head` all but how many
/// are shown is told.
pub(crate) fn sheet(
    head: &Head,
    names: &[Name],
    shape: Shape,
    cells: &[Vec<Cell>],
    theme: Theme,
) -> Result<Figure> {
    let page = cells
        .first()
        .map(|first| Page::within(first, names.len(), shape));
    let height = page
        .as_ref()
        .map_or(0.0, Page::height)
        .max(HEIGHT / 2.0)
        .ceil();
    draw_figure(theme, WIDTH, height, |canvas| {
        let shown = (page.as_ref().map_or(0, |page| page.shown), names.len());
        Head { shown, ..*head }.draw(canvas)?;
        page.map_or(Ok(()), |page| page.draw(canvas, names, shape, cells))
    })
}

/// Samples in columns.
struct Page {
    strip: Strip,
    columns: usize,
    shown: usize,
    top: f64,
}

impl Page {
    /// The lowest page that holds all samples at a comfortable size, or else as many as fit the tallest page.
    fn within(cells: &[Cell], count: usize, shape: Shape) -> Self {
        let mut ruler = Ruler::default();
        let least = Tile::smallest(shape, LEAST);
        let room = (INNER, least.height + 6.0 * NAME);
        let strip = Strip::within(&mut ruler, cells, shape, room, false);
        let top = header::BOTTOM + if strip.is_stacked() { 0.0 } else { HEADS };
        let heights =
            (4..=(TALLEST / HEIGHT * 4.0) as usize).map(|quarters| HEIGHT * quarters as f64 / 4.0);
        let mut pages = heights
            .filter_map(|height| Self::of_height((height, top), &mut ruler, cells, count, shape));
        if let Some(page) = pages.find(|page| page.surface() >= least.surface()) {
            return page;
        }
        let columns = (((INNER + BETWEEN) / (strip.width() + BETWEEN)) as usize).clamp(1, COLUMNS);
        let all = Self {
            strip,
            columns,
            shown: count,
            top,
        };
        let rows = ((TALLEST - top - BOTTOM + UNDER) / all.down()) as usize;
        Self {
            shown: all.shown.min(columns * rows.max(1)),
            ..all
        }
    }

    /// All samples on a page of this height, in the columns that give the largest tiles.
    fn of_height(
        (height, top): (f64, f64),
        ruler: &mut Ruler,
        cells: &[Cell],
        shown: usize,
        shape: Shape,
    ) -> Option<Self> {
        let height = height - top - BOTTOM + UNDER;
        let pages = (1..=COLUMNS.min(shown)).filter_map(|columns| {
            let rows = shown.div_ceil(columns) as f64;
            let room = (
                (INNER + BETWEEN) / columns as f64 - BETWEEN,
                height / rows - UNDER - NAME,
            );
            let strip = Strip::within(ruler, cells, shape, room, false);
            let page = Self {
                strip,
                columns,
                shown,
                top,
            };
            (page.strip.width() <= room.0 && rows * page.down() <= height + 0.01).then_some(page)
        });
        // More columns make a lower page, which is worth slightly smaller tiles.
        pages.reduce(|best, next| {
            if next.surface() > 0.85 * best.surface() {
                next
            } else {
                best
            }
        })
    }

    fn surface(&self) -> f64 {
        self.strip.tile.surface()
    }

    fn down(&self) -> f64 {
        NAME + self.strip.height() + UNDER
    }

    fn height(&self) -> f64 {
        self.top + self.shown.div_ceil(self.columns) as f64 * self.down() - UNDER + BOTTOM
    }

    fn draw(
        &self,
        canvas: &mut Canvas,
        names: &[Name],
        shape: Shape,
        cells: &[Vec<Cell>],
    ) -> Result<()> {
        let across = (INNER + BETWEEN) / self.columns as f64;
        for (index, (name, cells)) in names.iter().zip(cells).take(self.shown).enumerate() {
            let x = MARGIN + (index % self.columns) as f64 * across;
            let y = self.top + (index / self.columns) as f64 * self.down();
            if index < self.columns && !self.strip.is_stacked() {
                self.strip.draw_heads(canvas, cells, (x, y - 16.0))?;
            }
            self.draw_name(canvas, *name, (x, y + 22.0))?;
            self.strip.draw(canvas, cells, shape, (x, y + NAME))?;
        }
        Ok(())
    }

    fn draw_name(
        &self,
        canvas: &mut Canvas,
        (name, warning): Name,
        (x, baseline): (f64, f64),
    ) -> Result<()> {
        let warns = VALUE.coloured(Colour::Pca);
        let beside = if warning.is_empty() {
            0.0
        } else {
            16.0 + canvas.ruler().width(warning, warns)
        };
        let most = (self.strip.width() - beside, Cut::Middle);
        let width = canvas.text(name, (x, baseline), Anchor::Left, VALUE, most)?;
        canvas.text(
            warning,
            (x + width + 16.0, baseline),
            Anchor::Left,
            warns,
            (beside, Cut::End),
        )?;
        Ok(())
    }
}
