//! How the error fell: over iterations and over seconds.

use super::Figure;
use super::axes::{Axes, Axis, RELATIVE_ERROR};
use super::canvas::{self, Area, Canvas};
use super::head::Head;
use super::style::{Colour, INNER, LABEL, MARGIN, Theme, WIDTH};
use super::text::{number, percent};
use crate::error::Result;
use crate::nmf::Iteration;

/// What the chart shows.
#[derive(Debug, Clone, Copy)]
pub struct Convergence<'a> {
    /// What was learned from: the folder's name.
    pub title: &'a str,
    /// The states in their order; those that are no numbers are left out.
    pub trace: &'a [Iteration],
    /// The relative error of PCA of the same rank, the floor: no NMF of this rank gets below it.
    pub pca_error: f64,
}

const HEIGHT: f64 = 900.0;
const TOP: f64 = 210.0;
const BOTTOM: f64 = HEIGHT - 120.0;
const AXIS: f64 = Axes::beside(LABEL);
const BETWEEN: f64 = 64.0;
const PANEL: f64 = (INNER - BETWEEN) / 2.0 - AXIS;

/// Draws the error over iterations and over seconds, with PCA's error as a dashed line.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn convergence(data: &Convergence, theme: Theme) -> Result<Figure> {
    let finite = |p: &&Iteration| p.seconds.is_finite() && p.relative_error.is_finite();
    let trace: Vec<Iteration> = data.trace.iter().filter(finite).copied().collect();
    let floor = Some(data.pca_error).filter(|error| error.is_finite());
    let errors = Axis::of_errors(trace.iter().map(|p| p.relative_error).chain(floor), 0.12);
    canvas::figure(theme, WIDTH, HEIGHT, |canvas| {
        Head {
            title: data.title,
            caption: &summary(&trace),
            bars: &[],
            shown: (1, 1),
        }
        .draw(canvas)?;
        let of_iterations: Vec<_> = trace
            .iter()
            .map(|p| (p.iteration as f64, p.relative_error))
            .collect();
        let of_seconds: Vec<_> = trace
            .iter()
            .map(|p| (p.seconds, p.relative_error))
            .collect();
        for (index, (name, points)) in [("iterations", of_iterations), ("seconds", of_seconds)]
            .iter()
            .enumerate()
        {
            let x = MARGIN + AXIS + index as f64 * (PANEL + AXIS + BETWEEN);
            let area = Area {
                x,
                y: TOP,
                width: PANEL,
                height: BOTTOM - TOP,
            };
            let across = Axis::of_progress(points.iter().map(|p| p.0), index == 0);
            let places: Vec<_> = points
                .iter()
                .filter(|p| across.holds(p.0))
                .copied()
                .collect();
            let axes = Axes {
                area,
                across,
                name,
                errors,
                measure: RELATIVE_ERROR,
                ticks: 6,
                label: LABEL,
            };
            panel(canvas, &axes, &places, data.pca_error)?;
        }
        Ok(())
    })
}

fn summary(trace: &[Iteration]) -> String {
    match trace.last() {
        None => "No iteration was recorded.".to_owned(),
        Some(last) => format!(
            "The relative error of NMF after {} iterations and {} seconds: {}.",
            last.iteration,
            number(last.seconds),
            percent(last.relative_error)
        ),
    }
}

/// The curve, its last point, and the dashed floor.
fn panel(canvas: &mut Canvas, axes: &Axes, points: &[(f64, f64)], floor: f64) -> Result<()> {
    axes.draw(canvas)?;
    axes.floor(canvas, floor, 3.0, "PCA of the same rank")?;
    axes.curve(canvas, points, 4.0, Colour::Nmf)?;
    points
        .last()
        .map_or(Ok(()), |&last| axes.dot(canvas, last, 7.0, Colour::Nmf))
}
