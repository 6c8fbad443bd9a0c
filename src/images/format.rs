//! Which way in a path is: a folder, or a file of one of several formats, told by its content.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::{ImageSet, LEARNING, LoadOptions, decode, folder, idx, in_file, io_error, npy, npz, table};
use crate::error::{Error, InputError, Result};

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
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 4] = ["npy", "npz", "idx", "csv"];
    const ALL: [Self; 4] = [Self::Npy, Self::Npz, Self::Idx, Self::Csv];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The format of a file with these first bytes; none where it is another.
    fn of(path: &Path, head: &[u8]) -> Option<Self> {
        if npy::recognise(head) {
            Some(Self::Npy)
        } else if npz::recognise(head) {
            Some(Self::Npz)
        } else if idx::recognise(head) {
            Some(Self::Idx)
        } else if table::recognise(path, head) {
            Some(Self::Csv)
        } else {
            None
        }
    }

    /// Whether rows of its numbers can be pictures.
    fn has_rows(self) -> bool {
        matches!(self, Self::Npy | Self::Npz | Self::Csv)
    }

    fn load(self, path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
        match self {
            Self::Npy => npy::load(path, options, least),
            Self::Npz => npz::load(path, options, least),
            Self::Idx => idx::load(path, options, least),
            Self::Csv => table::load(path, options, least),
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| Error::UnknownName {
            what: "format",
            found: text.to_owned(),
            known: Self::NAMES.join(", "),
        })
    }
}

/// Reads `least` images or more, as they are but for their size.
pub(super) fn read(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let io_error = |source| io_error(path, source);
    let kind = fs::metadata(path).map_err(io_error)?.file_type();
    if !(kind.is_dir() || kind.is_file()) {
        // To read from a pipe or a device could wait for ever.
        return Err(InputError::Unknown(path.to_owned()).into());
    }
    let head = if kind.is_file() { decode::head(path).map_err(io_error)? } else { Vec::new() };
    let format = if kind.is_file() { options.format.or_else(|| Format::of(path, &head)) } else { None };
    check(path, format, options)?;
    match format {
        Some(format) => format.load(path, options, least).map_err(|source| in_file(path, source)),
        None if kind.is_dir() => folder::load(path, options, least),
        None if least < LEARNING => folder::load_file(path, options),
        None => Err(no_set(path, &head).into()),
    }
}

/// Whether nothing is asked for that says nothing of such an input.
pub(super) fn check(path: &Path, format: Option<Format>, options: &LoadOptions) -> Result<()> {
    let path = || path.to_owned();
    if options.key.is_some() && format != Some(Format::Npz) {
        return Err(InputError::NoArchive(path()).into());
    }
    if options.tells_rows() && !format.is_some_and(Format::has_rows) {
        return Err(InputError::NoTable(path()).into());
    }
    if options.label.is_some() && format != Some(Format::Csv) {
        return Err(InputError::NoLabels(path()).into());
    }
    if options.format.is_some() && format.is_none() {
        return Err(InputError::NoFile(path()).into());
    }
    Ok(())
}

/// Why a file with these first bytes is no set of images.
fn no_set(path: &Path, head: &[u8]) -> InputError {
    let path = path.to_owned();
    match decode::recognise(head) {
        Some(_) => InputError::OneImage(path),
        None if decode::is_web_page(head) => InputError::WebPage(path),
        None => InputError::Unknown(path),
    }
}
