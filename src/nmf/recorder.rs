//! The parts in some iterations of a fit, reduced to a limited size.

use ndarray::{Array2, Axis};

use super::model::NmfModel;
use super::progress::FitProgress;
use super::stop::Iteration;
use crate::basis::{Basis, Shape};
use crate::blocks;
use crate::memory;

/// The most frames of a fit.
const FRAMES: usize = memory::FRAMES as usize - 1;
/// The most bytes of these; the parts are reduced until they fit.
const BYTES: usize = memory::RECORDED as usize;
/// The ratio of the iterations of two frames, as long as there are few of them.
const STEP: f64 = 1.1;

/// Keeps the parts of a fit at iterations that are evenly spread on a logarithmic scale, to show
/// how the parts appear.
///
/// Pass every [`FitProgress`] of one fit to [`Recorder::record`]. Of several starts the recorder
/// keeps the one that the fit keeps; of a fit that continues from a checkpoint, the iterations from
/// there on. It holds up to 64 frames in at most 128 MB, twice that during a second start. Many or
/// large parts are reduced: each pixel is then the mean of a square of 2x2 pixels or more.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use nmf_images::images::synthetic::Swimmer;
/// use nmf_images::nmf::Recorder;
/// use nmf_images::{Images, Nmf};
///
/// let swimmers = Swimmer::default().draw()?.images;
/// let mut recorder = Recorder::default();
/// let model = Nmf::new(17).fit_with(&swimmers, |progress| {
///     recorder.record(progress);
///     ControlFlow::Continue(())
/// })?;
/// let frames = recorder.frames(&model);
/// let [start, .., end] = &frames[..] else { panic!("a fit has more than one iteration") };
/// assert_eq!((start.at.iteration, end.at.iteration), (1, model.trace.len()));
/// assert_eq!(end.parts.dim(), (17, swimmers.shape().pixels()));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Recorder {
    /// The best start that has ended.
    best: Option<Track>,
    /// The current start.
    now: Option<Track>,
}

/// The parts in one iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The iteration, and its errors with these parts.
    pub at: Iteration,
    /// The size of a part in this frame.
    pub shape: Shape,
    /// The parts, (rank, pixels), in the order of the model: each scaled to a maximum of 255.
    pub parts: Array2<u8>,
}

/// The frames of one start.
#[derive(Debug)]
struct Track {
    frames: Vec<Frame>,
    last: Iteration,
    step: f64,
}

impl Recorder {
    /// Keeps the parts of this iteration if it is far enough from the last frame.
    pub fn record(&mut self, progress: &FitProgress) {
        if progress.at.iteration == 1 {
            self.end_start();
        }
        if self.now.is_none() && self.best.is_none() {
            // A fit from a checkpoint can have had starts that were not recorded.
            self.best = progress.best_before().map(|last| Track {
                frames: Vec::new(),
                last,
                step: STEP,
            });
        }
        let now = self.now.get_or_insert_with(|| Track {
            frames: Vec::new(),
            last: progress.at,
            step: STEP,
        });
        now.last = progress.at;
        if is_due(now.frames.last(), progress.at.iteration, now.step) {
            now.frames.push(Frame::of(progress));
            now.thin();
        }
    }

    /// Returns the frames of the start that gave `model`, in the order of its parts; the last frame
    /// is the model itself.
    ///
    /// # Panics
    /// If the model has fewer parts than were recorded.
    #[must_use]
    pub fn frames(mut self, model: &NmfModel) -> Vec<Frame> {
        self.end_start();
        let mut frames = self.best.map_or_else(Vec::new, |track| track.frames);
        for frame in &mut frames {
            frame.parts = frame.parts.select(Axis(0), &model.order);
        }
        if let Some(last) = model.trace.last()
            && frames.last().is_none_or(|frame| frame.at != *last)
        {
            frames.push(Frame::of_basis(*last, &model.basis));
        }
        frames
    }

    /// Keeps the better one of the current start, which has ended, and the best before it.
    fn end_start(&mut self) {
        if let Some(ended) = self.now.take()
            && self
                .best
                .as_ref()
                .is_none_or(|best| ended.last.objective < best.last.objective)
        {
            self.best = Some(ended);
        }
    }
}

impl Track {
    /// Doubles the step, on a logarithmic scale, if there are too many frames.
    fn thin(&mut self) {
        if self.frames.len() <= FRAMES {
            return;
        }
        self.step *= self.step;
        let mut kept: Vec<Frame> = Vec::new();
        for frame in self.frames.drain(..) {
            if is_due(kept.last(), frame.at.iteration, self.step) {
                kept.push(frame);
            }
        }
        self.frames = kept;
    }
}

fn is_due(last: Option<&Frame>, iteration: usize, step: f64) -> bool {
    last.is_none_or(|last| iteration as f64 >= last.at.iteration as f64 * step)
}

impl Frame {
    fn of(progress: &FitProgress) -> Self {
        Self::reduced(progress.at, progress.shape, progress.rank(), |part| {
            progress.part(part)
        })
    }

