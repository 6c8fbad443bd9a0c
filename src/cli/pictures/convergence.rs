//! The relative error during the fit.

use anyhow::Result;
use nmf_images::render::{self, Convergence};

use super::context::Context;
use super::picture::Picture;

pub(super) fn convergence(context: &Context) -> Result<Vec<Picture>> {
    let caption = if context.images.mask.is_some() {
        "The relative error of the known pixels by iteration and by time, and that of PCA."
    } else {
        "The relative error by iteration and by time. That of PCA is a lower bound at this rank."
    };
    let data = Convergence {
        title: &format!("{}: convergence", context.title),
        trace: &context.nmf.trace,
        pca_error: context.pca.relative_error,
    };
    Ok(vec![Picture::svg(
        "convergence",
        caption,
        &render::convergence(&data, context.theme)?,
    )])
}
