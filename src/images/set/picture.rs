//! One grey image in memory.

use super::mask::Mask;
use crate::basis::Shape;

/// The longest side of an image that is read.
pub(crate) const MOST_SIDE: usize = 30_000;

/// Grey values, row of pixels by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PixelValues {
    /// 8-bit values; `v` means `v / 255`.
    U8(Vec<u8>),
    /// Values as they are.
    F32(Vec<f32>),
}

/// A grey image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DecodedPicture {
    pub shape: Shape,
    pub samples: PixelValues,
    /// Which pixels are known; `None` if all are.
    pub known: Option<Vec<bool>>,
}

/// Returns an 8-bit value normalised to 0..=1.
pub(crate) fn unit(value: u8) -> f32 {
    f32::from(value) / 255.0
}

/// Returns the mask of a set of pictures; `None` if all pixels are known.
pub(crate) fn mask_of(shape: Shape, pictures: &[DecodedPicture]) -> Option<Mask> {
    if pictures.iter().all(|picture| picture.known.is_none()) {
        return None;
    }
    Mask::new(pictures.len(), shape.pixels(), |image, pixel| {
        let known = &pictures[image].known;
        known.as_ref().is_none_or(|known| known[pixel])
    })
}
