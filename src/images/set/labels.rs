//! The labels of images, by folder or from a file.

use std::collections::BTreeMap;

use super::natural_order::natural;

/// The sub-folders that images lay in, or the labels beside an IDX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Each sub-folder or label, in natural order; `.` stands for the input folder itself.
    pub names: Vec<String>,
    /// For each image the index of its label.
    pub indices: Vec<usize>,
}

impl Labels {
    /// What image `index` is labelled as.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn of(&self, index: usize) -> &str {
        &self.names[self.indices[index]]
    }
}

/// Labels by the folder of each image; none if that is always the input folder.
pub(crate) fn labels_of(folders: &[&str]) -> Option<Labels> {
    if folders.iter().all(|folder| *folder == ".") {
        return None;
    }
    let mut distinct = folders.to_vec();
    distinct.sort_by(|left, right| natural(left, right));
    distinct.dedup();
    let place: BTreeMap<&str, usize> = distinct
        .iter()
        .enumerate()
        .map(|(index, folder)| (*folder, index))
        .collect();
    Some(Labels {
        indices: folders.iter().map(|folder| place[folder]).collect(),
        names: distinct.into_iter().map(str::to_owned).collect(),
    })
}

/// The labels of the chosen images, without those that none of them has.
pub(crate) fn labels_among(labels: &Labels, chosen: &[usize]) -> Option<Labels> {
    let names: Vec<&str> = chosen.iter().map(|&index| labels.of(index)).collect();
    labels_of(&names)
}

/// The folder that each image lies in, as labels.
pub(crate) fn labels_by_folder(names: &[String]) -> Option<Labels> {
    let folders: Vec<&str> = names
        .iter()
        .map(|name| name.rsplit_once('/').map_or(".", |(folder, _)| folder))
        .collect();
    labels_of(&folders)
}
