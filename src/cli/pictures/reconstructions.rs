//! Images as each method reconstructs them.

use anyhow::Result;
use nmf_images::render::{self, Reconstructions};

use super::context::Context;
use super::picture::Picture;
use super::reconstructed_image::ReconstructedImage;

pub(super) fn reconstructions(context: &Context) -> Result<Vec<Picture>> {
    let examples = context.examples();
    let (chosen, order) = match &context.chosen {
        Some(chosen) => (chosen.clone(), ""),
        None => (
            best_worst_and_even(&examples.nmf_errors(), context.arguments.pictures.show),
            ", in order of their NMF errors",
        ),
    };
    let reconstructed = ReconstructedImage::of_run(context, &chosen);
    let figure = render::reconstructions(
        &Reconstructions {
            title: &format!(
                "{}: reconstructed {}{order}{}",
                context.title,
                context.kind_of_examples().to_lowercase(),
                context.white()
            ),
            kind: context.kind_of_examples(),
            shape: examples.images.shape,
            samples: &reconstructed
                .iter()
                .map(ReconstructedImage::sample)
                .collect::<Vec<_>>(),
        },
        context.theme,
    )?;
    let kind = context.kind_of_examples();
    let caption = match &context.chosen {
        Some(_) => format!("{kind}: those of --images, in that order."),
        None => {
            format!("{kind}, from the one with the smallest NMF error to the one with the largest.")
        }
    };
    context.page("reconstructions", &(caption + &context.clipped()), &figure)
}

/// Returns the images with the smallest and the largest error, and others evenly spread between them.
pub(super) fn best_worst_and_even(errors: &[f64], most: usize) -> Vec<usize> {
    // An image without known pixels has no error.
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
