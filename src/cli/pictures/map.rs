//! The dominant part of each pixel.

use anyhow::Result;
use nmf_images::ndarray::Axis;
use nmf_images::render::{self, Map};

use super::context::Context;
use super::picture::Picture;

pub(super) fn map(context: &Context) -> Result<Vec<Picture>> {
    let nmf = context.nmf;
    let caption = "Each pixel in the colour of the part that contributes most to it on average.";
    let uses = context
        .weights()
        .mean_axis(Axis(0))
        .map(|uses| uses.to_vec())
        .unwrap_or_default();
    let figure = render::map(
        &Map {
            title: &format!("{}: dominant part of each pixel", context.title),
            caption,
            basis: &nmf.basis,
            uses: &uses,
            shares: &nmf.shares,
        },
        context.theme,
    )?;
    context.page("map", caption, &figure)
}
