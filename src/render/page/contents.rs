//! The contents of the interactive page: images, bases and recorded iterations, as arrays small enough for
//! one file.

use ndarray::Axis;
use serde::Serialize;

use super::document::document;
use super::packed_arrays::{Array, Packed, Place};
use crate::basis::Shape;
use crate::decomposition::{Decomposition, METHODS};
use crate::error::Result;
use crate::images::{ImageSet, Mask};
use crate::nmf::{Frame, Iteration};
use crate::render::canvas::resize::resized;
use crate::report::{MethodFigures, Report};

/// The size of the bases of all methods, in bytes before compression. They are reduced to fit.
const BASIS_BYTES: usize = 2_400_000;
/// Bytes of the images and their weights, unless more images are asked for.
const IMAGE_BYTES: usize = 1_500_000;
/// Bytes of the recorded parts; they are reduced until [`LEAST_FRAMES`] of them fit.
const FRAME_BYTES: usize = 1_600_000;
const LEAST_FRAMES: usize = 12;

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// What the images are.
    pub title: &'a str,
    /// The command that the run was started with.
    pub command: &'a str,
    /// The numbers of the run.
    pub report: &'a Report,
    /// The images that the parts were learned from.
    pub images: &'a ImageSet,
    /// Which of them the page has, by their indices, and which of these is shown first.
    pub shown: &'a [usize],
    /// The index of the image that is shown first, one of `shown`.
    pub first: usize,
    /// What each method learned.
    pub decompositions: &'a [Decomposition],
    /// What was seen of the learning; may be empty.
    pub frames: &'a [Frame],
    /// What the first of these shows.
    pub start: &'a str,
}

/// How many images a page has room for.
#[must_use]
pub fn page_images(shape: Shape, rank: usize) -> usize {
    let weights = METHODS.len() * rank * size_of::<f32>();
    (IMAGE_BYTES / (page_shape(shape, rank).0.pixels() + weights)).max(1)
}

/// One HTML file that needs nothing else: it asks no network for anything, and runs no script but its own.
///
/// Images and parts are reduced by a whole factor where they are many and large.
///
/// # Errors
/// If the facts cannot be written as JSON.
pub fn page(page: &Page) -> Result<Vec<u8>> {
    let Page { images, shown, .. } = *page;
    let (shape, reduced) = page_shape(images.shape, page.report.nmf.rank);
    let (bytes, scale) = image_bytes(
        shown
            .iter()
            .map(|&index| shown_image(images, index, shape))
            .collect(),
    );
    let recorded = Recorded::of(page.frames);
    let frames = FrameFacts {
        height: recorded.shape.height,
        width: recorded.shape.width,
        at: recorded.at,
    };
    let packed = pack(page, shape, bytes, recorded.parts);
    let facts = Facts {
        title: page.title,
        command: page.command,
        height: shape.height,
        width: shape.width,
        reduced,
        scale,
        first: shown
            .iter()
            .position(|&index| index == page.first)
            .unwrap_or_default(),
        names: shown
            .iter()
            .map(|&index| images.names[index].as_str())
            .collect(),
        indices: shown,
        start: page.start,
        frames,
        report: page.report,
        methods: page.report.methods(),
        arrays: packed.places(),
    };
    document(page.title, &facts, &packed)
}

/// Packs all arrays: the images and the recorded parts as they are given, basis images at the size of
/// the page.
fn pack(page: &Page, shape: Shape, image_bytes: Vec<u8>, frame_parts: Vec<u8>) -> Packed {
    let Page { images, shown, .. } = *page;
    let mut packed = Packed::default();
    packed.add("images".to_owned(), Array::U8(image_bytes));
    for learned in page.decompositions {
        let key = learned.method.key;
        let mut basis = Vec::new();
        for row in learned.basis.rows().rows() {
            basis.extend(resized(&row.to_vec(), images.shape, shape));
        }
        packed.add(format!("{key}_basis"), Array::F32(basis));
        let weights = learned.weights.select(Axis(0), shown);
        let weights = weights.into_raw_vec_and_offset().0;
        packed.add(format!("{key}_weights"), Array::F32(weights));
        if let Some(mean) = &learned.mean {
            let mean = resized(&mean.to_vec(), images.shape, shape);
            packed.add(format!("{key}_mean"), Array::F32(mean));
        }
    }
    packed.add("frameParts".to_owned(), Array::U8(frame_parts));
    if let Some(mask) = &images.mask {
        let known = shown
            .iter()
            .flat_map(|&index| known(mask, index, images.shape, shape))
            .collect();
        packed.add("known".to_owned(), Array::U8(known));
    }
    packed
}

/// An image at the size of the page; 0 where it is unknown, whatever stands there.
fn shown_image(images: &ImageSet, index: usize, shape: Shape) -> Vec<f32> {
    let known: Vec<f32> = images
        .known_f32(index)
        .into_iter()
        .map(|v| if v.is_nan() { 0.0 } else { v })
        .collect();
    resized(&known, images.shape, shape)
}

/// All that the page reads but the arrays.
#[derive(Serialize)]
struct Facts<'a> {
    title: &'a str,
    command: &'a str,
    height: usize,
    width: usize,
    /// By which factor images and parts are reduced.
    reduced: usize,
    /// What a byte of 255 stands for.
    scale: f32,
    /// Which of the images is shown first.
    first: usize,
    names: Vec<&'a str>,
    indices: &'a [usize],
    start: &'a str,
    frames: FrameFacts,
    report: &'a Report,
    methods: Vec<MethodFigures>,
    arrays: &'a [Place],
}

#[derive(Serialize)]
struct FrameFacts {
    height: usize,
    width: usize,
    at: Vec<Iteration>,
}

