//! One slide: the bases of all methods side by side, above some images and their reconstructions.

use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::Shown;
use crate::render::canvas::samples::{MethodBasis, Sample, SampleCell, SampleStrip};
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    FIGURE, HEADING, HEIGHT, INNER, LABEL, LEGIBLE, MARGIN, SENTENCE, TITLE, Theme, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::{Ruler, TextFit};
use crate::render::canvas::tiles;

/// The data of the slide.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// Names and values, such as `("NMF error", "9.3 %")`. About six fit.
    pub facts: &'a [(String, String)],
    /// A sentence below the parts in place of the usual one.
    pub remark: Option<&'a str>,
    /// The basis of each method.
    pub bases: &'a [MethodBasis<'a>],
    /// Whether the tiles of a basis share one colour scale.
    pub scaling: Scaling,
    /// A sentence above the samples on what these images are.
    pub kind_of_samples: &'a str,
    /// Images and their reconstructions; the first ones that fit are shown.
    pub samples: &'a [Sample<'a>],
}

/// Space between two methods.
const BETWEEN: f64 = 64.0;
const GRID_TOP: f64 = 190.0;
const BOTTOM: f64 = HEIGHT - 48.0;
const TITLE_LINE: f64 = 80.0;
/// Baseline of the names of the facts, below their values.
const FACT_LINE: f64 = 110.0;
/// Space between two facts.
const FACT_GAP: f64 = 44.0;
/// Height of the samples if the parts need all the remaining height.
const SAMPLES: f64 = 208.0;
/// The maximum number of samples.
const MAX_SAMPLES: usize = 8;
/// The minimum space between two samples.
const SAMPLE_GAP: f64 = 40.0;
/// Height of the sentence above the samples.
const KIND: f64 = 36.0;
/// Height of the sentences between the tiles and the samples.
const SENTENCES: f64 = 84.0;

/// Draws one 16:9 slide: the bases of all methods side by side, samples below.
///
/// All tiles are shown while they are legible from the back of a room; beyond that, the first ones,
/// with a note.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a sample does not have the number of pixels
/// of the basis.
///
/// # Panics
/// If there is no basis.
pub fn comparison(data: &Comparison, theme: Theme) -> Result<Figure> {
    let cells = cells(data);
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        draw_header(canvas, data)?;
        let (row, grid) = lay_out(canvas.ruler(), data, &cells);
        row.draw(canvas, &cells, data)?;
        let sentence_line = (row.top() - 36.0).min(GRID_TOP + grid.height() + 48.0);
        let width = data.panel_width();
        for (index, &basis) in data.bases.iter().enumerate() {
            let panel = MethodPanel {
                basis,
                remark: data.remark,
                scaling: data.scaling,
                x: MARGIN + index as f64 * (width + BETWEEN),
                width,
            };
            panel.draw(canvas, &grid, sentence_line)?;
        }
        Ok(())
    })
}

impl Comparison<'_> {
    /// Returns the size of every image.
    fn shape(&self) -> Shape {
        self.bases[0].basis.shape()
    }

    /// Returns the width of the panel of a method.
    fn panel_width(&self) -> f64 {
        let count = self.bases.len() as f64;
        (INNER - BETWEEN * (count - 1.0)) / count
    }
}

/// Draws the title at the left and the facts in columns at the right, each value above its name.
fn draw_header(canvas: &mut Canvas, data: &Comparison) -> Result<()> {
    // The title is shortened before a fact is, but it keeps a quarter of the line.
    let mut room = INNER * 0.75;
    let mut right = WIDTH - MARGIN;
    for (index, (name, value)) in data.facts.iter().enumerate().rev() {
        let most = room / (index + 1) as f64 - FACT_GAP;
        let name_width = canvas.ruler().width(name, LABEL);
        let width = name_width
            .max(canvas.ruler().width(value, FIGURE))
            .min(most);
        room -= width + FACT_GAP;
        let (left, fit) = (right - width, TextFit::end(most));
        canvas.text(value, (left, TITLE_LINE), Anchor::Left, FIGURE, fit)?;
        canvas.text(name, (left, FACT_LINE), Anchor::Left, LABEL, fit)?;
        right = left - FACT_GAP;
    }
    let (place, fit) = ((MARGIN, TITLE_LINE), TextFit::middle(right - MARGIN));
    canvas.text(data.title, place, Anchor::Left, TITLE, fit)?;
    Ok(())
}

/// Returns the cells of the first samples.
fn cells<'a>(data: &Comparison<'a>) -> Vec<Vec<SampleCell<'a>>> {
    let first = &data.samples[..data.samples.len().min(MAX_SAMPLES)];
    let originals = first.iter().flat_map(|sample| sample.original);
    let colour_map = ColourMap::covering(Scale::FromZero, originals);
    first
        .iter()
        .map(|sample| sample.cells(colour_map))
        .collect()
}

/// Returns the layout of samples and tiles: tiles get their height first, then the samples, then
/// the gaps.
fn lay_out(
    ruler: &mut Ruler,
    data: &Comparison,
    cells: &[Vec<SampleCell>],
) -> (SampleRow, TileGrid) {
    let (shape, width) = (data.shape(), data.panel_width());
    let row = SampleRow::within(ruler, cells, shape, SAMPLES);
    let room = row.top() - SENTENCES - GRID_TOP;
    let ranks = data.bases.iter().map(|panel| panel.basis.rank());
    let count = ranks.max().unwrap_or_default();
    let grid = TileGrid::within(count, shape, (width, room), LabelSpace::NONE, LEGIBLE);
    let spare = (room - grid.height()).clamp(0.0, SAMPLES / 2.0);
    let row = SampleRow::within(ruler, cells, shape, row.height() + spare);
    let room = row.top() - SENTENCES - GRID_TOP;
    let grid = grid.spread(width, room);
    (row, grid)
}

