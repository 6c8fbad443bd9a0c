//! How parts emerge: some recorded iterations side by side, above the curve of the error.

use super::error_curve::{draw_parts, error_axes, error_point, error_points};
use crate::error::Result;
use crate::nmf::{Frame, Iteration};
use crate::render::canvas::axes::Axes;
use crate::render::canvas::figure::Figure;
use crate::render::canvas::grid::{LabelSpace, TileGrid};
use crate::render::canvas::header::{self, FigureHeader, Shown};
use crate::render::canvas::numbers::percent;
use crate::render::canvas::style::{Colour, HEADING, INNER, LABEL, LEGIBLE, MARGIN, Theme, WIDTH};
use crate::render::canvas::svg::{Anchor, Canvas, Rect, draw_figure};
use crate::render::canvas::text::TextFit;
use crate::report::BoundReport;

/// The recorded learning.
#[derive(Debug, Clone, Copy)]
pub struct Learning<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: where the learning starts, and how to read the picture.
    pub caption: &'a str,
    /// The recorded iterations in order, all with the same parts.
    pub frames: &'a [Frame],
    /// All iterations on all images; those whose error is not finite are ignored.
    pub trace: &'a [Iteration],
    /// The least error of as many images as there are parts.
    pub bound: Option<&'a BoundReport>,
}

impl Learning<'_> {
    /// Returns whether an iteration was on a sample of the images.
    pub(super) fn has_samples(&self) -> bool {
        self.frames.iter().any(|frame| frame.sample.is_some())
    }
}

/// The maximum number of iterations on the page.
const MOMENTS: usize = 6;
const BETWEEN: f64 = 44.0;
const COLUMN: f64 = (INNER + BETWEEN) / MOMENTS as f64 - BETWEEN;
/// The minimum width of a column: the ticks of the chart are left of the middle of the first one.
const NARROWEST: f64 = 2.0 * Axes::tick_width(LABEL);
/// The baselines of the texts above the tiles; the last is used only if an iteration was on a sample.
const LINES: [f64; 3] = [
    header::BOTTOM + 28.0,
    header::BOTTOM + 64.0,
    header::BOTTOM + 94.0,
];
/// Space between a text and the tiles.
const ABOVE_TILES: f64 = 28.0;
/// The maximum height of the tiles of an iteration.
const ROOM: f64 = 440.0;
const CHART: f64 = 220.0;
/// Space above and below the chart.
const ABOVE: f64 = 84.0;
const BELOW: f64 = 112.0;

/// Draws up to six iterations, evenly spaced in the logarithm, each with the same parts in the same
/// positions; below them, the error over the iterations on all images with a dot for each.
///
/// # Errors
/// [`Error::Picture`](crate::error::Error::Picture) if a frame does not have the number of pixels
/// of its shape.
pub fn learning(data: &Learning, theme: Theme) -> Result<Figure> {
    let layout = LearningLayout::of(data);
    let height = (layout.tiles_bottom() + ABOVE + CHART + BELOW).ceil();
    draw_figure(theme, WIDTH, height, |canvas| {
        FigureHeader {
            title: data.title,
            caption: data.caption,
            bars: &[],
            shown: layout.shown_parts(),
        }
        .draw(canvas)?;
        for (index, frame) in layout.frames.iter().enumerate() {
            layout.draw_moment(canvas, frame, index)?;
        }
        layout.draw_chart(canvas, data)
    })
}

/// The iterations on the page and their positions.
struct LearningLayout<'a> {
    frames: Vec<&'a Frame>,
    /// The parts of an iteration; `None` if nothing was recorded.
    grid: Option<TileGrid>,
    /// The number of parts.
    rank: usize,
    /// Whether an iteration was on a sample.
    has_samples: bool,
}

impl<'a> LearningLayout<'a> {
    fn of(data: &Learning<'a>) -> Self {
        let chosen = log_spaced(&steps(data.frames), MOMENTS);
        let frames: Vec<&Frame> = chosen.iter().map(|&index| &data.frames[index]).collect();
        let rank = frames.first().map_or(0, |frame| frame.parts.nrows());
        let grid = frames.first().map(|frame| {
            let (room, least) = ((COLUMN, ROOM), LEGIBLE / 1.5);
            TileGrid::within(rank, frame.shape, room, LabelSpace::NONE, least)
        });
        Self {
            frames,
            grid,
            rank,
            has_samples: data.has_samples(),
        }
    }

    fn shown_parts(&self) -> Shown {
        Shown {
            count: self.grid.map_or(0, |grid| grid.shown.min(self.rank)),
            total: self.rank,
        }
    }

    fn column_width(&self) -> f64 {
        self.grid.map_or(0.0, |grid| grid.width()).max(NARROWEST)
    }

