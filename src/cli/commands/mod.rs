//! The commands, one per file.

pub mod compare;
pub mod learn;
#[cfg(feature = "mpi")]
pub mod learn_mpi;
pub mod pack;
pub mod project;
pub mod ranks;
mod ranks_cache;
pub mod resume;
pub mod synth;
