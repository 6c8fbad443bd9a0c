//! One frame of the animation: the parts at an iteration, beside the curve of the error.

use super::error_curve::{draw_parts, error_axes, error_point, error_points};
use super::learning::{Learning, images_of};
use crate::error::Result;
use crate::nmf::Frame;
use crate::render::canvas::axes::{Axes, Measure, RELATIVE_ERROR};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::Shown;
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{
    Colour, MOVING, MOVING_FIGURE, MOVING_LABEL, MOVING_LEGIBLE, MOVING_MARGIN, MOVING_TITLE, Theme,
};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;

const TITLE_LINE: f64 = 40.0;
const CAPTION_LINE: f64 = 62.0;
const TOP: f64 = 80.0;
const BOTTOM: f64 = MOVING.1 - MOVING_MARGIN;
const INNER: f64 = MOVING.0 - 2.0 * MOVING_MARGIN;
/// Width of the tiles.
const TILES: f64 = 376.0;
/// Space between the tiles and the curve.
const BETWEEN: f64 = 32.0;
/// Width of the numbers and the curve.
const SIDE: f64 = INNER - TILES - BETWEEN;
/// Width of one of the numbers.
const FACT: f64 = SIDE / 2.0 - 8.0;
const AXIS: f64 = Axes::tick_width(MOVING_LABEL);

/// Draws frame `index`: the parts that fit, in the same positions in every frame, and the error so
/// far.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if the frame does not have the number of pixels
/// of its shape.
///
/// # Panics
/// If there is no such frame.
pub fn moment(data: &Learning, index: usize, theme: Theme) -> Result<Figure> {
    draw_figure(theme, MOVING.0, MOVING.1, |canvas| {
        draw_still(canvas, data)?;
        draw_moving(canvas, data, &data.frames[index])
    })
}

/// Draws what is the same in every frame.
pub(super) fn still(data: &Learning, theme: Theme) -> Result<Figure> {
    draw_figure(theme, MOVING.0, MOVING.1, |canvas| draw_still(canvas, data))
}

/// Draws what moves in frame `index`, to be drawn on what does not.
pub(super) fn moving(data: &Learning, index: usize, theme: Theme) -> Result<Figure> {
    draw_figure(theme, MOVING.0, MOVING.1, |canvas| {
        draw_moving(canvas, data, &data.frames[index])
    })
}

fn draw_still(canvas: &mut Canvas, data: &Learning) -> Result<()> {
    if let Some(frame) = data.frames.first() {
        let (rank, grid) = (frame.parts.nrows(), grid(frame));
        let shown = Shown {
            count: grid.shown.min(rank),
            total: rank,
        };
        draw_header(canvas, data, shown)?;
    }
    for (column, name) in ["iteration", "relative error"].into_iter().enumerate() {
        let place = (fact_left(column), TOP + 10.0);
        let fit = TextFit::end(FACT);
        canvas.text(name, place, Anchor::Left, MOVING_LABEL, fit)?;
    }
    let axes = axes(data);
    axes.draw(canvas)?;
    if let Some(bound) = data.bound {
        axes.floor(canvas, bound.relative_error, 1.5, "best of any sign")?;
    }
    axes.curve(canvas, &error_points(data.trace), 2.0, Colour::Hairline)
}

fn draw_moving(canvas: &mut Canvas, data: &Learning, frame: &Frame) -> Result<()> {
    draw_parts(canvas, frame, &grid(frame), (MOVING_MARGIN, TOP))?;
    draw_numbers(canvas, data, frame)?;
    draw_past(canvas, data, frame)
}

/// Returns the places of the parts.
fn grid(frame: &Frame) -> TileGrid {
    TileGrid::within(
        frame.parts.nrows(),
        frame.shape,
        (TILES, BOTTOM - TOP),
        LabelSpace::NONE,
        MOVING_LEGIBLE,
    )
}

fn draw_header(canvas: &mut Canvas, data: &Learning, shown: Shown) -> Result<()> {
    let mut title_width = INNER;
    if let Some(note) = shown.note() {
        let place = (MOVING.0 - MOVING_MARGIN, TITLE_LINE);
        let fit = TextFit::end(INNER);
        title_width -= 16.0 + canvas.text(&note, place, Anchor::Right, MOVING_LABEL, fit)?;
    }
    let (title, caption) = ((MOVING_MARGIN, TITLE_LINE), (MOVING_MARGIN, CAPTION_LINE));
    let fit = TextFit::middle(title_width);
    canvas.text(data.title, title, Anchor::Left, MOVING_TITLE, fit)?;
    let fit = TextFit::end(INNER);
    canvas.text(data.caption, caption, Anchor::Left, MOVING_LABEL, fit)?;
    Ok(())
}

/// Writes the iteration and its error, and on which images they are if it was on samples first.
fn draw_numbers(canvas: &mut Canvas, data: &Learning, frame: &Frame) -> Result<()> {
    let facts = [
        frame.at.iteration.to_string(),
        percent(frame.at.relative_error),
    ];
    for (column, value) in facts.iter().enumerate() {
        let place = (fact_left(column), TOP + 34.0);
        let fit = TextFit::end(FACT);
        canvas.text(value, place, Anchor::Left, MOVING_FIGURE, fit)?;
    }
    if data.has_samples() {
        let (images, place) = (images_of(frame), (fact_left(0), TOP + 51.0));
        let fit = TextFit::end(SIDE);
        canvas.text(&images, place, Anchor::Left, MOVING_LABEL, fit)?;
    }
    Ok(())
}

/// Returns the left edge of a number.
fn fact_left(column: usize) -> f64 {
    MOVING_MARGIN + TILES + BETWEEN + column as f64 * SIDE / 2.0
}

/// Returns the axes of the error over all iterations on all images.
fn axes(data: &Learning) -> Axes<'static> {
    let top = TOP + if data.has_samples() { 90.0 } else { 78.0 };
    let area = Rect {
        x: MOVING_MARGIN + TILES + BETWEEN + AXIS,
        y: top,
        width: SIDE - AXIS,
        height: BOTTOM - 42.0 - top,
    };
    Axes {
        // The whole names, as in `learning`, are too wide.
        name: if data.has_samples() {
            "on all images"
        } else {
            "iteration"
        },
        measure: Measure {
            name: "error",
            ..RELATIVE_ERROR
        },
        ..error_axes(data.trace, data.bound, area, MOVING_LABEL)
    }
}

/// Draws the error up to this iteration.
fn draw_past(canvas: &mut Canvas, data: &Learning, frame: &Frame) -> Result<()> {
    if frame.sample.is_some() {
        return Ok(());
    }
    let axes = axes(data);
    let mut past = error_points(data.trace);
    past.retain(|point| point.0 <= frame.at.iteration as f64);
    axes.curve(canvas, &past, 2.0, Colour::Nmf)?;
    axes.dot(canvas, error_point(&frame.at), 4.0, Colour::Nmf)
}
