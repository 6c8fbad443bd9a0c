//! Errors that name the file they occurred in.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::error::{Error, InputError};

/// Returns the error of reading or writing the file at `path`.
pub(crate) fn io_error(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path },
        _ => Error::Io { path, source },
    }
}

/// Returns the error of an archive that cannot be opened.
pub(crate) fn archive_error(reason: impl Display) -> Error {
    InputError::Archive(reason.to_string()).into()
}

/// Returns the error with the path of the file, unless it names the file itself.
pub(crate) fn in_file(path: &Path, error: Error) -> Error {
    match error {
        Error::Io { .. }
        | Error::TooFewImages { .. }
        | Error::NoImages { .. }
        | Error::Input(
            InputError::OneImage(_) | InputError::WebPage(_) | InputError::Foreign { .. },
        ) => error,
        error => Error::InFile {
            path: path.to_owned(),
            source: Box::new(error),
        },
    }
}
