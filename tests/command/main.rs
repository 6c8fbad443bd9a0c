//! The command: what it writes and says, on good input and bad.

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

mod cases;
mod compare;
mod errors;
mod exports;
mod keys;
mod masks;
mod names;
mod project;
mod ranks;
mod run;
