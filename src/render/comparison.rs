//! One slide: parts and eigenimages side by side, and what they make of some images.

use super::Figure;
use super::bar::Bar;
use super::canvas::{self, Anchor, Canvas};
use super::layout::{Grid, Surround};
use super::samples::{Cell, Sample, Strip};
use super::style::{FIGURE, HEADING, HEIGHT, INNER, LABEL, MARGIN, SENTENCE, TITLE, WIDTH};
use super::text::{Cut, Ruler};
use super::tiles::{self, Paint, Scale, Scaling};
use crate::basis::{Basis, Shape};
use crate::error::Result;

/// What the slide shows.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The figures that matter, each a name and a value: `("NMF error", "9.3 %")`. About six fit.
    pub facts: &'a [(String, String)],
    /// The parts in the order in which they are to stand: by share.
    pub parts: &'a Basis,
    /// The eigenimages, the first first.
    pub eigenimages: &'a Basis,
    /// Whether parts can be compared with parts, and eigenimages with eigenimages.
    pub scaling: Scaling,
    /// Images and their reconstructions; the first ones are shown, as many as fit.
    pub samples: &'a [Sample<'a>],
}

/// Between the two sides.
const BETWEEN: f64 = 64.0;
const SIDE: f64 = (INNER - BETWEEN) / 2.0;
const GRID_TOP: f64 = 190.0;
const BOTTOM: f64 = HEIGHT - 48.0;
/// The greatest height of the samples.
const SAMPLES: f64 = 208.0;
/// Between the parts' tiles and the samples: a sentence stands there.
const SENTENCES: f64 = 84.0;

/// Draws one 16:9 slide: parts left, eigenimages right, samples below.
///
/// All tiles are shown while they are large enough to be read from the back of a room; beyond that the first ones, and
/// the slide says so.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the basis.
pub fn comparison(data: &Comparison) -> Result<Figure> {
    canvas::figure(WIDTH, HEIGHT, |canvas| {
        head(canvas, data)?;
        let top = samples(canvas, data)?;
        let around = Surround { width: 0.0, below: 0.0 };
        let room = (SIDE, top - SENTENCES - GRID_TOP);
        let count = data.parts.rank().max(data.eigenimages.rank());
        let grid = Grid::within(count, data.parts.shape(), room, around);
        let left = Side {
            heading: "NMF parts",
            sentence: "Sums only: parts add up, nothing is taken away.",
            basis: data.parts,
            scale: Scale::FromZero,
        };
        let right = Side {
            heading: "PCA eigenimages",
            sentence: "Signed: red adds, blue takes away, and they cancel.",
            basis: data.eigenimages,
            scale: Scale::Diverging,
        };
        let sentences = top - 36.0;
        left.draw(canvas, &grid, data.scaling, (MARGIN, sentences))?;
        right.draw(canvas, &grid, data.scaling, (MARGIN + SIDE + BETWEEN, sentences))
    })
}

/// The title at the left and the facts in columns at the right, each a value over its name.
fn head(canvas: &mut Canvas, data: &Comparison) -> Result<()> {
    let most = INNER * 0.72 / data.facts.len().max(1) as f64 - 44.0;
    let mut right = WIDTH - MARGIN;
    for (name, value) in data.facts.iter().rev() {
        let width = canvas
            .ruler()
            .width(name, LABEL)
            .max(canvas.ruler().width(value, FIGURE))
            .min(most);
        let left = right - width;
        canvas.text(value, (left, 80.0), Anchor::Left, FIGURE, (most, Cut::End))?;
        canvas.text(name, (left, 110.0), Anchor::Left, LABEL, (most, Cut::End))?;
        right = left - 44.0;
    }
    canvas.text(
        data.title,
        (MARGIN, 80.0),
        Anchor::Left,
        TITLE,
        (right - MARGIN, Cut::Middle),
    )?;
    Ok(())
}

/// Draws the samples at the bottom of the slide; returns where they begin.
fn samples(canvas: &mut Canvas, data: &Comparison) -> Result<f64> {
    if data.samples.is_empty() {
        return Ok(BOTTOM + 24.0);
    }
    let shape = data.parts.shape();
    let first = &data.samples[..data.samples.len().min(8)];
    let paint = Paint::holding(Scale::FromZero, first.iter().flat_map(|sample| sample.original));
    let cells: Vec<_> = first.iter().map(|sample| sample.cells(paint)).collect();
    let (count, strip) = strips(canvas.ruler(), &cells, shape);
    let top = BOTTOM - strip.height();
    canvas.line((MARGIN, top - 14.0), (WIDTH - MARGIN, top - 14.0))?;
    let spare = (INNER - strip.width() * count as f64) / (count.max(2) - 1) as f64;
    let step = strip.width() + spare.min(96.0);
    for (index, cells) in cells.iter().take(count).enumerate() {
        strip.draw(canvas, cells, shape, (MARGIN + index as f64 * step, top))?;
    }
    Ok(top)
}

/// How many samples stand side by side, and how: many if their tiles stay large, else a few.
fn strips(ruler: &mut Ruler, cells: &[Vec<Cell>], shape: Shape) -> (usize, Strip) {
    let surface = |strip: &Strip| strip.tile.width * strip.tile.height;
    let alone = Strip::within(ruler, &cells[0], shape, (INNER, SAMPLES));
    let few = if alone.is_stacked() { 2 } else { 4 };
    let mut strip = |count: usize| {
        let width = (INNER + 40.0) / count as f64 - 40.0;
        let strip = Strip::within(ruler, &cells[0], shape, (width, SAMPLES));
        (strip.width() <= width).then_some((count, strip))
    };
    (1..=cells.len())
        .rev()
        .filter_map(&mut strip)
        .find(|(count, strip)| *count <= few || surface(strip) >= 0.8 * surface(&alone))
        .unwrap_or((1, alone))
}

struct Side<'a> {
    heading: &'static str,
    sentence: &'static str,
    basis: &'a Basis,
    scale: Scale,
}

impl Side<'_> {
    fn draw(&self, canvas: &mut Canvas, grid: &Grid, scaling: Scaling, (x, sentence): (f64, f64)) -> Result<()> {
        let all = Paint::holding(self.scale, self.basis.rows().iter());
        let bar = Bar::of(all, scaling).draw(canvas, (x + SIDE, GRID_TOP - 50.0))?;
        let baseline = GRID_TOP - 25.0;
        canvas.text(
            self.heading,
            (x, baseline),
            Anchor::Left,
            HEADING,
            (SIDE - bar - 16.0, Cut::End),
        )?;
        let shown = self.basis.rank().min(grid.shown);
        for index in 0..shown {
            let row = self.basis.row(index).to_vec();
            let paint = match scaling {
                Scaling::Each => Paint::holding(self.scale, &row),
                Scaling::Shared => all,
            };
            let (across, down) = grid.place(index);
            tiles::draw(
                canvas,
                &row,
                self.basis.shape(),
                paint,
                grid.tile,
                (x + across, GRID_TOP + down),
            )?;
        }
        let mut most = SIDE;
        if shown < self.basis.rank() {
            let note = format!("{shown} of {} shown", self.basis.rank());
            most -= 24.0 + canvas.text(&note, (x + SIDE, sentence), Anchor::Right, LABEL, (SIDE, Cut::End))?;
        }
        canvas.text(self.sentence, (x, sentence), Anchor::Left, SENTENCE, (most, Cut::End))?;
        Ok(())
    }
}
