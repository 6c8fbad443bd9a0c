//! The types of values that images can have.

use ndarray::ArrayView2;

use super::image_set::ImageSet;
use crate::basis::Shape;
use crate::error::Result;

/// A type of values that images can have: `u8`, where `v` means `v / 255`, `f32`, or `f64`, which is rounded to `f32`.
pub trait PixelType: Copy + private::Sealed {
    /// Returns a set of copies of images, one per row.
    #[doc(hidden)]
    fn image_set(shape: Shape, rows: ArrayView2<Self>) -> Result<ImageSet>
    where
        Self: Sized;
}

impl PixelType for u8 {
    fn image_set(shape: Shape, rows: ArrayView2<Self>) -> Result<ImageSet> {
        ImageSet::from_u8(shape, rows.as_standard_layout().into_owned())
    }
}

impl PixelType for f32 {
    fn image_set(shape: Shape, rows: ArrayView2<Self>) -> Result<ImageSet> {
        ImageSet::from_f32(shape, rows.as_standard_layout().into_owned())
    }
}

impl PixelType for f64 {
    fn image_set(shape: Shape, rows: ArrayView2<Self>) -> Result<ImageSet> {
        let rounded = rows.mapv(|value| value as f32);
        ImageSet::from_f32(shape, rounded.as_standard_layout().into_owned())
    }
}

mod private {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
