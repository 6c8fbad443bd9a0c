//! The axes of a chart: where a value stands, round ticks, the lines of the grid, and the marks between them. Not what
//! the values are.

use super::canvas::{Anchor, Area, Canvas};
use super::style::{Colour, LABEL, Type};
use super::text::{Cut, number, percent};
use crate::error::Result;

/// What an axis measures: its name, and how its ticks are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    pub name: &'static str,
    pub tick: fn(f64) -> String,
}

/// Errors as percentages.
pub(super) const RELATIVE_ERROR: Measure = Measure {
    name: "relative error",
    tick: in_percent,
};

/// A share as a percentage, as ticks have it.
pub(super) fn in_percent(share: f64) -> String {
    format!("{}\u{A0}%", number(share * 100.0))
}

/// A field of errors, or of another measure, over something else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes<'a> {
    /// The field; names and ticks stand around it.
    pub area: Area,
    /// The horizontal axis and its name.
    pub across: Axis,
    pub name: &'a str,
    /// The vertical axis, and what it measures.
    pub errors: Axis,
    pub measure: Measure,
    /// About how many ticks each axis has.
    pub ticks: usize,
    /// How names and ticks are set; what surrounds them follows their size.
    pub label: Type,
}

impl Axes<'_> {
    /// Room for the ticks of the vertical axis beside the field.
    pub(super) const fn beside(label: Type) -> f64 {
        104.0 / 22.0 * label.size
    }

    /// Draws grid, ticks and names.
    pub(super) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        let (area, size) = (self.area, self.label.size / LABEL.size);
        let (right, bottom) = (area.x + area.width, area.y + area.height);
        let mut low = f64::INFINITY;
        for (value, label) in self.errors.ticks(self.ticks, self.measure.tick) {
            let y = self.height_of(value);
            if y + 30.0 * size > low {
                continue;
            }
            low = y;
            canvas.line((area.x, y), (right, y))?;
            let (gap, most) = (14.0 * size, Self::beside(self.label) - 14.0 * size);
            canvas.text(
                &label,
                (area.x - gap, y + 8.0 * size),
                Anchor::Right,
                self.label,
                (most, Cut::End),
            )?;
        }
        canvas.line((area.x, bottom), (right, bottom))?;
        let mut free = area.x - 60.0 * size;
        for (value, label) in self.across.ticks(self.ticks, number) {
            let x = area.x + self.across.part(value) * area.width;
            let half = canvas.ruler().width(&label, self.label) / 2.0;
            if x - half < free {
                continue;
            }
            free = x + half + 16.0 * size;
            canvas.line((x, bottom), (x, bottom + 8.0 * size))?;
            let place = (x, bottom + 36.0 * size);
            canvas.text(
                &label,
                place,
                Anchor::Centre,
                self.label,
                (area.width, Cut::End),
            )?;
        }
        let below = (area.x + area.width / 2.0, bottom + 80.0 * size);
        let name = format!("{}{}", self.name, self.across.said());
        canvas.text(
            &name,
            below,
            Anchor::Centre,
            self.label,
            (area.width, Cut::End),
        )?;
        let above = (area.x, area.y - 20.0 * size);
        let name = format!("{}{}", self.measure.name, self.errors.said());
        canvas.text(
            &name,
            above,
            Anchor::Left,
            self.label,
            (area.width, Cut::End),
        )?;
        Ok(())
    }

    /// Where a pair of values stands on the page.
    pub(super) fn place(&self, (x, error): (f64, f64)) -> (f64, f64) {
        (
            self.area.x + self.across.part(x) * self.area.width,
            self.height_of(error),
        )
    }

    fn height_of(&self, error: f64) -> f64 {
        self.area.y + (1.0 - self.errors.part(error)) * self.area.height
    }

    /// A curve through pairs of values, `width` points wide.
    pub(super) fn curve(
        &self,
        canvas: &mut Canvas,
        points: &[(f64, f64)],
        width: f64,
        colour: Colour,
    ) -> Result<()> {
        let places: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        canvas.path(&places, width, colour)
    }

    /// A dot at a pair of values.
    pub(super) fn dot(
        &self,
        canvas: &mut Canvas,
        point: (f64, f64),
        radius: f64,
        colour: Colour,
    ) -> Result<()> {
        canvas.dot(self.place(point), radius, colour)
    }

    /// A dashed line at the error that cannot be gone below, with its name under its right end.
    pub(super) fn floor(
        &self,
        canvas: &mut Canvas,
        error: f64,
        width: f64,
        name: &str,
    ) -> Result<()> {
        if !error.is_finite() {
            return Ok(());
        }
        let (y, right) = (self.height_of(error), self.area.x + self.area.width);
        canvas.dashes((self.area.x, y), (right, y), width, Colour::Pca)?;
        let style = Type {
            bold: true,
            ..self.label
        }
        .coloured(Colour::Pca);
        let name = format!("{name}: {}", percent(error));
        let below = y + 32.0 * self.label.size / LABEL.size;
        canvas.text_over_lines(&name, (right, below), Anchor::Right, style, self.area.width)
    }
}