    fn tiles_top(&self) -> f64 {
        LINES[if self.has_samples { 2 } else { 1 }] + ABOVE_TILES
    }

    fn tiles_bottom(&self) -> f64 {
        self.tiles_top() + self.grid.map_or(0.0, |grid| grid.height())
    }

    /// Draws the parts of an iteration below its number, its images and its error.
    fn draw_moment(&self, canvas: &mut Canvas, frame: &Frame, index: usize) -> Result<()> {
        let columns = self.frames.len().max(2);
        let x = MARGIN + index as f64 * (INNER - self.column_width()) / (columns - 1) as f64;
        let heading = format!("iteration {}", frame.at.iteration);
        let error = format!("error {}", percent(frame.at.relative_error));
        let images = self.has_samples.then(|| images_of(frame));
        let texts = [(heading, HEADING)]
            .into_iter()
            .chain(images.map(|images| (images, LABEL)))
            .chain([(error, LABEL)]);
        for ((text, style), y) in texts.zip(LINES) {
            canvas.text(&text, (x, y), Anchor::Left, style, TextFit::end(COLUMN))?;
        }
        let place = (x, self.tiles_top());
        self.grid
            .map_or(Ok(()), |grid| draw_parts(canvas, frame, &grid, place))
    }

    /// Draws the error over all iterations.
    fn draw_chart(&self, canvas: &mut Canvas, data: &Learning) -> Result<()> {
        // From the middle of the first column to that of the last, so that each dot is roughly
        // below its own.
        let area = Rect {
            x: MARGIN + self.column_width() / 2.0,
            y: self.tiles_bottom() + ABOVE,
            width: INNER - self.column_width(),
            height: CHART,
        };
        let axes = Axes {
            name: if self.has_samples {
                "iteration on all images"
            } else {
                "iteration"
            },
            ..error_axes(data.trace, data.bound, area, LABEL)
        };
        axes.draw(canvas)?;
        if let Some(bound) = data.bound {
            axes.floor(canvas, bound.relative_error, 3.0, &bound.name())?;
        }
        axes.curve(canvas, &error_points(data.trace), 4.0, Colour::Nmf)?;
        for frame in self.frames.iter().filter(|frame| frame.sample.is_none()) {
            axes.dot(canvas, error_point(&frame.at), 8.0, Colour::Nmf)?;
        }
        Ok(())
    }
}

/// Returns the number of each frame's iteration, those on samples included.
pub(super) fn steps(frames: &[Frame]) -> Vec<usize> {
    frames.iter().map(|frame| frame.step).collect()
}

/// Returns the images that an iteration was on, in words.
pub(super) fn images_of(frame: &Frame) -> String {
    match frame.sample {
        Some(images) => format!("on a sample of {images}"),
        None => "on all images".to_owned(),
    }
}

/// Returns the indices of at most `most` iterations, evenly spaced in the logarithm, the first and
/// the last included.
pub(super) fn log_spaced(iterations: &[usize], most: usize) -> Vec<usize> {
    let logs: Vec<f64> = iterations.iter().map(|&i| (i as f64).ln()).collect();
    let count = most.min(logs.len());
    let mut chosen = Vec::with_capacity(count);
    let mut next = 0;
    for nth in 0..count {
        // Leave enough iterations for the remaining choices.
        let end = logs.len() - (count - 1 - nth);
        let (first, last) = (logs[0], logs[logs.len() - 1]);
        let wanted = first + (last - first) * nth as f64 / (count.max(2) - 1) as f64;
        let nearest = (next..end)
            .min_by(|&a, &b| {
                let distances = [a, b].map(|index| (logs[index] - wanted).abs());
                distances[0].total_cmp(&distances[1])
            })
            .unwrap_or(next);
        next = nearest + 1;
        chosen.push(nearest);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen_of(iterations: &[usize], most: usize) -> Vec<usize> {
        log_spaced(iterations, most)
            .into_iter()
            .map(|index| iterations[index])
            .collect()
    }

    #[test]
    fn chosen_iterations_are_evenly_spaced_in_the_logarithm_and_distinct() {
        let all: Vec<usize> = (1..=32).collect();
        assert_eq!(chosen_of(&all, 6), [1, 2, 4, 8, 16, 32]);
        assert_eq!(
            chosen_of(&[1, 2, 3, 50, 60, 70, 100], 5),
            [1, 3, 50, 60, 100],
            "none is near 10 but 3"
        );
        assert_eq!(
            chosen_of(&[1, 2, 3, 4, 5, 6, 1000], 6),
            [1, 3, 4, 5, 6, 1000]
        );
        assert_eq!(chosen_of(&[7, 9], 6), [7, 9]);
        assert_eq!(chosen_of(&[3], 6), [3]);
        assert_eq!(chosen_of(&[], 6), [0; 0]);
    }
}
