//! One image as a sum, term by term: one row per method.

use super::mixture::{Mixture, MixtureStep};
use super::term_limit::TermLimit;
use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling, colour_range};
use crate::render::canvas::errors::check_image;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::scale_bar::ScaleBar;
use crate::render::canvas::style::{
    COMFORTABLE, Colour, GAP, HEADING, HEIGHT, INNER, LABEL, MARGIN, SENTENCE, SMALL, Theme, VALUE,
    WIDTH, page_height,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tile_size::TileSize;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// The title: which image.
    pub title: &'a str,
    /// One sentence: why this image, and how to read the page.
    pub caption: &'a str,
    /// The size of the image.
    pub shape: Shape,
    /// The image, one value per pixel.
    pub original: &'a [f32],
    /// The value of white; `None` if it is the largest.
    pub white: Option<f32>,
    /// The image as a sum of the terms of each method.
    pub mixtures: &'a [Mixture<'a>],
}

/// The range of the number of terms in a row.
const TERMS: (usize, usize) = (4, 8);
const BOTTOM: f64 = 40.0;
/// Width of the names of the lines of tiles.
const NAMES: f64 = 172.0;
/// The minimum space for a sign between two tiles.
const SIGN: f64 = 44.0;
/// The minimum height of a line of tiles, for its sign and name.
const LINE: f64 = 44.0;
const HEADING_HEIGHT: f64 = 40.0;
/// Height of the weights and names above the terms.
const LABELS: f64 = 62.0;
/// Height of the errors and their bars below the sums.
const ERRORS: f64 = 52.0;
/// Space between the methods.
const BETWEEN: f64 = 26.0;
/// Height and minimum width of the bar of an error.
const BAR_HEIGHT: f64 = 8.0;
const BAR_LEAST: f64 = 72.0;
/// Height above the terms.
const ABOVE: f64 = HEADING_HEIGHT + LABELS;

/// Draws an image as the sum of its terms, the largest first, with the partial sums and their
/// errors: one row per method.
///
/// The size of a term is the intensity that it adds or removes. Terms beyond the eighth are joined
/// in the last ones. All terms of all methods share one scale of intensity per pixel, which ends at
/// the largest of them: grey from 0 for parts, signed for eigenimages. Image, mean and sums share
/// another one. The range of each is written beside its tiles.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if image, mean or basis differ in size from the
/// shape, or there is not one weight per basis image.
pub fn recipe(data: &Recipe, theme: Theme) -> Result<Figure> {
    check_image(data.original, data.shape)?;
    for mixture in data.mixtures {
        mixture.check(data.shape)?;
    }
    let mut rows = Vec::with_capacity(data.mixtures.len());
    for mixture in data.mixtures {
        rows.push(MethodRow::of(data, mixture));
    }
    let layout = RecipeLayout::of(data, &rows);
    draw_figure(theme, WIDTH, layout.height(), |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[
                ScaleBar {
                    label: "image, mean, sums",
                    ..ScaleBar::for_tiles(layout.grey, Scaling::Shared)
                },
                ScaleBar {
                    label: "terms (parts: grey from 0)",
                    ..ScaleBar::for_tiles(layout.term_map(Scale::Diverging), Scaling::Shared)
                },
            ],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        for (index, row) in rows.iter().enumerate() {
            let top = header::BOTTOM + index as f64 * layout.row_step();
            layout.draw_row(canvas, data, row, top)?;
        }
        Ok(())
    })
}

/// The sum of one method.
struct MethodRow {
    heading: &'static str,
    colour: Colour,
    sentence: String,
    /// The name of the line of terms.
    terms: String,
    /// The colour scale of the terms.
    scale: Scale,
    steps: Vec<MixtureStep>,
}

impl MethodRow {
    fn of(data: &Recipe, mixture: &Mixture) -> Self {
        let least = TileSize::smallest(data.shape, COMFORTABLE).width;
        let most = (((INNER - NAMES + SIGN) / (least + SIGN)) as usize - 1).clamp(TERMS.0, TERMS.1);
        let method = mixture.method;
        let (sentence, terms) = if method.signed {
            let cancelled = percent(mixture.cancelled);
            let sentence = format!(
                "Red adds intensity and blue removes it; {cancelled} of the intensity of all terms cancels."
            );
            (sentence, "signed term".to_owned())
        } else {
            let (used, rank) = (mixture.order().len(), mixture.basis.rank());
            let units = capitalised(method.units);
            let sentence = format!("{units} only add intensity. {units} used: {used} of {rank}.");
            (sentence, format!("weight × {}", method.unit))
        };
        Self {
            heading: method.name,
            colour: Colour::of(method),
            sentence,
            terms,
            scale: Scale::of(method),
            steps: mixture.steps(data.original, most),
        }
    }
}

