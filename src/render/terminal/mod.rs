//! Previews as text for a terminal: half blocks, or a PNG for terminals that show one.

pub(crate) mod colours;
pub(crate) mod grid;
pub(crate) mod half_blocks;
pub(crate) mod inline_png;
