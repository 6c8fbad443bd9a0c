//! The section `mpi` of a report: the processes that shared the images.

use serde::Serialize;

/// What the first of several processes sent and received during the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MpiReport {
    /// The number of processes.
    pub ranks: usize,
    /// The number of passes over all images that the averages cover: all but the first.
    pub passes: usize,
    /// The bytes that this process sent and received per pass, on average.
    pub bytes_per_pass: u64,
    /// The seconds that this took per pass, including the time spent waiting for other processes.
    pub seconds_per_pass: f64,
}
