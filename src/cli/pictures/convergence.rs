//! How the error fell.

use anyhow::Result;
use nmf_images::render::{self, Convergence};

use super::{Context, Picture};

pub(super) fn convergence(context: &Context) -> Result<Vec<Picture>> {
    let caption = if context.images.mask.is_some() {
        "The error of the known pixels over iterations and seconds, and PCA's."
    } else {
        "The error over iterations and seconds; no factorisation of this rank gets below PCA's."
    };
    let data = Convergence {
        title: &format!("{}: how the error fell", context.title),
        trace: &context.nmf.trace,
        pca_error: context.pca.relative_error,
    };
    Ok(vec![Picture::svg(
        "convergence",
        caption,
        &render::convergence(&data, context.theme)?,
    )])
}
