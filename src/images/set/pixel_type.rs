//! The types of values that images can have.

use ndarray::ArrayView2;

use super::image_set::Pixels;

/// A type of values that images can have: `u8`, where `v` means `v / 255`, `f32`, or `f64`, which is rounded to `f32`.
pub trait PixelType: Copy + private::Sealed {
    /// Returns a copy of images, one per row.
    #[doc(hidden)]
    fn pixels(rows: ArrayView2<Self>) -> Pixels
    where
        Self: Sized;
}

impl PixelType for u8 {
    fn pixels(rows: ArrayView2<Self>) -> Pixels {
        Pixels::U8(rows.as_standard_layout().into_owned())
    }
}

impl PixelType for f32 {
    fn pixels(rows: ArrayView2<Self>) -> Pixels {
        Pixels::F32(rows.as_standard_layout().into_owned())
    }
}

impl PixelType for f64 {
    fn pixels(rows: ArrayView2<Self>) -> Pixels {
        let rounded = rows.mapv(|value| value as f32);
        Pixels::F32(rounded.as_standard_layout().into_owned())
    }
}

mod private {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
