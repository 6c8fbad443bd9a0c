//! How many parts: what each rank that was tried costs and predicts, whether starts agree on it, and what decides.

use crate::error::Result;
use crate::rank::{RankChoice, RankScores};
use crate::render::canvas::axes::{Axes, Measure, RELATIVE_ERROR, in_percent};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::Head;
use crate::render::canvas::numbers::number;
use crate::render::canvas::style::{Colour, INNER, LABEL, MARGIN, SENTENCE, Theme, VALUE, WIDTH};
use crate::render::canvas::svg::{Anchor, Area, Canvas, draw_figure};
use crate::render::canvas::text::Cut;

/// What the chart shows.
#[derive(Debug, Clone, Copy)]
pub struct Ranks<'a> {
    /// What was learned from: the folder's name.
    pub title: &'a str,
    /// The ranks that were tried, in ascending order. Figures that are no numbers are left out.
    pub ranks: &'a [RankScores],
    /// Which was chosen, and why.
    pub choice: &'a RankChoice,
}

const HEIGHT: f64 = 1000.0;
const TOP: f64 = 270.0;
const BOTTOM: f64 = HEIGHT - 270.0;
const AXIS: f64 = Axes::beside(LABEL);
const BETWEEN: f64 = 40.0;
const PANEL: f64 = (INNER - 2.0 * BETWEEN) / 3.0 - AXIS;
/// Above a panel: its legend.
const LEGEND: f64 = TOP - 58.0;
/// The lines that say why.
const REASON: f64 = HEIGHT - 130.0;
const LINE: f64 = 36.0;
const MOST_LINES: usize = 3;
/// The share of the page that a line of them may take.
const SPARE: f64 = 0.86;
/// What is this share of the limit or less is as good as nothing, and stands at the bottom.
const BOTTOM_SHARE: f64 = 1.0 / 30.0;
/// Up to so many ranks, each has a dot.
const DOTS: usize = 60;

const AGREEMENT: Measure = Measure {
    name: "1: the same from every start",
    tick: number,
};
const EXCESS: Measure = Measure {
    name: "more light² missed than least",
    tick: in_percent,
};

/// A curve of points, its name and its look.
struct Curve {
    name: &'static str,
    points: Vec<(f64, f64)>,
    width: f64,
    colour: Colour,
}

impl Curve {
    fn new(
        data: &Ranks,
        name: &'static str,
        look: (f64, Colour),
        value: impl Fn(&RankScores) -> Option<f64>,
    ) -> Self {
        let point = |scores: &RankScores| {
            Some((
                scores.rank as f64,
                value(scores).filter(|value| value.is_finite())?,
            ))
        };
        Self {
            name,
            points: data.ranks.iter().filter_map(point).collect(),
            width: look.0,
            colour: look.1,
        }
    }
}

/// Draws errors, agreement, and what decides, each over the rank; the choice is marked and its reason told below.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn ranks(data: &Ranks, theme: Theme) -> Result<Figure> {
    draw_figure(theme, WIDTH, HEIGHT, |canvas| {
        let caption = "What parts buy: on pixels that were seen while learning, and on pixels that were hidden.";
        Head {
            title: data.title,
            caption,
            bars: &[],
            shown: (1, 1),
        }
        .draw(canvas)?;
        errors(canvas, data)?;
        agreement(canvas, data)?;
        decision(canvas, data)?;
        reason(
            canvas,
            &format!("Why {}: {}.", data.choice.choice, data.choice.reason),
        )
    })
}

/// The panel of this index, with a vertical axis of its own.
fn panel(data: &Ranks, index: usize, errors: Axis, measure: Measure) -> Axes<'static> {
    let x = MARGIN + AXIS + index as f64 * (PANEL + AXIS + BETWEEN);
    let highest = data
        .ranks
        .iter()
        .map(|scores| scores.rank)
        .max()
        .unwrap_or(1);
    Axes {
        area: Area {
            x,
            y: TOP,
            width: PANEL,
            height: BOTTOM - TOP,
        },
        across: Axis::of_ranks(highest),
        name: "parts",
        errors,
        measure,
        ticks: 6,
        label: LABEL,
    }
}

fn errors(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let curves = [
        Curve::new(data, "hidden pixels", (4.0, Colour::Ink), |scores| {
            scores.held_out_error
        }),
        Curve::new(data, "seen", (4.0, Colour::Nmf), |scores| {
            Some(scores.relative_error)
        }),
        Curve::new(data, "PCA", (3.0, Colour::Pca), |scores| scores.pca_error),
    ];
    let values = curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(|point| point.1));
    let axes = panel(data, 0, Axis::of_errors(values, 0.05), RELATIVE_ERROR);
    draw(canvas, &axes, data, &curves)?;
    for scores in data.ranks {
        if let (Some(error), Some(spread)) = (scores.held_out_error, scores.held_out_spread) {
            let rank = scores.rank as f64;
            axes.curve(
                canvas,
                &[(rank, error - spread), (rank, error + spread)],
                2.0,
                Colour::Ink,
            )?;
        }
    }
    Ok(())
}

