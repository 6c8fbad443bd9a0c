//! The processes started by `mpirun`, on one machine or on many, through the system's MPI.
//!
//! # Cost of a pass
//!
//! For n images of p pixels and k parts, each of R ranks computes `4 n p k / R` multiply-adds, and up
//! to two thirds of that again in sweeps over the weights. The sweeps over the basis, at most
//! `24 p k²`, are repeated on every rank; from 600 k images per rank on they are below one hundredth.
//!
//! A rank receives and sends the loss with the Gram matrix of the weights, and the products of the
//! basis: `8 (64 + 64 k ⌈k / 64⌉) + 4 k p` bytes, with p rounded up to whole panels of 64, and then
//! receives the totals. For p = 784 and k = 49 that is 188 kB, or 88 messages of 512 values. The sums
//! travel through all ranks in about `(R + 88) (3 + 0.2 n / R / 4096)` µs: one message over the
//! network, plus the addition of the rank's runs of 4,096 images, which wait in memory (`4 k p` bytes
//! each).
//!
//! The two messages could be one only if products were formed before the loss is known. They would be
//! wasted when a step is taken back (once in 40 passes) and in the last pass, which costs more than a
//! message; and there is nothing else left to compute while waiting for sums.
//!
//! Predictions for a thread that computes 60,000 images of 28x28 and 49 parts in 0.079 s:
//!
//! | ranks | images | images per rank | computation | sums |
//! | --- | --- | --- | --- | --- |
//! | 64 | 10⁸ | 1,562,500 | 2.1 s | 0.01 s |
//! | 64 | 10⁹ | 15,625,000 | 21 s | 0.12 s |
//! | 1,024 | 10⁸ | 97,656 | 0.13 s | 0.009 s |
//! | 1,024 | 10⁹ | 976,562 | 1.3 s | 0.06 s |
//!
//! `tests/benches/weak_scaling.py` compares the prediction with two ranks on the two cores of one
//! machine, where a message holds 4,096 values. Predicted: 80 ms, 0.6 ms of them for 377 kB of sums.
//! Measured, as medians of 21 rounds: 78.2 ms for one process alone, 79.1 ms for each of two
//! independent processes, 82.8 ms for two ranks, 1.5 ms of them sending and waiting, 381 kB. Weak
//! scaling is 0.95.

use std::sync::Mutex;
use std::time::Instant;

use mpi::environment::Universe;
use mpi::topology::{Process, SimpleCommunicator};
use mpi::traits::{Communicator as _, CommunicatorCollectives, Destination, Root, Source};
use mpi::{Rank, Threading};

use super::interface::Communicator;
use crate::error::{CommunicatorError, Result};

/// The largest message: MPI counts its bytes in 31 bits.
const MAX_MESSAGE_BYTES: usize = 1 << 30;

/// All processes of one `mpirun`. Dropping it finalizes MPI.
pub struct MpiCommunicator {
    rank: usize,
    size: usize,
    traffic: Mutex<Traffic>,
    _universe: Universe,
}

/// The amount of data that a process has sent and received.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Traffic {
    /// Bytes sent, counted once per recipient, plus bytes received.
    pub bytes: u64,
    /// Seconds spent on it, including the time waited for other ranks.
    pub seconds: f64,
}

impl MpiCommunicator {
    /// Initialises MPI and returns the world communicator; a process that was not started by `mpirun`
    /// is its only rank.
    ///
    /// # Errors
    /// If MPI is already initialised or cannot be called from several threads.
    pub fn join() -> Result<Self> {
        let initialised = mpi::initialize_with_threading(Threading::Serialized);
        let Some((universe, _)) =
            initialised.filter(|(_, provided)| *provided >= Threading::Serialized)
        else {
            return Err(CommunicatorError::NoMpi.into());
        };
        let world = universe.world();
        let (rank, size) = (world.rank() as usize, world.size() as usize);
        Ok(Self {
            rank,
            size,
            traffic: Mutex::default(),
            _universe: universe,
        })
    }

    /// Returns the traffic so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Traffic> {
        self.traffic
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Runs a communication call of so many bytes, and adds it to the traffic.
    fn timed<R>(&self, bytes: usize, call: impl FnOnce(SimpleCommunicator) -> R) -> R {
        let start = Instant::now();
        let result = call(SimpleCommunicator::world());
        let mut traffic = self.lock();
        traffic.bytes += bytes as u64;
        traffic.seconds += start.elapsed().as_secs_f64();
        result
    }

    /// Sends bytes to one rank while receiving from another (`MPI_Sendrecv`).
    fn send_receive(&self, to: usize, sent: &[u8], from: usize, received: &mut [u8]) {
        self.timed(sent.len() + received.len(), |world| {
            let to = process(&world, to);
            let from = process(&world, from);
            mpi::request::scope(|scope| {
                let sends: Vec<_> = sent
                    .chunks(MAX_MESSAGE_BYTES)
                    .map(|bytes| to.immediate_send(scope, bytes))
                    .collect();
                for bytes in received.chunks_mut(MAX_MESSAGE_BYTES) {
                    from.receive_into(bytes);
                }
                for send in sends {
                    send.wait_without_status();
                }
            });
        });
    }
}

impl Communicator for MpiCommunicator {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&self, to: usize, bytes: &[u8]) {
        self.timed(bytes.len(), |world| process(&world, to).send(bytes));
    }

    fn receive(&self, from: usize, bytes: &mut [u8]) {
        self.timed(bytes.len(), |world| {
            process(&world, from).receive_into(bytes)
        });
    }

    fn broadcast(&self, from: usize, bytes: &mut [u8]) {
        if self.size == 1 {
            return;
        }
        for bytes in bytes.chunks_mut(MAX_MESSAGE_BYTES) {
            self.timed(bytes.len(), |world| {
                process(&world, from).broadcast_into(bytes);
            });
        }
    }

    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>> {
        if self.size == 1 {
            return to.to_vec();
        }
        let lengths: Vec<u64> = to.iter().map(|bytes| bytes.len() as u64).collect();
        let mut received_lengths = vec![0_u64; self.size];
        self.timed(16 * self.size, |world| {
            world.all_to_all_into(&lengths[..], &mut received_lengths[..]);
        });
        let mut from: Vec<Vec<u8>> = received_lengths
            .iter()
            .map(|&length| vec![0; length as usize])
            .collect();
        from[self.rank].copy_from_slice(&to[self.rank]);
        for distance in 1..self.size {
            let next = (self.rank + distance) % self.size;
            let previous = (self.rank + self.size - distance) % self.size;
            self.send_receive(next, &to[next], previous, &mut from[previous]);
        }
        from
    }
}

/// Returns the process of a rank.
fn process(world: &SimpleCommunicator, rank: usize) -> Process<'_> {
    world.process_at_rank(Rank::try_from(rank).unwrap_or(Rank::MAX))
}
