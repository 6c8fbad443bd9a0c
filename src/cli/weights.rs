//! Weights as a table: a line an image.

use anyhow::Result;
use nmf_images::Weights;
use nmf_images::images::Labels;

/// What a table says.
pub struct Table<'a> {
    pub names: &'a [String],
    pub labels: Option<&'a Labels>,
    pub nmf_errors: &'a [f64],
    pub pca_errors: &'a [f64],
    /// Whether each image is flagged, where that was asked.
    pub flagged: Option<Vec<bool>>,
    pub weights: &'a Weights,
}

impl Table<'_> {
    /// The table as CSV, with a head: name, label, relative errors, whether flagged, and the weights from `w1` on.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = ["name", "label", "nmf_relative_error", "pca_relative_error"].map(str::to_owned);
        let flagged = self.flagged.iter().map(|_| "flagged".to_owned());
        let weights = (1..=self.weights.ncols()).map(|part| format!("w{part}"));
        writer.write_record(head.into_iter().chain(flagged).chain(weights))?;
        for (image, weights) in self.weights.outer_iter().enumerate() {
            let label = self.labels.map(|labels| labels.names[labels.indices[image]].clone()).unwrap_or_default();
            let errors = [self.nmf_errors[image], self.pca_errors[image]].map(|error| error.to_string());
            let flagged = self.flagged.iter().map(|flagged| flagged[image].to_string());
            let facts = [self.names[image].clone(), label].into_iter().chain(errors).chain(flagged);
            writer.write_record(facts.chain(weights.iter().map(ToString::to_string)))?;
        }
        Ok(writer.into_inner()?)
    }
}
