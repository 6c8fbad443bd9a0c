//! The arguments of each command, and how their values are read.

mod command_line;
mod common;
mod compare;
mod compare_lists;
mod learning;
mod number_range;
mod pack;
mod page;
mod parse;
mod paths;
mod project;
mod rank_list;
mod ranks;
mod reading;
#[cfg(test)]
mod reference;
mod show;
mod start;
mod synth;
mod table;
mod values;
mod verify;
mod workload;
mod writing;

pub use self::command_line::{Arguments, Command, CommandLine, Generated};
pub use self::common::PrintOptions;
pub use self::compare::{Compare, Grid};
pub use self::compare_lists::Noise;
pub use self::learning::LearningOptions;
pub use self::pack::Pack;
pub use self::page::PageArguments;
pub use self::parse::first_line;
pub use self::paths::PathRead;
pub use self::project::Project;
pub use self::ranks::RanksArguments;
pub use self::reading::{FileOptions, ReadingOptions};
pub use self::show::Show;
pub use self::start::StartChoice;
pub use self::synth::{BarsArguments, SwimmerArguments, Synth, SynthKind};
pub use self::values::{CheckpointInterval, Rank};
pub use self::verify::Verify;
pub use self::workload::{AUTO_RANKS, plain as plain_workload};
pub use self::writing::{ExportOptions, PageFormat, PictureChoice, PictureOptions, WritingOptions};
