//! The commands, one per file.

pub mod compare;
pub mod generate;
pub mod learn;
mod own_start;
pub mod pack;
pub mod page;
pub mod project;
pub mod ranks;
mod ranks_cache;
mod recorded_run;
pub mod show;
pub mod synth;
pub mod verify;
