//! How the error fell: over iterations and over seconds.

use plotters::prelude::*;

use super::Figure;
use super::canvas::{self, Anchor, Area, Canvas, failed, units};
use super::style::{Colour, INNER, LABEL, MARGIN, SENTENCE, TITLE, Theme, VALUE, WIDTH};
use super::text::{Cut, number, percent};
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
/// Room for the labels of the vertical axis.
const AXIS: f64 = 104.0;
const BETWEEN: f64 = 64.0;
const PANEL: f64 = (INNER - BETWEEN) / 2.0 - AXIS;

/// Draws the error over iterations and over seconds, with PCA's error as a dashed line.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn convergence(data: &Convergence, theme: Theme) -> Result<Figure> {
    let finite = |p: &&Iteration| p.seconds.is_finite() && p.relative_error.is_finite();
    let trace: Vec<Iteration> = data.trace.iter().filter(finite).copied().collect();
    let floor = data.pca_error.is_finite().then_some(data.pca_error);
    let errors = Axis::of_errors(trace.iter().map(|p| p.relative_error).chain(floor));
    canvas::figure(theme, WIDTH, HEIGHT, |canvas| {
        canvas.text(data.title, (MARGIN, 84.0), Anchor::Left, TITLE, (INNER, Cut::Middle))?;
        canvas.text(&summary(&trace), (MARGIN, 131.0), Anchor::Left, SENTENCE, (INNER, Cut::End))?;
        let of_iterations: Vec<_> = trace.iter().map(|p| (p.iteration as f64, p.relative_error)).collect();
        let of_seconds: Vec<_> = trace.iter().map(|p| (p.seconds, p.relative_error)).collect();
        for (index, (name, points)) in [("iterations", of_iterations), ("seconds", of_seconds)].iter().enumerate() {
            let x = MARGIN + AXIS + index as f64 * (PANEL + AXIS + BETWEEN);
            let area = Area { x, y: TOP, width: PANEL, height: BOTTOM - TOP };
            let across = Axis::of_progress(points.iter().map(|p| p.0), index == 0);
            let places: Vec<_> = points.iter().filter(|p| across.holds(p.0)).copied().collect();
            panel(canvas, area, (name, &across, &errors), &places, floor)?;
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

fn panel(
    canvas: &mut Canvas,
    area: Area,
    (name, across, errors): (&str, &Axis, &Axis),
    points: &[(f64, f64)],
    floor: Option<f64>,
) -> Result<()> {
    let (right, bottom) = (area.x + area.width, area.y + area.height);
    for (value, label) in errors.ticks(6, |error| format!("{}\u{A0}%", number(error * 100.0))) {
        let y = bottom - errors.part(value) * area.height;
        canvas.line((area.x, y), (right, y))?;
        canvas.text(&label, (area.x - 14.0, y + 8.0), Anchor::Right, LABEL, (AXIS - 14.0, Cut::End))?;
    }
    canvas.line((area.x, bottom), (right, bottom))?;
    let mut free = area.x - 60.0;
    for (value, label) in across.ticks(6, number) {
        let x = area.x + across.part(value) * area.width;
        let half = canvas.ruler().width(&label, LABEL) / 2.0;
        if x - half < free {
            continue;
        }
        free = x + half + 16.0;
        canvas.line((x, bottom), (x, bottom + 8.0))?;
        canvas.text(&label, (x, bottom + 36.0), Anchor::Centre, LABEL, (area.width, Cut::End))?;
    }
    let scale = if across.log { " (logarithmic)" } else { "" };
    let name = format!("{name}{scale}");
    canvas.text(&name, (area.x + area.width / 2.0, bottom + 80.0), Anchor::Centre, LABEL, (area.width, Cut::End))?;
    canvas.text("relative error", (area.x, area.y - 20.0), Anchor::Left, LABEL, (area.width, Cut::End))?;
    curves(canvas, area, (across, errors), points, floor)?;
    if let Some(floor) = floor {
        let y = bottom - errors.part(floor) * area.height + 32.0;
        let label = format!("PCA of the same rank: {}", percent(floor));
        canvas.text(&label, (right, y), Anchor::Right, VALUE.coloured(Colour::Pca), (area.width, Cut::End))?;
    }
    Ok(())
}

/// The curve, its last point, and the dashed floor.
fn curves(
    canvas: &mut Canvas,
    area: Area,
    (across, errors): (&Axis, &Axis),
    points: &[(f64, f64)],
    floor: Option<f64>,
) -> Result<()> {
    let plot = canvas.plot(area);
    let mut chart = ChartBuilder::on(&plot).build_cartesian_2d(0.0..1.0, 0.0..1.0).map_err(failed)?;
    if let Some(floor) = floor {
        let ends = [(0.0, errors.part(floor)), (1.0, errors.part(floor))];
        let dashes = DashedLineSeries::new(
            ends,
            units(14.0),
            units(9.0),
            canvas.rgb(Colour::Pca).stroke_width(units(3.0) as u32),
        );
        chart.draw_series(dashes).map_err(failed)?;
    }
    let places: Vec<_> = points.iter().map(|&(x, y)| (across.part(x), errors.part(y))).collect();
    let nmf = canvas.rgb(Colour::Nmf);
    let line = nmf.stroke_width(units(4.0) as u32);
    chart.draw_series(LineSeries::new(places.iter().copied(), line)).map_err(failed)?;
    let dot = |&place| Circle::new(place, units(7.0), nmf.filled());
    chart.draw_series(places.last().map(dot)).map_err(failed)?;
    Ok(())
}

/// From values to places along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// From `low` to `high`, which is above it.
    pub(super) fn linear((low, high): (f64, f64)) -> Self {
        Self { low, high, log: false }
    }

    /// The vertical axis: with room for a label below the lowest value; logarithmic if the values span a wide range.
    fn of_errors(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = span(values);
        let log = low > 0.0 && high / low > 8.0;
        let (low, high) = if log { (low.log10(), high.log10()) } else { (low, high) };
        let room = if high > low { (high - low) * 0.12 } else { (high.abs() * 0.1).max(0.001) };
        Self { low: low - room, high: high + room / 3.0, log }
    }

    /// A horizontal axis: from 0, or logarithmic if most of it would be a flat tail.
    fn of_progress(values: impl Iterator<Item = f64> + Clone, whole: bool) -> Self {
        let first = values.clone().filter(|&value| value > 0.0).fold(f64::INFINITY, f64::min);
        let (_, high) = span(values);
        if first.is_finite() && high / first >= 30.0 {
            return Self { low: first.log10(), high: high.log10(), log: true };
        }
        let least = if whole { 1.0 } else { 1e-6 };
        Self { low: 0.0, high: high.max(least), log: false }
    }

    /// Whether a value can be drawn: a logarithmic axis has no place for 0.
    fn holds(&self, value: f64) -> bool {
        !self.log || value > 0.0
    }

    /// Where a value stands, 0..=1.
    fn part(&self, value: f64) -> f64 {
        let value = if self.log { value.max(f64::MIN_POSITIVE).log10() } else { value };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// About `count` round values with their labels.
    pub(super) fn ticks(&self, count: usize, label: impl Fn(f64) -> String) -> Vec<(f64, String)> {
        let values = if self.log { self.round_decades(count) } else { self.round_steps(count) };
        let mut ticks: Vec<(f64, String)> = values.into_iter().map(|value| (value, label(value))).collect();
        ticks.dedup_by(|a, b| a.1 == b.1);
        ticks
    }

    fn round_steps(&self, count: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / count as f64;
        let decade = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|s| s * decade).find(|s| *s >= rough).unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }

    fn round_decades(&self, count: usize) -> Vec<f64> {
        let decades = self.low.floor() as i32..=self.high.ceil() as i32;
        let of = |steps: &'static [f64]| -> Vec<f64> {
            let all = decades.clone().flat_map(|decade| steps.iter().map(move |s| s * 10f64.powi(decade)));
            let inside = |v: &f64| v.log10() >= self.low - 1e-9 && v.log10() <= self.high + 1e-9;
            all.filter(inside).collect()
        };
        let (few, many) = (of(&[1.0]), of(&[1.0, 2.0, 5.0]));
        if many.len() <= count + 3 { many } else { few }
    }
}

fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 1.0) }
}
