//! Lists of image files.

use std::io::{self, BufRead, ErrorKind};
use std::path::Path;

use crate::error::{Error, InputError, Result};

/// Reads the paths in a list, one per line; empty lines are ignored. `name` is the name of the list in errors.
pub(crate) fn paths(name: &Path, list: impl BufRead) -> Result<Vec<String>> {
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
