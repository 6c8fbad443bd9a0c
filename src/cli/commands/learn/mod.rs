//! The main command, and its continuation with `--resume`: by one process, or by several that share the images.

mod entry;
mod fit;
mod fixed;
mod gather;
mod given;
mod held_out;
#[cfg(feature = "mpi")]
pub mod mpi;
mod noise;
mod pipeline;
mod prototypes;
mod provenance;
mod report;
mod results;
mod resume;
mod run_images;
mod separated;
mod several;
mod shown;
mod traffic;
mod weights;

pub use self::entry::{Processes, learn, learn_again, learn_from, show_given};
pub use self::provenance::ChangedInput;
