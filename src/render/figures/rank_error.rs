//! What rank buys: PCA's error at every rank, and NMF's at some.

use crate::error::Result;
use crate::render::canvas::axes::{Axes, RELATIVE_ERROR};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};

/// What the chart shows.
#[derive(Debug, Clone, Copy)]
pub struct RankError<'a> {
    /// What was learned from: the folder's name.
    pub title: &'a str,
    /// One sentence: what the curve and the dots mean.
    pub caption: &'a str,
    /// PCA's relative error at each rank from 0, the mean alone. Errors that are no numbers are left out.
    pub pca: &'a [f64],
    /// NMF's rank and relative error.
    pub nmf: (usize, f64),
    /// The same of NMF at other ranks, in any order.
    pub others: &'a [(usize, f64)],
}

const HEIGHT: f64 = 900.0;
const TOP: f64 = 210.0;
const BOTTOM: f64 = HEIGHT - 120.0;
const AXIS: f64 = Axes::beside(LABEL);
/// Room for names to the right of the last rank.
const NAMES: f64 = 320.0;
/// Between a dot and its name.
const BESIDE: f64 = 18.0;
/// From one name to the next below it.
const LINE: f64 = 32.0;
/// Up to so many ranks, each has its own dot on PCA's curve.
const DOTS: usize = 60;

type Point = (f64, f64);

/// Draws relative errors over the rank: PCA's as a curve, NMF's as dots.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn rank_error(data: &RankError, theme: Theme) -> Result<Figure> {
    let known = |&(_, error): &Point| error.is_finite();
    let pca: Vec<Point> = data
        .pca
        .iter()
        .enumerate()
        .map(|(rank, &error)| (rank as f64, error))
        .filter(known)
        .collect();
    let mut ranks: Vec<(usize, f64)> = data.others.iter().copied().chain([data.nmf]).collect();
    ranks.sort_by_key(|&(rank, _)| rank);
    let nmf: Vec<Point> = ranks
        .iter()
        .map(|&(rank, error)| (rank as f64, error))
        .filter(known)
        .collect();
    let highest = ranks
        .iter()
        .map(|&(rank, _)| rank)
        .chain([data.pca.len().saturating_sub(1)])
        .max()
        .unwrap_or(0);
    let axes = Axes {
        area: Area {
            x: MARGIN + AXIS,
            y: TOP,
            width: INNER - AXIS - NAMES,
            height: BOTTOM - TOP,
        },
        across: Axis::of_ranks(highest),
        name: "rank: parts or eigenimages, 0 is the mean image alone",
        errors: Axis::of_errors(pca.iter().chain(&nmf).map(|&(_, error)| error), 0.12),
        measure: RELATIVE_ERROR,
        ticks: 8,
        label: LABEL,
    };
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        Head {
            title: data.title,
            caption: data.caption,
            bars: &[],
            shown: (1, 1),
        }
        .draw(canvas)?;
        axes.draw(canvas)?;
        curves(canvas, &axes, data.pca, (&pca, &nmf))?;
        names(canvas, &axes, &pca, (data.nmf.0 as f64, data.nmf.1))
    })
}

/// PCA's curve, NMF's dots, and between the two at one rank what a sum of parts costs.
fn curves(
    canvas: &mut Canvas,
    axes: &Axes,
    floors: &[f64],
    (pca, nmf): (&[Point], &[Point]),
) -> Result<()> {
    for &(rank, error) in nmf {
        if let Some(floor) = floors.get(rank as usize).filter(|floor| floor.is_finite()) {
            axes.curve(
                canvas,
                &[(rank, error), (rank, *floor)],
                2.0,
                Colour::Hairline,
            )?;
        }
    }
    axes.curve(canvas, pca, 4.0, Colour::Pca)?;
    if pca.len() <= DOTS {
        pca.iter()
            .try_for_each(|&point| axes.dot(canvas, point, 5.0, Colour::Pca))?;
    }
    axes.curve(canvas, nmf, 2.0, Colour::Nmf)?;
    nmf.iter()
        .try_for_each(|&point| axes.dot(canvas, point, 8.0, Colour::Nmf))
}

/// NMF's name above its dot and to the right, PCA's of the same rank below its own and to the left: there nothing else
/// is, since errors fall. Where the curve ends, both have room to the right.
fn names(canvas: &mut Canvas, axes: &Axes, pca: &[Point], nmf: Point) -> Result<()> {
    let mut write =
        |method: &str, (rank, error): Point, (x, y): Point, anchor: Anchor, colour: Colour| {
            let name = format!("{method}, rank {rank}: {}", percent(error));
            let most = if anchor == Anchor::Right {
                x - axes.area.x
            } else {
                WIDTH - MARGIN - x
            };
            canvas.text_over_lines(&name, (x, y), anchor, VALUE.coloured(colour), most)
        };
    let mut free = TOP;
    if nmf.1.is_finite() {
        let (x, y) = axes.place(nmf);
        let above = (y - BESIDE).max(TOP + VALUE.size);
        write("NMF", nmf, (x + BESIDE, above), Anchor::Left, Colour::Nmf)?;
        free = above + LINE;
    }
    let Some(&last) = pca.last() else {
        return Ok(());
    };
    let floor = pca
        .iter()
        .find(|point| point.0 >= nmf.0)
        .copied()
        .unwrap_or(last);
    let (x, y) = axes.place(floor);
    let below = (y + LINE).max(free);
    if floor == last {
        write("PCA", floor, (x + BESIDE, below), Anchor::Left, Colour::Pca)
    } else {
        write(
            "PCA",
            floor,
            (x - BESIDE, below),
            Anchor::Right,
            Colour::Pca,
        )
    }
}
