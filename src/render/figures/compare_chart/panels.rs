//! One panel of the chart: its marks, their names and the legend.

use super::data::{ErrorPanel, RankErrors};
use crate::comparison::Spread;
use crate::decomposition::NMF;
use crate::error::Result;
use crate::render::canvas::axes::Axes;
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{self, Colour, LABEL, SMALL, TypeStyle, VALUE};
use crate::render::canvas::svg::{Anchor, Canvas};
use crate::render::canvas::text::TextFit;

/// The name of a category.
const NAME: TypeStyle = TypeStyle {
    bold: true,
    ..SMALL
};
/// The distance of names from the axis, and from names in the row above.
const NAME_BELOW: f64 = 38.0;
const NAME_ROW: f64 = 30.0;
/// Space between names, and by how much those at the ends may exceed the axis.
const BETWEEN: f64 = 24.0;
const BEYOND: f64 = 40.0;
const LEGEND_LINE: f64 = 44.0;

impl ErrorPanel {
    /// Draws one column per series, with its name below it and its mean above it.
    pub(super) fn draw_by_rule(&self, canvas: &mut Canvas, axes: &Axes) -> Result<()> {
        let (area, count) = (axes.area, self.series.len().max(1) as f64);
        let bottom = area.y + area.height;
        canvas.line((area.x, bottom), (area.x + area.width, bottom))?;
        let width = area.width / count;
        self.draw_names(canvas, axes, width)?;
        for (index, series) in self.series.iter().enumerate() {
            let mark = ErrorMark {
                x: area.x + (index as f64 + 0.5) * width,
                colour: Colour::of(series.method),
                half: 16.0,
                radius: 6.0,
                apart: 13.0,
            };
            for point in &series.points {
                mark.draw(canvas, axes, point)?;
                if let Some(spread) = point.spread() {
                    let place = (mark.x, axes.y_of(point.highest()) - 18.0);
                    let text = percent(spread.mean);
                    canvas.text_over_lines(&text, place, Anchor::Centre, LABEL, width - 12.0)?;
                }
            }
        }
        Ok(())
    }

    /// Draws the names of columns below them, in two rows by turns if one does not fit its column.
    fn draw_names(&self, canvas: &mut Canvas, axes: &Axes, column: f64) -> Result<()> {
        let area = axes.area;
        let ruler = canvas.ruler();
        let mut names = self.series.iter().map(|series| &series.name);
        let fit = names.all(|name| ruler.width(name, NAME) <= column - BETWEEN);
        let rows = if fit { 1 } else { 2 };
        for (index, series) in self.series.iter().enumerate() {
            let from_left = (index as f64 + 0.5) * column;
            let to_end = from_left.min(area.width - from_left) + BEYOND;
            let width = (rows as f64 * column - BETWEEN).min(2.0 * to_end);
            let row = (index % rows) as f64;
            let below = area.y + area.height + NAME_BELOW + row * NAME_ROW;
            let style = NAME.coloured(Colour::of(series.method));
            let (place, fit) = ((area.x + from_left, below), TextFit::middle(width));
            canvas.text(&series.name, place, Anchor::Centre, style, fit)?;
        }
        Ok(())
    }

    /// Draws one line per series through its means; if there are bars, side by side so that they do not cover one another.
    pub(super) fn draw_over_ranks(&self, canvas: &mut Canvas, axes: &Axes) -> Result<()> {
        let step = if self.has_bars() {
            self.side_step(axes)
        } else {
            0.0
        };
        let middle = (self.series.len() as f64 - 1.0) / 2.0;
        for (index, series) in self.series.iter().enumerate() {
            let beside = (index as f64 - middle) * step;
            let mut places = Vec::new();
            for point in &series.points {
                let (x, _) = axes.place((point.rank as f64, 0.0));
                let mark = ErrorMark {
                    x: x + beside,
                    colour: self.colour(index),
                    half: (step * 0.6).clamp(3.0, 8.0),
                    radius: if step > 0.0 { 3.5 } else { 6.0 },
                    apart: 0.0,
                };
                mark.draw(canvas, axes, point)?;
                if let Some(spread) = point.spread() {
                    places.push((x + beside, axes.y_of(spread.mean)));
                }
            }
            self.draw_line(canvas, &places, index)?;
        }
        Ok(())
    }

