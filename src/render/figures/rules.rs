//! What each learning rule makes of the same images: a row of parts a rule, the eigenimages of a PCA last.

use crate::basis::{Basis, Shape};
use crate::error::Result;
use crate::render::canvas::colour_scale::{Paint, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::scale_bar::{self, Bar};
use crate::render::canvas::style::{
    Colour, FIGURE, HEADING, HEIGHT, INNER, LABEL, LEGIBLE, MARGIN, SENTENCE, TITLE, Theme, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tiles;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// What the images are: the folder's name.
    pub title: &'a str,
    /// The rows in their order.
    pub rows: &'a [RuleRow<'a>],
    /// Whether parts can be compared with one another, within a row and between rows.
    pub scaling: Scaling,
}

/// What one rule learned.
#[derive(Debug, Clone, Copy)]
pub struct RuleRow<'a> {
    /// The rule's name.
    pub name: &'a str,
    /// The figures that matter, each a name and a value: `("error", "9.3 %")`. Three fit.
    pub facts: &'a [(String, String)],
    /// Parts or eigenimages in the order in which they are to stand.
    pub basis: &'a Basis,
    /// How values become colours: diverging for a PCA.
    pub scale: Scale,
}

const TITLE_LINE: f64 = 80.0;
const CAPTION_LINE: f64 = 128.0;
/// Where the first row begins.
const TOP: f64 = 178.0;
const BOTTOM: f64 = 48.0;
/// Between two rows; a line stands in the middle.
const BETWEEN: f64 = 32.0;
/// The head of a row: the name over its figures.
const HEAD: f64 = 444.0;
const FACT: f64 = HEAD / 3.0;
const HEAD_HEIGHT: f64 = 112.0;
/// The height of a row in which two lines of small tiles stand.
const TALL: f64 = 152.0;
/// The tiles beside it.
const TILES: f64 = INNER - HEAD;

/// Draws a row for each rule, all with tiles of one size.
///
/// The page is one slide unless the rows need more. All tiles are shown while they are large enough to be read from
/// the back of a room; beyond that the first ones, and the page says so.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the picture cannot be drawn.
pub fn rules(data: &Rules, theme: Theme) -> Result<Figure> {
    let rank = data
        .rows
        .iter()
        .map(|row| row.basis.rank())
        .max()
        .unwrap_or_default();
    let share = (HEIGHT - TOP - BOTTOM + BETWEEN) / data.rows.len().max(1) as f64;
    let grid = lay_out(data, rank, share - BETWEEN);
    let step = share.max(grid.height().max(HEAD_HEIGHT) + BETWEEN);
    let page = (TOP + data.rows.len() as f64 * step - BETWEEN + BOTTOM)
        .max(HEIGHT)
        .ceil();
    draw_figure(theme, WIDTH, page, |canvas| {
        head(canvas, data, (grid.shown.min(rank), rank))?;
        for (index, row) in data.rows.iter().enumerate() {
            let top = TOP + index as f64 * step;
            let line = top - BETWEEN / 2.0;
            canvas.line((MARGIN, line), (WIDTH - MARGIN, line))?;
            row.draw_head(canvas, top)?;
            row.draw_tiles(canvas, &grid, data, top)?;
        }
        Ok(())
    })
}

/// The tiles of a row: all of them where a row of the slide holds them, or else a taller row.
fn lay_out(data: &Rules, rank: usize, share: f64) -> Grid {
    let shape = data
        .rows
        .first()
        .map_or(Shape::new(1, 1), |row| row.basis.shape());
    let around = Surround {
        width: 0.0,
        below: 0.0,
    };
    let row = |height: f64| Grid::within(rank, shape, (TILES, height), around, LEGIBLE);
    let on_the_slide = row(share.max(HEAD_HEIGHT));
    if on_the_slide.shown < rank && share < TALL {
        row(TALL).spread(TILES, 0.0)
    } else {
        on_the_slide.spread(TILES, share)
    }
}

/// Title and caption at the left, the scale bars at the right.
fn head(canvas: &mut Canvas, data: &Rules, (shown, rank): (usize, usize)) -> Result<()> {
    let mut bars = 0.0_f64;
    let scales = [
        (Scale::FromZero, TITLE_LINE),
        (Scale::Diverging, CAPTION_LINE),
    ];
    for (scale, line) in scales {
        if data.rows.iter().any(|row| row.scale == scale) {
            let bar = Bar::of(data.paint(scale), data.scaling);
            bars = bars.max(bar.draw(canvas, (WIDTH - MARGIN, line + 7.0 - scale_bar::HEIGHT))?);
        }
    }
    let most = INNER - bars - 32.0;
    let which = match rank {
        1 => "1 part".to_owned(),
        _ if shown < rank => format!("the first {shown} of {rank} parts"),
        _ => format!("{rank} parts"),
    };
    let caption =
        format!("Each rule from the same start; {which}, ordered as those of the first rule.");
    canvas.text(
        data.title,
        (MARGIN, TITLE_LINE),
        Anchor::Left,
        TITLE,
        (most, Cut::Middle),
    )?;
    canvas.text(
        &caption,
        (MARGIN, CAPTION_LINE),
        Anchor::Left,
        SENTENCE,
        (most, Cut::End),
    )?;
    Ok(())
}

impl Rules<'_> {
    /// The scale that holds all rows of its kind.
    fn paint(&self, scale: Scale) -> Paint {
        let rows = self.rows.iter().filter(|row| row.scale == scale);
        Paint::holding(scale, rows.flat_map(|row| row.basis.rows().into_iter()))
    }
}

impl RuleRow<'_> {
    fn draw_head(&self, canvas: &mut Canvas, top: f64) -> Result<()> {
        let colour = if self.scale == Scale::FromZero {
            Colour::Nmf
        } else {
            Colour::Pca
        };
        let most = HEAD - 24.0;
        canvas.text(
            self.name,
            (MARGIN, top + 28.0),
            Anchor::Left,
            HEADING.coloured(colour),
            (most, Cut::Middle),
        )?;
        for (index, (name, value)) in self.facts.iter().take(3).enumerate() {
            let x = MARGIN + index as f64 * FACT;
            let most = (FACT - 12.0, Cut::End);
            canvas.text(value, (x, top + 76.0), Anchor::Left, FIGURE, most)?;
            canvas.text(name, (x, top + 106.0), Anchor::Left, LABEL, most)?;
        }
        Ok(())
    }

    fn draw_tiles(&self, canvas: &mut Canvas, grid: &Grid, data: &Rules, top: f64) -> Result<()> {
        let all = data.paint(self.scale);
        for index in 0..self.basis.rank().min(grid.shown) {
            let values = self.basis.row(index).to_vec();
            let paint = match data.scaling {
                Scaling::Each => Paint::holding(self.scale, &values),
                Scaling::Shared => all,
            };
            let (across, down) = grid.place(index);
            let place = (MARGIN + HEAD + across, top + down);
            tiles::draw(canvas, &values, self.basis.shape(), paint, grid.tile, place)?;
        }
        Ok(())
    }
}
