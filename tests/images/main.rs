//! Reading images: every kind of input, and the set that results.

#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/on_disk.rs"]
mod on_disk;

mod archives;
mod arrays;
mod decode;
mod folders;
mod helpers;
mod idx;
mod input_files;
mod lists;
mod npz;
mod odd_archives;
mod pack;
mod pages;
mod several;
mod stored;
mod tables;
