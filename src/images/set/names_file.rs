//! The file of image names beside a packed array.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::image_set::ImageSet;
use super::labels::labels_by_folder;
use crate::error::one_line;
use crate::names;

/// Bytes of a name: no path is longer.
const LONGEST_NAME: usize = 4096;

/// The set with the names, and the labels that follow from them, in the file beside its array, if there is one: it has those
/// images `of` all that the array has.
pub(crate) fn named(set: ImageSet, array: &Path, of: (&[usize], usize)) -> ImageSet {
    let (chosen, all) = of;
    let path = array.with_extension("names");
    let file = one_line(&path.file_name().unwrap_or_default().to_string_lossy());
    let (names, note) = match read_names(&path, all) {
        Ok(names) if names.len() == all => {
            let names: Vec<String> = chosen.iter().map(|&image| names[image].clone()).collect();
            (Some(names), format!("names are read from {file}"))
        }
        Ok(names) => (
            None,
            format!(
                "{file} is left out: it has {} names for {all} images",
                names.len()
            ),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return set,
        Err(error) => (None, format!("{file} is left out: {error}")),
    };
    let notes = [set.notes, vec![note]].concat();
    match names {
        Some(names) => ImageSet {
            labels: labels_by_folder(&names),
            names,
            notes,
            ..set
        },
        None => ImageSet { notes, ..set },
    }
}

/// A name a line; no more than so many can take.
fn read_names(path: &Path, images: usize) -> io::Result<Vec<String>> {
    let mut text = String::new();
    File::open(path)?
        .take((LONGEST_NAME * images) as u64)
        .read_to_string(&mut text)?;
    Ok(text.split_terminator('\n').map(names::unescaped).collect())
}
