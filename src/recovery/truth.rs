//! The parts or features that are known to be in the images.

use ndarray::{Array2, Array3};

use super::{Recovery, SignRule, match_features, match_parts};
use crate::basis::Basis;
use crate::decomposition::Decomposition;
use crate::error::{Error, Result};
use crate::npy;

/// What is known to be in a set of images.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// The parts, as images.
    Parts(Basis),
    /// The features of each image.
    Features(Features),
}

/// The features of each image. A feature is one value of one column of a table, such as the second of four
/// pairs of glasses.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Features {
    /// The name of each feature: its value, preceded by the column if two columns have that value. In a
    /// column of 0 and 1, the name of the column.
    pub names: Vec<String>,
    /// (images, features): 1 if the image has the feature, otherwise 0.
    pub table: Array2<f32>,
}

impl Truth {
    /// Matches what a method learned to what is known.
    ///
    /// # Panics
    /// If the truth was read for other images than those of the decomposition.
    #[must_use]
    pub fn score(&self, learned: &Decomposition) -> Recovery {
        match self {
            Self::Parts(known) => match_parts(&learned.basis, known),
            Self::Features(known) => {
                let sign = if learned.method.signed {
                    SignRule::Free
                } else {
                    SignRule::Fixed
                };
                match_features(&learned.weights, &known.table, sign)
            }
        }
    }
}

/// Returns the bytes of a .npy file of known parts, (parts, height, width), f32.
///
/// # Errors
/// If the array cannot be written.
pub fn to_npy(parts: &Basis) -> Result<Vec<u8>> {
    let shape = parts.shape();
    let cube = Array3::from_shape_fn((parts.rank(), shape.height, shape.width), |(part, y, x)| {
        parts.row(part)[y * shape.width + x]
    });
    let mut bytes = Vec::new();
    npy::write(&cube, &mut bytes).map_err(Error::Array)?;
    Ok(bytes)
}
