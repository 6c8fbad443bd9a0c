//! A page of samples: strips of cells, each with a name, in columns.

use super::figure::Figure;
use super::header::{self, FigureHeader, Shown};
use super::samples::{SampleCell, SampleStrip};
use super::style::{
    COMFORTABLE, Colour, HEIGHT, INNER, LABEL, MARGIN, TALLEST, Theme, VALUE, WIDTH,
};
use super::svg::{Anchor, Canvas, draw_figure};
use super::text::{Ruler, TextFit};
use super::tile_size::TileSize;
use crate::basis::Shape;
use crate::error::Result;

const BOTTOM: f64 = 40.0;
/// Space between two columns of samples.
const COLUMN_GAP: f64 = 56.0;
/// Space between two rows of samples.
const ROW_GAP: f64 = 24.0;
/// Height of the name above a sample.
const NAME: f64 = 32.0;
/// Height of the headings above the first row of samples.
const HEADINGS: f64 = 44.0;
/// Side of a tile at which small differences are visible.
const LEAST: f64 = 1.3 * COMFORTABLE;
/// The maximum number of columns.
const MAX_COLUMNS: usize = 4;
/// The maximum height of a page in quarters of a slide.
const TALLEST_QUARTERS: usize = (TALLEST / HEIGHT * 4.0) as usize;

/// The text above a sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleName<'a> {
    pub name: &'a str,
    /// A warning after the name; empty for none.
    pub warning: &'a str,
}

/// All samples of a sheet.
#[derive(Clone, Copy)]
pub(crate) struct Samples<'a> {
    /// The size of every image.
    pub shape: Shape,
    /// The name of each sample.
    pub names: &'a [SampleName<'a>],
    /// The cells of each sample, the same number for all.
    pub cells: &'a [Vec<SampleCell<'a>>],
}

/// Draws the cells of each sample below its name, as many as the tallest page holds. The number of
/// samples shown is added to `header`.
pub(crate) fn draw_sheet(header: &FigureHeader, samples: Samples, theme: Theme) -> Result<Figure> {
    let total = samples.names.len();
    let layout = samples
        .cells
        .first()
        .map(|first| SheetLayout::of(first, total, samples.shape));
    let height = layout.as_ref().map_or(0.0, SheetLayout::height);
    let height = height.max(HEIGHT / 2.0).ceil();
    draw_figure(theme, WIDTH, height, |canvas| {
        let count = layout.as_ref().map_or(0, |layout| layout.shown);
        let shown = Shown { count, total };
        FigureHeader { shown, ..*header }.draw(canvas)?;
        layout.map_or(Ok(()), |layout| layout.draw(canvas, samples))
    })
}

/// Samples in columns.
struct SheetLayout {
    strip: SampleStrip,
    columns: usize,
    shown: usize,
    top: f64,
}

impl SheetLayout {
    /// Returns the lowest page that holds all samples at a comfortable size, or as many as fit the
    /// tallest page.
    fn of(cells: &[SampleCell], count: usize, shape: Shape) -> Self {
        let mut ruler = Ruler::default();
        let least = TileSize::smallest(shape, LEAST);
        let room = (INNER, least.height + 6.0 * NAME);
        let strip = SampleStrip::within(&mut ruler, cells, shape, room, false);
        let top = header::BOTTOM + if strip.is_stacked() { 0.0 } else { HEADINGS };
        for quarters in 4..=TALLEST_QUARTERS {
            let height = HEIGHT * quarters as f64 / 4.0 - top - BOTTOM + ROW_GAP;
            let largest = Self::with_largest_tiles(&mut ruler, cells, count, shape, height);
            if let Some(layout) = largest.filter(|layout| layout.tile_area() >= least.area()) {
                return Self { top, ..layout };
            }
        }
        let columns = ((INNER + COLUMN_GAP) / (strip.width() + COLUMN_GAP)) as usize;
        let columns = columns.clamp(1, MAX_COLUMNS);
        let rows = ((TALLEST - top - BOTTOM + ROW_GAP) / row_step(&strip)) as usize;
        Self {
            strip,
            columns,
            shown: count.min(columns * rows.max(1)),
            top,
        }
    }

    /// Returns all samples within a height that includes a row gap, in the columns that give the
    /// largest tiles.
    fn with_largest_tiles(
        ruler: &mut Ruler,
        cells: &[SampleCell],
        shown: usize,
        shape: Shape,
        height: f64,
    ) -> Option<Self> {
        let mut best: Option<Self> = None;
        for columns in 1..=MAX_COLUMNS.min(shown) {
            let rows = shown.div_ceil(columns) as f64;
            let width = (INNER + COLUMN_GAP) / columns as f64 - COLUMN_GAP;
            let room = (width, height / rows - ROW_GAP - NAME);
            let strip = SampleStrip::within(ruler, cells, shape, room, false);
            if strip.width() > width || rows * row_step(&strip) > height + 0.01 {
                continue;
            }
            let next = Self {
                strip,
                columns,
                shown,
                top: 0.0,
            };
            // More columns make a lower page, which is worth slightly smaller tiles.
            if best
                .as_ref()
                .is_none_or(|best| next.tile_area() > 0.85 * best.tile_area())
            {
                best = Some(next);
            }
        }
        best
    }

    fn tile_area(&self) -> f64 {
        self.strip.tile.area()
    }

    fn height(&self) -> f64 {
        let rows = self.shown.div_ceil(self.columns) as f64;
        self.top + rows * row_step(&self.strip) - ROW_GAP + BOTTOM
    }

    fn draw(&self, canvas: &mut Canvas, samples: Samples) -> Result<()> {
        let across = (INNER + COLUMN_GAP) / self.columns as f64;
        let shown = samples.names.iter().zip(samples.cells).take(self.shown);
        for (index, (name, cells)) in shown.enumerate() {
            let x = MARGIN + (index % self.columns) as f64 * across;
            let y = self.top + (index / self.columns) as f64 * row_step(&self.strip);
            if index < self.columns && !self.strip.is_stacked() {
                self.strip.draw_headings(canvas, cells, (x, y - 16.0))?;
            }
            self.draw_name(canvas, *name, (x, y + 22.0))?;
            self.strip
                .draw(canvas, cells, samples.shape, (x, y + NAME))?;
        }
        Ok(())
    }

    fn draw_name(
        &self,
        canvas: &mut Canvas,
        SampleName { name, warning }: SampleName,
        (x, baseline): (f64, f64),
    ) -> Result<()> {
        let warning_style = LABEL.coloured(Colour::Ink);
        let warning_width = if warning.is_empty() {
            0.0
        } else {
            16.0 + canvas.ruler().width(warning, warning_style)
        };
        let fit = TextFit::middle(self.strip.width() - warning_width);
        let width = canvas.text(name, (x, baseline), Anchor::Left, VALUE, fit)?;
        canvas.text(
            warning,
            (x + width + 16.0, baseline),
            Anchor::Left,
            warning_style,
            TextFit::end(warning_width),
        )?;
        Ok(())
    }
}

/// Returns the distance from one row of samples to the next.
fn row_step(strip: &SampleStrip) -> f64 {
    NAME + strip.height() + ROW_GAP
}
