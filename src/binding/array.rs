//! NumPy's arrays as images.

use numpy::PyReadonlyArray2;
use pyo3::{FromPyObject, PyResult};

use super::errors::exception;
use crate::basis::Shape;
use crate::images::ArrayImages;

/// A table of pixels, (images, pixels).
#[derive(FromPyObject)]
pub(super) enum PixelTable<'py> {
    U8(PyReadonlyArray2<'py, u8>),
    F32(PyReadonlyArray2<'py, f32>),
    F64(PyReadonlyArray2<'py, f64>),
}

impl PixelTable<'_> {
    /// Returns the table as images of one row of pixels, which borrow its memory.
    pub(super) fn images(&self) -> PyResult<ArrayImages<'_>> {
        let images = match self {
            Self::U8(values) => {
                let values = values.as_array();
                ArrayImages::of_u8(Shape::new(1, values.ncols()), values)
            }
            Self::F32(values) => {
                let values = values.as_array();
                ArrayImages::of_f32(Shape::new(1, values.ncols()), values)
            }
            Self::F64(values) => {
                let values = values.as_array();
                ArrayImages::of_f64(Shape::new(1, values.ncols()), values)
            }
        };
        images.map_err(|error| exception(&error))
    }

    /// Returns the value in the table of a pixel that is 1 in the library, which scales bytes.
    pub(super) fn unit(&self) -> f32 {
        match self {
            Self::U8(_) => 255.0,
            Self::F32(_) | Self::F64(_) => 1.0,
        }
    }
}