/// Returns a word with its first letter in upper case, to begin a sentence.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Sizes, distances and colour maps.
struct RecipeLayout {
    /// The number of rows.
    rows: f64,
    tile: TileSize,
    /// Height of a line of tiles.
    line: f64,
    /// The distance from one step to the next.
    across: f64,
    /// The colour map of image, mean and sums.
    grey: ColourMap,
    /// The magnitude at which the scale of all terms but the mean ends.
    terms: TermLimit,
    /// The error at the end of a bar.
    max_error: f64,
}

impl RecipeLayout {
    /// Returns the layout with the largest tiles on a slide, or on a taller page for very tall
    /// images.
    fn of(data: &Recipe, rows: &[MethodRow]) -> Self {
        let steps: Vec<&MixtureStep> = rows.iter().flat_map(|row| &row.steps).collect();
        let most = rows.iter().map(|row| row.steps.len()).max();
        let column = (INNER - NAMES + SIGN) / (most.unwrap_or_default() as f64 + 1.0);
        let count = rows.len() as f64;
        let all = HEIGHT - header::BOTTOM - BOTTOM - BETWEEN * (count - 1.0);
        let height = (all / count - ABOVE - ERRORS - GAP) / 2.0;
        let least = TileSize::smallest(data.shape, COMFORTABLE).height;
        let tile = TileSize::within(data.shape, column - SIGN, height.max(least));
        let mut grey: Vec<f32> = data.original.to_vec();
        let mut terms: Vec<&[f32]> = Vec::new();
        let mut max_error = 1.0f64;
        for step in steps {
            grey.extend(&step.sum);
            if step.is_mean {
                grey.extend(&step.term);
            } else {
                terms.push(&step.term);
            }
            if step.error.is_finite() {
                max_error = max_error.max(step.error);
            }
        }
        Self {
            rows: count,
            tile,
            line: tile.height.max(LINE),
            across: column.min(2.5 * tile.width.max(2.0 * SIGN)),
            grey: ColourMap::covering(Scale::FromZero, &grey).up_to(data.white),
            terms: TermLimit::of(&terms, data.shape.pixels()).up_to(data.white),
            max_error,
        }
    }

    /// Returns the colour map of terms, which ends at the same magnitude for both scales.
    fn term_map(&self, scale: Scale) -> ColourMap {
        ColourMap {
            scale,
            limit: self.terms.limit,
        }
    }

    /// Returns the height of the row of a method.
    fn row_height(&self) -> f64 {
        ABOVE + 2.0 * self.line + GAP + ERRORS
    }

    fn height(&self) -> f64 {
        let rows = self.rows * self.row_height() + BETWEEN * (self.rows - 1.0);
        page_height(header::BOTTOM + rows + BOTTOM)
    }

    /// Returns the distance from one row to the next: the last one ends at the lower margin.
    fn row_step(&self) -> f64 {
        let step = self.height() - header::BOTTOM - BOTTOM - self.row_height();
        step / (self.rows - 1.0).max(1.0)
    }

    fn draw_row(
        &self,
        canvas: &mut Canvas,
        data: &Recipe,
        row: &MethodRow,
        top: f64,
    ) -> Result<()> {
        self.draw_names(canvas, row, top)?;
        let terms = top + ABOVE;
        let sums = terms + self.line + GAP;
        let mut x = MARGIN + NAMES;
        for (index, step) in row.steps.iter().enumerate() {
            if index > 0 {
                self.draw_sign(canvas, "+", (x, terms))?;
            }
            self.draw_term(canvas, data.shape, step, (x, terms))?;
            self.draw_tile(canvas, &step.sum, data.shape, self.grey, (x, sums))?;
            self.draw_error(canvas, step.error, (x, sums + self.line), row.colour)?;
            x += self.across;
        }
        if !row.steps.is_empty() {
            self.draw_sign(canvas, "≈", (x, sums))?;
        }
        self.draw_tile(canvas, data.original, data.shape, self.grey, (x, sums))?;
        let (place, fit) = ((x, sums + self.line + 26.0), self.fit());
        canvas.text("original", place, Anchor::Left, LABEL, fit)?;
        Ok(())
    }

