//! The parts of each learning rule on the same images: one row per rule, the prototypes of VQ and the
//! eigenimages of PCA last.

use crate::basis::{Basis, Shape};
use crate::decomposition::VQ;
use crate::error::Result;
use crate::plural::counted;
use crate::render::canvas::colour_scale::{ColourMap, Scale, Scaling};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::scale_bar::{self, ScaleBar};
use crate::render::canvas::style::{
    Colour, FIGURE, HEADING, HEIGHT, INNER, LABEL, LEGIBLE, MARGIN, SENTENCE, TITLE, Theme, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Canvas, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::render::canvas::tiles;

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The rows from top to bottom.
    pub rows: &'a [RuleRow<'a>],
    /// Whether all rows share one colour scale.
    pub scaling: Scaling,
}

/// The result of one rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleRow<'a> {
    /// The name of the rule.
    pub name: &'a str,
    /// Names and values, such as `("error", "9.3 %")`; the first three are drawn.
    pub facts: &'a [(String, String)],
    /// Parts or eigenimages in the order in which they are drawn.
    pub basis: &'a Basis,
    /// The colour scale: diverging for PCA.
    pub scale: Scale,
}

const TITLE_LINE: f64 = 80.0;
const CAPTION_LINE: f64 = 128.0;
/// The y coordinate of the first row.
const TOP: f64 = 178.0;
const BOTTOM: f64 = 48.0;
/// Space between two rows, with a line in the middle.
const BETWEEN: f64 = 32.0;
/// Width of the heading of a row: the name above its facts.
const ROW_HEADING: f64 = 444.0;
const ROW_HEADING_HEIGHT: f64 = 112.0;
/// The number of facts per row, and the width of each.
const FACTS: usize = 3;
const FACT: f64 = ROW_HEADING / FACTS as f64;
/// Height of a row with two lines of small tiles.
const TALL: f64 = 152.0;
/// Width of the tiles of a row.
const TILES: f64 = INNER - ROW_HEADING;

/// Draws a row for each rule, all with tiles of one size.
///
/// The page is one slide unless the rows need more. All tiles are shown while they are legible;
/// beyond that, the first ones, with a note.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn rules(data: &Rules, theme: Theme) -> Result<Figure> {
    let rank = data.rows.iter().map(|row| row.basis.rank()).max();
    let rank = rank.unwrap_or_default();
    let share = (HEIGHT - TOP - BOTTOM + BETWEEN) / data.rows.len().max(1) as f64;
    let grid = lay_out(data, rank, share - BETWEEN);
    let step = share.max(grid.height().max(ROW_HEADING_HEIGHT) + BETWEEN);
    let height = TOP + data.rows.len() as f64 * step - BETWEEN + BOTTOM;
    draw_figure(theme, WIDTH, height.max(HEIGHT).ceil(), |canvas| {
        draw_header(canvas, data, &caption(grid.shown.min(rank), rank))?;
        for (index, row) in data.rows.iter().enumerate() {
            let top = TOP + index as f64 * step;
            let line = top - BETWEEN / 2.0;
            canvas.line((MARGIN, line), (WIDTH - MARGIN, line))?;
            row.draw_heading(canvas, top)?;
            row.draw_tiles(canvas, &grid, data, top)?;
        }
        Ok(())
    })
}

/// Returns the tiles of a row of this height, or of a taller row if they do not fit.
fn lay_out(data: &Rules, rank: usize, row_height: f64) -> TileGrid {
    let first = data.rows.first();
    let shape = first.map_or(Shape::new(1, 1), |row| row.basis.shape());
    let room = (TILES, row_height.max(ROW_HEADING_HEIGHT));
    let on_the_slide = TileGrid::within(rank, shape, room, LabelSpace::NONE, LEGIBLE);
    if on_the_slide.shown < rank && row_height < TALL {
        let room = (TILES, TALL);
        TileGrid::within(rank, shape, room, LabelSpace::NONE, LEGIBLE).spread(TILES, 0.0)
    } else {
        on_the_slide.spread(TILES, row_height)
    }
}

fn caption(shown: usize, rank: usize) -> String {
    let which = if shown < rank {
        format!("the first {shown} of {rank} parts")
    } else {
        counted(rank, "part", "parts")
    };
    format!("All rules from the same start: {which}, in the order of the first rule.")
}

/// Draws title and caption at the left, the scale bars at the right.
fn draw_header(canvas: &mut Canvas, data: &Rules, caption: &str) -> Result<()> {
    let mut bars = 0.0_f64;
    let scales = [
        (Scale::FromZero, TITLE_LINE),
        (Scale::Diverging, CAPTION_LINE),
    ];
    for (scale, line) in scales {
        if data.rows.iter().any(|row| row.scale == scale) {
            let bar = ScaleBar::for_tiles(data.shared_colour_map(scale), data.scaling);
            let corner = (WIDTH - MARGIN, line + 7.0 - scale_bar::HEIGHT);
            bars = bars.max(bar.draw(canvas, corner)?);
        }
    }
    let width = INNER - bars - 32.0;
    let (title, below) = ((MARGIN, TITLE_LINE), (MARGIN, CAPTION_LINE));
    canvas.text(
        data.title,
        title,
        Anchor::Left,
        TITLE,
        TextFit::middle(width),
    )?;
    canvas.text(caption, below, Anchor::Left, SENTENCE, TextFit::end(width))?;
    Ok(())
}

impl Rules<'_> {
    /// Returns the colour map that covers all rows of this scale.
    fn shared_colour_map(&self, scale: Scale) -> ColourMap {
        let rows = self.rows.iter().filter(|row| row.scale == scale);
        ColourMap::covering(scale, rows.flat_map(|row| row.basis.rows().into_iter()))
    }
}

impl RuleRow<'_> {
    fn draw_heading(&self, canvas: &mut Canvas, top: f64) -> Result<()> {
        let colour = if self.name == VQ.name {
            Colour::Vq
        } else if self.scale == Scale::FromZero {
            Colour::Nmf
        } else {
            Colour::Pca
        };
        let (place, style) = ((MARGIN, top + 28.0), HEADING.coloured(colour));
        let fit = TextFit::middle(ROW_HEADING - 24.0);
        canvas.text(self.name, place, Anchor::Left, style, fit)?;
        for (index, (name, value)) in self.facts.iter().take(FACTS).enumerate() {
            let x = MARGIN + index as f64 * FACT;
            let fit = TextFit::end(FACT - 12.0);
            canvas.text(value, (x, top + 76.0), Anchor::Left, FIGURE, fit)?;
            canvas.text(name, (x, top + 106.0), Anchor::Left, LABEL, fit)?;
        }
        Ok(())
    }

    fn draw_tiles(
        &self,
        canvas: &mut Canvas,
        grid: &TileGrid,
        data: &Rules,
        top: f64,
    ) -> Result<()> {
        let (shape, shared) = (self.basis.shape(), data.shared_colour_map(self.scale));
        for index in 0..self.basis.rank().min(grid.shown) {
            let values = self.basis.row(index).to_vec();
            let colour_map = match data.scaling {
                Scaling::Each => ColourMap::covering(self.scale, &values),
                Scaling::Shared => shared,
            };
            let (across, down) = grid.place(index);
            let place = (MARGIN + ROW_HEADING + across, top + down);
            tiles::draw(canvas, &values, shape, colour_map, grid.tile, place)?;
        }
        Ok(())
    }
}
