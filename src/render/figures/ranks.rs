//! The choice of the rank: error, stability and held-out error of every rank that was tried.

use crate::error::Result;
use crate::rank::{RankChoice, RankScores};
use crate::render::canvas::axes::{Axes, Measure, RELATIVE_ERROR, in_percent};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::numbers::number;
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, SENTENCE, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;

/// The data of the chart.
#[derive(Debug, Clone, Copy)]
pub struct Ranks<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The ranks that were tried, in ascending order. Scores that are not finite are ignored.
    pub ranks: &'a [RankScores],
    /// The chosen rank and the reason.
    pub choice: &'a RankChoice,
}

const HEIGHT: f64 = 1000.0;
const TOP: f64 = 270.0;
const BOTTOM: f64 = HEIGHT - 270.0;
const AXIS: f64 = Axes::tick_width(LABEL);
const BETWEEN: f64 = 40.0;
const PANEL: f64 = (INNER - 2.0 * BETWEEN) / 3.0 - AXIS;
/// Baseline of the legend above a panel.
const LEGEND: f64 = TOP - 58.0;
/// First baseline of the reason.
const REASON: f64 = HEIGHT - 130.0;
const LINE: f64 = 36.0;
const MAX_LINES: usize = 3;
/// The fraction of the page width that a line of the reason may take: viewers without the embedded
/// font need wider lines.
const LINE_FRACTION: f64 = 0.86;
/// The lowest value of the axis as a fraction of the limit; lower values are drawn there.
const BOTTOM_FRACTION: f64 = 1.0 / 30.0;
/// The maximum number of ranks that have dots.
const MAX_DOTS: usize = 60;

const AGREEMENT: Measure = Measure {
    name: "stability (1 = identical parts)",
    tick: number,
};
const EXCESS: Measure = Measure {
    name: "excess squared error",
    tick: in_percent,
};

/// A curve of points with its name and style.
struct RankCurve {
    name: &'static str,
    points: Vec<(f64, f64)>,
    width: f64,
    colour: Colour,
}

/// Returns the ranks with one of their scores, where it is finite.
fn points(data: &Ranks, score: impl Fn(&RankScores) -> Option<f64>) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for scores in data.ranks {
        if let Some(value) = score(scores).filter(|value| value.is_finite()) {
            points.push((scores.rank as f64, value));
        }
    }
    points
}

/// Draws error, stability and excess error over the rank; the chosen rank is marked and its reason
/// written below.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn ranks(data: &Ranks, theme: Theme) -> Result<Figure> {
    let caption = "Errors (bound: best images of any sign; PCA: with the mean), stability across starts, and the excess error that decides the rank.";
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        FigureHeader {
            title: data.title,
            caption,
            bars: &[],
            shown: Shown::ALL,
        }
        .draw(canvas)?;
        draw_errors(canvas, data)?;
        draw_stability(canvas, data)?;
        draw_excess(canvas, data)?;
        let reason = format!(
            "Chosen rank {}: {}.",
            data.choice.choice, data.choice.reason
        );
        draw_reason(canvas, &reason)
    })
}

/// Returns the axes of the panel of this index.
fn panel(data: &Ranks, index: usize, up: Axis, measure: Measure) -> Axes<'static> {
    let x = MARGIN + AXIS + index as f64 * (PANEL + AXIS + BETWEEN);
    let highest = data.ranks.iter().map(|scores| scores.rank).max();
    Axes {
        area: Rect {
            x,
            y: TOP,
            width: PANEL,
            height: BOTTOM - TOP,
        },
        across: Axis::of_ranks(highest.unwrap_or(1)),
        name: "rank",
        up,
        measure,
        ticks: 6,
        label: LABEL,
    }
}

/// Draws the relative errors of NMF and PCA, the least error of as many images of any sign, and the error
/// of the held-out pixels with its standard error.
fn draw_errors(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let curves = [
        RankCurve {
            name: "held out",
            points: points(data, |scores| scores.held_out_error),
            width: 4.0,
            colour: Colour::Ink,
        },
        RankCurve {
            name: "training",
            points: points(data, |scores| Some(scores.relative_error)),
            width: 4.0,
            colour: Colour::Nmf,
        },
        RankCurve {
            name: "bound",
            points: points(data, |scores| scores.bound),
            width: 3.0,
            colour: Colour::Quiet,
        },
        RankCurve {
            name: "PCA",
            points: points(data, |scores| scores.pca_error),
            width: 3.0,
            colour: Colour::Pca,
        },
    ];
    let all = curves.iter().flat_map(|curve| &curve.points);
    let up = Axis::of_errors(all.map(|point| point.1), 0.05);
    let axes = panel(data, 0, up, RELATIVE_ERROR);
    draw_panel(canvas, &axes, data, &curves)?;
    for scores in data.ranks {
        if let (Some(error), Some(spread)) = (scores.held_out_error, scores.held_out_spread) {
            let rank = scores.rank as f64;
            let ends = [(rank, error - spread), (rank, error + spread)];
            axes.curve(canvas, &ends, 2.0, Colour::Ink)?;
        }
    }
    Ok(())
}

