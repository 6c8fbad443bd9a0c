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

/// Returns the folders of images with these names as labels, without the folders that all names begin with; `None` if no
/// folder distinguishes images.
pub(crate) fn labels_below_common_folder(names: &[String]) -> Option<Labels> {
    let folders: Vec<Vec<&str>> = names.iter().map(|name| folders_of(name)).collect();
    let first = folders.first()?;
    let common = folders.iter().fold(first.len(), |common, folders| {
        let alike = folders.iter().zip(first).take_while(|(a, b)| a == b);
        common.min(alike.count())
    });
    let labels: Vec<String> = folders
        .iter()
        .map(|folders| match folders[common..].join("/") {
            label if label.is_empty() => ".".to_owned(),
            label => label,
        })
        .collect();
    labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Returns the folders of a name from the outermost.
fn folders_of(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    parts
}

/// Returns the folders of images with these names as labels.
pub(crate) fn labels_by_folder(names: &[String]) -> Option<Labels> {
    let folders: Vec<&str> = names
        .iter()
        .map(|name| name.rsplit_once('/').map_or(".", |(folder, _)| folder))
        .collect();
    labels_of(&folders)
}
