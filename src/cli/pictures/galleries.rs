//! The galleries of parts and of eigenimages.

use anyhow::Result;
use nmf_images::ndarray::{Array1, Array2};
use nmf_images::recovery::Truth;
use nmf_images::render::{self, Gallery, Scale, Scaling, percent};
use nmf_images::report::{MatchReport, TruthReport};
use nmf_images::{Basis, NMF, PCA};

use super::context::Context;
use super::picture::Picture;

/// The caption of a gallery of parts.
struct PartsCaption {
    usual: &'static str,
    /// In one line with the sentence on fixed parts.
    short: &'static str,
}

impl PartsCaption {
    fn drawn(&self, context: &Context) -> String {
        match context.nmf.fixed_parts {
            0 => self.usual.to_owned(),
            _ => self.short.to_owned() + &context.fixed(),
        }
    }

    fn written(&self, context: &Context) -> String {
        self.usual.to_owned() + &context.fixed()
    }
}

pub(super) fn parts(context: &Context) -> Result<Vec<Picture>> {
    if let Some((truth, found)) = context.truth.zip(context.report.truth.as_ref()) {
        return matched_parts(context, truth, found);
    }
    let caption = match context.scaling {
        Scaling::Each => PartsCaption {
            usual: "Each part with its number and its share of the total reconstructed intensity. Black = 0.",
            short: "Each part with its share of the intensity.",
        },
        Scaling::Shared => PartsCaption {
            usual: "Parts scaled by their average use, with their shares of the total reconstructed intensity.",
            short: "Parts scaled by their average use.",
        },
    };
    let drawn_caption = context.drawn_caption(&caption.drawn(context));
    let caption = caption.written(context) + &context.clipped();
    let mut labels = numbered(&context.nmf.shares);
    for label in &mut labels[..context.nmf.fixed_parts] {
        label.push_str(", fixed");
    }
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {} parts (NMF)",
                context.title,
                context.nmf.basis.rank()
            ),
            caption: &drawn_caption,
            basis: context.drawn(&NMF),
            above: None,
            mean: None,
            labels: &labels,
            scale: Scale::FromZero,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("parts", &caption, &figure)
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
    let (above, measure) = match truth {
        Truth::Parts(known) => (Some(known), "cosine"),
        Truth::Features(_) => (None, "correlation"),
    };
    let caption = caption_of_matches(truth);
    let tiles = matched_tiles(context.drawn(&NMF), found, above.is_some())?;
    let TruthReport {
        known,
        threshold,
        kind,
        ..
    } = found;
    let found_parts = found.found[&NMF];
    let title = format!(
        "{}: {found_parts} of {known} {kind} found (NMF, {measure} {threshold} or more)",
        context.title
    );
    let figure = render::gallery(
        &Gallery {
            title: &title,
            caption: &caption.drawn(context),
            basis: &tiles.basis,
            above,
            mean: None,
            labels: &tiles.labels,
            scale: Scale::FromZero,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("parts", &caption.written(context), &figure)
}

fn caption_of_matches(truth: &Truth) -> PartsCaption {
    match truth {
        Truth::Parts(_) => PartsCaption {
            usual: "Each known part above the learned part that matches it, with their cosine similarity.",
            short: "Each known part above its match.",
        },
        Truth::Features(_) => PartsCaption {
            usual: "Each feature with the part that matches it, and the correlation of the part's weights with the feature.",
            short: "Each feature with the part that matches it.",
        },
    }
}

/// Tiles of a gallery with their labels.
struct MatchedTiles {
    basis: Basis,
    labels: Vec<String>,
}

/// Returns the parts that match known ones, then the others. Known ones without a match have a black tile if they are
/// shown as images themselves; otherwise they are omitted.
fn matched_tiles(
    parts: &Basis,
    found: &TruthReport,
    are_known_shown: bool,
) -> Result<MatchedTiles> {
    let mut rows = Array2::zeros((0, parts.shape().pixels()));
    let mut labels = Vec::new();
    for known in &found.matches {
        match known.part {
            Some(part) => rows.push_row(parts.row(part))?,
            None if are_known_shown => rows.push_row(Array1::zeros(rows.ncols()).view())?,
            None => continue,
        }
        labels.push(match_label(known));
    }
    for part in 0..parts.rank() {
        if found.matches.iter().all(|known| known.part != Some(part)) {
            rows.push_row(parts.row(part))?;
            labels.push(format!("part {part}"));
        }
    }
    Ok(MatchedTiles {
        basis: Basis::new(parts.shape(), rows),
        labels,
    })
}

/// Returns the name of a known part, or the number of its match, and the score of the match.
fn match_label(known: &MatchReport) -> String {
    let score = match known.part {
        None => "no match".to_owned(),
        Some(_) => format!("{:.2}", known.score),
    };
    match (&known.name, known.part) {
        (Some(name), _) => format!("{name}: {score}"),
        (None, Some(part)) => format!("part {part}: {score}"),
        (None, None) => score,
    }
}

pub(super) fn eigenimages(context: &Context) -> Result<Vec<Picture>> {
    let caption =
        "The mean image and each eigenimage with its number and its share of the variance.";
    let drawn_caption = context.drawn_caption(caption);
    let caption = caption.to_owned() + &context.clipped();
    let mut mean = context.pca.mean.to_vec();
    if let Some(outliers) = context.outliers {
        outliers.clip(&mut mean);
    }
    let labels = numbered(&context.pca.explained_variance_ratio);
    let figure = render::gallery(
        &Gallery {
            title: &format!(
                "{}: {} eigenimages (PCA)",
                context.title,
                context.pca.basis.rank()
            ),
            caption: &drawn_caption,
            basis: context.drawn(&PCA),
            above: None,
            mean: Some(&mean),
            labels: &labels,
            scale: Scale::Diverging,
            scaling: context.scaling,
        },
        context.theme,
    )?;
    context.page("eigenimages", &caption, &figure)
}
