//! Which of the known parts or features were found, as plain data.

use std::path::Path;

use serde::Serialize;

use crate::nmf::NmfModel;
use crate::pca::PcaModel;
use crate::recovery::Truth;

/// Which of the known parts or features were found.
#[derive(Debug, Clone, Serialize)]
pub struct TruthReport {
    /// The file that says what is known, as it was given.
    pub file: String,
    /// `parts` matched by cosine, or `features` by correlation with the weights.
    pub kind: &'static str,
    /// How many are known.
    pub known: usize,
    /// The score from which a match counts as found.
    pub threshold: f64,
    /// How many were found among the parts.
    pub found: usize,
    /// How many were found among the eigenimages.
    pub pca_found: usize,
    /// Each known one with the part that it was matched to.
    pub matches: Vec<MatchReport>,
}

/// A known part or feature with the part that it was matched to.
#[derive(Debug, Clone, Serialize)]
pub struct MatchReport {
    /// The name of the feature; known parts have none.
    pub name: Option<String>,
    /// The part's row in the basis, counted from 0; none where nothing is like the known one.
    pub part: Option<usize>,
    /// Their cosine or correlation; 0 without a part.
    pub score: f64,
}

impl TruthReport {
    /// From what is known and what was learned.
    ///
    /// # Panics
    /// If the models are of other images than the truth was read for.
    #[must_use]
    pub fn new(file: &Path, truth: &Truth, nmf: &NmfModel, pca: &PcaModel) -> Self {
        let [nmf, pca] = truth.score(nmf, pca);
        let (kind, names) = match truth {
            Truth::Parts(_) => ("parts", &[][..]),
            Truth::Features(features) => ("features", &features.names[..]),
        };
        let names = names
            .iter()
            .cloned()
            .map(Some)
            .chain(std::iter::repeat(None));
        let matches = nmf
            .matches
            .iter()
            .zip(names)
            .map(|(found, name)| MatchReport {
                name,
                part: found.map(|found| found.part),
                score: found.map_or(0.0, |found| found.score),
            });
        Self {
            file: file.to_string_lossy().into_owned(),
            kind,
            known: nmf.matches.len(),
            threshold: nmf.threshold,
            found: nmf.found(),
            pca_found: pca.found(),
            matches: matches.collect(),
        }
    }
}
