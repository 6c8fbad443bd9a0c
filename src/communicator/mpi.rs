//! The processes that `mpirun` starts, on one machine or on many, through the system's MPI.
//!
//! # What a pass costs
//!
//! Of n images of p pixels and k parts a rank of R computes `4 n p k / R` multiplications and additions, and up to two
//! thirds of that in sweeps; those over the basis, `24 p k²` at most, are made by all alike, which is less than a hundredth
//! from 600 k images a rank on. It receives and sends the loss with the weights' Gram matrix, and the products of the basis:
//! `8 (64 + 64 k ⌈k / 64⌉) + 4 k p` bytes, p in whole panels of 64, and is told the totals: 188 kB for p = 784 and k = 49, or
//! 88 pieces of 512 values. Sums pass through all ranks in about `(R + 88) (3 + 0.2 n / R / 4096)` µs: to pass on a piece
//! over a network, and to add to it a rank's runs of 4,096 images, which wait in memory (`4 k p` bytes each). Both could be
//! one message only if products were formed before the loss is known: in vain when a step is taken back, once in 40 passes,
//! and in the last pass. That costs more than a message, and next to waiting for sums there is nothing left to compute.
//!
//! What this says where a thread computes 60,000 images of 28x28 and 49 parts in 0.079 s, as one here does:
//!
//! | ranks | images | a rank's share | computing | sums |
//! | --- | --- | --- | --- | --- |
//! | 64 | 10⁸ | 1,562,500 | 2.1 s | 0.01 s |
//! | 64 | 10⁹ | 15,625,000 | 21 s | 0.12 s |
//! | 1,024 | 10⁸ | 97,656 | 0.13 s | 0.009 s |
//! | 1,024 | 10⁹ | 976,562 | 1.3 s | 0.06 s |
//!
//! `tests/benches/weak_scaling.py` holds it against two ranks on the two cores of one machine, where a piece is 4,096 values:
//! 80 ms are said, 0.6 of them for 377 kB of sums. Measured, as medians of 21 rounds: 78.2 ms for one process alone, 79.1 for
//! each of two that know nothing of one another, 82.8 for two ranks, 1.5 of them sending and waiting, 381 kB. Weak scaling
//! is 0.95.

use std::sync::Mutex;
use std::time::Instant;

use mpi::environment::Universe;
use mpi::topology::{Process, SimpleCommunicator};
use mpi::traits::{Communicator as _, CommunicatorCollectives, Destination, Root, Source};
use mpi::{Rank, Threading};

use super::Communicator;
use crate::error::{CommunicatorError, Result};

/// The most bytes of one message: it counts its values in 31 bits.
const MOST_BYTES: usize = 1 << 30;

/// All processes of one `mpirun`; MPI ends with it.
pub struct MpiCommunicator {
    rank: usize,
    size: usize,
    traffic: Mutex<Traffic>,
    _universe: Universe,
}

/// What a process has sent and received.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Traffic {
    /// Bytes sent, each once for each that they were sent to, and received.
    pub bytes: u64,
    /// How long that took, with the time that this process waited for others.
    pub seconds: f64,
}

impl MpiCommunicator {
    /// Joins the others; a process that was not started by `mpirun` is alone.
    ///
    /// # Errors
    /// If MPI has begun already or cannot be called from the threads of this crate.
    pub fn join() -> Result<Self> {
        let begun = mpi::initialize_with_threading(Threading::Serialized);
        let Some((universe, _)) = begun.filter(|(_, provided)| *provided >= Threading::Serialized)
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

    /// What was sent and received so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Traffic> {
        self.traffic
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn counted<R>(&self, bytes: usize, message: impl FnOnce(SimpleCommunicator) -> R) -> R {
        let began = Instant::now();
        let result = message(SimpleCommunicator::world());
        let mut traffic = self.lock();
        traffic.bytes += bytes as u64;
        traffic.seconds += began.elapsed().as_secs_f64();
        result
    }

    /// Sends one its bytes while another's are received.
    fn pass_on(&self, (to, sent): (usize, &[u8]), (from, received): (usize, &mut [u8])) {
        self.counted(sent.len() + received.len(), |world| {
            let (to, from) = (process(&world, to), process(&world, from));
            mpi::request::scope(|scope| {
                let sends: Vec<_> = sent
                    .chunks(MOST_BYTES)
                    .map(|bytes| to.immediate_send(scope, bytes))
                    .collect();
                for bytes in received.chunks_mut(MOST_BYTES) {
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
        self.counted(bytes.len(), |world| process(&world, to).send(bytes));
    }

    fn receive(&self, from: usize, bytes: &mut [u8]) {
        self.counted(bytes.len(), |world| {
            process(&world, from).receive_into(bytes)
        });
    }

    fn broadcast(&self, from: usize, bytes: &mut [u8]) {
        if self.size == 1 {
            return;
        }
        for bytes in bytes.chunks_mut(MOST_BYTES) {
            self.counted(bytes.len(), |world| {
                process(&world, from).broadcast_into(bytes);
            });
        }
    }

    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>> {
        if self.size == 1 {
            return to.to_vec();
        }
        let lengths: Vec<u64> = to.iter().map(|bytes| bytes.len() as u64).collect();
        let mut theirs = vec![0_u64; self.size];
        self.counted(16 * self.size, |world| {
            world.all_to_all_into(&lengths[..], &mut theirs[..]);
        });
        let mut from: Vec<Vec<u8>> = theirs
            .iter()
            .map(|&length| vec![0; length as usize])
            .collect();
        from[self.rank].copy_from_slice(&to[self.rank]);
        for distance in 1..self.size {
            let (next, before) = (
                (self.rank + distance) % self.size,
                (self.rank + self.size - distance) % self.size,
            );
            self.pass_on((next, &to[next]), (before, &mut from[before]));
        }
        from
    }
}

fn process(world: &SimpleCommunicator, rank: usize) -> Process<'_> {
    world.process_at_rank(Rank::try_from(rank).unwrap_or(Rank::MAX))
}
