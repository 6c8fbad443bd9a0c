//! Image files that a list names, as one set. Not how they are decoded.

use std::io::{self, BufRead, ErrorKind};
use std::path::Path;

use super::{ImageSet, LEARNING, LoadOptions, finished, folder, format, options};
use crate::error::{Error, InputError, Result};

/// Reads the image files that `list` names, one path a line, as [`load`](super::load) reads those of a folder.
///
/// Images are in the order of the list and named as there; empty lines are passed over. `name` is what errors call the
/// list.
///
/// # Errors
/// As [`load`](super::load) of a folder, and if the list cannot be read or is no text.
///
/// # Examples
/// ```
/// use nmf_images::images::{LoadOptions, load_listed};
///
/// let list = "assets/faces/face007.png\nassets/faces/face003.png\n";
/// let faces = load_listed("faces.txt".as_ref(), list.as_bytes(), &LoadOptions::default())?;
/// assert_eq!(faces.names, ["assets/faces/face007.png", "assets/faces/face003.png"]);
/// # Ok::<(), nmf_images::error::Error>(())
/// ```
pub fn load_listed(name: &Path, list: impl BufRead, options: &LoadOptions) -> Result<ImageSet> {
    options::check(options)?;
    format::check(name, None, options)?;
    let paths = paths(name, list)?;
    finished(
        folder::load_listed(name, &paths, options, LEARNING)?,
        options,
    )
}

/// The paths in a list.
pub(super) fn paths(name: &Path, list: impl BufRead) -> Result<Vec<String>> {
    let mut lines = list
        .lines()
        .collect::<io::Result<Vec<_>>>()
        .map_err(|source| match source.kind() {
            ErrorKind::InvalidData => InputError::NoList(name.to_owned()).into(),
            _ => Error::Io {
                path: name.to_owned(),
                source,
            },
        })?;
    lines.retain(|line| !line.is_empty());
    Ok(lines)
}
