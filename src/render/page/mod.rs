//! The interactive HTML page of a run.

pub(crate) mod contents;
pub(crate) mod document;
pub(crate) mod packed_arrays;