fn agreement(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let curves = [
        Curve::new(data, "parts alike", (4.0, Colour::Nmf), |scores| {
            scores.stability
        }),
        Curve::new(data, "cophenetic", (3.0, Colour::Quiet), |scores| {
            scores.cophenetic
        }),
    ];
    let least = curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(|point| point.1))
        .fold(1.0, f64::min);
    let axes = panel(
        data,
        1,
        Axis::linear(((least * 10.0 - 0.5).floor().max(0.0) / 10.0, 1.0)),
        AGREEMENT,
    );
    draw(canvas, &axes, data, &curves)?;
    if curves.iter().any(|curve| !curve.points.is_empty()) {
        return Ok(());
    }
    let middle = (axes.area.x + PANEL / 2.0, f64::midpoint(TOP, BOTTOM));
    canvas.text_over_lines(
        "one start agrees with nothing",
        middle,
        Anchor::Centre,
        LABEL,
        PANEL,
    )
}

/// How much more of the squared light than the best rank each misses, and the limit below which that is nothing.
fn decision(canvas: &mut Canvas, data: &Ranks) -> Result<()> {
    let square = |error: f64| error * error;
    let known = data
        .ranks
        .iter()
        .filter_map(|scores| scores.held_out_error)
        .filter(|error| error.is_finite());
    let (least, most) = known.fold((f64::INFINITY, 0.0_f64), |(least, most), e| {
        (least.min(e), most.max(e))
    });
    let limit = data
        .choice
        .limit
        .map_or(1e-3, |limit| square(limit) - square(least))
        .max(1e-9);
    let bottom = limit * BOTTOM_SHARE;
    let excess =
        |scores: &RankScores| Some((square(scores.held_out_error?) - square(least)).max(bottom));
    let curve = Curve::new(data, "hidden pixels", (4.0, Colour::Ink), excess);
    let highest = (square(most) - square(least)).max(3.0 * limit);
    let axes = panel(data, 2, Axis::logarithmic((bottom, 1.3 * highest)), EXCESS);
    draw(canvas, &axes, data, &[curve])?;
    let y = axes.place((0.0, limit)).1;
    canvas.dashes((axes.area.x, y), (axes.area.x + PANEL, y), 2.0, Colour::Nmf)?;
    let below = (axes.area.x + 12.0, y + 30.0);
    canvas.text_over_lines(
        "as good as the least",
        below,
        Anchor::Left,
        LABEL.coloured(Colour::Nmf),
        PANEL - 24.0,
    )
}

/// Axes, legend, curves, and the mark of the choice.
fn draw(canvas: &mut Canvas, axes: &Axes, data: &Ranks, curves: &[Curve]) -> Result<()> {
    axes.draw(canvas)?;
    let (x, _) = axes.place((data.choice.choice as f64, 0.0));
    canvas.dashes((x, TOP), (x, BOTTOM), 2.0, Colour::Quiet)?;
    let mut left = axes.area.x;
    for curve in curves.iter().filter(|curve| !curve.points.is_empty()) {
        axes.curve(canvas, &curve.points, curve.width, curve.colour)?;
        if curve.points.len() <= DOTS {
            curve
                .points
                .iter()
                .try_for_each(|&point| axes.dot(canvas, point, 5.0, curve.colour))?;
        }
        let chosen = curve
            .points
            .iter()
            .find(|point| point.0 as usize == data.choice.choice);
        chosen.map_or(Ok(()), |&point| axes.dot(canvas, point, 9.0, curve.colour))?;
        let room = axes.area.x + PANEL - left;
        left += 40.0
            + canvas.text(
                curve.name,
                (left, LEGEND),
                Anchor::Left,
                VALUE.coloured(curve.colour),
                (room, Cut::End),
            )?;
    }
    Ok(())
}

/// The reason in lines across the page, with room for the wider letters of a viewer that has not the chart's own font.
fn reason(canvas: &mut Canvas, reason: &str) -> Result<()> {
    let mut lines = vec![String::new()];
    for word in reason.split(' ') {
        let line = lines.last().map_or("", String::as_str);
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if canvas.ruler().width(&longer, SENTENCE) <= SPARE * INNER || lines.len() == MOST_LINES {
            lines.pop();
            lines.push(longer);
        } else {
            lines.push(word.to_owned());
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let place = (MARGIN, REASON + index as f64 * LINE);
        canvas.text(
            line,
            place,
            Anchor::Left,
            SENTENCE.coloured(Colour::Ink),
            (INNER, Cut::End),
        )?;
    }
    Ok(())
}
