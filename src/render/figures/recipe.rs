//! How one image is made: term by term, one row per method.

use super::mixture::{Mixture, Step};
use crate::basis::Shape;
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::errors::check_image;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::scale_bar::Bar;
use crate::render::canvas::style::page_height;
use crate::render::canvas::style::{
    COMFORTABLE, Colour, GAP, HEADING, HEIGHT, INNER, LABEL, MARGIN, SENTENCE, Theme, VALUE, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tile_size::Tile;
use crate::render::canvas::tiles;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// Which image.
    pub title: &'a str,
    /// One sentence: why this one, and how to read the page.
    pub caption: &'a str,
    /// The size of the image.
    pub shape: Shape,
    /// The image, one value a pixel.
    pub original: &'a [f32],
    /// The image as each method composes it.
    pub mixtures: &'a [Mixture<'a>],
}

/// The least and the most terms in a row.
const TERMS: (usize, usize) = (4, 8);
const BOTTOM: f64 = 40.0;
/// Width of the names of the rows.
const NAMES: f64 = 172.0;
/// Least room for a sign between two tiles.
const SIGN: f64 = 44.0;
/// Least height of a line of tiles: a sign and a name stand there.
const LINE: f64 = 44.0;
const HEADING_HEIGHT: f64 = 40.0;
/// Above the terms: their weights and names.
const LABELS: f64 = 62.0;
/// Below the sums: the error and its bar.
const ERRORS: f64 = 52.0;
const BETWEEN: f64 = 26.0;
/// The bar of an error.
const BAR_HEIGHT: f64 = 8.0;
const BAR_LEAST: f64 = 72.0;
const ABOVE: f64 = HEADING_HEIGHT + LABELS;

/// Draws an image as the sum of its terms, the largest first, with the sums so far and their errors: one row per method.
///
/// A term's size is the light that it adds or takes away. What is more than eight terms is joined in the last ones.
/// Image, parts and sums are drawn on one scale, so that what is seen adds up; eigenimages on one of their own.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if image, mean or basis differ in size from the shape, or there
/// is not one weight for each basis image.
pub fn recipe(data: &Recipe, theme: Theme) -> Result<Figure> {
    check_image(data.original, data.shape)?;
    for mixture in data.mixtures {
        mixture.check(data.shape)?;
    }
    let rows: Vec<Row> = data
        .mixtures
        .iter()
        .map(|mixture| Row::of(data, mixture))
        .collect();
    let page = Page::of(data, &rows);
    draw_figure(theme, WIDTH, page.height(), |canvas| {
        let bar = |paint: Paint, says| Bar {
            says,
            ..Bar::of(paint, Scaling::Shared)
        };
        let light = format!("image, {}, sums", units(data, Scale::FromZero));
        let signed = units(data, Scale::Diverging);
        let bars = [bar(page.light, &light[..]), bar(page.signed, &signed)];
        Head {
            title: data.title,
            caption: data.caption,
            bars: &bars,
            shown: (1, 1),
        }
        .draw(canvas)?;
        for (index, row) in rows.iter().enumerate() {
            page.draw(
                canvas,
                data,
                row,
                header::BOTTOM + index as f64 * page.step(),
            )?;
        }
        Ok(())
    })
}

/// One way of making the image.
struct Row {
    heading: &'static str,
    colour: Colour,
    sentence: String,
    terms: String,
    steps: Vec<Step>,
}

impl Row {
    fn of(data: &Recipe, mixture: &Mixture) -> Self {
        let least = Tile::smallest(data.shape, COMFORTABLE).width;
        let most = (((INNER - NAMES + SIGN) / (least + SIGN)) as usize - 1).clamp(TERMS.0, TERMS.1);
        let method = mixture.method;
        let (sentence, terms) = if method.signed {
            let cancelled = percent(mixture.cancelled());
            let sentence = format!(
                "Signed: red adds, blue takes away. Of the light that is added, {cancelled} is taken away again."
            );
            (sentence, "signed term".to_owned())
        } else {
            let (used, rank) = (mixture.order().len(), mixture.basis.rank());
            let sentence =
                format!("Sums only: nothing is ever taken away. Parts used: {used} of {rank}.");
            (sentence, format!("weight × {}", method.unit))
        };
        Self {
            heading: method.name,
            colour: Colour::of(method),
            sentence,
            terms,
            steps: mixture.steps(data.original, most),
        }
    }
}

/// Returns what the basis images with this scale are called.
fn units(data: &Recipe, scale: Scale) -> String {
    let methods = data.mixtures.iter().map(|mixture| mixture.method);
    let units = methods.filter(|method| Scale::of(method) == scale);
    units
        .map(|method| method.units)
        .collect::<Vec<_>>()
        .join(", ")
}

/// How large everything is, and which value is how bright.
struct Page {
    /// The number of rows.
    rows: f64,
    tile: Tile,
    /// Height of a line of tiles.
    line: f64,
    /// From one step to the next.
    across: f64,
    light: Paint,
    signed: Paint,
    /// The error at the end of a bar.
    error: f64,
}

