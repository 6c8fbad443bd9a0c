//! What a run writes: the output folder, and the files in it.

pub mod checkpoints;
pub mod csv_tables;
pub mod exports;
mod folder;
mod lock;
mod staged;

pub use self::folder::{Output, file, json, written};
