//! PCA's error at every rank, and NMF's at some.

use crate::error::Result;
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};

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
    /// NMF's rank and relative error.
    pub nmf: (usize, f64),
    /// Ranks and relative errors of other NMF models, in any order.
    pub others: &'a [(usize, f64)],
}

const HEIGHT: f64 = 900.0;
const TOP: f64 = 210.0;
const BOTTOM: f64 = HEIGHT - 120.0;
const AXIS: f64 = Axes::tick_width(LABEL);
/// Width of names to the right of the last rank.
const NAMES: f64 = 320.0;
/// Space between a dot and its name.
const BESIDE: f64 = 18.0;
/// Height of a line of names.
const LINE: f64 = 32.0;
/// The maximum number of ranks that have dots on PCA's curve.
const MAX_DOTS: usize = 60;

type Point = (f64, f64);

/// Draws relative errors over the rank: PCA's as a curve, NMF's as dots.
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
        curves.draw(canvas, &axes, data.pca)?;
        draw_names(canvas, &axes, &curves.pca, (data.nmf.0 as f64, data.nmf.1))
    })
}

/// The finite errors of both methods, in ascending order of rank.
struct RankErrorCurves {
    pca: Vec<Point>,
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
            highest_rank: highest_nmf.max(data.pca.len().saturating_sub(1)),
            nmf: finite_points(ranks.into_iter()),
        }
    }

    fn axes(&self) -> Axes<'static> {
        let errors = self.pca.iter().chain(&self.nmf).map(|&(_, error)| error);
        Axes {
            area: Rect {
                x: MARGIN + AXIS,
                y: TOP,
                width: INNER - AXIS - NAMES,
                height: BOTTOM - TOP,
            },
            across: Axis::of_ranks(self.highest_rank),
            name: "rank (0: mean image only)",
            up: Axis::of_errors(errors, 0.12),
            measure: RELATIVE_ERROR,
            ticks: 8,
            label: LABEL,
        }
    }

    /// Draws PCA's curve, NMF's dots, and a line between the two at each rank of NMF.
    fn draw(&self, canvas: &mut Canvas, axes: &Axes, pca: &[f64]) -> Result<()> {
        for &(rank, error) in &self.nmf {
            if let Some(floor) = pca.get(rank as usize).filter(|floor| floor.is_finite()) {
                let ends = [(rank, error), (rank, *floor)];
                axes.curve(canvas, &ends, 2.0, Colour::Hairline)?;
            }
        }
        axes.curve(canvas, &self.pca, 4.0, Colour::Pca)?;
        if self.pca.len() <= MAX_DOTS {
            for &point in &self.pca {
                axes.dot(canvas, point, 5.0, Colour::Pca)?;
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

/// Writes NMF's name above its dot to the right, and PCA's of the same rank below its own to the
/// left: errors fall, so nothing else is there. At the end of the curve, both names are to the
/// right.
fn draw_names(canvas: &mut Canvas, axes: &Axes, pca: &[Point], nmf: Point) -> Result<()> {
    let mut free = TOP;
    if nmf.1.is_finite() {
        let (x, y) = axes.place(nmf);
        let above = (y - BESIDE).max(TOP + VALUE.size);
        let name = name("NMF", nmf);
        draw_name_right(canvas, &name, (x + BESIDE, above), Colour::Nmf)?;
        free = above + LINE;
    }
    let Some(&last) = pca.last() else {
        return Ok(());
    };
    let same_rank = pca.iter().find(|point| point.0 >= nmf.0);
    let floor = same_rank.copied().unwrap_or(last);
    let (x, y) = axes.place(floor);
    let below = (y + LINE).max(free);
    let name = name("PCA", floor);
    if floor == last {
        draw_name_right(canvas, &name, (x + BESIDE, below), Colour::Pca)
    } else {
        let (place, style) = ((x - BESIDE, below), VALUE.coloured(Colour::Pca));
        let max_width = place.0 - axes.area.x;
        canvas.text_over_lines(&name, place, Anchor::Right, style, max_width)
    }
}

fn name(method: &str, (rank, error): Point) -> String {
    format!("{method}, rank {rank}: {}", percent(error))
}

/// Writes a name whose left end is at a place.
fn draw_name_right(canvas: &mut Canvas, name: &str, place: Point, colour: Colour) -> Result<()> {
    let max_width = WIDTH - MARGIN - place.0;
    canvas.text_over_lines(name, place, Anchor::Left, VALUE.coloured(colour), max_width)
}