    fn has_bars(&self) -> bool {
        let mut points = self.series.iter().flat_map(|series| &series.points);
        points.any(|point| point.finite().count() > 1)
    }

    /// Returns by how much the marks of two series at one rank are apart.
    fn side_step(&self, axes: &Axes) -> f64 {
        let ranks = self.series.iter().flat_map(|series| &series.points);
        let mut ranks: Vec<usize> = ranks.map(|point| point.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let x = |rank: usize| axes.place((rank as f64, 0.0)).0;
        let gaps = ranks.windows(2).map(|pair| x(pair[1]) - x(pair[0]));
        let narrowest = gaps.fold(f64::INFINITY, f64::min);
        (0.5 * narrowest / self.series.len().max(1) as f64).min(12.0)
    }

    /// Returns the colour of a series: that of its method, or one of its own if there are several rules.
    fn colour(&self, index: usize) -> Colour {
        let method = self.series[index].method;
        let rules = self.series.iter().filter(|series| *series.method == NMF);
        if *method == NMF && rules.count() > 1 {
            style::label(index)
        } else {
            Colour::of(method)
        }
    }

    /// Draws the line of a series; every second one is dashed.
    fn draw_line(&self, canvas: &mut Canvas, places: &[(f64, f64)], index: usize) -> Result<()> {
        if index.is_multiple_of(2) {
            return canvas.path(places, 3.0, self.colour(index));
        }
        for ends in places.windows(2) {
            canvas.dashes(ends[0], ends[1], 3.0, self.colour(index))?;
        }
        Ok(())
    }

    /// Names the series between two x coordinates, from `top` on.
    pub(super) fn draw_legend(
        &self,
        canvas: &mut Canvas,
        (left, right): (f64, f64),
        top: f64,
    ) -> Result<()> {
        for (index, series) in self.series.iter().enumerate() {
            let y = top + index as f64 * LEGEND_LINE;
            self.draw_line(canvas, &[(left, y), (left + 56.0, y)], index)?;
            canvas.dot((left + 28.0, y), 7.0, self.colour(index))?;
            let place = (left + 72.0, y + 8.0);
            let fit = TextFit::middle(right - place.0);
            canvas.text(&series.name, place, Anchor::Left, VALUE, fit)?;
        }
        Ok(())
    }
}

/// How the errors of a series at one rank are drawn.
struct ErrorMark {
    /// The middle.
    x: f64,
    colour: Colour,
    /// Half the width of the line of a mean; the ends of a bar have half of that.
    half: f64,
    /// The radius of a dot.
    radius: f64,
    /// How far the dots of several errors are left of the middle, and their bar right of it.
    apart: f64,
}

impl ErrorMark {
    /// Draws a dot per error; beside several, a line at their mean, and a bar of one standard deviation to both sides of it.
    fn draw(&self, canvas: &mut Canvas, axes: &Axes, point: &RankErrors) -> Result<()> {
        let Some(Spread { mean, sd }) = point.spread() else {
            return Ok(());
        };
        let Some(sd) = sd else {
            return canvas.dot((self.x, axes.y_of(mean)), self.radius, self.colour);
        };
        for error in point.finite() {
            let place = (self.x - self.apart, axes.y_of(error));
            canvas.dot(place, self.radius, self.colour)?;
        }
        let ends = [mean - sd, mean + sd].map(|end| (self.x + self.apart, axes.y_of(end)));
        canvas.path(&ends, 3.0, self.colour)?;
        for (_, y) in ends {
            self.across(canvas, y, self.half / 2.0)?;
        }
        self.across(canvas, axes.y_of(mean), self.half)
    }

    /// Draws a horizontal line of this half width.
    fn across(&self, canvas: &mut Canvas, y: f64, half: f64) -> Result<()> {
        let x = self.x + self.apart;
        canvas.path(&[(x - half, y), (x + half, y)], 3.0, self.colour)
    }
}
