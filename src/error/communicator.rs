//! Errors of several processes that share the images.

use super::one_line;

/// Why processes cannot work together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommunicatorError {
    /// An error on one process.
    #[error("rank {rank}: {message}")]
    OnRank {
        /// The number of the process, from 0.
        rank: usize,
        /// The message of its error.
        message: String,
    },
    /// A process was not started in the same way as the first.
    #[error(
        "its {what} differs from that of rank 0: start all ranks with one mpirun, from one build, on processors of one kind"
    )]
    Differs {
        /// What differs.
        what: &'static str,
    },
    /// An operation needs all images in one process.
    #[error("{} needs all images in one process: {try_instead}", one_line(.what))]
    NeedsOneProcess {
        /// The operation.
        what: String,
        /// The alternative.
        try_instead: &'static str,
    },
    /// MPI could not be initialised.
    #[error("this MPI library does not support calls from several threads")]
    NoMpi,
}
