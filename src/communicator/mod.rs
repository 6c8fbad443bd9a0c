//! Communication between the processes that share one set of images, in MPI's terms.
//!
//! Each process, a **rank**, holds a consecutive range of the images; ranges follow one another in
//! rank order. Everything else is small and the same on all ranks.
//!
//! Sums over images use `ordered_reduce` instead of `MPI_Allreduce`: partial sums travel from the
//! first rank to the last, each rank adds its own in image order, and the last rank broadcasts the
//! total. The order of additions is that of a single process, so the result has the same bits for
//! any number of ranks. The values travel in several messages, so that all ranks add at the same
//! time.
//!
//! * `interface`: the trait [`Communicator`], and [`SingleProcess`], a communicator of one rank
//! * `collectives`: reduce, gather, broadcast of errors, on top of the trait
//! * `partition`: which images belong to which rank
//! * `mpi`: the system's MPI

mod collectives;
mod interface;
#[cfg(feature = "mpi")]
mod mpi;
mod partition;

pub(crate) use collectives::{
    all_gather, any_true, gather, gather_rows, ordered_reduce, ordered_sum, values_per_message,
};
pub use collectives::{check_same, gather_lines, propagate_error};
pub use interface::{Communicator, SingleProcess};
#[cfg(feature = "mpi")]
pub use mpi::{MpiCommunicator, Traffic};
pub use partition::partition_bounds;
pub(crate) use partition::{IMAGES_PER_PANEL, IMAGES_PER_RUN, Partition, sample_bounds};
