//! One frame of the moving picture: the parts at a moment of the learning, beside the curve of the error.

use super::learning::{Learning, axes, curve, parts, place};
use crate::error::Result;
use crate::nmf::Iteration;
use crate::render::canvas::axes::Axes;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{
    Colour, MOVING, MOVING_FIGURE, MOVING_LABEL, MOVING_LEGIBLE, MOVING_MARGIN, MOVING_TITLE, Theme,
};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::Cut;

const TITLE_LINE: f64 = 40.0;
const CAPTION_LINE: f64 = 62.0;
const TOP: f64 = 80.0;
const BOTTOM: f64 = MOVING.1 - MOVING_MARGIN;
const INNER: f64 = MOVING.0 - 2.0 * MOVING_MARGIN;
/// Width of the tiles, and between them and the curve.
const TILES: f64 = 376.0;
const BETWEEN: f64 = 32.0;
const SIDE: f64 = INNER - TILES - BETWEEN;
const AXIS: f64 = Axes::beside(MOVING_LABEL);

/// Draws frame `index`: the parts that fit, always in the same places, and how far the learning is.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the frame has not as many pixels as its shape.
///
/// # Panics
/// If there is no such frame.
pub fn moment(data: &Learning, index: usize, theme: Theme) -> Result<Figure> {
    let frame = &data.frames[index];
    let (rank, around) = (
        frame.parts.nrows(),
        Surround {
            width: 0.0,
            below: 0.0,
        },
    );
    let grid = Grid::within(
        rank,
        frame.shape,
        (TILES, BOTTOM - TOP),
        around,
        MOVING_LEGIBLE,
    );
    draw_figure(theme, MOVING.0, MOVING.1, |canvas| {
        head(canvas, data, (grid.shown.min(rank), rank))?;
        parts(canvas, frame, &grid, (MOVING_MARGIN, TOP))?;
        progress(canvas, data, &frame.at)
    })
}

fn head(canvas: &mut Canvas, data: &Learning, (shown, all): (usize, usize)) -> Result<()> {
    let mut most = INNER;
    if shown < all {
        let note = format!("{shown} of {all} shown");
        let place = (MOVING.0 - MOVING_MARGIN, TITLE_LINE);
        most -= 16.0 + canvas.text(&note, place, Anchor::Right, MOVING_LABEL, (INNER, Cut::End))?;
    }
    canvas.text(
        data.title,
        (MOVING_MARGIN, TITLE_LINE),
        Anchor::Left,
        MOVING_TITLE,
        (most, Cut::Middle),
    )?;
    canvas.text(
        data.caption,
        (MOVING_MARGIN, CAPTION_LINE),
        Anchor::Left,
        MOVING_LABEL,
        (INNER, Cut::End),
    )?;
    Ok(())
}

/// The iteration and its error, and how far the curve has come.
fn progress(canvas: &mut Canvas, data: &Learning, at: &Iteration) -> Result<()> {
    let left = MOVING_MARGIN + TILES + BETWEEN;
    let facts = [
        ("iteration", at.iteration.to_string()),
        ("relative error", percent(at.relative_error)),
    ];
    for (column, (name, value)) in facts.iter().enumerate() {
        let (x, most) = (
            left + column as f64 * SIDE / 2.0,
            (SIDE / 2.0 - 8.0, Cut::End),
        );
        canvas.text(name, (x, TOP + 10.0), Anchor::Left, MOVING_LABEL, most)?;
        canvas.text(value, (x, TOP + 34.0), Anchor::Left, MOVING_FIGURE, most)?;
    }
    let top = TOP + 78.0;
    let area = Area {
        x: left + AXIS,
        y: top,
        width: SIDE - AXIS,
        height: BOTTOM - 42.0 - top,
    };
    let axes = axes(data, area, 4, MOVING_LABEL);
    axes.draw(canvas)?;
    axes.floor(canvas, data.pca_error, 1.5, "PCA")?;
    let curve = curve(data.trace);
    let past: Vec<_> = curve
        .iter()
        .copied()
        .filter(|&(iteration, _)| iteration <= at.iteration as f64)
        .collect();
    axes.curve(canvas, &curve, 2.0, Colour::Hairline)?;
    axes.curve(canvas, &past, 2.0, Colour::Nmf)?;
    axes.dot(canvas, place(at), 4.0, Colour::Nmf)
}
