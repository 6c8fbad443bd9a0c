//! Which way in a path is: a folder, or a file of one of several formats, told by its content.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use super::{
    ImageSet, LEARNING, LoadOptions, decode, folder, gzip, idx, in_file, io_error, npy, npz, table,
    tarred, zipped,
};
use crate::error::{CommunicatorError, Error, InputError, Result};

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

    /// The format of a file with these first bytes, of which an array may be named; none where it is another.
    fn of(path: &Path, head: &[u8], key: bool) -> Option<Self> {
        if npy::recognise(head) {
            Some(Self::Npy)
        } else if zipped::recognise(head) {
            Some(if !key && zipped::holds_pictures(path) {
                Self::Zip
            } else {
                Self::Npz
            })
        } else if tarred::recognise(head) || (gzip::recognise(head) && tarred::is_packed(path)) {
            Some(Self::Tar)
        } else if idx::recognise(head) {
            Some(Self::Idx)
        } else if table::recognise(path, head) {
            Some(Self::Csv)
        } else if decode::is_tiff(head) {
            Some(Self::Tiff)
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
            Self::Tiff => folder::load_file(path, options, least),
            Self::Zip => zipped::load(path, options, least),
            Self::Tar => tarred::load(path, options, least),
        }
    }
}

/// The first bytes of formats that are not read, and what to do about them.
const FOREIGN: [(&[u8], &str); 8] = [
    (b"MATLAB 5.0 MAT-file", MATLAB),
    (b"MATLAB 7.3 MAT-file", HDF5),
    (b"\x89HDF\r\n\x1a\n", HDF5),
    (
        b"\xfd7zXZ\0",
        "an archive packed by xz: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"BZh",
        "an archive packed by bzip2: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "an archive packed by Zstandard: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"7z\xbc\xaf\x27\x1c",
        "an archive packed by 7-Zip: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"Rar!",
        "a RAR archive: unpack it, or pack it as .zip or .tar.gz",
    ),
];
const MATLAB: &str = "a MATLAB 5 file, which is not read: save the array as .npy in Python, as in \
    `import numpy, scipy.io; numpy.save('faces.npy', scipy.io.loadmat('faces.mat')['fea'])`, and pass --shape HxW \
    --order column";
const HDF5: &str = "an HDF5 file (MATLAB 7.3 writes them too), which is not read: save the array as .npy in Python, as in \
    `import h5py, numpy; numpy.save('faces.npy', h5py.File('faces.mat')['fea'][:].T)`, and pass --shape HxW --order column";

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

/// Reads `least` images or more, as they are but for their size.
pub(super) fn read(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (format, head) = recognise(path, options)?;
    match format {
        Some(format) => format
            .load(path, options, least)
            .map_err(|source| in_file(path, source)),
        None if path.is_dir() => folder::load(path, options, least),
        None if least < LEARNING => folder::load_file(path, options, least),
        None => Err(no_set(path, &head).into()),
    }
}

/// Reads some of the images, which are taken from the numbers of those that are asked for; and what else a folder holds, by
/// extension.
pub(super) fn read_some(
    path: &Path,
    options: &LoadOptions,
    take: impl FnOnce(Vec<usize>) -> Vec<usize>,
) -> Result<(ImageSet, BTreeMap<String, usize>)> {
    let (format, head) = recognise(path, options)?;
    if format.is_none() && path.is_dir() {
        return folder::read(path, options, take);
    }
    let choose = |count| take(options.spread(count));
    let set = match format {
        None => return Err(no_set(path, &head).into()),
        Some(Format::Npy) => npy::read_some(path, options, choose),
        Some(Format::Idx) => idx::read_some(path, options, choose),
        Some(format) => {
            let what = format!("{}, which is read as {}", path.display(), format.name());
            let try_instead = "write its images into a .npy file with `nmf-images pack`";
            return Err(CommunicatorError::NeedsOneProcess { what, try_instead }.into());
        }
    };
    Ok((
        set.map_err(|source| in_file(path, source))?,
        BTreeMap::new(),
    ))
}

/// The format of a file, and its first bytes; none of a folder, nor of a file of another format.
fn recognise(path: &Path, options: &LoadOptions) -> Result<(Option<Format>, Vec<u8>)> {
    let io_error = |source| io_error(path, source);
    let kind = fs::metadata(path).map_err(io_error)?.file_type();
    if !(kind.is_dir() || kind.is_file()) {
        // To read from a pipe or a device could wait for ever.
        return Err(InputError::Unknown(path.to_owned()).into());
    }
    let head = if kind.is_file() {
        decode::head(path).map_err(io_error)?
    } else {
        Vec::new()
    };
    let format = if kind.is_file() {
        options
            .format
            .or_else(|| Format::of(path, &head, options.key.is_some()))
    } else {
        None
    };
    check(path, format, options)?;
    Ok((format, head))
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
    let foreign = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic));
    match (decode::recognise(head), foreign) {
        (Some(_), _) => InputError::OneImage(path),
        (None, Some((_, cure))) => InputError::Foreign { path, cure },
        _ if decode::is_web_page(head) => InputError::WebPage(path),
        _ => InputError::Unknown(path),
    }
}
