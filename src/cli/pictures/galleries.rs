//! The galleries of parts and of eigenimages.

use anyhow::Result;
use nmf_images::ndarray::{Array1, Array2};
use nmf_images::recovery::Truth;
use nmf_images::render::{self, Gallery, Scale, Scaling, percent};
use nmf_images::report::TruthReport;
use nmf_images::{Basis, NMF, PCA};

use super::{Context, Picture};

pub(super) fn parts(context: &Context) -> Result<Vec<Picture>> {
    if let Some((truth, found)) = context.truth.zip(context.report.truth.as_ref()) {
        return matched_parts(context, truth, found);
    }
    let caption = match context.scaling {
        Scaling::Each => {
            "Each part with its number and its share of the total reconstructed intensity. Black = 0."
        }
        Scaling::Shared => {
            "Parts scaled by their average use, with their shares of the total reconstructed intensity."
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
            basis: context.drawn(&NMF),
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

/// Returns labels with the number of each basis image and its share.
fn numbered(shares: &[f64]) -> Vec<String> {
    shares
        .iter()
        .enumerate()
        .map(|(index, &share)| format!("{index}: {}", percent(share)))
        .collect()
}

/// Draws the parts in the order of the known ones that they match, then the others.
fn matched_parts(context: &Context, truth: &Truth, found: &TruthReport) -> Result<Vec<Picture>> {
    let (above, measure, caption) = match truth {
        Truth::Parts(known) => (
            Some(known),
            "cosine",
            "Each known part above the learned part that matches it, with their cosine similarity.",
        ),
        Truth::Features(_) => {
            let caption = "Each feature with the part that matches it, and the correlation of the part's weights with the feature.";
            (None, "correlation", caption)
        }
    };
    // A feature without a match has neither a known nor a learned image to show.
    let shown = found
        .matches
        .iter()
        .filter(|known| above.is_some() || known.part.is_some());
    let parts = context.drawn(&NMF);
    let rank = parts.rank();
    let others =
        (0..rank).filter(|part| found.matches.iter().all(|found| found.part != Some(*part)));
    let mut rows = Array2::zeros((0, parts.shape().pixels()));
    let mut labels = Vec::new();
    for known in shown {
        let row = known.part.map_or_else(
            || Array1::zeros(rows.ncols()),
            |part| parts.row(part).to_owned(),
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
        rows.push_row(parts.row(part))?;
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
            basis: &Basis::new(parts.shape(), rows),
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
    let caption = "The mean image and the eigenimages, each with its number and its share of the variance. Neutral = 0.";
    let labels = numbered(&context.pca.explained_variance_ratio);
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {} eigenimages (PCA)",
                context.title,
                context.pca.components.rank()
            ),
            caption,
            basis: context.drawn(&PCA),
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
