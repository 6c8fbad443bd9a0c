//! What is told of processes that shared the images.

use serde::Serialize;

/// What the first of several processes sent and received while the parts were learned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MpiReport {
    /// How many processes there were.
    pub ranks: usize,
    /// Passes over all images that the rest is told of: all but the first.
    pub passes: usize,
    /// Bytes that this process sent and received in one, on average.
    pub bytes_per_pass: u64,
    /// How long that took, with the time that it waited for others.
    pub seconds_per_pass: f64,
}