    /// Returns the fit of labels in the width of a step.
    fn fit(&self) -> TextFit {
        TextFit::end(self.across - GAP)
    }

    /// Writes the heading with its sentence, and the names of the lines.
    fn draw_names(&self, canvas: &mut Canvas, row: &MethodRow, top: f64) -> Result<()> {
        let baseline = top + HEADING_HEIGHT - 10.0;
        let (left, style) = ((MARGIN, baseline), HEADING.coloured(row.colour));
        canvas.text(row.heading, left, Anchor::Left, style, TextFit::end(NAMES))?;
        let (right, fit) = ((MARGIN + NAMES, baseline), TextFit::end(INNER - NAMES));
        canvas.text(&row.sentence, right, Anchor::Left, SENTENCE, fit)?;
        let terms = top + ABOVE + self.line / 2.0 - 6.0;
        let sums = terms + self.line + GAP;
        let errors = top + ABOVE + 2.0 * self.line + GAP + 26.0;
        let map = self.term_map(row.scale);
        let range = colour_range(map) + self.terms.clipped();
        let lines = [
            (row.terms.as_str(), terms, LABEL),
            (&range, terms + 26.0, SMALL),
            ("partial sum", sums, LABEL),
            (&colour_range(self.grey), sums + 26.0, SMALL),
            ("relative error", errors, LABEL),
        ];
        for (name, baseline, style) in lines {
            let (place, fit) = ((MARGIN, baseline), TextFit::end(NAMES - GAP));
            canvas.text(name, place, Anchor::Left, style, fit)?;
        }
        Ok(())
    }

    /// Writes a sign between the tile at `x` and the one before.
    fn draw_sign(&self, canvas: &mut Canvas, sign: &str, (x, top): (f64, f64)) -> Result<()> {
        let place = (
            x - (self.across - self.tile.width) / 2.0,
            top + self.line / 2.0 + 11.0,
        );
        canvas.text(sign, place, Anchor::Centre, HEADING, TextFit::end(SIGN))?;
        Ok(())
    }

    /// Draws a tile in the middle of a line that begins at `top`.
    fn draw_tile(
        &self,
        canvas: &mut Canvas,
        values: &[f32],
        shape: Shape,
        colour_map: ColourMap,
        (x, top): (f64, f64),
    ) -> Result<()> {
        let y = top + (self.line - self.tile.height) / 2.0;
        tiles::draw(canvas, values, shape, colour_map, self.tile, (x, y))
    }

    /// Draws a term below its weight and name.
    fn draw_term(
        &self,
        canvas: &mut Canvas,
        shape: Shape,
        step: &MixtureStep,
        (x, top): (f64, f64),
    ) -> Result<()> {
        let (weight, name, fit) = ((x, top - 38.0), (x, top - 11.0), self.fit());
        let colour_map = if step.is_mean {
            self.grey
        } else {
            self.term_map(step.scale)
        };
        if step.is_mean {
            let range = colour_range(self.grey);
            canvas.text(&range, weight, Anchor::Left, SMALL, fit)?;
        } else {
            canvas.text(&step.weight, weight, Anchor::Left, VALUE, fit)?;
        }
        canvas.text(&step.name, name, Anchor::Left, LABEL, fit)?;
        self.draw_tile(canvas, &step.term, shape, colour_map, (x, top))
    }

    /// Draws an error and its bar.
    fn draw_error(
        &self,
        canvas: &mut Canvas,
        error: f64,
        (x, top): (f64, f64),
        colour: Colour,
    ) -> Result<()> {
        let place = (x, top + 26.0);
        canvas.text(&percent(error), place, Anchor::Left, VALUE, self.fit())?;
        let whole = Rect {
            x,
            y: top + 38.0,
            width: self.tile.width.max(BAR_LEAST),
            height: BAR_HEIGHT,
        };
        let fraction = if error.is_finite() {
            error / self.max_error
        } else {
            0.0
        };
        let filled = Rect {
            width: whole.width * fraction,
            ..whole
        };
        canvas.rectangle(whole, Colour::Hairline)?;
        canvas.rectangle(filled, colour)
    }
}
