//! How parts appear: some moments of the learning side by side, over the curve of the error.

use crate::error::Result;
use crate::nmf::{Frame, Iteration};
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::colour_scale::{Paint, Scale};
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{Grid, Surround};
use crate::render::canvas::header::{self, Head};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{
    Colour, HEADING, INNER, LABEL, LEGIBLE, MARGIN, Theme, Type, WIDTH,
};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::Cut;
use crate::render::canvas::tiles;

/// What was seen of the learning.
#[derive(Debug, Clone, Copy)]
pub struct Learning<'a> {
    /// What is learned.
    pub title: &'a str,
    /// One sentence: where it starts, and how to read it.
    pub caption: &'a str,
    /// The moments in their order, all of the same parts.
    pub frames: &'a [Frame],
    /// All iterations; those whose error is no number are left out.
    pub trace: &'a [Iteration],
    /// The relative error of PCA of the same rank, the floor.
    pub pca_error: f64,
}

/// Moments on the page.
const MOMENTS: usize = 6;
const BETWEEN: f64 = 44.0;
const COLUMN: f64 = (INNER + BETWEEN) / MOMENTS as f64 - BETWEEN;
/// The first moment's middle must leave the chart's ticks their room.
const NARROWEST: f64 = 2.0 * Axes::beside(LABEL);
const TILES: f64 = header::BOTTOM + 92.0;
/// The most height of a moment's tiles.
const ROOM: f64 = 440.0;
const CHART: f64 = 220.0;
/// From the tiles to the chart, and from the chart to the page's edge.
const ABOVE: f64 = 84.0;
const BELOW: f64 = 112.0;

/// Draws up to six moments, evenly spread in the logarithm of the iteration, each with the same parts in the same
/// places; below them the error over all iterations, with a dot for each moment.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a frame has not as many pixels as its shape.
pub fn learning(data: &Learning, theme: Theme) -> Result<Figure> {
    let iterations: Vec<usize> = data.frames.iter().map(|frame| frame.at.iteration).collect();
    let shown: Vec<&Frame> = spread(&iterations, MOMENTS)
        .into_iter()
        .map(|index| &data.frames[index])
        .collect();
    let around = Surround {
        width: 0.0,
        below: 0.0,
    };
    let rank = shown.first().map_or(0, |frame| frame.parts.nrows());
    let grid = shown
        .first()
        .map(|frame| Grid::within(rank, frame.shape, (COLUMN, ROOM), around, LEGIBLE / 1.5));
    let (width, height) = grid.map_or((0.0, 0.0), |grid| (grid.width(), grid.height()));
    let (column, bottom) = (width.max(NARROWEST), TILES + height);
    draw_figure(
        theme,
        WIDTH,
        (bottom + ABOVE + CHART + BELOW).ceil(),
        |canvas| {
            let tiles = grid.map_or(0, |grid| grid.shown.min(rank));
            Head {
                title: data.title,
                caption: data.caption,
                bars: &[],
                shown: (tiles, rank),
            }
            .draw(canvas)?;
            for (index, frame) in shown.iter().enumerate() {
                let x = MARGIN + index as f64 * (INNER - column) / (shown.len().max(2) - 1) as f64;
                let heading = format!("iteration {}", frame.at.iteration);
                let error = format!("error {}", percent(frame.at.relative_error));
                canvas.text(
                    &heading,
                    (x, header::BOTTOM + 28.0),
                    Anchor::Left,
                    HEADING,
                    (COLUMN, Cut::End),
                )?;
                canvas.text(
                    &error,
                    (x, header::BOTTOM + 64.0),
                    Anchor::Left,
                    LABEL,
                    (COLUMN, Cut::End),
                )?;
                if let Some(grid) = &grid {
                    parts(canvas, frame, grid, (x, TILES))?;
                }
            }
            // Under the middles of the first and the last moment, so that each dot is about under its own.
            let area = Area {
                x: MARGIN + column / 2.0,
                y: bottom + ABOVE,
                width: INNER - column,
                height: CHART,
            };
            let axes = axes(data, area, 4, LABEL);
            axes.draw(canvas)?;
            axes.floor(canvas, data.pca_error, 3.0, "PCA of the same rank")?;
            axes.curve(canvas, &curve(data.trace), 4.0, Colour::Nmf)?;
            shown
                .iter()
                .try_for_each(|frame| axes.dot(canvas, place(&frame.at), 8.0, Colour::Nmf))
        },
    )
}

