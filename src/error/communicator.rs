//! What can be wrong where several processes share the images.

use super::one_line;

/// Why processes cannot work together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommunicatorError {
    /// Something is wrong on one of them.
    #[error("rank {rank}: {message}")]
    OnRank {
        /// Which, from 0.
        rank: usize,
        /// What its error says.
        message: String,
    },
    /// One of them was not started as the first was.
    #[error(
        "its {what} is not that of rank 0: start all ranks with one mpirun, from one build, on processors of one kind"
    )]
    Differs {
        /// What is not the same.
        what: &'static str,
    },
    /// What is asked for needs all images in one place.
    #[error("{} needs all images in one process: {try_instead}", one_line(.what))]
    NeedsOneProcess {
        /// What is asked for.
        what: String,
        /// What to do.
        try_instead: &'static str,
    },
    /// MPI did not begin.
    #[error("MPI cannot be used by several threads here")]
    NoMpi,
}
