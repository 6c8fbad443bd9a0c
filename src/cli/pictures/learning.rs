//! The parts during the fit.

use anyhow::Result;
use nmf_images::render::{self, Learning};
use nmf_images::{Init, Solver};

use super::context::Context;
use super::picture::Picture;

pub(super) fn learning(context: &Context) -> Result<Vec<Picture>> {
    let nmf = context.nmf;
    let title = format!(
        "{}: how {} parts form (NMF)",
        context.title_of_errors(),
        nmf.basis.rank()
    );
    let caption = format!(
        "From {} to the final parts, each scaled to its own maximum.{}{}",
        start(context),
        context.weighted(),
        context.clipped()
    );
    let data = Learning {
        title: &title,
        caption: &caption,
        frames: &context.frames,
        trace: &nmf.trace,
        bound: context.report.bound.as_ref(),
    };
    let moving = Picture::gif(
        "learning",
        &caption,
        render::animation(&data, context.theme)?,
    );
    let still = context.page(
        "learning",
        &caption,
        &render::learning(&data, context.theme)?,
    )?;
    Ok([moving].into_iter().chain(still).collect())
}

/// Returns what the first frame shows.
pub(super) fn start(context: &Context) -> String {
    let Context { nmf, frames, .. } = context;
    if let Some(first) = frames.first().filter(|first| first.at.iteration > 1) {
        return format!(
            "iteration {}, where the interrupted run resumed,",
            first.at.iteration
        );
    }
    let start = match (nmf.sampled, &nmf.solver, &nmf.init) {
        (None, Solver::Hoyer(_), _) => "an initialisation by hals, projected to the sparsity,",
        (.., Init::Images) => "random training images",
        (.., Init::Nndsvd | Init::Nndsvda | Init::Nndsvdar) => {
            "the dominant sign of singular vectors"
        }
        (.., Init::Random) => "random values",
        (.., Init::Uniform) => "one value everywhere",
        // `Init::Given`.
        _ => "the given start",
    };
    // The frames name the number of images.
    let samples = nmf.sampled.map_or("", |_| ", first on samples,");
    format!("{start}{samples}")
}