/// Which of some iterations to show, at most `most`: evenly spread in their logarithm, first and last among them.
pub(super) fn spread(iterations: &[usize], most: usize) -> Vec<usize> {
    let position = |index: usize| (iterations[index] as f64).ln();
    let count = most.min(iterations.len());
    let mut next = 0;
    let chosen = (0..count).map(|nth| {
        // As many must be left as are still to be chosen.
        let end = iterations.len() - (count - 1 - nth);
        let (first, last) = (position(0), position(iterations.len() - 1));
        let wanted = first + (last - first) * nth as f64 / (count.max(2) - 1) as f64;
        let distance = |index: usize| (position(index) - wanted).abs();
        let nearest = (next..end)
            .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
            .unwrap_or(next);
        next = nearest + 1;
        nearest
    });
    chosen.collect()
}

/// The first parts of a frame on a grid with its upper left corner at (x, y).
pub(super) fn parts(
    canvas: &mut Canvas,
    frame: &Frame,
    grid: &Grid,
    (x, y): (f64, f64),
) -> Result<()> {
    let paint = Paint {
        scale: Scale::FromZero,
        limit: f32::from(u8::MAX),
    };
    for (index, part) in frame.parts.rows().into_iter().take(grid.shown).enumerate() {
        let values: Vec<f32> = part.iter().map(|&value| f32::from(value)).collect();
        let (across, down) = grid.place(index);
        tiles::draw(
            canvas,
            &values,
            frame.shape,
            paint,
            grid.tile,
            (x + across, y + down),
        )?;
    }
    Ok(())
}

/// The error over the logarithm of the iteration.
pub(super) fn axes<'a>(data: &Learning, area: Area, ticks: usize, label: Type) -> Axes<'a> {
    let floor = Some(data.pca_error).filter(|error| error.is_finite());
    let curve = curve(data.trace);
    let last = data.trace.last().map_or(1, |last| last.iteration);
    Axes {
        area,
        across: Axis::of_iterations(last),
        name: "iteration",
        errors: Axis::of_errors(curve.iter().map(|&(_, error)| error).chain(floor), 0.25),
        measure: RELATIVE_ERROR,
        ticks,
        label,
    }
}

/// Iterations and errors.
pub(super) fn curve(trace: &[Iteration]) -> Vec<(f64, f64)> {
    trace
        .iter()
        .filter(|at| at.relative_error.is_finite())
        .map(place)
        .collect()
}

pub(super) fn place(at: &Iteration) -> (f64, f64) {
    (at.iteration as f64, at.relative_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread_of(iterations: &[usize], most: usize) -> Vec<usize> {
        spread(iterations, most)
            .into_iter()
            .map(|index| iterations[index])
            .collect()
    }

    #[test]
    fn moments_are_evenly_spread_in_the_logarithm_and_none_is_shown_twice() {
        let all: Vec<usize> = (1..=32).collect();
        assert_eq!(spread_of(&all, 6), [1, 2, 4, 8, 16, 32]);
        assert_eq!(
            spread_of(&[1, 2, 3, 50, 60, 70, 100], 5),
            [1, 3, 50, 60, 100],
            "none is near 10 but 3"
        );
        assert_eq!(
            spread_of(&[1, 2, 3, 4, 5, 6, 1000], 6),
            [1, 3, 4, 5, 6, 1000]
        );
        assert_eq!(spread_of(&[7, 9], 6), [7, 9]);
        assert_eq!(spread_of(&[3], 6), [3]);
        assert_eq!(spread_of(&[], 6), [0; 0]);
    }
}
