//! The formats of files that hold many images.

use std::str::FromStr;

use crate::error::{Error, Result};

/// The format of a file that holds many images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An array, as `numpy.save` writes it.
    Npy,
    /// An archive of arrays, as `numpy.savez` writes it.
    Npz,
    /// Bytes behind a header, as MNIST is given out, also compressed by gzip.
    Idx,
    /// Lines of numbers between commas, tabs or semicolons.
    Csv,
    /// Pictures on pages.
    Tiff,
    /// An archive of pictures.
    Zip,
    /// The same, also compressed by gzip.
    Tar,
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 7] = ["npy", "npz", "idx", "csv", "tiff", "zip", "tar"];
    const ALL: [Self; 7] = [
        Self::Npy,
        Self::Npz,
        Self::Idx,
        Self::Csv,
        Self::Tiff,
        Self::Zip,
        Self::Tar,
    ];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Whether rows of its numbers can be pictures.
    pub(super) fn has_rows(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Csv)
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == text)
            .ok_or_else(|| Error::UnknownName {
                what: "format",
                found: text.to_owned(),
                known: Self::NAMES.join(", "),
            })
    }
}
