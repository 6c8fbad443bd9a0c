//! The pictures of a run, one file each.

pub(crate) mod animation;
pub(crate) mod atlas;
pub(crate) mod compare_chart;
pub(crate) mod comparison;
pub(crate) mod convergence;
pub(crate) mod denoised;
pub(crate) mod error_curve;
pub(crate) mod gallery;
mod gif_palette;
pub(crate) mod inpainting;
pub(crate) mod ladder;
pub(crate) mod learning;
mod lzw;
pub(crate) mod map;
pub(crate) mod mixture;
pub(crate) mod moment;
pub(crate) mod pixel_owners;
pub(crate) mod rank_error;
pub(crate) mod ranks;
pub(crate) mod ranks_gallery;
pub(crate) mod recipe;
pub(crate) mod reconstructions;
pub(crate) mod region_colours;
pub(crate) mod rules;
pub(crate) mod term_limit;
pub(crate) mod three_ways;
pub(crate) mod usage;