    fn of_basis(at: Iteration, basis: &Basis) -> Self {
        Self::reduced(at, basis.shape(), basis.rank(), |part| {
            basis.row(part).to_vec()
        })
    }

    fn reduced(
        at: Iteration,
        shape: Shape,
        rank: usize,
        part: impl Fn(usize) -> Vec<f32> + Sync + Send,
    ) -> Self {
        let side = square(shape, rank);
        let small = Shape::new(shape.height.div_ceil(side), shape.width.div_ceil(side));
        let parts =
            blocks::map_range(rank, |index| bytes(&means(&part(index), shape, side))).concat();
        let parts = Array2::from_shape_vec((rank, small.pixels()), parts)
            .expect("a part has as many pixels as its shape");
        Self {
            at,
            shape: small,
            parts,
        }
    }
}

/// Returns the side of the squares whose means replace the pixels, so that all frames fit.
fn square(shape: Shape, rank: usize) -> usize {
    let largest = shape.height.max(shape.width).max(1);
    for side in 1..largest {
        let pixels = shape.height.div_ceil(side) * shape.width.div_ceil(side);
        if FRAMES * rank * pixels <= BYTES {
            return side;
        }
    }
    largest
}

/// Returns the means of an image's squares, which can be smaller at the lower and right edges.
fn means(image: &[f32], shape: Shape, side: usize) -> Vec<f32> {
    if side == 1 {
        return image.to_vec();
    }
    let mut means = Vec::with_capacity(shape.height.div_ceil(side) * shape.width.div_ceil(side));
    for rows in image.chunks(side * shape.width) {
        let height = rows.len() / shape.width;
        for left in (0..shape.width).step_by(side) {
            let right = shape.width.min(left + side);
            let sum: f32 = rows
                .chunks(shape.width)
                .flat_map(|row| &row[left..right])
                .sum();
            means.push(sum / (height * (right - left)) as f32);
        }
    }
    means
}

/// Returns values as bytes, the largest as 255.
fn bytes(values: &[f32]) -> Vec<u8> {
    let largest = values.iter().fold(0.0f32, |a, &b| a.max(b));
    let scale = if largest > 0.0 { 255.0 / largest } else { 0.0 };
    values.iter().map(|v| (v * scale).round() as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(iteration: usize) -> Frame {
        let at = Iteration {
            iteration,
            seconds: 0.0,
            relative_error: 0.5,
            objective: 1.0,
        };
        Frame {
            at,
            shape: Shape::new(1, 1),
            parts: Array2::zeros((1, 1)),
        }
    }

    fn recorded(iterations: usize) -> Vec<usize> {
        let mut track = Track {
            frames: Vec::new(),
            last: frame(1).at,
            step: STEP,
        };
        for iteration in 1..=iterations {
            if is_due(track.frames.last(), iteration, track.step) {
                track.frames.push(frame(iteration));
                track.thin();
            }
        }
        track
            .frames
            .iter()
            .map(|frame| frame.at.iteration)
            .collect()
    }

    #[test]
    fn frames_are_spread_evenly_in_the_logarithm_however_long_the_fit() {
        assert_eq!(
            recorded(17),
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17]
        );
        for iterations in [100, 1_000, 10_000, 1_000_000] {
            let found = recorded(iterations);
            assert!(
                (20..=FRAMES).contains(&found.len()),
                "{iterations}: {found:?}"
            );
            assert_eq!(found[0], 1);
            let widest = found
                .windows(2)
                .skip(12)
                .map(|pair| pair[1] as f64 / pair[0] as f64)
                .fold(0.0, f64::max);
            let narrowest = found
                .windows(2)
                .skip(12)
                .map(|pair| pair[1] as f64 / pair[0] as f64)
                .fold(9.0, f64::min);
            assert!(
                widest.ln() < 2.0 * narrowest.ln(),
                "{iterations}: {found:?}"
            );
        }
    }

    #[test]
    fn parts_are_reduced_by_whole_squares_until_all_frames_fit() {
        assert_eq!(square(Shape::new(112, 92), 49), 1);
        // 64 frames of 200 parts leave 10,485 bytes for each: 103x103 pixels are too many.
        assert_eq!(square(Shape::new(512, 512), 200), 6);
        assert_eq!(
            square(Shape::new(1, 1), 1 << 40),
            1,
            "there is nothing to reduce"
        );
        let image = [1.0, 3.0, 9.0, 5.0, 7.0, 1.0, 2.0, 4.0, 6.0];
        assert_eq!(means(&image, Shape::new(3, 3), 2), [4.0, 5.0, 3.0, 6.0]);
        assert_eq!(means(&image, Shape::new(3, 3), 1), image);
    }

    #[test]
    fn a_part_is_kept_from_black_to_its_own_maximum() {
        assert_eq!(bytes(&[0.0, 0.1, 0.2]), [0, 128, 255]);
        assert_eq!(bytes(&[0.0, 0.0]), [0, 0]);
        assert_eq!(bytes(&[f32::NAN, 1.0]), [0, 255]);
    }
}
