//! One slide: the bases of all methods side by side, and some images as each method reconstructs them.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::samples::{Cell, MethodBasis, Sample, Strip};
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::{
    FIGURE, HEADING, HEIGHT, INNER, LABEL, LEGIBLE, MARGIN, SENTENCE, TITLE, Theme, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{Cut, Ruler};
use crate::render::canvas::tiles;

/// What the slide shows.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The figures that matter, each a name and a value: `("NMF error", "9.3 %")`. About six fit.
    pub facts: &'a [(String, String)],
    /// The basis of each method.
    pub bases: &'a [MethodBasis<'a>],
    /// Whether the tiles of a basis can be compared with one another.
    pub scaling: Scaling,
    /// Images and their reconstructions; the first ones are shown, as many as fit.
    pub samples: &'a [Sample<'a>],
}

/// Between two sides.
const BETWEEN: f64 = 64.0;
const GRID_TOP: f64 = 190.0;
const BOTTOM: f64 = HEIGHT - 48.0;
/// The height of the samples where the parts need all the rest.
const SAMPLES: f64 = 208.0;
/// The most samples that are shown.
const MOST: usize = 8;
/// The least space between two samples.
const BESIDE: f64 = 40.0;
/// Between the parts' tiles and the samples: a sentence stands there.
const SENTENCES: f64 = 84.0;

/// Draws one 16:9 slide: the bases of all methods side by side, samples below.
///
/// All tiles are shown while they are large enough to be read from the back of a room; beyond that the first ones, and
/// the slide says so.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample has not as many pixels as the basis.
///
/// # Panics
/// If there is no basis.
pub fn comparison(data: &Comparison, theme: Theme) -> Result<Figure> {
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        head(canvas, data)?;
        let cells = cells(data);
        let (row, grid) = lay_out(canvas.ruler(), data, &cells);
        row.draw(canvas, &cells, data.shape())?;
        let sentence = (row.top() - 36.0).min(GRID_TOP + grid.height() + 48.0);
        for (index, &basis) in data.bases.iter().enumerate() {
            let width = data.side();
            let side = Side {
                basis,
                scaling: data.scaling,
                x: MARGIN + index as f64 * (width + BETWEEN),
                width,
                sentence,
            };
            side.draw(canvas, &grid)?;
        }
        Ok(())
    })
}

impl Comparison<'_> {
    fn shape(&self) -> Shape {
        self.bases[0].basis.shape()
    }

    /// Returns the width of a side.
    fn side(&self) -> f64 {
        let count = self.bases.len() as f64;
        (INNER - BETWEEN * (count - 1.0)) / count
    }
}

/// The title at the left and the facts in columns at the right, each a value over its name.
fn head(canvas: &mut Canvas, data: &Comparison) -> Result<()> {
    // A name of a folder may be shortened before a figure is, but it keeps a quarter of the line.
    let mut room = INNER * 0.75;
    let mut right = WIDTH - MARGIN;
    for (index, (name, value)) in data.facts.iter().enumerate().rev() {
        let most = room / (index + 1) as f64 - 44.0;
        let width = canvas
            .ruler()
            .width(name, LABEL)
            .max(canvas.ruler().width(value, FIGURE))
            .min(most);
        room -= width + 44.0;
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

/// The cells of the samples that may be shown.
fn cells<'a>(data: &Comparison<'a>) -> Vec<Vec<Cell<'a>>> {
    let first = &data.samples[..data.samples.len().min(MOST)];
    let paint = Paint::holding(
        Scale::FromZero,
        first.iter().flat_map(|sample| sample.original),
    );
    first.iter().map(|sample| sample.cells(paint)).collect()
}

/// Tiles first; the height that they leave goes to the samples, then to the gaps.
fn lay_out(ruler: &mut Ruler, data: &Comparison, cells: &[Vec<Cell>]) -> (Row, Grid) {
    let (shape, side) = (data.shape(), data.side());
    let room = |row: &Row| row.top() - SENTENCES - GRID_TOP;
    let row = Row::within(ruler, cells, shape, SAMPLES);
    let around = Surround {
        width: 0.0,
        below: 0.0,
    };
    let ranks = data.bases.iter().map(|side| side.basis.rank());
    let count = ranks.max().unwrap_or_default();
    let grid = Grid::within(count, shape, (side, room(&row)), around, LEGIBLE);
    let spare = room(&row) - grid.height();
    let row = Row::within(
        ruler,
        cells,
        shape,
        BOTTOM - row.top() + spare.clamp(0.0, SAMPLES / 2.0),
    );
    let grid = grid.spread(side, room(&row));
    (row, grid)
}

