//! Files that hold many images as numbers, and detection of the format of a file.

mod array;
mod array_part;
mod colour;
mod csv;
mod csv_columns;
mod csv_lines;
mod csv_memory;
mod csv_numbers;
mod csv_survey;
mod csv_text;
pub(crate) mod detect;
mod idx;
mod idx_file;
pub(crate) mod idx_labels;
pub(crate) mod label_file;
pub(crate) mod npy;
pub(crate) mod npz;
mod out_of_core;
mod rows;
