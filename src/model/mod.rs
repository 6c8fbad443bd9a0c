//! Files for later use: the decompositions of all methods in one file that `NumPy` reads without pickle,
//! new images expressed in them, and checkpoints.

mod checkpoint;
mod data;
mod factor_file;
mod file;
mod gather;
mod npz;
mod priors;
mod scale;
mod starts;
mod vq;

pub use data::{Model, Projection};
pub use factor_file::{FactorFile, FileStart, FoundFactor, write_factors};
pub use file::FORMAT_VERSION;
pub use vq::Quantisation;
