//! Fits of PCA.

use numpy::{IntoPyArray, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::array::PixelTable;
use super::errors::exception;
use super::watch::{Watch, without_interpreter};
use crate::pca::Pca;

/// Finds the mean and eigenimages of X, (images, pixels), and the scores of its images; returns a dict.
#[pyfunction]
pub(super) fn fit_pca<'py>(
    py: Python<'py>,
    x: PixelTable<'py>,
    rank: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, unit) = (x.images()?, x.unit());
    let work = || {
        Pca::new(rank)
            .fit(&images)
            .map(|model| (model, images.norm()))
    };
    let (fitted, raised) = without_interpreter(py, &Watch::default(), None, work);
    let (mut model, norm) = fitted.map_err(|error| exception(&error))?;
    if let Some(raised) = raised {
        return Err(raised);
    }
    let found = PyDict::new(py);
    model.mean *= unit;
    model.weights *= unit;
    found.set_item("error", model.relative_error * norm * f64::from(unit))?;
    found.set_item("components", model.basis.rows().to_pyarray(py))?;
    found.set_item("mean", model.mean.into_pyarray(py))?;
    found.set_item("scores", model.weights.into_pyarray(py))?;
    found.set_item(
        "explained_variance_ratio",
        model.explained_variance_ratio.into_pyarray(py),
    )?;
    Ok(found)
}
