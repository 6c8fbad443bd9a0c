//! The labels of an IDX file of images, in a file of their own.

use std::io::{self, Read};
use std::path::Path;

use super::idx_file::{LABELS, Opened, damaged, sides};
use crate::error::one_line;

/// Reads the labels in the file whose name corresponds to that of the images, if there is one; returns its name with the
/// labels, or with the reason why they cannot be read.
pub(super) fn labels_beside(
    path: &Path,
    images: usize,
) -> Option<(String, std::result::Result<Vec<String>, String>)> {
    let names = label_names(path);
    let name = names
        .iter()
        .find(|name| path.with_file_name(name).is_file())?;
    Some((one_line(name), read(&path.with_file_name(name), images)))
}

/// Returns the names that the file of labels may have; either file may be compressed.
pub(crate) fn label_names(path: &Path) -> Vec<String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    let pairs = [
        ("images-idx3", "labels-idx1"),
        ("images.idx3", "labels.idx1"),
    ];
    let renamed = pairs
        .into_iter()
        .filter(|(images, _)| plain.contains(images));
    renamed
        .map(|(images, labels)| plain.replace(images, labels))
        .flat_map(|name| [name.clone(), format!("{name}.gz")])
        .collect()
}

/// Reads one label per image, or returns the reason why that is not possible.
pub(super) fn read(path: &Path, images: usize) -> std::result::Result<Vec<String>, String> {
    let mut reader = Opened::at(path).map_err(|error| error.to_string())?.reader;
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(reason)?;
    if magic != LABELS {
        return Err("it is not an IDX file of labels".to_owned());
    }
    let [count] = sides(&mut reader).map_err(reason)?;
    if count != images {
        return Err(format!("it has {count} labels for {images} images"));
    }
    let mut labels = Vec::new();
    reader
        .take(count as u64 + 1)
        .read_to_end(&mut labels)
        .map_err(reason)?;
    if labels.len() == count {
        Ok(labels.iter().map(ToString::to_string).collect())
    } else {
        Err(format!(
            "its header states {count} labels, but another number follows"
        ))
    }
}

/// Returns the reason why labels cannot be read.
fn reason(error: io::Error) -> String {
    damaged(error).to_string()
}
