//! All parts, and all eigenimages.

use anyhow::Result;
use nmf_images::ndarray::{Array1, Array2};
use nmf_images::recovery::Truth;
use nmf_images::render::{self, Gallery, Scale, Scaling, percent};
use nmf_images::report::TruthReport;
use nmf_images::{Basis, NMF};

use super::{Context, Picture};

pub(super) fn parts(context: &Context) -> Result<Vec<Picture>> {
    if let Some((truth, found)) = context.truth.zip(context.report.truth.as_ref()) {
        return matched_parts(context, truth, found);
    }
    let caption = match context.scaling {
        Scaling::Each => {
            "Each part with its number and its share of the light in all sums of parts; black is 0."
        }
        Scaling::Shared => {
            "Parts as bright as they are used on average, with their share of the light in all sums of parts."
        }
    };
    let labels = numbered(&context.nmf.shares);
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {} parts (NMF)",
                context.title,
                context.nmf.basis.rank()
            ),
            caption,
            basis: &context.parts,
            above: None,
            mean: None,
            labels: &labels,
            scale: Scale::FromZero,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("parts", caption, &figure)
}

/// Each share with the number of what it is the share of, as other pictures call it.
fn numbered(shares: &[f64]) -> Vec<String> {
    shares
        .iter()
        .enumerate()
        .map(|(index, &share)| format!("{index}: {}", percent(share)))
        .collect()
}

/// Parts in the order of the known ones that they were matched to, then the others.
fn matched_parts(context: &Context, truth: &Truth, found: &TruthReport) -> Result<Vec<Picture>> {
    let (above, measure, caption) = match truth {
        Truth::Parts(known) => (
            Some(known),
            "cosine",
            "Each known part above the learned one that it was matched to, with their cosine.",
        ),
        Truth::Features(_) => {
            let caption = "Each feature that a part was left for, with that part, by how the weights follow it.";
            (None, "correlation", caption)
        }
    };
    // Without a picture of what was to be found there is nothing to show where nothing was.
    let shown = found
        .matches
        .iter()
        .filter(|known| above.is_some() || known.part.is_some());
    let rank = context.parts.rank();
    let others =
        (0..rank).filter(|part| found.matches.iter().all(|found| found.part != Some(*part)));
    let mut rows = Array2::zeros((0, context.parts.shape().pixels()));
    let mut labels = Vec::new();
    for known in shown {
        let row = known.part.map_or_else(
            || Array1::zeros(rows.ncols()),
            |part| context.parts.row(part).to_owned(),
        );
        rows.push_row(row.view())?;
        let name = known
            .name
            .clone()
            .or_else(|| known.part.map(|part| format!("part {part}")));
        let score = known
            .part
            .map_or_else(|| "no match".to_owned(), |_| format!("{:.2}", known.score));
        labels.push(
            name.into_iter()
                .chain([score])
                .collect::<Vec<_>>()
                .join(": "),
        );
    }
    for part in others {
        rows.push_row(context.parts.row(part))?;
        labels.push(format!("part {part}"));
    }
    let found_parts = found.found[&NMF];
    let TruthReport {
        known,
        threshold,
        kind,
        ..
    } = found;
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {found_parts} of {known} {kind} found (NMF, {measure} {threshold} or more)",
                context.title
            ),
            caption,
            basis: &Basis::new(context.parts.shape(), rows),
            above,
            mean: None,
            labels: &labels,
            scale: Scale::FromZero,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("parts", caption, &figure)
}

pub(super) fn eigenimages(context: &Context) -> Result<Vec<Picture>> {
    let caption = "The mean image and the eigenimages, each with its number and its share of the variance; 0 is neutral.";
    let labels = numbered(&context.pca.explained_variance_ratio);
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {} eigenimages (PCA)",
                context.title,
                context.pca.components.rank()
            ),
            caption,
            basis: &context.eigenimages,
            above: None,
            mean: context.pca.mean.as_slice(),
            labels: &labels,
            scale: Scale::Diverging,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("eigenimages", caption, &figure)
}
