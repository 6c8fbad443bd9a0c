//! New images in what was learned.

use numpy::{IntoPyArray, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use super::array::PixelTable;
use super::errors::exception;
use super::watch::{Watch, without_interpreter};
use crate::basis::{Basis, Shape};
use crate::projection::{onto_eigenimages, onto_parts};

/// Returns the exact weights of `components`, (rank, pixels), in the images of X, (images, pixels): non-negative ones, or
/// those of any sign about a `mean`, (pixels).
#[pyfunction]
pub(super) fn project<'py>(
    py: Python<'py>,
    x: PixelTable<'py>,
    components: PyReadonlyArray2<'py, f32>,
    mean: Option<PyReadonlyArray1<'py, f32>>,
) -> PyResult<Bound<'py, PyArray2<f32>>> {
    let (images, unit) = (x.images()?, x.unit());
    let rows = components.as_array().to_owned();
    let basis = Basis::new(Shape::new(1, rows.ncols()), rows);
    let mean = mean.map(|mean| mean.as_array().mapv(|value| value / unit));
    let work = || match &mean {
        Some(mean) => onto_eigenimages(&images, &basis, mean),
        None => onto_parts(&images, &basis),
    };
    let (projected, raised) = without_interpreter(py, &Watch::default(), None, work);
    let projected = projected.map_err(|error| exception(&error))?;
    if let Some(raised) = raised {
        return Err(raised);
    }
    let mut weights = projected.weights;
    weights *= unit;
    Ok(weights.into_pyarray(py))
}
