//! What the pictures of the learning share: recorded parts, and the error over iterations.

use crate::error::Result;
use crate::nmf::{Frame, Iteration};
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::colour_scale::{ColourMap, Scale};
use crate::render::canvas::grid::TileGrid;
use crate::render::canvas::style::TypeStyle;
use crate::render::canvas::svg::{Canvas, Rect};
use crate::render::canvas::tiles;
use crate::report::BoundReport;

/// Draws the first parts of a frame on a grid with its upper left corner at (x, y).
pub(super) fn draw_parts(
    canvas: &mut Canvas,
    frame: &Frame,
    grid: &TileGrid,
    (x, y): (f64, f64),
) -> Result<()> {
    let colour_map = ColourMap {
        scale: Scale::FromZero,
        limit: f32::from(u8::MAX),
    };
    for (index, part) in frame.parts.rows().into_iter().take(grid.shown).enumerate() {
        let values: Vec<f32> = part.iter().map(|&value| f32::from(value)).collect();
        let (across, down) = grid.place(index);
        let place = (x + across, y + down);
        tiles::draw(canvas, &values, frame.shape, colour_map, grid.tile, place)?;
    }
    Ok(())
}

/// Returns axes for the error over the logarithm of the iteration.
pub(super) fn error_axes(
    trace: &[Iteration],
    bound: Option<&BoundReport>,
    area: Rect,
    label: TypeStyle,
) -> Axes<'static> {
    let floor = bound.map(|bound| bound.relative_error);
    let points = error_points(trace);
    let errors = points.iter().map(|point| point.1).chain(floor);
    Axes {
        area,
        across: Axis::of_iterations(trace.last().map_or(1, |last| last.iteration)),
        name: "iteration",
        up: Axis::of_errors(errors, 0.25),
        measure: RELATIVE_ERROR,
        ticks: 4,
        label,
    }
}

/// Returns iterations with their finite errors.
pub(super) fn error_points(trace: &[Iteration]) -> Vec<(f64, f64)> {
    trace
        .iter()
        .filter(|at| at.relative_error.is_finite())
        .map(error_point)
        .collect()
}

/// Returns an iteration with its error.
pub(super) fn error_point(at: &Iteration) -> (f64, f64) {
    (at.iteration as f64, at.relative_error)
}
