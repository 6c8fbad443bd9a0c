//! The section `truth` of a report: which of the known parts or features were found.

use std::path::Path;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::decomposition::{Decomposition, PerMethod};
use crate::recovery::{Recovery, Truth};

/// Which of the known parts or features were found.
#[derive(Debug, Clone, Serialize)]
pub struct TruthReport {
    /// The file with what is known, as it was given.
    pub file: String,
    /// `parts` matched by cosine, or `features` by correlation with the weights.
    pub kind: &'static str,
    /// The number of known parts or features.
    pub known: usize,
    /// The score from which a match counts as found.
    pub threshold: f64,
    /// The number that each method found.
    #[serde(flatten, serialize_with = "under_keys_of_found")]
    pub found: PerMethod<usize>,
    /// Each known one with the part that it was matched to.
    pub matches: Vec<MatchReport>,
}

/// A known part or feature with the part that it was matched to.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MatchReport {
    /// The name of the feature; known parts have none.
    pub name: Option<String>,
    /// The part's row in the basis, counted from 0; `None` without a match.
    pub part: Option<usize>,
    /// Their cosine or correlation; 0 without a match.
    pub score: f64,
}

impl TruthReport {
    /// Compares what is known with what each method learned; the matches are those of the first.
    ///
    /// # Panics
    /// If there is no decomposition, or the truth was read for other images.
    #[must_use]
    pub fn new(file: &Path, truth: &Truth, decompositions: &[Decomposition]) -> Self {
        let first = truth.score(&decompositions[0]);
        let (kind, names) = match truth {
            Truth::Parts(_) => ("parts", &[][..]),
            Truth::Features(features) => ("features", &features.names[..]),
        };
        let found = decompositions
            .iter()
            .map(|learned| (learned.method, truth.score(learned).found()));
        Self {
            file: file.to_string_lossy().into_owned(),
            kind,
            known: first.matches.len(),
            threshold: first.threshold,
            found: found.collect(),
            matches: matches(&first, names),
        }
    }
}

fn matches(recovery: &Recovery, names: &[String]) -> Vec<MatchReport> {
    let mut matches = Vec::new();
    for (index, found) in recovery.matches.iter().enumerate() {
        matches.push(MatchReport {
            name: names.get(index).cloned(),
            part: found.map(|found| found.part),
            score: found.map_or(0.0, |found| found.score),
        });
    }
    matches
}

fn under_keys_of_found<S: Serializer>(
    found: &PerMethod<usize>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (method, count) in found.iter() {
        map.serialize_entry(method.found, count)?;
    }
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decomposition::{NMF, PCA};

    #[test]
    fn the_numbers_found_have_a_key_per_method() {
        let report = TruthReport {
            file: "truth.npy".to_owned(),
            kind: "parts",
            known: 3,
            threshold: 0.95,
            found: [(&NMF, 2), (&PCA, 0)].into_iter().collect(),
            matches: Vec::new(),
        };
        assert_eq!(
            serde_json::to_string(&report).unwrap(),
            r#"{"file":"truth.npy","kind":"parts","known":3,"threshold":0.95,"found":2,"pca_found":0,"matches":[]}"#
        );
    }
}
