//! The axes of a chart, and the curves and marks between them.

use super::axis::Axis;
use super::numbers::{number, percent};
use super::style::{Colour, LABEL, TypeStyle};
use super::svg::{Anchor, Canvas, Rect};
use super::text::TextFit;
use crate::error::Result;

/// What a vertical axis shows: its name, and how its ticks are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    pub name: &'static str,
    pub tick: fn(f64) -> String,
}

/// Relative errors in percent.
pub(crate) const RELATIVE_ERROR: Measure = Measure {
    name: "relative error",
    tick: in_percent,
};

/// Returns a fraction as a percentage, as ticks are written.
pub(crate) fn in_percent(fraction: f64) -> String {
    format!("{}\u{A0}%", number(fraction * 100.0))
}

/// A pair of axes around the area of a chart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axes<'a> {
    /// The area of the chart; names and ticks are around it.
    pub area: Rect,
    /// The horizontal axis and its name.
    pub across: Axis,
    pub name: &'a str,
    /// The vertical axis and what it shows.
    pub up: Axis,
    pub measure: Measure,
    /// The approximate number of ticks per axis.
    pub ticks: usize,
    /// The style of names and ticks; the space around them scales with its size.
    pub label: TypeStyle,
}

impl Axes<'_> {
    /// Returns the width of the ticks of the vertical axis, left of the area.
    pub(crate) const fn tick_width(label: TypeStyle) -> f64 {
        104.0 / 22.0 * label.size
    }

    /// Draws grid, ticks and names.
    pub(crate) fn draw(&self, canvas: &mut Canvas) -> Result<()> {
        self.draw_upright(canvas)?;
        self.draw_across(canvas)
    }

    /// Draws grid, ticks and name of the vertical axis.
    pub(crate) fn draw_upright(&self, canvas: &mut Canvas) -> Result<()> {
        self.draw_vertical_ticks(canvas)?;
        let (area, scale) = (self.area, self.scale());
        let above = (area.x, area.y - 20.0 * scale);
        let name = format!("{}{}", self.measure.name, self.up.name_suffix());
        let fit = TextFit::end(area.width);
        canvas.text(&name, above, Anchor::Left, self.label, fit)?;
        Ok(())
    }

    /// Draws the name of the horizontal axis.
    fn draw_name_below(&self, canvas: &mut Canvas) -> Result<()> {
        let (area, scale) = (self.area, self.scale());
        let below = (
            area.x + area.width / 2.0,
            area.y + area.height + 80.0 * scale,
        );
        let name = format!("{}{}", self.name, self.across.name_suffix());
        let fit = TextFit::end(area.width);
        canvas.text(&name, below, Anchor::Centre, self.label, fit)?;
        Ok(())
    }

    /// Returns the size of names and ticks relative to that of a slide.
    fn scale(&self) -> f64 {
        self.label.size / LABEL.size
    }

    /// Draws a line and a label for each tick of the vertical axis.
    fn draw_vertical_ticks(&self, canvas: &mut Canvas) -> Result<()> {
        let (area, scale) = (self.area, self.scale());
        let gap = 14.0 * scale;
        let fit = TextFit::end(Self::tick_width(self.label) - 14.0 * scale);
        let mut low = f64::INFINITY;
        for (value, label) in self.up.ticks(self.ticks, self.measure.tick) {
            let y = self.y_of(value);
            if y + 30.0 * scale > low {
                continue;
            }
            low = y;
            canvas.line((area.x, y), (area.x + area.width, y))?;
            let place = (area.x - gap, y + 8.0 * scale);
            canvas.text(&label, place, Anchor::Right, self.label, fit)?;
        }
        Ok(())
    }

    /// Draws the horizontal axis with round ticks and its name.
    fn draw_across(&self, canvas: &mut Canvas) -> Result<()> {
        self.draw_horizontal_ticks(canvas, self.across.ticks(self.ticks, number))?;
        self.draw_name_below(canvas)
    }

    /// Draws the horizontal axis with ticks at values in ascending order, as far as there is space for their labels, and its
    /// name.
    pub(crate) fn draw_across_at(&self, canvas: &mut Canvas, values: &[f64]) -> Result<()> {
        let ticks = values.iter().map(|&value| (value, number(value)));
        self.draw_horizontal_ticks(canvas, ticks)?;
        self.draw_name_below(canvas)
    }

    /// Draws the horizontal axis with ticks.
    fn draw_horizontal_ticks(
        &self,
        canvas: &mut Canvas,
        ticks: impl IntoIterator<Item = (f64, String)>,
    ) -> Result<()> {
        let (area, scale) = (self.area, self.scale());
        let bottom = area.y + area.height;
        canvas.line((area.x, bottom), (area.x + area.width, bottom))?;
        let mut free = area.x - 60.0 * scale;
        for (value, label) in ticks {
            let x = area.x + self.across.part(value) * area.width;
            let half = canvas.ruler().width(&label, self.label) / 2.0;
            if x - half < free {
                continue;
            }
            free = x + half + 16.0 * scale;
            canvas.line((x, bottom), (x, bottom + 8.0 * scale))?;
            let (place, fit) = ((x, bottom + 36.0 * scale), TextFit::end(area.width));
            canvas.text(&label, place, Anchor::Centre, self.label, fit)?;
        }
        Ok(())
    }

    /// Returns the position of a point on the page.
    pub(crate) fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            self.area.x + self.across.part(x) * self.area.width,
            self.y_of(y),
        )
    }

    /// Returns the y coordinate of a value on the page.
    pub(crate) fn y_of(&self, value: f64) -> f64 {
        self.area.y + (1.0 - self.up.part(value)) * self.area.height
    }

    /// Draws a curve through points, `width` points wide.
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

    /// Draws a dot at a point.
    pub(crate) fn dot(
        &self,
        canvas: &mut Canvas,
        point: (f64, f64),
        radius: f64,
        colour: Colour,
    ) -> Result<()> {
        canvas.dot(self.place(point), radius, colour)
    }

    /// Draws a lower bound as a dashed line, with its name below its right end.
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
        let (y, right) = (self.y_of(error), self.area.x + self.area.width);
        canvas.dashes((self.area.x, y), (right, y), width, Colour::Ink)?;
        let style = TypeStyle {
            bold: true,
            ..self.label
        }
        .coloured(Colour::Ink);
        let name = format!("{name}: {}", percent(error));
        let below = y + 32.0 * self.label.size / LABEL.size;
        canvas.text_over_lines(&name, (right, below), Anchor::Right, style, self.area.width)
    }
}
