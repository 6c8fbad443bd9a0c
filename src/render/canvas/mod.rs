//! What figures are drawn with, from colours and text to tiles, grids, axes and headers.

pub(crate) mod axes;
pub(crate) mod axis;
pub(crate) mod colour_difference;
pub(crate) mod colour_scale;
pub(crate) mod errors;
pub(crate) mod figure;
pub(crate) mod grid;
pub(crate) mod header;
pub(crate) mod numbers;
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
