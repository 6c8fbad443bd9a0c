//! NMF's error at some ranks, the least error of as many images of any sign, and PCA's, at every rank.

use crate::decomposition::{NMF, PCA};
use crate::error::Result;
use crate::plural::by_count;
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::report::BoundReport;

/// The data of the chart.
#[derive(Debug, Clone, Copy)]
pub struct RankError<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// One sentence: what the curve and the dots mean.
    pub caption: &'a str,
    /// PCA's relative error at each rank from 0, the mean image alone. Errors that are not finite
    /// are ignored.
    pub pca: &'a [f64],
    /// The least relative error of 0, 1, … images of any sign; empty if it is not known.
    pub bound: &'a [f64],
    /// NMF's rank and relative error.
    pub nmf: (usize, f64),
    /// Ranks and relative errors of other NMF models, in any order.
    pub others: &'a [(usize, f64)],
}

const HEIGHT: f64 = 900.0;
const TOP: f64 = 210.0;
const BOTTOM: f64 = HEIGHT - 120.0;
const AXIS: f64 = Axes::tick_width(LABEL);
/// Height of a line of the legend.
const LINE: f64 = 36.0;
/// Space to the right of the legend: viewers without the embedded font draw wider lines.
const SLACK: f64 = 64.0;
/// The maximum number of ranks that have dots on a curve.
const MAX_DOTS: usize = 60;

type Point = (f64, f64);

/// Draws relative errors over the number of images: PCA's and the least possible ones as curves, NMF's as
/// dots.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn rank_error(data: &RankError, theme: Theme) -> Result<Figure> {
    let curves = RankErrorCurves::of(data);
    let axes = curves.axes();
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        axes.draw(canvas)?;
        curves.draw(canvas, &axes)?;
        draw_legend(canvas, &axes, data)
    })
}

/// The finite errors, in ascending order of rank.
struct RankErrorCurves {
    pca: Vec<Point>,
    /// From one image on: the error of none is 1.
    bound: Vec<Point>,
    nmf: Vec<Point>,
    highest_rank: usize,
}

impl RankErrorCurves {
    fn of(data: &RankError) -> Self {
        let mut ranks: Vec<(usize, f64)> = data.others.to_vec();
        ranks.push(data.nmf);
        ranks.sort_by_key(|&(rank, _)| rank);
        let highest_nmf = ranks.last().map_or(0, |&(rank, _)| rank);
        Self {
            pca: finite_points(data.pca.iter().copied().enumerate()),
            bound: finite_points(data.bound.iter().copied().enumerate().skip(1)),
            highest_rank: highest_nmf
                .max(data.pca.len().saturating_sub(1))
                .max(data.bound.len().saturating_sub(1)),
            nmf: finite_points(ranks.into_iter()),
        }
    }

    fn axes(&self) -> Axes<'static> {
        let points = self.pca.iter().chain(&self.bound).chain(&self.nmf);
        let errors = points.map(|&(_, error)| error);
        Axes {
            area: Rect {
                x: MARGIN + AXIS,
                y: TOP,
                width: INNER - AXIS,
                height: BOTTOM - TOP,
            },
            across: Axis::of_ranks(self.highest_rank),
            name: "number of basis images (PCA has the mean image besides)",
            up: Axis::of_errors(errors, 0.12),
            measure: RELATIVE_ERROR,
            ticks: 8,
            label: LABEL,
        }
    }

    /// Draws the curves, and NMF's dots over them.
    fn draw(&self, canvas: &mut Canvas, axes: &Axes) -> Result<()> {
        for (points, colour) in [(&self.pca, Colour::Pca), (&self.bound, Colour::Ink)] {
            axes.curve(canvas, points, 4.0, colour)?;
            if points.len() <= MAX_DOTS {
                for &point in points {
                    axes.dot(canvas, point, 5.0, colour)?;
                }
            }
        }
        axes.curve(canvas, &self.nmf, 2.0, Colour::Nmf)?;
        for &point in &self.nmf {
            axes.dot(canvas, point, 8.0, Colour::Nmf)?;
        }
        Ok(())
    }
}

/// Returns the ranks with finite errors as points.
fn finite_points(errors: impl Iterator<Item = (usize, f64)>) -> Vec<Point> {
    errors
        .filter(|(_, error)| error.is_finite())
        .map(|(rank, error)| (rank as f64, error))
        .collect()
}

/// Writes the errors at NMF's rank in the upper right corner: errors fall, so no curve is there.
fn draw_legend(canvas: &mut Canvas, axes: &Axes, data: &RankError) -> Result<()> {
    let (rank, error) = data.nmf;
    let lines = [
        (
            format!("NMF, {rank} {}", by_count(rank, NMF.unit, NMF.units)),
            Some(error),
            Colour::Nmf,
        ),
        (
            BoundReport::name_at(rank),
            data.bound.get(rank).copied(),
            Colour::Ink,
        ),
        (
            format!("PCA, mean + {rank} {}", by_count(rank, PCA.unit, PCA.units)),
            data.pca.get(rank).copied(),
            Colour::Pca,
        ),
    ];
    let right = axes.area.x + axes.area.width - SLACK;
    let mut y = TOP;
    for (name, error, colour) in lines {
        let Some(error) = error.filter(|error| error.is_finite()) else {
            continue;
        };
        y += LINE;
        let text = format!("{name}: {}", percent(error));
        let style = VALUE.coloured(colour);
        canvas.text_over_lines(&text, (right, y), Anchor::Right, style, axes.area.width)?;
    }
    Ok(())
}
