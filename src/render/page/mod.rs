//! The interactive HTML page of a run.

pub(crate) mod contents;
pub(crate) mod document;
mod frames;
pub(crate) mod packed_arrays;
mod pixels;
mod prior_arrays;
mod prototypes;
mod reduction;
