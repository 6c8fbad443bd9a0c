//! Some images with both reconstructions and what these miss.

use super::Figure;
use super::bar::Bar;
use super::canvas::{self, Anchor, Canvas};
use super::head::{self, Head};
use super::layout::Tile;
use super::samples::{Cell, Sample, Strip};
use super::style::{COMFORTABLE, Colour, HEIGHT, INNER, MARGIN, TALLEST, Theme, VALUE, WIDTH};
use super::text::{Cut, Ruler};
use super::tiles::{Paint, Scale};
use crate::basis::Shape;
use crate::error::Result;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Reconstructions<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The size of every image.
    pub shape: Shape,
    /// The images in their order.
    pub samples: &'a [Sample<'a>],
}

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
const CAPTION: &str = "Each reconstruction with its relative error and its absolute difference from the original.";

/// Draws, for each sample, the original and both reconstructions with their errors and absolute differences.
///
/// The page grows with the number of samples, up to four slides high; beyond that the first ones are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the shape.
pub fn reconstructions(data: &Reconstructions, theme: Theme) -> Result<Figure> {
    let missed: Vec<_> = data.samples.iter().map(|s| [missed(s.original, s.nmf), missed(s.original, s.pca)]).collect();
    let difference = Paint::holding(Scale::FromZero, missed.iter().flatten().flatten());
    let cells = cells(data, &missed, difference);
    let page = cells.first().map(|first| Page::within(first, data));
    let height = page.as_ref().map_or(0.0, Page::height).max(HEIGHT / 2.0).ceil();
    canvas::figure(theme, WIDTH, height, |canvas| {
        let head = Head {
            title: data.title,
            caption: CAPTION,
            bars: &[Bar { scale: Scale::FromZero, limit: Some(difference.limit), says: "difference", faint: 0.0 }],
            shown: (page.as_ref().map_or(0, |page| page.shown), data.samples.len()),
        };
        head.draw(canvas)?;
        page.map_or(Ok(()), |page| page.draw(canvas, data, &cells))
    })
}

fn missed(original: &[f32], other: &[f32]) -> Vec<f32> {
    original.iter().zip(other).map(|(a, b)| (a - b).abs()).collect()
}

/// For each sample: original, NMF, its difference, PCA, its difference.
fn cells<'a>(data: &Reconstructions<'a>, missed: &'a [[Vec<f32>; 2]], paint: Paint) -> Vec<Vec<Cell<'a>>> {
    let original = Paint::holding(Scale::FromZero, data.samples.iter().flat_map(|sample| sample.original));
    let difference = |values: &'a Vec<f32>| Cell { head: "difference", values, paint, note: String::new() };
    let with_differences = |(sample, [nmf, pca]): (&Sample<'a>, &'a [Vec<f32>; 2])| {
        let mut cells = sample.cells(original);
        cells.insert(2, difference(nmf));
        cells.push(difference(pca));
        cells
    };
    data.samples.iter().zip(missed).map(with_differences).collect()
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
    fn within(cells: &[Cell], data: &Reconstructions) -> Self {
        let mut ruler = Ruler::default();
        let least = Tile::smallest(data.shape, LEAST);
        let room = (INNER, least.height + 6.0 * NAME);
        let strip = Strip::within(&mut ruler, cells, data.shape, room, false);
        let top = head::BOTTOM + if strip.is_stacked() { 0.0 } else { HEADS };
        let heights = (4..=(TALLEST / HEIGHT * 4.0) as usize).map(|quarters| HEIGHT * quarters as f64 / 4.0);
        let mut pages = heights.filter_map(|height| Self::of_height(height, top, &mut ruler, cells, data));
        if let Some(page) = pages.find(|page| page.surface() >= least.surface()) {
            return page;
        }
        let columns = (((INNER + BETWEEN) / (strip.width() + BETWEEN)) as usize).clamp(1, COLUMNS);
        let all = Self { strip, columns, shown: data.samples.len(), top };
        let rows = ((TALLEST - top - BOTTOM + UNDER) / all.down()) as usize;
        Self { shown: all.shown.min(columns * rows.max(1)), ..all }
    }

    /// All samples on a page of this height, in the columns that give the largest tiles.
    fn of_height(height: f64, top: f64, ruler: &mut Ruler, cells: &[Cell], data: &Reconstructions) -> Option<Self> {
        let shown = data.samples.len();
        let height = height - top - BOTTOM + UNDER;
        let pages = (1..=COLUMNS.min(shown)).filter_map(|columns| {
            let rows = shown.div_ceil(columns) as f64;
            let room = ((INNER + BETWEEN) / columns as f64 - BETWEEN, height / rows - UNDER - NAME);
            let strip = Strip::within(ruler, cells, data.shape, room, false);
            let page = Self { strip, columns, shown, top };
            (page.strip.width() <= room.0 && rows * page.down() <= height + 0.01).then_some(page)
        });
        // More columns make a lower page, which is worth slightly smaller tiles.
        pages.reduce(|best, next| if next.surface() > 0.85 * best.surface() { next } else { best })
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

    fn draw(&self, canvas: &mut Canvas, data: &Reconstructions, cells: &[Vec<Cell>]) -> Result<()> {
        let across = (INNER + BETWEEN) / self.columns as f64;
        for (index, (sample, cells)) in data.samples.iter().zip(cells).take(self.shown).enumerate() {
            let x = MARGIN + (index % self.columns) as f64 * across;
            let y = self.top + (index / self.columns) as f64 * self.down();
            if index < self.columns && !self.strip.is_stacked() {
                self.strip.draw_heads(canvas, cells, (x, y - 16.0))?;
            }
            self.draw_name(canvas, sample, (x, y + 22.0))?;
            self.strip.draw(canvas, cells, data.shape, (x, y + NAME))?;
        }
        Ok(())
    }

    fn draw_name(&self, canvas: &mut Canvas, sample: &Sample, (x, baseline): (f64, f64)) -> Result<()> {
        let warning = VALUE.coloured(Colour::Pca);
        let beside = if sample.warning.is_empty() { 0.0 } else { 16.0 + canvas.ruler().width(sample.warning, warning) };
        let most = (self.strip.width() - beside, Cut::Middle);
        let width = canvas.text(sample.name, (x, baseline), Anchor::Left, VALUE, most)?;
        canvas.text(sample.warning, (x + width + 16.0, baseline), Anchor::Left, warning, (beside, Cut::End))?;
        Ok(())
    }
}