/// Draws how similar the results of different starts are.
fn draw_stability(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let curves = [
        RankCurve {
            name: "similarity",
            points: points(data, |scores| scores.stability),
            width: 4.0,
            colour: Colour::Nmf,
        },
        RankCurve {
            name: "cophenetic correlation",
            points: points(data, |scores| scores.cophenetic),
            width: 3.0,
            colour: Colour::Quiet,
        },
    ];
    let all = curves.iter().flat_map(|curve| &curve.points);
    let least = all.map(|point| point.1).fold(1.0, f64::min);
    let bottom = (least * 10.0 - 0.5).floor().max(0.0) / 10.0;
    let axes = panel(data, 1, Axis::linear((bottom, 1.0)), AGREEMENT);
    draw_panel(canvas, &axes, data, &curves)?;
    if curves.iter().any(|curve| !curve.points.is_empty()) {
        return Ok(());
    }
    let middle = (axes.area.x + PANEL / 2.0, f64::midpoint(TOP, BOTTOM));
    let note = "requires more than one start";
    canvas.text_over_lines(note, middle, Anchor::Centre, LABEL, PANEL)
}

/// Draws the excess of the squared held-out error over that of the best rank, and the limit below
/// which it is negligible.
fn draw_excess(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let known = points(data, |scores| scores.held_out_error);
    let (mut least, mut most) = (f64::INFINITY, 0.0f64);
    for &(_, error) in &known {
        (least, most) = (least.min(error), most.max(error));
    }
    let limit = data
        .choice
        .limit
        .map_or(1e-3, |limit| limit * limit - least * least)
        .max(1e-9);
    let bottom = limit * BOTTOM_FRACTION;
    let curve = RankCurve {
        name: "held out",
        points: points(data, |scores| {
            let error = scores.held_out_error?;
            Some((error * error - least * least).max(bottom))
        }),
        width: 4.0,
        colour: Colour::Ink,
    };
    let highest = (most * most - least * least).max(3.0 * limit);
    let axes = panel(data, 2, Axis::logarithmic((bottom, 1.3 * highest)), EXCESS);
    draw_panel(canvas, &axes, data, &[curve])?;
    let y = axes.place((0.0, limit)).1;
    canvas.dashes((axes.area.x, y), (axes.area.x + PANEL, y), 2.0, Colour::Nmf)?;
    let (below, style) = ((axes.area.x + 12.0, y + 30.0), LABEL.coloured(Colour::Nmf));
    canvas.text_over_lines(
        "as good as the best",
        below,
        Anchor::Left,
        style,
        PANEL - 24.0,
    )
}

/// Draws axes, legend, curves, and the mark of the chosen rank.
fn draw_panel(canvas: &mut Canvas, axes: &Axes, data: &Ranks, curves: &[RankCurve]) -> Result<()> {
    axes.draw(canvas)?;
    let choice = data.choice.choice;
    let (x, _) = axes.place((choice as f64, 0.0));
    canvas.dashes((x, TOP), (x, BOTTOM), 2.0, Colour::Quiet)?;
    let mut left = axes.area.x;
    for curve in curves.iter().filter(|curve| !curve.points.is_empty()) {
        axes.curve(canvas, &curve.points, curve.width, curve.colour)?;
        if curve.points.len() <= MAX_DOTS {
            for &point in &curve.points {
                axes.dot(canvas, point, 5.0, curve.colour)?;
            }
        }
        let mut points = curve.points.iter();
        if let Some(&chosen) = points.find(|point| point.0 as usize == choice) {
            axes.dot(canvas, chosen, 9.0, curve.colour)?;
        }
        let fit = TextFit::end(axes.area.x + PANEL - left);
        let style = VALUE.coloured(curve.colour);
        left += 40.0 + canvas.text(curve.name, (left, LEGEND), Anchor::Left, style, fit)?;
    }
    Ok(())
}

/// Writes the reason in lines.
fn draw_reason(canvas: &mut Canvas, reason: &str) -> Result<()> {
    let mut lines = vec![String::new()];
    for word in reason.split(' ') {
        let line = lines.last().map_or("", String::as_str);
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        let fits = canvas.ruler().width(&longer, SENTENCE) <= LINE_FRACTION * INNER;
        if fits || lines.len() == MAX_LINES {
            lines.pop();
            lines.push(longer);
        } else {
            lines.push(word.to_owned());
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let place = (MARGIN, REASON + index as f64 * LINE);
        let style = SENTENCE.coloured(Colour::Ink);
        canvas.text(line, place, Anchor::Left, style, TextFit::end(INNER))?;
    }
    Ok(())
}
