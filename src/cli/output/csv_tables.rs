//! Tables as CSV: weights, scores, parts, iterations, rules and ranks.

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use nmf_images::comparison::{FIGURES, MeanSummary};
use nmf_images::nmf::Iteration;
use nmf_images::{Basis, Method, Weights};
use serde::Serialize;

/// One row per image.
pub struct ImageTable<'a> {
    pub names: &'a [String],
    /// One label per image, or none at all.
    pub labels: Cow<'a, [String]>,
    /// The relative errors of each method.
    pub errors: Vec<(&'static Method, Cow<'a, [f64]>)>,
    /// Whether each image is flagged; `None` omits the column.
    pub flagged: Option<Vec<bool>>,
    pub weights: &'a Weights,
    /// The letter before the number of each column of weights: `w`, or `s` for scores.
    pub letter: char,
}

impl ImageTable<'_> {
    /// Writes the table as CSV with a header: name, label, relative errors, flagged, and the weights from `w0` or `s0` on,
    /// with the numbers of the basis images in pictures.
    pub fn write(&self, file: impl Write) -> Result<()> {
        let mut writer = csv::Writer::from_writer(file);
        let facts = ["name", "label"].map(str::to_owned);
        let errors = self.errors.iter();
        let errors = errors.map(|(method, _)| format!("{}_relative_error", method.key));
        let head = facts.into_iter().chain(errors);
        let flagged = self.flagged.iter().map(|_| "flagged".to_owned());
        let weights = (0..self.weights.ncols()).map(|part| format!("{}{part}", self.letter));
        writer.write_record(head.chain(flagged).chain(weights))?;
        for (image, weights) in self.weights.outer_iter().enumerate() {
            let label = self.labels.get(image).cloned().unwrap_or_default();
            let errors = self
                .errors
                .iter()
                .map(|(_, errors)| errors[image].to_string());
            let flagged = self
                .flagged
                .iter()
                .map(|flagged| flagged[image].to_string());
            let facts = [self.names[image].clone(), label]
                .into_iter()
                .chain(errors)
                .chain(flagged);
            writer.write_record(facts.chain(weights.iter().map(ToString::to_string)))?;
        }
        Ok(writer.flush()?)
    }
}

/// Returns parts as CSV with a header: the number of the part, and its pixels row by row from `p0` on.
pub fn of_parts(parts: &Basis) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let pixels = (0..parts.shape().pixels()).map(|pixel| format!("p{pixel}"));
    writer.write_record(["part".to_owned()].into_iter().chain(pixels))?;
    for (index, part) in parts.rows().outer_iter().enumerate() {
        writer.write_record(
            [index.to_string()]
                .into_iter()
                .chain(part.iter().map(ToString::to_string)),
        )?;
    }
    Ok(writer.into_inner()?)
}

/// Returns the iterations of a fit as CSV with a header.
pub fn of_trace(trace: &[Iteration]) -> Result<Vec<u8>> {
    // Without an iteration, no row writes the header.
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    writer.write_record(["iteration", "seconds", "relative_error", "objective"])?;
    for iteration in trace {
        writer.serialize(iteration)?;
    }
    Ok(writer.into_inner()?)
}

/// Returns the means of a comparison as CSV with a header: the settings, and for each figure its mean and its standard
/// deviation.
pub fn of_means(means: &[MeanSummary]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let settings = ["rule", "init", "rank", "noise", "runs"].map(str::to_owned);
    let figures = FIGURES
        .iter()
        .flat_map(|name| [format!("{name}_mean"), format!("{name}_sd")]);
    writer.write_record(settings.into_iter().chain(figures))?;
    let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for mean in means {
        let settings = [
            mean.rule.clone(),
            mean.init.clone().unwrap_or_default(),
            mean.rank.to_string(),
            mean.noise.clone(),
            mean.runs.to_string(),
        ];
        let figures =
            mean.figures.0.iter().flat_map(|spread| {
                [spread.map(|of| of.mean), spread.and_then(|of| of.sd)].map(text)
            });
        writer.write_record(settings.into_iter().chain(figures))?;
    }
    Ok(writer.into_inner()?)
}

/// Returns rows as CSV, with a header.
pub fn rows<R: Serialize>(rows: &[R]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(writer.into_inner()?)
}
