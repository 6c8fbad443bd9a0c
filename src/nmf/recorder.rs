//! The parts in some iterations of a fit, reduced to a limited size.

use ndarray::{Array2, Axis};

use super::model::NmfModel;
use super::progress::{FitProgress, SampleProgress};
use super::stop::Iteration;
use crate::basis::{Basis, Shape};
use crate::blocks;
use crate::memory;

/// The most frames of a fit.
const FRAMES: usize = memory::FRAMES as usize - 1;
/// The most bytes of all; the parts are reduced until they fit.
const BYTES: usize = memory::RECORDED as usize;
/// The ratio of the iterations of two frames, as long as there are few of them.
const STEP: f64 = 1.1;
/// The same for iterations on samples, of which there are some hundreds at most.
const SAMPLE_STEP: f64 = 1.3;

/// Keeps the parts of a fit at iterations that are evenly spread on a logarithmic scale, to show
/// how the parts appear.
///
/// Pass every [`FitProgress`] of one fit to [`Recorder::record`]. Of several starts the recorder
/// keeps the one that the fit keeps; of a fit that continues from a checkpoint, the iterations from
/// there on. It holds up to 64 frames in at most 128 MB, twice that during a second start. Many or
/// large parts are reduced: each pixel is then the mean of a square of 2x2 pixels or more.
///
/// Pass every [`SampleProgress`] to [`Recorder::record_sample`] to also keep some 16 frames of a
/// start that is learned on samples: see [`Nmf::fit_observed`](super::Nmf::fit_observed).
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
    /// The iteration, and its errors with these parts; on a sample, its number over all samples and
    /// the errors on this one.
    pub at: Iteration,
    /// Number of images of the sample that the iteration was on; `None` if it was on all images.
    pub sample: Option<usize>,
    /// The number of the iteration in this start, those on samples included.
    pub step: usize,
    /// The size of a part in this frame.
    pub shape: Shape,
    /// The parts, (rank, pixels), in the order of the model: each scaled to a maximum of 255.
    pub parts: Array2<u8>,
}

/// The frames of one start.
#[derive(Debug)]
struct Track {
    /// Those on samples.
    samples: Vec<Frame>,
    /// Number of iterations on samples.
    sample_iterations: usize,
    /// Those on all images.
    frames: Vec<Frame>,
    /// The last iteration on all images.
    last: Option<Iteration>,
    /// The least ratio of the iterations of two of these frames.
    step: f64,
}

impl Recorder {
    /// Keeps the parts of this iteration if it is far enough from the last frame.
    pub fn record(&mut self, progress: &FitProgress) {
        // A start that was learned on samples has begun with these.
        let begins = progress.at.iteration == 1;
        if begins && self.now.as_ref().is_some_and(|now| now.last.is_some()) {
            self.end_start();
        }
        if self.now.is_none() && self.best.is_none() {
            // A fit from a checkpoint can have had starts that were not recorded.
            self.best = progress.best_before().map(|last| Track {
                last: Some(last),
                ..Track::new()
            });
        }
        let now = self.now.get_or_insert_with(Track::new);
        now.last = Some(progress.at);
        if is_due(now.frames.last(), progress.at.iteration, now.step) {
            now.frames.push(Frame::of(progress, now.sample_iterations));
            now.thin();
        }
    }

    /// Keeps the parts of this iteration on a sample if it is far enough from the last frame.
    pub fn record_sample(&mut self, progress: &SampleProgress) {
        if progress.at.iteration == 1 {
            self.end_start();
        }
        let now = self.now.get_or_insert_with(Track::new);
        now.sample_iterations = progress.at.iteration;
        if is_due(now.samples.last(), progress.at.iteration, SAMPLE_STEP) {
            now.samples.push(Frame::of_sample(progress));
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
        let track = self.best.unwrap_or_else(Track::new);
        let mut frames = track.samples;
        frames.extend(track.frames);
        for frame in &mut frames {
            frame.parts = frame.parts.select(Axis(0), &model.order);
        }
        if let Some(last) = model.trace.last()
            && frames.last().is_none_or(|frame| frame.at != *last)
        {
            frames.push(Frame::of_model(
                *last,
                &model.basis,
                track.sample_iterations,
            ));
        }
        frames
    }

    /// Keeps the better one of the current start, which has ended, and the best before it.
    fn end_start(&mut self) {
        if let Some(ended) = self.now.take()
            && self
                .best
                .as_ref()
                .is_none_or(|best| ended.objective() < best.objective())
        {
            self.best = Some(ended);
        }
    }
}

impl Track {
    fn new() -> Self {
        Self {
            samples: Vec::new(),
            sample_iterations: 0,
            frames: Vec::new(),
            last: None,
            step: STEP,
        }
    }

    /// Returns the last objective on all images.
    fn objective(&self) -> f64 {
        self.last.map_or(f64::INFINITY, |last| last.objective)
    }

    /// Doubles the step, on a logarithmic scale, if there are too many frames.
    fn thin(&mut self) {
        if self.samples.len() + self.frames.len() <= FRAMES {
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
    /// Returns an iteration on all images, after those on samples.
    fn of(progress: &FitProgress, sample_iterations: usize) -> Self {
        let part = |index| progress.part(index);
        let (shape, parts) = reduced(progress.shape, progress.rank(), part);
        Self {
            at: progress.at,
            sample: None,
            step: sample_iterations + progress.at.iteration,
            shape,
            parts,
        }
    }

    fn of_sample(progress: &SampleProgress) -> Self {
        let part = |index| progress.part(index);
        let (shape, parts) = reduced(progress.shape, progress.rank(), part);
        Self {
            at: progress.at,
            sample: Some(progress.images),
            step: progress.at.iteration,
            shape,
            parts,
        }
    }

    fn of_model(at: Iteration, basis: &Basis, sample_iterations: usize) -> Self {
        let part = |index| basis.row(index).to_vec();
        let (shape, parts) = reduced(basis.shape(), basis.rank(), part);
        Self {
            at,
            sample: None,
            step: sample_iterations + at.iteration,
            shape,
            parts,
        }
    }
}

/// Returns the parts as a frame keeps them, with their size.
fn reduced(
    shape: Shape,
    rank: usize,
    part: impl Fn(usize) -> Vec<f32> + Sync + Send,
) -> (Shape, Array2<u8>) {
    let side = square(shape, rank);
    let small = Shape::new(shape.height.div_ceil(side), shape.width.div_ceil(side));
    let parts = blocks::map_range(rank, |index| bytes(&means(&part(index), shape, side))).concat();
    let parts = Array2::from_shape_vec((rank, small.pixels()), parts)
        .expect("a part has as many pixels as its shape");
    (small, parts)
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
    // Adding one half rounds values that are not negative, in a fraction of the time of `round`.
    values.iter().map(|v| (v * scale + 0.5) as u8).collect()
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
            sample: None,
            step: iteration,
            shape: Shape::new(1, 1),
            parts: Array2::zeros((1, 1)),
        }
    }

    fn recorded(iterations: usize) -> Vec<usize> {
        let mut track = Track::new();
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
