//! Labels of images: their folders, or labels from a file.

use std::collections::BTreeMap;

use super::natural_order::natural;

/// The labels of a set of images: their sub-folders, or labels from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// The distinct labels, in natural order; `.` is the input folder itself.
    pub names: Vec<String>,
    /// The index of the label of each image, (images).
    pub indices: Vec<usize>,
}

impl Labels {
    /// Returns the label of an image.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn of(&self, index: usize) -> &str {
        &self.names[self.indices[index]]
    }
}

/// Returns the labels that images have, (images); `None` if all are `.`, the input folder.
pub(crate) fn labels_of(labels: &[&str]) -> Option<Labels> {
    if labels.iter().all(|label| *label == ".") {
        return None;
    }
    let mut distinct = labels.to_vec();
    distinct.sort_by(|left, right| natural(left, right));
    distinct.dedup();
    let place: BTreeMap<&str, usize> = distinct
        .iter()
        .enumerate()
        .map(|(index, label)| (*label, index))
        .collect();
    Some(Labels {
        indices: labels.iter().map(|label| place[label]).collect(),
        names: distinct.into_iter().map(str::to_owned).collect(),
    })
}

/// Returns the labels of the chosen images, without labels that none of them has.
pub(crate) fn labels_among(labels: &Labels, chosen: &[usize]) -> Option<Labels> {
    let names: Vec<&str> = chosen.iter().map(|&index| labels.of(index)).collect();
    labels_of(&names)
}
