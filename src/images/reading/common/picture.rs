//! One grey image in memory.

use ndarray::{Array2, aview1};

use crate::basis::Shape;
use crate::images::set::unit::unit;
use crate::images::set::{Mask, Pixels};

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

impl Pixels {
    /// Returns pictures of one `shape` as rows: f32 if any is finer than 8-bit.
    pub(crate) fn gather(shape: Shape, pictures: Vec<DecodedPicture>) -> Self {
        let size = (pictures.len(), shape.pixels());
        if pictures
            .iter()
            .all(|picture| matches!(picture.samples, PixelValues::U8(_)))
        {
            let mut values = Array2::zeros(size);
            for (mut row, picture) in values.outer_iter_mut().zip(pictures) {
                if let PixelValues::U8(bytes) = picture.samples {
                    row.assign(&aview1(&bytes));
                }
            }
            return Self::U8(values);
        }
        let mut values = Array2::zeros(size);
        for (mut row, picture) in values.outer_iter_mut().zip(pictures) {
            match picture.samples {
                PixelValues::U8(bytes) => {
                    for (value, byte) in row.iter_mut().zip(bytes) {
                        *value = unit(byte);
                    }
                }
                PixelValues::F32(fine) => row.assign(&aview1(&fine)),
            }
        }
        Self::F32(values)
    }
}
