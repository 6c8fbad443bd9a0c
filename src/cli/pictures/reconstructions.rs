//! Images as parts and eigenimages rebuild them.

use anyhow::Result;
use nmf_images::render::{self, Reconstructions};

use super::reconstructed::Reconstructed;
use super::{Context, Picture};

pub(super) fn reconstructions(context: &Context) -> Result<Vec<Picture>> {
    let images = context.images;
    let chosen = best_worst_and_even(&context.errors, context.arguments.pictures.show);
    let reconstructed = Reconstructed::of_run(context, &chosen);
    let figure = render::reconstructions(
        &Reconstructions {
            title: &format!(
                "{}: images rebuilt, from the best by NMF to the worst",
                context.title
            ),
            shape: images.shape,
            samples: &reconstructed
                .iter()
                .map(Reconstructed::sample)
                .collect::<Vec<_>>(),
        },
        context.theme,
    )?;
    let caption = "From the image that the parts rebuild best to the one that they rebuild worst.";
    context.page("reconstructions", caption, &figure)
}

/// The images with the least and the largest error, and between them others evenly spread by error.
pub(super) fn best_worst_and_even(errors: &[f64], most: usize) -> Vec<usize> {
    // Of an image of which nothing is known there is no error.
    let mut order: Vec<usize> = (0..errors.len())
        .filter(|&image| !errors[image].is_nan())
        .collect();
    order.sort_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    let most = most.min(order.len());
    match most {
        0 | 1 => order.into_iter().take(most).collect(),
        _ => (0..most)
            .map(|i| order[i * (order.len() - 1) / (most - 1)])
            .collect(),
    }
}