impl Page {
    /// The largest tiles on a slide; only very tall images make it longer.
    fn of(data: &Recipe, rows: &[Row]) -> Self {
        let columns = rows
            .iter()
            .map(|row| row.steps.len())
            .max()
            .unwrap_or_default() as f64
            + 1.0;
        let column = (INNER - NAMES + SIGN) / columns;
        let count = rows.len() as f64;
        let all = HEIGHT - header::BOTTOM - BOTTOM - BETWEEN * (count - 1.0);
        let height = (all / count - ABOVE - ERRORS - GAP) / 2.0;
        let least = Tile::smallest(data.shape, COMFORTABLE).height;
        let tile = Tile::within(data.shape, column - SIGN, height.max(least));
        let steps = || rows.iter().flat_map(|row| &row.steps);
        let terms = |scale: Scale| {
            steps()
                .filter(move |step| step.scale == scale)
                .flat_map(|step| &step.term)
        };
        let light = data
            .original
            .iter()
            .chain(steps().flat_map(|step| &step.sum))
            .chain(terms(Scale::FromZero));
        let errors = steps()
            .map(|step| step.error)
            .filter(|error| error.is_finite());
        Self {
            rows: count,
            tile,
            line: tile.height.max(LINE),
            across: column.min(2.5 * tile.width.max(2.0 * SIGN)),
            light: Paint::holding(Scale::FromZero, light),
            signed: Paint::holding(Scale::Diverging, terms(Scale::Diverging)),
            error: errors.fold(1.0, f64::max),
        }
    }

    /// The height of one row.
    fn down(&self) -> f64 {
        ABOVE + 2.0 * self.line + GAP + ERRORS
    }

    fn height(&self) -> f64 {
        let rows = self.rows * self.down() + BETWEEN * (self.rows - 1.0);
        page_height(header::BOTTOM + rows + BOTTOM)
    }

    /// From one row to the next: the last one ends at the lower margin.
    fn step(&self) -> f64 {
        let step = self.height() - header::BOTTOM - BOTTOM - self.down();
        step / (self.rows - 1.0).max(1.0)
    }

    fn draw(&self, canvas: &mut Canvas, data: &Recipe, row: &Row, top: f64) -> Result<()> {
        self.write_names(canvas, row, top)?;
        let terms = top + ABOVE;
        let sums = terms + self.line + GAP;
        let mut x = MARGIN + NAMES;
        for (index, step) in row.steps.iter().enumerate() {
            if index > 0 {
                self.write_sign(canvas, "+", (x, terms))?;
            }
            self.draw_step(canvas, data.shape, step, (x, terms, sums), row.colour)?;
            x += self.across;
        }
        if !row.steps.is_empty() {
            self.write_sign(canvas, "≈", (x, sums))?;
        }
        self.draw_tile(canvas, (data.original, data.shape), self.light, (x, sums))?;
        let below = sums + self.line + 26.0;
        canvas.text(
            "original",
            (x, below),
            Anchor::Left,
            LABEL,
            (self.across - GAP, Cut::End),
        )?;
        Ok(())
    }

    /// The heading with its sentence, and what each line of tiles is.
    fn write_names(&self, canvas: &mut Canvas, row: &Row, top: f64) -> Result<()> {
        let baseline = top + HEADING_HEIGHT - 10.0;
        canvas.text(
            row.heading,
            (MARGIN, baseline),
            Anchor::Left,
            HEADING.coloured(row.colour),
            (NAMES, Cut::End),
        )?;
        let sentence = (MARGIN + NAMES, baseline);
        canvas.text(
            &row.sentence,
            sentence,
            Anchor::Left,
            SENTENCE,
            (INNER - NAMES, Cut::End),
        )?;
        let terms = top + ABOVE + self.line / 2.0 + 8.0;
        let errors = top + ABOVE + 2.0 * self.line + GAP + 26.0;
        let lines = [
            (row.terms.as_str(), terms),
            ("sum so far", terms + self.line + GAP),
            ("relative error", errors),
        ];
        for (name, baseline) in lines {
            canvas.text(
                name,
                (MARGIN, baseline),
                Anchor::Left,
                LABEL,
                (NAMES - GAP, Cut::End),
            )?;
        }
        Ok(())
    }

    /// Between the tile at x and the one before.
    fn write_sign(&self, canvas: &mut Canvas, sign: &str, (x, top): (f64, f64)) -> Result<()> {
        let place = (
            x - (self.across - self.tile.width) / 2.0,
            top + self.line / 2.0 + 11.0,
        );
        canvas.text(sign, place, Anchor::Centre, HEADING, (SIGN, Cut::End))?;
        Ok(())
    }

    /// In the middle of a line that begins at `top`.
    fn draw_tile(
        &self,
        canvas: &mut Canvas,
        (values, shape): (&[f32], Shape),
        paint: Paint,
        (x, top): (f64, f64),
    ) -> Result<()> {
        let y = top + (self.line - self.tile.height) / 2.0;
        tiles::draw(canvas, values, shape, paint, self.tile, (x, y))
    }

    /// A term over the sum so far, and how much that misses.
    fn draw_step(
        &self,
        canvas: &mut Canvas,
        shape: Shape,
        step: &Step,
        (x, terms, sums): (f64, f64, f64),
        colour: Colour,
    ) -> Result<()> {
        let most = (self.across - GAP, Cut::End);
        canvas.text(&step.weight, (x, terms - 38.0), Anchor::Left, VALUE, most)?;
        canvas.text(&step.name, (x, terms - 11.0), Anchor::Left, LABEL, most)?;
        let paint = if step.scale == Scale::Diverging {
            self.signed
        } else {
            self.light
        };
        self.draw_tile(canvas, (&step.term, shape), paint, (x, terms))?;
        self.draw_tile(canvas, (&step.sum, shape), self.light, (x, sums))?;
        let below = sums + self.line;
        canvas.text(
            &percent(step.error),
            (x, below + 26.0),
            Anchor::Left,
            VALUE,
            most,
        )?;
        let width = self.tile.width.max(BAR_LEAST);
        let all = Area {
            x,
            y: below + 38.0,
            width,
            height: BAR_HEIGHT,
        };
        let part = if step.error.is_finite() {
            step.error / self.error
        } else {
            0.0
        };
        canvas.rectangle(all, Colour::Hairline)?;
        canvas.rectangle(
            Area {
                width: width * part,
                ..all
            },
            colour,
        )
    }
}