/// Some samples side by side at the bottom of the slide.
struct SampleRow {
    count: usize,
    strip: Option<SampleStrip>,
}

impl SampleRow {
    /// Returns the number of samples with the best balance of number and size within a height.
    fn within(ruler: &mut Ruler, cells: &[Vec<SampleCell>], shape: Shape, height: f64) -> Self {
        let Some(first) = cells.first() else {
            return Self {
                count: 0,
                strip: None,
            };
        };
        let alone = SampleStrip::within(ruler, first, shape, (INNER, height), true);
        let fewest = if alone.is_stacked() { 2 } else { 3 };
        let mut best: Option<(usize, SampleStrip)> = None;
        let mut best_weight = 0.0;
        for count in fewest.min(cells.len())..=cells.len() {
            let width = (INNER + SAMPLE_GAP) / count as f64 - SAMPLE_GAP;
            let strip = SampleStrip::within(ruler, first, shape, (width, height), true);
            if strip.width() > width {
                continue;
            }
            let weight = (count as f64).powf(1.5) * strip.tile.area();
            if best.is_none() || weight > best_weight {
                (best, best_weight) = (Some((count, strip)), weight);
            }
        }
        let (count, strip) = best.unwrap_or((1, alone));
        Self {
            count,
            strip: Some(strip),
        }
    }

    /// Returns the height of the samples.
    fn height(&self) -> f64 {
        self.strip.as_ref().map_or(0.0, SampleStrip::height)
    }

    /// Returns the top edge, above the sentence.
    fn top(&self) -> f64 {
        self.strip
            .as_ref()
            .map_or(BOTTOM + 24.0, |strip| BOTTOM - strip.height() - KIND)
    }

    fn draw(
        &self,
        canvas: &mut Canvas,
        cells: &[Vec<SampleCell>],
        data: &Comparison,
    ) -> Result<()> {
        let Some(strip) = &self.strip else {
            return Ok(());
        };
        let (shape, line) = (data.shape(), self.top() - 14.0);
        canvas.line((MARGIN, line), (WIDTH - MARGIN, line))?;
        let (place, fit) = ((MARGIN, line + 32.0), TextFit::end(INNER));
        canvas.text(data.kind_of_samples, place, Anchor::Left, SENTENCE, fit)?;
        let top = self.top() + KIND;
        let spare = (INNER - strip.width() * self.count as f64) / (self.count.max(2) - 1) as f64;
        let step = strip.width() + spare.min(2.5 * SAMPLE_GAP);
        for (index, cells) in cells.iter().take(self.count).enumerate() {
            strip.draw(canvas, cells, shape, (MARGIN + index as f64 * step, top))?;
        }
        Ok(())
    }
}

/// The tiles of one method.
struct MethodPanel<'a> {
    basis: MethodBasis<'a>,
    remark: Option<&'a str>,
    scaling: Scaling,
    /// The left edge.
    x: f64,
    width: f64,
}

impl MethodPanel<'_> {
    fn draw(&self, canvas: &mut Canvas, grid: &TileGrid, sentence_line: f64) -> Result<()> {
        let MethodBasis { method, basis } = self.basis;
        let shared = ColourMap::covering(Scale::of(method), basis.rows().iter());
        let bar = ScaleBar::for_tiles(shared, self.scaling)
            .draw(canvas, (self.x + self.width, GRID_TOP - 50.0))?;
        let heading = format!("{} {}", method.name, method.units);
        let place = (self.x, GRID_TOP - 25.0);
        let fit = TextFit::end(self.width - bar - 16.0);
        canvas.text(&heading, place, Anchor::Left, HEADING, fit)?;
        self.draw_tiles(canvas, grid, shared)?;
        self.draw_sentence(canvas, grid, sentence_line)
    }

    fn draw_tiles(&self, canvas: &mut Canvas, grid: &TileGrid, shared: ColourMap) -> Result<()> {
        let basis = self.basis.basis;
        for index in 0..basis.rank().min(grid.shown) {
            let values = basis.row(index).to_vec();
            let colour_map = match self.scaling {
                Scaling::Each => ColourMap::covering(shared.scale, &values),
                Scaling::Shared => shared,
            };
            let (across, down) = grid.place(index);
            let place = (self.x + across, GRID_TOP + down);
            tiles::draw(canvas, &values, basis.shape(), colour_map, grid.tile, place)?;
        }
        Ok(())
    }

    /// Writes the sentence below the tiles, and how many are shown.
    fn draw_sentence(&self, canvas: &mut Canvas, grid: &TileGrid, line: f64) -> Result<()> {
        let MethodBasis { method, basis } = self.basis;
        let total = basis.rank();
        let shown = Shown {
            count: total.min(grid.shown),
            total,
        };
        let mut width = self.width;
        if let Some(note) = shown.note() {
            let (place, fit) = ((self.x + self.width, line), TextFit::end(self.width));
            width -= 24.0 + canvas.text(&note, place, Anchor::Right, LABEL, fit)?;
        }
        let sentence = if method.signed {
            "Signed: red is positive, blue negative; a negative weight swaps them.".to_owned()
        } else if let Some(remark) = self.remark {
            remark.to_owned()
        } else {
            format!("Non-negative: {} only add intensity.", method.units)
        };
        let (place, fit) = ((self.x, line), TextFit::end(width));
        canvas.text(&sentence, place, Anchor::Left, SENTENCE, fit)?;
        Ok(())
    }
}
