//! The file beside a packed array that has the names of its images.

use std::io::{self, Read};
use std::path::Path;

use super::folder_labels::labels_by_folder;
use crate::disk;
use crate::error::one_line;
use crate::images::set::ImageSet;
use crate::names;

/// The most bytes of a name; no path is longer.
const LONGEST_NAME: usize = 4096;

/// Returns the set with the names, and the labels that follow from them, in the file beside its array, if there is one.
///
/// The set has the `chosen` images of the `all` images of the array.
pub(crate) fn with_names_file(
    mut set: ImageSet,
    array: &Path,
    chosen: &[usize],
    all: usize,
) -> ImageSet {
    let path = array.with_extension("names");
    let file = one_line(&path.file_name().unwrap_or_default().to_string_lossy());
    let note = match read_names(&path, all) {
        Ok(names) if names.len() == all => {
            set.names = chosen.iter().map(|&image| names[image].clone()).collect();
            set.labels = labels_by_folder(&set.names);
            format!("names are read from {file}")
        }
        Ok(names) => format!(
            "{file} is skipped: it has {} names for {all} images",
            names.len()
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return set,
        Err(error) => format!("{file} is skipped: {error}"),
    };
    set.notes.push(note);
    set
}

/// Checks whether the file beside an array has a name for each of its images.
pub(crate) fn has_names_file(array: &Path, images: usize) -> bool {
    let names = read_names(&array.with_extension("names"), images);
    names.is_ok_and(|names| names.len() == images)
}

/// Reads one name per line, and no more bytes than the names of so many images can take.
fn read_names(path: &Path, images: usize) -> io::Result<Vec<String>> {
    let mut text = String::new();
    disk::open_file(path)?
        .take((LONGEST_NAME * images) as u64)
        .read_to_string(&mut text)?;
    Ok(text.split_terminator('\n').map(names::unescaped).collect())
}
