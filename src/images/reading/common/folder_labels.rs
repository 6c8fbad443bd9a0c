//! Labels from the folders of images.

use crate::images::set::{Labels, labels_of};

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