/// Some samples side by side at the bottom of the slide.
struct Row {
    count: usize,
    strip: Option<Strip>,
}

impl Row {
    /// Many samples weigh as much as large ones, but a few there are.
    fn within(ruler: &mut Ruler, cells: &[Vec<Cell>], shape: Shape, height: f64) -> Self {
        let Some(first) = cells.first() else {
            return Self {
                count: 0,
                strip: None,
            };
        };
        let alone = Strip::within(ruler, first, shape, (INNER, height), true);
        let few = if alone.is_stacked() { 2 } else { 3 };
        let weight =
            |(count, strip): &(usize, Strip)| (*count as f64).powf(1.5) * strip.tile.surface();
        let with_count = |count: usize| {
            let width = (INNER + BESIDE) / count as f64 - BESIDE;
            let strip = Strip::within(ruler, first, shape, (width, height), true);
            (strip.width() <= width).then_some((count, strip))
        };
        let heavier = |best, next| {
            if weight(&next) > weight(&best) {
                next
            } else {
                best
            }
        };
        let (count, strip) = (few.min(cells.len())..=cells.len())
            .filter_map(with_count)
            .reduce(heavier)
            .unwrap_or((1, alone));
        Self {
            count,
            strip: Some(strip),
        }
    }

    fn top(&self) -> f64 {
        self.strip
            .as_ref()
            .map_or(BOTTOM + 24.0, |strip| BOTTOM - strip.height())
    }

    fn draw(&self, canvas: &mut Canvas, cells: &[Vec<Cell>], shape: Shape) -> Result<()> {
        let Some(strip) = &self.strip else {
            return Ok(());
        };
        let top = self.top();
        canvas.line((MARGIN, top - 14.0), (WIDTH - MARGIN, top - 14.0))?;
        let spare = (INNER - strip.width() * self.count as f64) / (self.count.max(2) - 1) as f64;
        let step = strip.width() + spare.min(2.5 * BESIDE);
        for (index, cells) in cells.iter().take(self.count).enumerate() {
            strip.draw(canvas, cells, shape, (MARGIN + index as f64 * step, top))?;
        }
        Ok(())
    }
}

/// The basis of one method on the slide.
struct Side<'a> {
    basis: MethodBasis<'a>,
    scaling: Scaling,
    x: f64,
    width: f64,
    /// The baseline of the sentence below the tiles.
    sentence: f64,
}

impl Side<'_> {
    fn draw(&self, canvas: &mut Canvas, grid: &Grid) -> Result<()> {
        let MethodBasis { method, basis } = self.basis;
        let all = Paint::holding(Scale::of(method), basis.rows().iter());
        let right = self.x + self.width;
        let bar = Bar::of(all, self.scaling).draw(canvas, (right, GRID_TOP - 50.0))?;
        canvas.text(
            &format!("{} {}", method.name, method.units),
            (self.x, GRID_TOP - 25.0),
            Anchor::Left,
            HEADING,
            (self.width - bar - 16.0, Cut::End),
        )?;
        let shown = basis.rank().min(grid.shown);
        self.draw_tiles(canvas, grid, all, shown)?;
        let mut most = self.width;
        if shown < basis.rank() {
            let note = format!("{shown} of {} shown", basis.rank());
            let place = (right, self.sentence);
            let cut = (self.width, Cut::End);
            most -= 24.0 + canvas.text(&note, place, Anchor::Right, LABEL, cut)?;
        }
        let sentence = if method.signed {
            "Signed: red adds, blue takes away, and they cancel."
        } else {
            "Sums only: parts add up, nothing is taken away."
        };
        canvas.text(
            sentence,
            (self.x, self.sentence),
            Anchor::Left,
            SENTENCE,
            (most, Cut::End),
        )?;
        Ok(())
    }

    fn draw_tiles(&self, canvas: &mut Canvas, grid: &Grid, all: Paint, shown: usize) -> Result<()> {
        let basis = self.basis.basis;
        for index in 0..shown {
            let row = basis.row(index).to_vec();
            let paint = match self.scaling {
                Scaling::Each => Paint::holding(all.scale, &row),
                Scaling::Shared => all,
            };
            let (across, down) = grid.place(index);
            let place = (self.x + across, GRID_TOP + down);
            tiles::draw(canvas, &row, basis.shape(), paint, grid.tile, place)?;
        }
        Ok(())
    }
}
