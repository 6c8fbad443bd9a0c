//! One grey image in memory, and how it is brought to another size. Not where it came from.

use super::mask::Mask;
use crate::basis::Shape;

/// The longest side of an image that is read.
pub(crate) const MOST_SIDE: usize = 30_000;

/// Grey values, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Samples {
    /// The value `v` stands for `v / 255`.
    U8(Vec<u8>),
    /// Values as they are.
    F32(Vec<f32>),
}

/// A grey image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub shape: Shape,
    pub samples: Samples,
    /// Which pixels are known; all where there is none.
    pub known: Option<Vec<bool>>,
}

pub(crate) fn unit(value: u8) -> f32 {
    f32::from(value) / 255.0
}

/// What pictures leave known, as the mask of their set.
pub(crate) fn mask_of(shape: Shape, pictures: &[Picture]) -> Option<Mask> {
    if pictures.iter().all(|picture| picture.known.is_none()) {
        return None;
    }
    let known = |image: usize, pixel: usize| {
        pictures[image]
            .known
            .as_ref()
            .is_none_or(|known| known[pixel])
    };
    Mask::new(pictures.len(), shape.pixels(), known)
}
