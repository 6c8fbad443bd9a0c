//! Names from which labels are read again: packed arrays have no labels but the folders of their names.

use std::path::Path;

use super::common::labels_by_folder;
use super::load;
use super::request::Request;
use crate::error::Result;
use crate::images::set::ImageSet;

/// Reads all images of one input. Labels that are not the folders of the names become folders.
pub(super) fn read_all(path: &Path, request: &Request) -> Result<ImageSet> {
    let mut set = load::read_all(path, request)?;
    if let Some(labels) = &set.labels
        && labels_by_folder(&set.names).as_ref() != Some(labels)
    {
        let names = set.names.iter().enumerate();
        set.names = names
            .map(|(image, name)| format!("{}/{}", labels.of(image), name.replace('/', "_")))
            .collect();
    }
    Ok(set)
}
