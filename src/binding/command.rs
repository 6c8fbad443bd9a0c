//! The command `nmf-images` in the process of a Python interpreter.

use std::ffi::OsString;

use pyo3::prelude::*;

use crate::cli;

/// Runs the command of these words, the first of which is its name, and returns its exit code. Help and usage errors end
/// the process.
#[pyfunction]
pub(super) fn run_command(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| cli::run(words))
}
