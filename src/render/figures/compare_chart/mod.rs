//! The errors of a comparison: a dot per run, means and standard deviations, by rule or over the rank.

mod data;
mod panels;

pub use data::{CompareChart, ErrorPanel, ErrorSeries, RankErrors};

use crate::comparison::Spread;
use crate::error::Result;
use crate::render::canvas::axes::{Axes, Measure, in_percent};
use crate::render::canvas::axis::Axis;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::header::{FigureHeader, Shown};
use crate::render::canvas::style::{HEADING, INNER, LABEL, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Anchor, Rect, draw_figure};
use crate::render::canvas::text::TextFit;

const TOP: f64 = 196.0;
/// Space for the name of the axis above an area, for a heading above that, and for ticks and names below the area.
const ABOVE: f64 = 40.0;
const HEADED: f64 = 56.0;
const BELOW: f64 = 112.0;
const AXIS: f64 = Axes::tick_width(LABEL);
/// Width of the legend.
const LEGEND: f64 = 370.0;
/// Heights of the area of a single panel, and of those of several.
const TALL: f64 = 640.0;
const LOW: f64 = 400.0;
/// The least width of a category, which has its name below it.
const CATEGORY: f64 = 150.0;
/// The least width of a panel over ranks.
const NARROWEST: f64 = 460.0;
/// The most rows of panels: a page has at most four slides.
const MOST_ROWS: usize = 6;
/// Errors over the rank are on a logarithmic axis if the largest is more than so many times the smallest.
const LOG_FROM: f64 = 8.0;

/// Draws the error of every run as a dot and, of several runs, their mean as a line and their standard deviation as a bar
/// around it: over the rank if there are several, and otherwise by rule.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if drawing fails.
pub fn compare_chart(data: &CompareChart, theme: Theme) -> Result<Figure> {
    let layout = Layout::of(data);
    draw_figure(theme, WIDTH, layout.height(), |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[],
            shown: Shown {
                count: layout.panels,
                total: data.panels.len(),
            },
        }
        .draw(canvas)?;
        for (index, panel) in data.panels.iter().take(layout.panels).enumerate() {
            let axes = layout.axes(data, index);
            axes.draw_upright(canvas)?;
            let heading = (axes.area.x - AXIS, axes.area.y - 62.0);
            let fit = TextFit::middle(axes.area.width + AXIS);
            canvas.text(&panel.heading, heading, Anchor::Left, HEADING, fit)?;
            if layout.over_ranks {
                axes.draw_across_at(canvas, &layout.ranks)?;
                panel.draw_over_ranks(canvas, &axes)?;
            } else {
                panel.draw_by_rule(canvas, &axes)?;
            }
        }
        match data.panels.first() {
            Some(panel) if layout.over_ranks => {
                let right = WIDTH - MARGIN;
                panel.draw_legend(canvas, (right - LEGEND + 40.0, right), TOP + layout.above)
            }
            _ => Ok(()),
        }
    })
}

/// Where the panels are.
struct Layout {
    over_ranks: bool,
    /// The ranks, in ascending order.
    ranks: Vec<f64>,
    panels: usize,
    columns: usize,
    /// The size of an area, and the space above it.
    width: f64,
    height: f64,
    above: f64,
    up: Axis,
    across: Axis,
}

impl Layout {
    fn of(data: &CompareChart) -> Self {
        let points = || {
            let series = data.panels.iter().flat_map(|panel| &panel.series);
            series.flat_map(|series| &series.points)
        };
        let mut ranks: Vec<usize> = points().map(|point| point.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let over_ranks = ranks.len() > 1;
        let most_series = data.panels.iter().map(|panel| panel.series.len()).max();
        let (room, narrowest) = if over_ranks {
            (INNER - LEGEND, NARROWEST)
        } else {
            (INNER, most_series.unwrap_or(1) as f64 * CATEGORY)
        };
        let columns = (room / (narrowest + AXIS)) as usize;
        let columns = columns.clamp(1, data.panels.len().max(1));
        let panels = data.panels.len().min(MOST_ROWS * columns);
        let rows = panels.div_ceil(columns);
        Self {
            over_ranks,
            panels,
            columns,
            width: room / columns as f64 - AXIS,
            height: if rows > 1 { LOW } else { TALL },
            above: if data.panels.iter().any(|panel| !panel.heading.is_empty()) {
                ABOVE + HEADED
            } else {
                ABOVE
            },
            up: axis_of(&errors_and_bars(points()), over_ranks),
            // With space for marks that are beside the highest rank.
            across: Axis::of_ranks(ranks.last().map_or(1, |highest| highest + highest / 10 + 1)),
            ranks: ranks.into_iter().map(|rank| rank as f64).collect(),
        }
    }

    fn height(&self) -> f64 {
        let rows = self.panels.div_ceil(self.columns) as f64;
        TOP + rows * (self.above + self.height + BELOW)
    }

    /// Returns the axes of a panel.
    fn axes(&self, data: &CompareChart, index: usize) -> Axes<'static> {
        let (column, row) = (index % self.columns, index / self.columns);
        Axes {
            area: Rect {
                x: MARGIN + AXIS + column as f64 * (AXIS + self.width),
                y: TOP + self.above + row as f64 * (self.above + self.height + BELOW),
                width: self.width - if self.columns > 1 { 24.0 } else { 0.0 },
                height: self.height,
            },
            across: self.across,
            name: "number of parts",
            up: self.up,
            measure: Measure {
                name: data.measure,
                tick: in_percent,
            },
            ticks: 6,
            label: LABEL,
        }
    }
}

/// Returns all finite errors, and the ends of the bars around their means where these are above 0.
fn errors_and_bars<'a>(points: impl Iterator<Item = &'a RankErrors>) -> Vec<f64> {
    let mut values = Vec::new();
    for point in points {
        values.extend(point.finite());
        if let Some(Spread { mean, sd: Some(sd) }) = point.spread() {
            values.extend([mean - sd, mean + sd].into_iter().filter(|end| *end > 0.0));
        }
    }
    values
}

/// Returns the vertical axis, with space above the values for the means that are written there. It begins at 0, unless the
/// errors are so alike that their differences would be lost, or over the rank span a wide range.
fn axis_of(errors: &[f64], over_ranks: bool) -> Axis {
    let low = errors.iter().copied().fold(f64::INFINITY, f64::min);
    let high = errors.iter().copied().fold(0.0, f64::max);
    let is_log = over_ranks && low > 0.0 && high > LOG_FROM * low;
    if low < high / 2.0 && !is_log {
        return Axis::linear((0.0, 1.1 * high));
    }
    let above = (!is_log && high > 0.0).then_some(high + 0.1 * (high - low));
    Axis::of_errors(errors.iter().copied().chain(above), 0.06)
}
