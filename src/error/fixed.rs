//! Errors of fixed parts.

use crate::plural::by_count;

/// Why parts cannot be kept fixed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FixedError {
    /// The learning rule updates all parts.
    #[error("the solver {solver} cannot keep parts fixed; {others} can")]
    Solver {
        /// The rule as it is spelled.
        solver: String,
        /// The rules that keep parts fixed, as they are spelled.
        others: String,
    },
    /// There are none.
    #[error("no fixed parts were given: the array must have at least one row")]
    NoParts,
    /// No part is left to be learned.
    #[error(
        "{fixed} fixed {} leave no part to learn with rank {rank}, which counts all parts",
        by_count(*.fixed, "part", "parts")
    )]
    NoneLearned {
        /// How many parts are fixed.
        fixed: usize,
        /// The rank of the factorisation.
        rank: usize,
    },
    /// Fixed parts have another number of pixels than the images.
    #[error(
        "fixed parts have {found} {}, the images {needed}: both must have the same size",
        by_count(*.found, "pixel", "pixels")
    )]
    Pixels {
        /// The number of pixels of a fixed part.
        found: usize,
        /// The number of pixels of an image.
        needed: usize,
    },
    /// A fixed part has a value that no part can have.
    #[error(
        "fixed part {part}, pixel {pixel} (counted from 0) is {value}; allowed are finite non-negative values"
    )]
    Value {
        /// The part.
        part: usize,
        /// The pixel.
        pixel: usize,
        /// Its value.
        value: f32,
    },
    /// A fixed part is 0 everywhere.
    #[error("fixed part {0} (counted from 0) is black: remove it")]
    Black(usize),
}
