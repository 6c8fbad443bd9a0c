//! Reading images: every kind of input, and the set that results.

#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/on_disk.rs"]
mod on_disk;
#[path = "../common/tiff_file.rs"]
mod tiff_file;

mod archives;
mod arrays;
mod decode;
mod folders;
mod foreign;
mod formats;
mod helpers;
mod idx;
mod input_files;
mod jpeg;
mod label_files;
mod lists;
mod npz;
mod odd_archives;
mod pack;
mod pages;
mod pnm;
mod several;
mod stored;
mod tables;
mod tiff;
mod tiff_channels;
