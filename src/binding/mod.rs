//! The module `nmf_images._native`: what the Python files in `src/python/nmf_images` call. It converts between NumPy's arrays
//! and those of the library, and releases the interpreter while the library computes.

#![allow(
    clippy::needless_pass_by_value,
    reason = "Python passes its arguments by value"
)]

mod array;
mod command;
mod errors;
mod nmf;
mod pca;
mod projection;
mod read;
mod watch;

use pyo3::pymodule;

#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::command::run_command;
    #[pymodule_export]
    use super::nmf::fit_nmf;
    #[pymodule_export]
    use super::pca::fit_pca;
    #[pymodule_export]
    use super::projection::project;
    #[pymodule_export]
    use super::read::read_images;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
