//! Errors of the library as exceptions.

use pyo3::PyErr;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyValueError};

use crate::error::Error;

/// Returns the exception of an error: `FileNotFoundError`, `OSError`, or `ValueError` for everything else.
pub(super) fn exception(error: &Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::NotFound { .. } => PyFileNotFoundError::new_err(message),
        Error::Io { .. } => PyOSError::new_err(message),
        _ => PyValueError::new_err(message),
    }
}
