//! The interactive HTML page of a run.

pub(crate) mod contents;
pub(crate) mod document;
mod frames;
mod local_paths;
pub(crate) mod packed_arrays;
mod pixels;
mod prior_arrays;
mod prototypes;
mod reduction;
