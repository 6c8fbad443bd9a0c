//! The formats of files that hold many images. Formats of single pictures are in `decode/sniff.rs`.

use std::str::FromStr;

use crate::error::{Error, Result};

/// The format of a file that holds many images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A .npy file: one array, as written by `numpy.save`.
    Npy,
    /// A .npz archive of arrays, as written by `numpy.savez`.
    Npz,
    /// An IDX file, the format of MNIST, also compressed by gzip.
    Idx,
    /// Lines of numbers separated by commas, tabs or semicolons.
    Csv,
    /// A TIFF file, one image per page.
    Tiff,
    /// A .zip archive of pictures.
    Zip,
    /// A .tar archive of pictures, also compressed by gzip.
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

    /// Returns the name of the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
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
