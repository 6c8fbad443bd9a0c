//! The relative error during the fit.

use anyhow::Result;
use nmf_images::render::{self, Convergence};

use super::context::Context;
use super::picture::Picture;

pub(super) fn convergence(context: &Context) -> Result<Vec<Picture>> {
    let caption = if context.images.mask.is_some() {
        "The relative error of the known pixels by iteration and by time."
    } else {
        "The relative error by iteration and by time. No sum of as many images, of any sign, has an error below the dashed line."
    };
    let data = Convergence {
        title: &format!("{}: convergence", context.title_of_errors()),
        trace: &context.nmf.trace,
        bound: context.report.bound.as_ref(),
    };
    let figure = render::convergence(&data, context.theme)?;
    let caption = caption.to_owned() + context.weighted();
    Picture::chart(&context.arguments.writing, "convergence", &caption, &figure)
}
