//! What figures are drawn with, from colours and text to tiles, grids, axes and headers.

pub(crate) mod axes;
pub(crate) mod axis;
pub(crate) mod colour_difference;
pub(crate) mod colour_scale;
pub(crate) mod drawing;
pub(crate) mod errors;
pub(crate) mod figure;
pub(crate) mod grid;
mod ground;
pub(crate) mod header;
mod marks;
pub(crate) mod numbers;
mod png;
pub(crate) mod raster;
pub(crate) mod resize;
pub(crate) mod sample_sheet;
pub(crate) mod samples;
pub(crate) mod scale_bar;
pub(crate) mod scatter;
pub(crate) mod style;
pub(crate) mod svg;
pub(crate) mod text;
pub(crate) mod tile_size;
pub(crate) mod tiles;
pub(crate) mod window;
