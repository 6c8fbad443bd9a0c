//! Some images with both reconstructions and what these miss.

use super::Figure;
use super::bar::{self, Bar};
use super::canvas::{self, Anchor, Canvas};
use super::layout::Tile;
use super::samples::{Cell, Sample, Strip};
use super::style::{HEIGHT, INNER, LABEL, MARGIN, SENTENCE, TALLEST, TITLE, VALUE, WIDTH};
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

const TOP: f64 = 178.0;
const BOTTOM: f64 = 40.0;
/// Between two columns of samples.
const BETWEEN: f64 = 56.0;
/// Between two rows of samples.
const UNDER: f64 = 26.0;
/// Height of the name above a sample.
const NAME: f64 = 30.0;
/// The caption of the page.
const CAPTION: &str = "With relative errors; differences are absolute: black where nothing is missed.";

/// Samples in columns.
struct Page {
    strip: Strip,
    columns: usize,
    shown: usize,
}

/// Draws, for each sample, the original, both reconstructions with their errors, and both absolute differences.
///
/// The page grows with the number of samples, up to four slides high; beyond that the first ones are shown.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the shape.
pub fn reconstructions(data: &Reconstructions) -> Result<Figure> {
    let originals = data.samples.iter().flat_map(|sample| sample.original);
    let original = Paint::holding(Scale::FromZero, originals);
    let missed: Vec<_> = data
        .samples
        .iter()
        .map(|s| (missed(s.original, s.nmf), missed(s.original, s.pca)))
        .collect();
    let difference = Paint::holding(
        Scale::FromZero,
        missed.iter().flat_map(|(nmf, pca)| nmf.iter().chain(pca)),
    );
    let cells: Vec<Vec<Cell>> = data
        .samples
        .iter()
        .zip(missed)
        .map(|(sample, (nmf, pca))| {
            let cell = |head, values: Vec<f32>| Cell {
                head,
                values: values.into(),
                paint: difference,
                note: String::new(),
            };
            let mut cells = sample.cells(original);
            cells.extend([cell("|original − NMF|", nmf), cell("|original − PCA|", pca)]);
            cells
        })
        .collect();
    let page = cells.first().map(|first| lay_out(first, data));
    let rows = page.as_ref().map_or(0, |page| page.shown.div_ceil(page.columns)) as f64;
    let height = TOP + rows * page.as_ref().map_or(0.0, Page::down) - UNDER + BOTTOM;
    canvas::figure(WIDTH, height.max(HEIGHT / 2.0).ceil(), |canvas| {
        let shown = page.as_ref().map_or(0, |page| page.shown);
        head(canvas, data, difference, shown)?;
        let Some(page) = &page else { return Ok(()) };
        for (index, (sample, cells)) in data.samples.iter().zip(&cells).take(page.shown).enumerate() {
            let (x, y) = page.place(index);
            let most = (page.strip.width(), Cut::Middle);
            canvas.text(sample.name, (x, y + 22.0), Anchor::Left, VALUE, most)?;
            page.strip.draw(canvas, cells, data.shape, (x, y + NAME))?;
        }
        Ok(())
    })
}

fn missed(original: &[f32], other: &[f32]) -> Vec<f32> {
    original.iter().zip(other).map(|(a, b)| (a - b).abs()).collect()
}

fn head(canvas: &mut Canvas, data: &Reconstructions, difference: Paint, shown: usize) -> Result<()> {
    let bar = Bar {
        scale: Scale::FromZero,
        limit: Some(difference.limit),
        says: "differences",
    };
    let bar = bar.draw(canvas, (WIDTH - MARGIN, 138.0 - bar::HEIGHT))?;
    canvas.text(
        CAPTION,
        (MARGIN, 131.0),
        Anchor::Left,
        SENTENCE,
        (INNER - bar - 32.0, Cut::End),
    )?;
    let mut most = INNER;
    if shown < data.samples.len() {
        let note = format!("{shown} of {} shown", data.samples.len());
        most -= 32.0 + canvas.text(&note, (WIDTH - MARGIN, 84.0), Anchor::Right, LABEL, (INNER, Cut::End))?;
    }
    canvas.text(data.title, (MARGIN, 84.0), Anchor::Left, TITLE, (most, Cut::Middle))?;
    Ok(())
}

/// The lowest page that holds all samples at a readable size; on it, the number of columns with the largest tiles.
fn lay_out(cells: &[Cell], data: &Reconstructions) -> Page {
    let mut ruler = Ruler::default();
    let count = data.samples.len();
    let least = Tile::smallest(data.shape);
    let surface = |page: &Page| page.strip.tile.width * page.strip.tile.height;
    let tallest = (TALLEST / HEIGHT * 4.0) as usize;
    for quarters in 4..=tallest {
        let height = HEIGHT * quarters as f64 / 4.0 - TOP - BOTTOM + UNDER;
        let pages = (1..=3usize.min(count)).filter_map(|columns| {
            let rows = count.div_ceil(columns) as f64;
            let width = (INNER + BETWEEN) / columns as f64 - BETWEEN;
            let strip = Strip::within(&mut ruler, cells, data.shape, (width, height / rows - UNDER - NAME));
            let page = Page {
                strip,
                columns,
                shown: count,
            };
            (page.strip.width() <= width && rows * page.down() <= height + 0.01).then_some(page)
        });
        let best = pages.reduce(|best, page| if surface(&page) > surface(&best) { page } else { best });
        if let Some(page) = best.filter(|page| surface(page) >= least.width * least.height) {
            return page;
        }
    }
    let strip = Strip::within(&mut ruler, cells, data.shape, (INNER, 4.0 * least.height + 60.0));
    let mut page = Page {
        strip,
        columns: 1,
        shown: count,
    };
    page.columns = (((INNER + BETWEEN) / (page.strip.width() + BETWEEN)) as usize).max(1);
    let rows = ((TALLEST - TOP - BOTTOM + UNDER) / page.down()) as usize;
    page.shown = count.min(page.columns * rows.max(1));
    page
}

impl Page {
    fn down(&self) -> f64 {
        NAME + self.strip.height() + UNDER
    }

    fn place(&self, index: usize) -> (f64, f64) {
        let across = (INNER + BETWEEN) / self.columns as f64;
        (
            MARGIN + (index % self.columns) as f64 * across,
            TOP + (index / self.columns) as f64 * self.down(),
        )
    }
}
