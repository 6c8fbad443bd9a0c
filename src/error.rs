//! The one error type of the library. Variants carry values; the sentences are made here.

use std::path::PathBuf;

/// What a function of this crate returns when it can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, each with what was found, what is allowed and what to try.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rank is zero.
    #[error("rank 0 is not possible; a factorisation needs at least one part: pass -k 1 or more")]
    RankZero,
    /// The rank is above what the data allow.
    #[error(
        "rank {rank} is too large: {images} images of {pixels} pixels allow at most {most}; pass -k {most} or less"
    )]
    RankTooLarge {
        /// The rank that was asked for.
        rank: usize,
        /// How many images there are.
        images: usize,
        /// How many pixels each has.
        pixels: usize,
        /// The largest rank that is possible.
        most: usize,
    },
    /// A picture could not be drawn or encoded.
    #[error("cannot draw the picture: {reason}")]
    Picture {
        /// What stood in the way.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
