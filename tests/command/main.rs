//! The command: files, output, exit codes and messages, for valid and invalid input.

#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/planted.rs"]
mod planted;
#[path = "../common/process.rs"]
mod process;
#[path = "../common/keys.rs"]
mod report_keys;
#[path = "../common/tiff_file.rs"]
mod tiff_file;

mod cases;
mod compare;
mod compare_lists;
mod errors;
mod exports;
mod failing;
mod fixed_parts;
mod generate;
mod hold_out;
mod keys;
mod known_parts;
mod learning_options;
mod masks;
mod names;
mod noise;
mod notes;
mod outliers;
mod outputs;
mod overwriting;
mod own_start;
mod page;
mod paths;
mod pictures;
mod project;
mod prototypes;
mod ranks;
mod reading;
mod results;
mod run;
mod several_ranks;
mod show;
mod streams;
mod synth;
mod unknown_pixels;
mod verify;
mod weights;
