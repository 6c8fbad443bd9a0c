//! What a run prints: progress, summary, tables, pictures and errors.

pub mod error;
pub mod progress;
mod progress_lines;
pub mod stdout;
pub mod summary;
pub mod table;
pub mod view;
