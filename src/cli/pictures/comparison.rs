//! The bases of all methods, and some images as each method reconstructs them.

use anyhow::Result;
use nmf_images::images::evenly_spaced_centres;
use nmf_images::plural::{by_count, counted};
use nmf_images::render::{self, Comparison, Figure, percent};

use super::context::Context;
use super::picture::Picture;
use super::reconstructed_image::ReconstructedImage;

/// The maximum number of images on the slide; as many are drawn as fit.
const MOST: usize = 8;

const BOUND: &str = "The best images, of any sign, bound the error of NMF; PCA has the mean besides its eigenimages.";

pub(super) fn comparison(context: &Context) -> Result<Vec<Picture>> {
    let kind = context.kind_of_examples().to_lowercase();
    let caption = format!(
        "Parts and eigenimages side by side, and some {kind} reconstructed from each. {BOUND}"
    );
    context.page(
        "comparison",
        &(caption + &context.fixed() + context.weighted() + &context.clipped()),
        &slide(context)?,
    )
}

/// Draws the slide.
pub fn slide(context: &Context) -> Result<Figure> {
    let evenly_spaced = || evenly_spaced_centres(context.examples().images.names.len(), MOST);
    let chosen = context.chosen.clone().unwrap_or_else(evenly_spaced);
    let reconstructed = ReconstructedImage::of_run(context, &chosen);
    Ok(render::comparison(
        &Comparison {
            title: &context.title_of_errors(),
            facts: &facts(context),
            remark: remark(context).as_deref(),
            bases: &context.bases(),
            scaling: context.scaling,
            kind_of_samples: &kind_of_samples(context),
            samples: &reconstructed
                .iter()
                .map(ReconstructedImage::sample)
                .collect::<Vec<_>>(),
        },
        context.theme,
    )?)
}

/// Returns what the reconstructed images are, and how well held-out images are reconstructed.
fn kind_of_samples(context: &Context) -> String {
    let training = if context.nmf.weighted.any() {
        "Training images, whose errors are not weighted:"
    } else {
        "Training images:"
    };
    let Some(held_out) = &context.report.held_out else {
        return training.to_owned();
    };
    let shown = match &context.chosen {
        Some(_) => training,
        None => "Some of these images:",
    };
    let mut errors = Vec::new();
    for (method, of_method) in held_out.methods.iter() {
        let mean = if method.signed { " with mean" } else { "" };
        let error = percent(of_method.relative_error);
        errors.push(format!("{}{mean} {error}", method.name));
    }
    format!(
        "On {}, relative errors are {}, mean image {}. {shown}",
        counted(held_out.images, "held-out image", "held-out images"),
        errors.join(", "),
        percent(held_out.mean_image_error)
    )
}

/// Returns what to do about parts that look like faint whole images, or which parts are fixed.
fn remark(context: &Context) -> Option<String> {
    if let Some(option) = &context.report.parts.verdict.remedy {
        return Some(format!("Faint whole images, not parts: pass {option}."));
    }
    let fixed = context.fixed();
    (!fixed.is_empty()).then(|| fixed.trim().to_owned())
}

/// Returns the figures in the head of the slide, each a name and a value.
fn facts(context: &Context) -> Vec<(String, String)> {
    let report = context.report;
    let (input, parts) = (&report.input, &report.parts.figures);
    let methods = report.methods();
    let mut facts = vec![
        ("images".to_owned(), input.images.to_string()),
        ("pixels".to_owned(), input.shape().to_string()),
    ];
    let (rank, bound) = (report.nmf.rank, report.bound.as_ref());
    for (name, error) in [
        ("NMF error".to_owned(), Some(report.nmf.relative_error)),
        (
            format!("best {rank} {}", by_count(rank, "image", "images")),
            bound.map(|bound| bound.relative_error),
        ),
        ("PCA with mean".to_owned(), Some(report.pca.relative_error)),
    ] {
        facts.extend(error.map(|error| (name, percent(error))));
    }
    facts.push(("sparsity".to_owned(), format!("{:.2}", parts.sparsity)));
    facts.push(("overlap".to_owned(), format!("{:.2}", parts.overlap)));
    if let (Some(truth), Some(found)) = (&report.truth, methods[0].found) {
        facts.push(("found".to_owned(), format!("{found} of {}", truth.known)));
    }
    if let Some(outliers) = context.outliers {
        facts.push((
            "clipped at".to_owned(),
            render::number(outliers.limit.into()),
        ));
    }
    facts
}
