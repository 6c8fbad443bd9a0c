//! The error over iterations and over seconds.

use crate::error::Result;
use crate::nmf::Iteration;
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::{number, percent};
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Canvas, Rect, draw_figure};
use crate::report::BoundReport;

/// The data of the chart.
#[derive(Debug, Clone, Copy)]
pub struct Convergence<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The iterations in order; those whose error is not finite are ignored.
    pub trace: &'a [Iteration],
    /// The least error of as many images as there are parts.
    pub bound: Option<&'a BoundReport>,
}

const HEIGHT: f64 = 900.0;
const TOP: f64 = 210.0;
const BOTTOM: f64 = HEIGHT - 120.0;
const AXIS: f64 = Axes::tick_width(LABEL);
/// Space between the panels.
const BETWEEN: f64 = 64.0;
const PANEL: f64 = (INNER - BETWEEN) / 2.0 - AXIS;

/// Draws the error over iterations and over seconds, with the bound as a dashed line.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn convergence(data: &Convergence, theme: Theme) -> Result<Figure> {
    let mut over_iterations = Vec::new();
    let mut over_seconds = Vec::new();
    let mut last = None;
    for at in data.trace {
        if at.seconds.is_finite() && at.relative_error.is_finite() {
            over_iterations.push((at.iteration as f64, at.relative_error));
            over_seconds.push((at.seconds, at.relative_error));
            last = Some(at);
        }
    }
    let floor = data.bound.map(|bound| bound.relative_error);
    let errors = over_iterations.iter().map(|point| point.1).chain(floor);
    let errors = Axis::of_errors(errors, 0.12);
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        FigureHeader {
            title: data.title,
            caption: &caption(last),
            bars: &[],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        let left = CurvePanel {
            name: "iteration",
            points: over_iterations,
            whole: true,
            x: MARGIN + AXIS,
        };
        let right = CurvePanel {
            name: "time (s)",
            points: over_seconds,
            whole: false,
            x: MARGIN + AXIS + (PANEL + AXIS + BETWEEN),
        };
        left.draw(canvas, errors, data.bound)?;
        right.draw(canvas, errors, data.bound)
    })
}

fn caption(last: Option<&Iteration>) -> String {
    let Some(last) = last else {
        return "No iteration was recorded.".to_owned();
    };
    format!(
        "Relative error of NMF after {} iterations ({} s): {}.",
        last.iteration,
        number(last.seconds),
        percent(last.relative_error)
    )
}

/// The error over one quantity.
struct CurvePanel {
    /// The name of the horizontal axis.
    name: &'static str,
    points: Vec<(f64, f64)>,
    /// Whether the quantity is an integer.
    whole: bool,
    /// The left edge of the area.
    x: f64,
}

impl CurvePanel {
    /// Draws the curve, its last point, and the bound as a dashed line.
    fn draw(&self, canvas: &mut Canvas, errors: Axis, bound: Option<&BoundReport>) -> Result<()> {
        let across = Axis::of_progress(self.points.iter().map(|point| point.0), self.whole);
        let axes = Axes {
            area: Rect {
                x: self.x,
                y: TOP,
                width: PANEL,
                height: BOTTOM - TOP,
            },
            across,
            name: self.name,
            up: errors,
            measure: RELATIVE_ERROR,
            ticks: 6,
            label: LABEL,
        };
        axes.draw(canvas)?;
        if let Some(bound) = bound {
            axes.floor(canvas, bound.relative_error, 3.0, &bound.name())?;
        }
        let mut points = self.points.clone();
        points.retain(|point| across.holds(point.0));
        axes.curve(canvas, &points, 4.0, Colour::Nmf)?;
        points
            .last()
            .map_or(Ok(()), |&last| axes.dot(canvas, last, 7.0, Colour::Nmf))
    }
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
                bound: None,
            },
            Theme::Light,
        )
        .expect("drawn");
        let tree =
            usvg::Tree::from_str(&figure.svg().expect("encoded"), &text::options()).expect("valid");
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
