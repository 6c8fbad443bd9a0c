//! How the error fell: over iterations and over seconds.

use crate::error::Result;
use crate::nmf::Iteration;
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::numbers::{number, percent};
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Area, Canvas, draw_figure};

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
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
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

#[cfg(test)]
mod tests {
    use resvg::{tiny_skia, usvg};

    use super::*;
    use crate::render::canvas::text;

    fn boxes(group: &usvg::Group, found: &mut Vec<tiny_skia::Rect>) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => boxes(group, found),
                usvg::Node::Text(text) => found.push(text.abs_bounding_box()),
                _ => {}
            }
        }
    }

    #[test]
    fn texts_stand_where_the_rasteriser_draws_them() {
        let trace = [crate::nmf::Iteration {
            iteration: 1,
            seconds: 0.5,
            relative_error: 0.2,
            objective: 0.1,
        }];
        let title = "AVAVA Tý fi <b>面孔</b>";
        let figure = convergence(
            &Convergence {
                title,
                trace: &trace,
                pca_error: 0.1,
            },
            Theme::Light,
        )
        .expect("drawn");
        let tree = usvg::Tree::from_str(figure.svg(), &text::options()).expect("valid");
        let mut drawn = Vec::new();
        boxes(tree.root(), &mut drawn);
        assert_eq!(drawn.len(), figure.texts().len());
        for (text, drawn) in figure.texts().iter().zip(drawn) {
            let sides = [f64::from(drawn.left()), f64::from(drawn.right())];
            let near =
                (sides[0] - text.x).abs() < 0.5 && (sides[1] - text.x - text.width).abs() < 0.5;
            let within = f64::from(drawn.top()) > text.y - 1.0
                && f64::from(drawn.bottom()) < text.y + text.height + 1.0;
            assert!(near && within, "{text:?} is drawn at {drawn:?}");
        }
    }
}
