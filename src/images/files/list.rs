//! Image files that a list names, as one set. Not how they are decoded.

use std::io::{self, BufRead, ErrorKind};
use std::path::Path;

use crate::error::{Error, InputError, Result};

/// The paths in a list.
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
