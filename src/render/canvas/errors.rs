//! Errors of drawing, and checks that values fit the images that they are drawn as.

use crate::basis::{Basis, Shape};
use crate::error::{Error, Result};

/// Returns an error of drawing or encoding as an error of this crate.
pub(crate) fn failed(problem: impl std::fmt::Display) -> Error {
    Error::Picture {
        reason: problem.to_string(),
    }
}

/// Checks that there is one value per pixel.
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

/// Checks that there is one value per basis image.
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
