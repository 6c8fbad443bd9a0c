//! Which way in a path is: a folder, or a file of one of several formats, told by its content.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{idx, npy, npz};
use crate::error::{CommunicatorError, InputError, Result};
use crate::images::format::Format;
use crate::images::input::gzip;
use crate::images::options::{LoadOptions, MIN_TRAINING_IMAGES};
use crate::images::set::{ImageSet, in_file, io_error};
use crate::images::{decode, files};

/// The format of a file with these first bytes, of which an array may be named; none where it is another.
fn detect(path: &Path, head: &[u8], key: bool) -> Option<Format> {
    if npy::recognise(head) {
        Some(Format::Npy)
    } else if files::zip::recognise(head) {
        Some(if !key && files::zip::holds_pictures(path) {
            Format::Zip
        } else {
            Format::Npz
        })
    } else if files::tar::recognise(head) || (gzip::recognise(head) && files::tar::is_packed(path))
    {
        Some(Format::Tar)
    } else if idx::recognise(head) {
        Some(Format::Idx)
    } else if super::csv::recognise(path, head) {
        Some(Format::Csv)
    } else if decode::is_tiff(head) {
        Some(Format::Tiff)
    } else {
        None
    }
}

/// Reads the images of a file of this format.
fn load(format: Format, path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    match format {
        Format::Npy => npy::load(path, options, least),
        Format::Npz => npz::load(path, options, least),
        Format::Idx => idx::load(path, options, least),
        Format::Csv => super::csv::load(path, options, least),
        Format::Tiff => files::folder::load_file(path, options, least),
        Format::Zip => files::zip::load(path, options, least),
        Format::Tar => files::tar::load(path, options, least),
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

/// Reads `least` images or more, as they are but for their size.
pub(crate) fn read(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (format, head) = recognise(path, options)?;
    match format {
        Some(format) => load(format, path, options, least).map_err(|source| in_file(path, source)),
        None if path.is_dir() => files::folder::load(path, options, least),
        None if least < MIN_TRAINING_IMAGES => files::folder::load_file(path, options, least),
        None => Err(no_set(path, &head).into()),
    }
}

/// Reads some of the images, which are taken from the numbers of those that are asked for; and what else a folder holds, by
/// extension.
pub(crate) fn read_some(
    path: &Path,
    options: &LoadOptions,
    take: impl FnOnce(Vec<usize>) -> Vec<usize>,
) -> Result<(ImageSet, BTreeMap<String, usize>)> {
    let (format, head) = recognise(path, options)?;
    if format.is_none() && path.is_dir() {
        return files::folder::read(path, options, take);
    }
    let choose = |count| take(options.taken(count));
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
            .or_else(|| detect(path, &head, options.key.is_some()))
    } else {
        None
    };
    check(path, format, options)?;
    Ok((format, head))
}

/// Whether nothing is asked for that says nothing of such an input.
pub(crate) fn check(path: &Path, format: Option<Format>, options: &LoadOptions) -> Result<()> {
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