/// From values to places along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// Whether there is nothing between whole numbers.
    whole: bool,
}

impl Axis {
    /// What is to be said of the scale beside its name.
    fn said(&self) -> &'static str {
        if self.log { " (logarithmic)" } else { "" }
    }

    /// From `low` to `high`, which is above it.
    pub(super) fn linear((low, high): (f64, f64)) -> Self {
        Self {
            low,
            high,
            log: false,
            whole: false,
        }
    }

    /// The vertical axis: with room for a name below the lowest value, as a share of the range; logarithmic if the values
    /// span a wide range.
    pub(super) fn of_errors(values: impl Iterator<Item = f64>, below: f64) -> Self {
        let (low, high) = span(values);
        let log = low > 0.0 && high / low > 8.0;
        let (low, high) = if log {
            (low.log10(), high.log10())
        } else {
            (low, high)
        };
        let range = if high > low {
            high - low
        } else {
            high.abs().max(0.01)
        };
        Self {
            low: low - below * range,
            high: high + 0.04 * range,
            log,
            whole: false,
        }
    }

    /// A horizontal axis: from 0, or logarithmic if most of it would be a flat tail.
    pub(super) fn of_progress(values: impl Iterator<Item = f64> + Clone, whole: bool) -> Self {
        let first = values
            .clone()
            .filter(|&value| value > 0.0)
            .fold(f64::INFINITY, f64::min);
        let (_, high) = span(values);
        if first.is_finite() && high / first >= 30.0 {
            return Self {
                low: first.log10(),
                high: high.log10(),
                log: true,
                whole,
            };
        }
        let least = if whole { 1.0 } else { 1e-6 };
        Self {
            low: 0.0,
            high: high.max(least),
            log: false,
            whole,
        }
    }

    /// A logarithmic axis of iterations from 1 to the last.
    pub(super) fn of_iterations(last: usize) -> Self {
        Self {
            low: 0.0,
            high: (last.max(2) as f64).log10(),
            log: true,
            whole: true,
        }
    }

    /// A logarithmic axis from `low`, above 0, to `high`, above that.
    pub(super) fn logarithmic((low, high): (f64, f64)) -> Self {
        Self {
            low: low.log10(),
            high: high.log10(),
            log: true,
            whole: false,
        }
    }

    /// A horizontal axis of ranks from 0 to the highest.
    pub(super) fn of_ranks(highest: usize) -> Self {
        Self {
            low: 0.0,
            high: highest.max(1) as f64,
            log: false,
            whole: true,
        }
    }

    /// Whether a value can be drawn: a logarithmic axis has no place for 0.
    pub(super) fn holds(&self, value: f64) -> bool {
        !self.log || value > 0.0
    }

    /// Where a value stands, 0..=1.
    fn part(&self, value: f64) -> f64 {
        let value = if self.log {
            value.max(f64::MIN_POSITIVE).log10()
        } else {
            value
        };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// About `count` round values with their labels.
    pub(super) fn ticks(&self, count: usize, label: impl Fn(f64) -> String) -> Vec<(f64, String)> {
        let values = if self.log {
            self.round_decades(count)
        } else {
            self.round_steps(count)
        };
        let mut ticks: Vec<(f64, String)> = values
            .into_iter()
            .map(|value| (value, label(value)))
            .collect();
        ticks.dedup_by(|a, b| a.1 == b.1);
        ticks
    }

    fn round_steps(&self, count: usize) -> Vec<f64> {
        let rough = ((self.high - self.low) / count as f64).max(if self.whole { 1.0 } else { 0.0 });
        let decade = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|s| s * decade)
            .find(|s| *s >= rough)
            .unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }

    fn round_decades(&self, count: usize) -> Vec<f64> {
        let decades = self.low.floor() as i32..=self.high.ceil() as i32;
        let of = |steps: &'static [f64]| -> Vec<f64> {
            let all = decades
                .clone()
                .flat_map(|decade| steps.iter().map(move |s| s * 10f64.powi(decade)));
            let inside = |v: &f64| v.log10() >= self.low - 1e-9 && v.log10() <= self.high + 1e-9;
            all.filter(inside).collect()
        };
        let (few, many) = (of(&[1.0]), of(&[1.0, 2.0, 5.0]));
        if many.len() <= count + 3 { many } else { few }
    }
}

fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if low.is_finite() && high.is_finite() {
        (low, high)
    } else {
        (0.0, 1.0)
    }
}