/// The size of images and parts on a page, and by which factor that is less.
fn page_shape(shape: Shape, rank: usize) -> (Shape, usize) {
    reduced(shape, |small| {
        METHODS.len() * size_of::<f32>() * rank * small.pixels() <= BASIS_BYTES
    })
}

/// The shape over the least whole number that makes it fit.
fn reduced(shape: Shape, fits: impl Fn(Shape) -> bool) -> (Shape, usize) {
    let over = |factor: usize| {
        Shape::new(
            (shape.height / factor).max(1),
            (shape.width / factor).max(1),
        )
    };
    let most = shape.height.max(shape.width).max(1);
    let factor = (1..most).find(|&factor| fits(over(factor))).unwrap_or(most);
    (over(factor), factor)
}

/// Images as bytes, and what 255 stands for: 1, unless values go beyond or stay far below, and then the largest.
fn image_bytes(images: Vec<Vec<f32>>) -> (Vec<u8>, f32) {
    let scale = images
        .iter()
        .flatten()
        .fold(0.0f32, |most, &value| most.max(value));
    let scale = if scale > 1.0 || scale <= 0.1 && scale > 0.0 {
        scale
    } else {
        1.0
    };
    (
        images
            .into_iter()
            .flatten()
            .map(|value| (value / scale * 255.0).round() as u8)
            .collect(),
        scale,
    )
}

/// Which pixels are known, 1 or 0 each; a reduced one where all that it is made from is.
fn known(mask: &Mask, image: usize, from: Shape, to: Shape) -> Vec<u8> {
    let known: Vec<f32> = (0..from.pixels())
        .map(|pixel| f32::from(u8::from(mask.is_known(image, pixel))))
        .collect();
    resized(&known, from, to)
        .iter()
        .map(|&share| u8::from(share > 0.999))
        .collect()
}

/// The moments of the learning that a page has room for.
struct Recorded {
    shape: Shape,
    at: Vec<Iteration>,
    parts: Vec<u8>,
}

impl Recorded {
    fn of(frames: &[Frame]) -> Self {
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
        let part = |part: &[u8]| -> Vec<u8> {
            let values: Vec<f32> = part.iter().map(|&value| value.into()).collect();
            resized(&values, first.shape, shape)
                .iter()
                .map(|value| value.round() as u8)
                .collect()
        };
        let parts = |frame: &Frame| -> Vec<u8> {
            frame
                .parts
                .rows()
                .into_iter()
                .flat_map(|row| part(&row.to_vec()))
                .collect()
        };
        Self {
            shape,
            at: chosen.iter().map(|&index| frames[index].at).collect(),
            parts: chosen
                .iter()
                .flat_map(|&index| parts(&frames[index]))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn images_and_parts_are_reduced_by_a_whole_factor_until_they_fit() {
        assert_eq!(page_shape(Shape::new(64, 48), 28), (Shape::new(64, 48), 1));
        assert_eq!(
            page_shape(Shape::new(512, 512), 60),
            (Shape::new(64, 64), 8),
            "8 * 60 * 73 * 73 is too much"
        );
        assert_eq!(page_shape(Shape::new(1, 1), 1), (Shape::new(1, 1), 1));
        assert_eq!(page_images(Shape::new(28, 28), 36), 1_399);
    }

    #[test]
    fn a_byte_of_255_stands_for_white_or_for_the_largest_value() {
        assert_eq!(
            image_bytes(vec![vec![0.0, 0.5], vec![0.2, 0.0]]),
            (vec![0, 128, 51, 0], 1.0)
        );
        assert_eq!(
            image_bytes(vec![vec![0.0, 4.0], vec![2.0, 1.0]]),
            (vec![0, 255, 128, 64], 4.0)
        );
        assert_eq!(image_bytes(vec![vec![0.0, 0.0]]), (vec![0, 0], 1.0));
    }

    #[test]
    fn the_first_and_the_last_moment_are_always_there() {
        let frame = |iteration: usize| Frame {
            at: Iteration {
                iteration,
                seconds: 0.0,
                relative_error: 0.5,
                objective: 1.0,
            },
            shape: Shape::new(200, 200),
            parts: Array2::from_elem((10, 40_000), iteration as u8),
        };
        let frames: Vec<Frame> = (1..=30).map(frame).collect();
        let recorded = Recorded::of(&frames);
        assert_eq!(
            recorded.shape,
            Shape::new(100, 100),
            "12 moments of 10 parts fit at half the size"
        );
        let found: Vec<usize> = recorded.at.iter().map(|at| at.iteration).collect();
        assert_eq!((found.len(), found[0], found[15]), (16, 1, 30));
        assert_eq!(recorded.parts.len(), 16 * 10 * 10_000);
        assert_eq!(
            (recorded.parts[0], *recorded.parts.last().unwrap()),
            (1, 30)
        );
        assert!(Recorded::of(&[]).at.is_empty());
    }

    #[test]
    fn what_stands_under_a_mask_is_not_shown() {
        let mut images =
            ImageSet::from_f32(Shape::new(1, 2), Array2::from_elem((1, 2), 0.5)).expect("sound");
        images.mask = Mask::new(1, 2, |_, pixel| pixel == 0);
        let values = ndarray::arr2(&[[0.5, 9999.0]]);
        images.pixels = crate::images::Pixels::F32(values);
        assert_eq!(shown_image(&images, 0, Shape::new(1, 2)), [0.5, 0.0]);
    }

    #[test]
    fn a_reduced_pixel_is_known_where_all_that_it_is_made_from_is() {
        let mask = Mask::new(1, 16, |_, pixel| pixel != 5).expect("a pixel is hidden");
        assert_eq!(
            known(&mask, 0, Shape::new(4, 4), Shape::new(2, 2)),
            [0, 1, 1, 1]
        );
    }
}
