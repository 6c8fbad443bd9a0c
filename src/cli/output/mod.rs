//! What a run writes: the output folder, and the files in it.

pub mod checkpoints;
pub mod csv_tables;
pub mod exports;
mod folder;
mod lock;
mod overwriting;
mod run_files;
mod staged;
pub mod start_file;

pub use self::folder::{Output, file, folder_of, json, written};
pub use self::overwriting::{Targets, check_replaceable};
pub use self::run_files::RunFiles;
