//! Pictures against pictures that were looked at, and layouts against the edge of the page.
//!
//! `REGENERATE=1 cargo test --release --package clone --test golden` writes the pictures of `tests/clone/golden/` anew and fails, so that new pictures
//! are looked at before they count.

mod atlas;
mod compare_chart;
mod data;
mod denoised;
mod figures;
mod inpainting;
mod layouts;
mod learning;
mod look;
mod map;
mod pages;
mod rank_error;
mod ranks;
mod recipe;
mod three_ways;
mod usage;
