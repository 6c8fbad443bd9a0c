//! Images in an array that belongs to the caller.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{ArrayView2, s};

use super::construct::{check_row_length, run};
use super::mask::Mask;
use super::source::{Images, map_blocks};
use crate::basis::Shape;
use crate::error::Result;
use crate::kernel::{Block, row_squares};

/// Images in a borrowed array, one image per row, (images, pixels). NaN marks unknown pixels.
///
/// Values of 8 bits, and single-precision ones, are not copied if the array is laid out by rows.
///
/// ```
/// use nmf_images::images::{ArrayImages, Images};
/// use nmf_images::{Nmf, Shape};
///
/// let pixels = ndarray::arr2(&[[0u8, 85, 255], [170, 0, 85], [170, 85, 0]]);
/// let images = ArrayImages::of_u8(Shape::new(1, 3), pixels.view())?;
/// assert_eq!(Nmf::new(2).fit(&images)?.weights.dim(), (3, 2));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ArrayImages<'a> {
    shape: Shape,
    values: Values<'a>,
    mask: Option<Mask>,
}

#[derive(Debug, Clone)]
enum Values<'a> {
    U8(ArrayView2<'a, u8>),
    F32(ArrayView2<'a, f32>),
    F64(ArrayView2<'a, f64>),
}

#[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
impl<'a> ArrayImages<'a> {
    /// Returns images of 8-bit `values`; `v` means `v / 255`.
    ///
    /// # Errors
    /// If a row does not have `shape.pixels()` values.
    pub fn of_u8(shape: Shape, values: ArrayView2<'a, u8>) -> Result<Self> {
        Self::new(shape, Values::U8(values), None)
    }

    /// Returns images of single-precision `values`.
    ///
    /// # Errors
    /// As [`ArrayImages::of_u8`].
    pub fn of_f32(shape: Shape, values: ArrayView2<'a, f32>) -> Result<Self> {
        let mask = mask_of(values, f32::is_nan);
        Self::new(shape, Values::F32(values), mask)
    }

    /// Returns images of double-precision `values`, which are rounded to single precision.
    ///
    /// # Errors
    /// As [`ArrayImages::of_u8`].
    pub fn of_f64(shape: Shape, values: ArrayView2<'a, f64>) -> Result<Self> {
        let mask = mask_of(values, f64::is_nan);
        Self::new(shape, Values::F64(values), mask)
    }

    fn new(shape: Shape, values: Values<'a>, mask: Option<Mask>) -> Result<Self> {
        let images = Self {
            shape,
            values,
            mask,
        };
        check_row_length(shape, images.size().1)?;
        Ok(images)
    }

    /// Returns ‖X‖, the root of the sum of the squares of all known pixels.
    #[must_use]
    pub fn norm(&self) -> f64 {
        let pixels = self.shape.pixels();
        let squares = map_blocks(self, |rows, block| {
            let mut buffer = Vec::new();
            let mut sum = 0.0;
            for (place, image) in rows.enumerate() {
                let values = block.image_in(place, pixels, &mut buffer);
                sum += match &self.mask {
                    None => row_squares(values, values)[1],
                    Some(mask) => known_square(values, &mask.image(image)),
                };
            }
            sum
        });
        squares.iter().sum::<f64>().sqrt()
    }

    /// Returns (images, pixels).
    fn size(&self) -> (usize, usize) {
        match &self.values {
            Values::U8(values) => values.dim(),
            Values::F32(values) => values.dim(),
            Values::F64(values) => values.dim(),
        }
    }
}

/// Returns the sum of the squares of the values that are known.
fn known_square(values: &[f32], known: &[bool]) -> f64 {
    let known = values.iter().zip(known).filter(|(_, known)| **known);
    known.map(|(&value, _)| f64::from(value).powi(2)).sum()
}

/// Returns the mask of values that are not NaN; `None` if all are known.
#[allow(clippy::needless_pass_by_value, reason = "a view is a reference")]
fn mask_of<T: Copy>(values: ArrayView2<T>, is_nan: impl Fn(T) -> bool) -> Option<Mask> {
    if !values.iter().any(|&value| is_nan(value)) {
        return None;
    }
    let (images, pixels) = values.dim();
    Mask::new(images, pixels, |image, pixel| {
        !is_nan(values[[image, pixel]])
    })
}

impl Images for ArrayImages<'_> {
    fn len(&self) -> usize {
        self.size().0
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn mask(&self) -> Option<&Mask> {
        self.mask.as_ref()
    }

    fn block(&self, rows: Range<usize>) -> Block<'_> {
        match self.values {
            Values::U8(values) => Block::U8(run(values, rows)),
            Values::F32(values) => Block::F32(run(values, rows)),
            Values::F64(values) => {
                let rows = values.slice(s![rows, ..]);
                let rounded = rows.iter().map(|&value| value as f32);
                Block::F32(Cow::Owned(rounded.collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayView, arr2};

    use super::*;

    #[test]
    fn images_by_rows_are_borrowed_and_those_by_columns_are_copied() {
        let values = [1u8, 2, 3, 4, 5, 6];
        let by_rows = ArrayView::from_shape((2, 3), &values).unwrap();
        let images = ArrayImages::of_u8(Shape::new(1, 3), by_rows).unwrap();
        assert!(matches!(images.block(0..2), Block::U8(Cow::Borrowed(found)) if found == values));
        let images =
            ArrayImages::of_u8(Shape::new(1, 2), by_rows.t().slice_move(s![.., ..])).unwrap();
        assert!(
            matches!(images.block(1..3), Block::U8(Cow::Owned(found)) if found == [2, 5, 3, 6])
        );
    }

    #[test]
    fn nan_is_unknown() {
        let values = arr2(&[[1.0, f64::NAN], [0.5, 0.25]]);
        let images = ArrayImages::of_f64(Shape::new(1, 2), values.view()).unwrap();
        assert_eq!(
            images.mask().map(|mask| mask.image(0)),
            Some(vec![true, false])
        );
        let known = values.mapv(|value| if value.is_nan() { 0.0 } else { value as f32 });
        let images = ArrayImages::of_f32(Shape::new(1, 2), known.view()).unwrap();
        assert_eq!(images.mask(), None);
        assert!((images.norm() - 1.3125f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn rows_of_another_size_are_an_error() {
        assert!(ArrayImages::of_u8(Shape::new(2, 2), arr2(&[[1, 2]]).view()).is_err());
    }
}
