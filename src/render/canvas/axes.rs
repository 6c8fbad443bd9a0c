//! The axes of a chart, and the curves and marks between them.

use super::axis::Axis;
use super::numbers::{number, percent};
use super::style::{Colour, LABEL, Type};
use super::svg::{Anchor, Area, Canvas};
use super::text::Cut;
use crate::error::Result;

/// What an axis measures: its name, and how its ticks are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    pub name: &'static str,
    pub tick: fn(f64) -> String,
}

/// Errors as percentages.
pub(crate) const RELATIVE_ERROR: Measure = Measure {
    name: "relative error",
    tick: in_percent,
};

/// A share as a percentage, as ticks have it.
pub(crate) fn in_percent(share: f64) -> String {
    format!("{}\u{A0}%", number(share * 100.0))
}

/// A field of errors, or of another measure, over something else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axes<'a> {
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
    pub(crate) const fn beside(label: Type) -> f64 {
        104.0 / 22.0 * label.size
    }

    /// Draws grid, ticks and names.
    pub(crate) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
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
    pub(crate) fn place(&self, (x, error): (f64, f64)) -> (f64, f64) {
        (
            self.area.x + self.across.part(x) * self.area.width,
            self.height_of(error),
        )
    }

    fn height_of(&self, error: f64) -> f64 {
        self.area.y + (1.0 - self.errors.part(error)) * self.area.height
    }

    /// A curve through pairs of values, `width` points wide.
    pub(crate) fn curve(
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
    pub(crate) fn dot(
        &self,
        canvas: &mut Canvas,
        point: (f64, f64),
        radius: f64,
        colour: Colour,
    ) -> Result<()> {
        canvas.dot(self.place(point), radius, colour)
    }

    /// A dashed line at the error that cannot be gone below, with its name under its right end.
    pub(crate) fn floor(
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
