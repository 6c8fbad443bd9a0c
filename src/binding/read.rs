//! Reading of images in every format of the command.

use std::ffi::OsString;
use std::path::PathBuf;

use ndarray::{Array2, aview1};
use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::errors::exception;
use super::watch::{Watch, without_interpreter};
use crate::cli::reading_options;
use crate::images::{ImageSet, Pixels, load};

/// Reads the images at `path` with the command's options for reading, such as `--size=48x64`, and returns a dict. Pixels
/// are those of the files, (images, pixels); if any is unknown, they are floats, at the scale of 0 to 1 in 8-bit files,
/// with NaN for unknown ones.
#[pyfunction]
pub(super) fn read_images(
    py: Python<'_>,
    path: PathBuf,
    options: Vec<OsString>,
) -> PyResult<Bound<'_, PyDict>> {
    let options = reading_options(options).map_err(PyValueError::new_err)?;
    let read = || load(&path, &options).and_then(ImageSet::into_memory);
    let (read, raised) = without_interpreter(py, &Watch::default(), None, read);
    let set = read.map_err(|error| exception(&error))?;
    if let Some(raised) = raised {
        return Err(raised);
    }
    let found = PyDict::new(py);
    found.set_item("shape", (set.shape.height, set.shape.width))?;
    let labels = set.labels.is_some().then(|| set.label_lines());
    found.set_item("labels", labels)?;
    found.set_item("names", &set.names)?;
    found.set_item("notes", &set.notes)?;
    let skipped = set.skipped.iter();
    let skipped: Vec<_> = skipped.map(|file| (&file.path, &file.reason)).collect();
    found.set_item("skipped", skipped)?;
    match known_pixels(set) {
        Pixels::U8(pixels) => found.set_item("pixels", pixels.into_pyarray(py))?,
        Pixels::F32(pixels) => found.set_item("pixels", pixels.into_pyarray(py))?,
        Pixels::Stored(_) => unreachable!("pixels are in memory"),
    }
    Ok(found)
}

/// Returns the pixels of a set in memory, as floats with NaN if any is unknown.
fn known_pixels(set: ImageSet) -> Pixels {
    if set.mask.is_none() {
        return set.pixels;
    }
    let mut known = Array2::zeros((set.len(), set.shape.pixels()));
    for (image, mut row) in known.outer_iter_mut().enumerate() {
        row.assign(&aview1(&set.known_f32(image)));
    }
    Pixels::F32(known)
}
