//! Parts beside eigenimages.

#![cfg_attr(
    not(test),
    deny(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::unwrap_used)
)]

pub mod basis;
pub mod error;
pub mod images;
pub mod render;
