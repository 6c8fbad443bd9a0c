//! Everything that images are read from, and what they are then.

#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/on_disk.rs"]
mod on_disk;

mod archives;
mod data_sets;
mod formats;
mod pack;
mod pages;
mod several;
mod stored;
mod tables;
