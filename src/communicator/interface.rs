//! The interface to the other processes, and its implementation for a single process.

/// The processes that share a set of images, as seen by one of them.
///
/// All ranks make the same calls in the same order.
pub trait Communicator: Sync {
    /// Returns the rank of this process, from 0.
    fn rank(&self) -> usize;

    /// Returns the number of ranks.
    fn size(&self) -> usize;

    /// Sends bytes to rank `to`, which receives exactly as many.
    fn send(&self, to: usize, bytes: &[u8]);

    /// Receives the bytes that rank `from` sends.
    fn receive(&self, from: usize, bytes: &mut [u8]);

    /// Copies the bytes of rank `from` to all ranks.
    fn broadcast(&self, from: usize, bytes: &mut [u8]);

    /// Sends `to[rank]` to each rank, this one included, and returns the bytes received from each
    /// (`MPI_Alltoallv`).
    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>>;
}

/// A communicator of one process that holds all images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SingleProcess;

impl Communicator for SingleProcess {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, _to: usize, _bytes: &[u8]) {}

    fn receive(&self, _from: usize, _bytes: &mut [u8]) {}

    fn broadcast(&self, _from: usize, _bytes: &mut [u8]) {}

    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>> {
        to.to_vec()
    }
}
