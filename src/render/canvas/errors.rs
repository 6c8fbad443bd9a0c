//! Errors of drawing, and checks that values fit the images that they are drawn as.

use crate::basis::{Basis, Shape};
use crate::error::{Error, Result};

/// The crate's error for what plotters reports.
pub(crate) fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Picture {
        reason: problem.to_string(),
    }
}

/// Whether there is one value a pixel.
pub(crate) fn check_image(values: &[f32], shape: Shape) -> Result<()> {
    if values.len() == shape.pixels() && !values.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "an image has {} values, but a {shape} image has {}",
        values.len(),
        shape.pixels()
    );
    Err(Error::Picture { reason })
}

/// Whether there is one value for each image of a basis.
pub(crate) fn check_one_per_basis_image<T>(values: &[T], basis: &Basis) -> Result<()> {
    if values.len() == basis.rank() {
        return Ok(());
    }
    Err(Error::Picture {
        reason: format!(
            "there are {} values for {} basis images",
            values.len(),
            basis.rank()
        ),
    })
}
