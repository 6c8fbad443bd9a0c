//! The recorded iterations on the page.

use serde::Serialize;

use super::reduction::reduced;
use crate::basis::Shape;
use crate::nmf::{Frame, Iteration};
use crate::render::canvas::resize::resized;

/// The maximum size of the recorded parts in bytes; they are reduced until [`LEAST_FRAMES`] frames
/// fit.
const FRAME_BYTES: usize = 1_600_000;
const LEAST_FRAMES: usize = 12;

/// The recorded iterations that fit a page.
pub(super) struct PageFrames {
    /// The size of each part.
    pub shape: Shape,
    pub at: Vec<PageFrame>,
    /// The parts of one iteration after another, one byte per pixel.
    pub parts: Vec<u8>,
}

/// A recorded iteration.
#[derive(Serialize)]
pub(super) struct PageFrame {
    #[serde(flatten)]
    pub at: Iteration,
    /// Number of images of the sample that it was on; `None` if it was on all images.
    pub sample: Option<usize>,
}

impl PageFrames {
    /// Returns as many of the recorded iterations as fit, evenly spread, with the first and the last.
    pub(super) fn of(frames: &[Frame]) -> Self {
        let Some(first) = frames.first() else {
            return Self {
                shape: Shape::new(1, 1),
                at: Vec::new(),
                parts: Vec::new(),
            };
        };
        let rank = first.parts.nrows();
        let (shape, _) = reduced(first.shape, |small| {
            LEAST_FRAMES * rank * small.pixels() <= FRAME_BYTES
        });
        let room = (FRAME_BYTES / (rank * shape.pixels())).clamp(2, frames.len().max(2));
        let last = frames.len() - 1;
        let mut chosen: Vec<usize> = (0..room).map(|i| (i * last).div_ceil(room - 1)).collect();
        chosen.dedup();
        let (mut at, mut parts) = (Vec::new(), Vec::new());
        for index in chosen {
            at.push(PageFrame {
                at: frames[index].at,
                sample: frames[index].sample,
            });
            for part in frames[index].parts.rows() {
                let values: Vec<f32> = part.iter().map(|&value| f32::from(value)).collect();
                let small = resized(&values, first.shape, shape);
                parts.extend(small.iter().map(|value| value.round() as u8));
            }
        }
        Self { shape, at, parts }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn the_first_and_the_last_frame_are_always_included() {
        let frame = |iteration: usize| Frame {
            at: Iteration {
                iteration,
                seconds: 0.0,
                relative_error: 0.5,
                objective: 1.0,
            },
            sample: None,
            step: iteration,
            shape: Shape::new(200, 200),
            parts: Array2::from_elem((10, 40_000), iteration as u8),
        };
        let frames: Vec<Frame> = (1..=30).map(frame).collect();
        let recorded = PageFrames::of(&frames);
        assert_eq!(
            recorded.shape,
            Shape::new(100, 100),
            "12 moments of 10 parts fit at half the size"
        );
        let found: Vec<usize> = recorded.at.iter().map(|frame| frame.at.iteration).collect();
        assert_eq!((found.len(), found[0], found[15]), (16, 1, 30));
        assert_eq!(recorded.parts.len(), 16 * 10 * 10_000);
        assert_eq!(
            (recorded.parts[0], *recorded.parts.last().unwrap()),
            (1, 30)
        );
        assert!(PageFrames::of(&[]).at.is_empty());
    }
}
