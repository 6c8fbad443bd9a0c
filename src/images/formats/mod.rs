//! Files that hold many images as numbers, and detection of the format of a file.

mod csv;
mod csv_columns;
mod csv_lines;
pub(crate) mod detect;
pub(crate) mod idx;
pub(crate) mod npy;
mod npz;
mod out_of_core;
mod rows;
