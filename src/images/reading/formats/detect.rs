//! Detection of the format of a path, and reading it in that format. Formats of single pictures are
//! detected in `decode/sniff.rs`.

use std::fs;
use std::path::Path;

use super::{idx, idx_file, npy, npz};
use crate::disk;
use crate::error::{CommunicatorError, InputError, Result};
use crate::images::format::Format;
use crate::images::options::LoadOptions;
use crate::images::reading::common::{in_file, io_error};
use crate::images::reading::input::gzip;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::{Portion, Request};
use crate::images::reading::{decode, files};
use crate::placeholders;

/// Detects the format of a file from its first bytes; `None` if it is not supported. `has_key` = an array of it is named.
fn detect(path: &Path, head: &[u8], has_key: bool) -> Option<Format> {
    if npy::recognise(head) {
        Some(Format::Npy)
    } else if files::zip::recognise(head) {
        Some(if !has_key && files::zip::holds_pictures(path) {
            Format::Zip
        } else {
            Format::Npz
        })
    } else if files::tar::recognise(head) || (gzip::recognise(head) && files::tar::is_packed(path))
    {
        Some(Format::Tar)
    } else if gzip::recognise(head) && super::csv::is_packed(path) {
        Some(Format::Csv)
    } else if idx_file::recognise(head) {
        Some(Format::Idx)
    } else if super::csv::recognise(path, head) {
        Some(Format::Csv)
    } else if decode::has_pages(path, head) {
        Some(Format::Tiff)
    } else {
        None
    }
}

/// Reads the images of a file of this format.
fn read_as(format: Format, path: &Path, request: &Request) -> Result<ReadSet> {
    match format {
        Format::Npy => npy::read(path, request),
        Format::Npz => npz::read(path, request),
        Format::Idx => idx::read(path, request),
        Format::Csv => super::csv::read(path, request),
        Format::Tiff => files::folder::read_file(path, request),
        Format::Zip => files::zip::read(path, request),
        Format::Tar => files::tar::read(path, request),
    }
}

/// Checks that several processes can each read a portion of a file.
fn check_portion(format: Format, path: &Path, portion: Portion) -> Result<()> {
    if portion.is_all() || matches!(format, Format::Npy | Format::Idx) {
        return Ok(());
    }
    let what = format!("{}, which is read as {}", path.display(), format.name());
    let try_instead = "write its images into a .npy file with `nmf-images pack`";
    Err(CommunicatorError::NeedsOneProcess { what, try_instead }.into())
}

/// The first bytes of formats that are not supported, and advice.
const FOREIGN: [(&[u8], &str); 14] = [
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
    (
        b"LZIP",
        "an archive packed by lzip: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"\x04\x22\x4d\x18",
        "an archive packed by LZ4: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"\x5d\0\0",
        "an archive packed by LZMA: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"\x1f\x9d",
        "an archive packed by compress: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"MSCF",
        "a Windows cabinet: unpack it, or pack it as .zip or .tar.gz",
    ),
    (
        b"PK\x07\x08",
        "the first part of a split .zip archive: join its parts, as in `zip -s 0 parts.zip --out whole.zip`",
    ),
];
const MATLAB: &str = "a MATLAB 5 file, which is not read: save the array as .npy in Python, as in \
    `import numpy, scipy.io; numpy.save('faces.npy', scipy.io.loadmat('faces.mat')['fea'])`, and pass --row-size WxH \
    --order column";
const HDF5: &str = "an HDF5 file (MATLAB 7.3 writes them too), which is not read: save the array as .npy in Python, as in \
    `import h5py, numpy; numpy.save('faces.npy', h5py.File('faces.mat')['fea'][:].T)`, and pass --row-size WxH --order column";

/// Reads the requested images of the folder or file at `path`, resized as the options require.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let (format, head) = recognise(path, request.options)?;
    if let Some(format) = format {
        check_portion(format, path, request.portion)?;
        return read_as(format, path, request).map_err(|source| in_file(path, source));
    }
    if path.is_dir() {
        return files::folder::read(path, request);
    }
    match foreign(&head) {
        Some(cure) => Err(InputError::Foreign {
            path: path.to_owned(),
            cure,
        }
        .into()),
        None if request.allows_one_image() => files::folder::read_file(path, request),
        None => Err(no_set(path, &head).into()),
    }
}

/// Returns the format of a file and its first bytes; no format for a folder or a file of another format.
fn recognise(path: &Path, options: &LoadOptions) -> Result<(Option<Format>, Vec<u8>)> {
    let metadata = fs::metadata(path).map_err(|source| io_error(path, source))?;
    let kind = metadata.file_type();
    if !kind.is_dir() {
        disk::check_kind(kind).map_err(|source| io_error(path, source))?;
    }
    placeholders::check(path)?;
    let head = if kind.is_file() {
        decode::head(path).map_err(|source| io_error(path, source))?
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

/// Checks that every option applies to this input.
pub(crate) fn check(path: &Path, format: Option<Format>, options: &LoadOptions) -> Result<()> {
    let path = path.to_owned();
    if options.key.is_some() && format != Some(Format::Npz) {
        return Err(InputError::NoArchive(path).into());
    }
    if options.describes_table() && !format.is_some_and(Format::has_rows) {
        return Err(InputError::NoTable(path).into());
    }
    if options.label.is_some() && !matches!(format, Some(Format::Csv | Format::Npz)) {
        return Err(InputError::NoLabels(path).into());
    }
    if !options.ignore.is_empty() && format != Some(Format::Csv) {
        return Err(InputError::NoColumns(path).into());
    }
    if options.labels.is_some() && !format.is_some_and(Format::has_indices) {
        return Err(InputError::NoLabelFile(path).into());
    }
    if options.channel.is_some() && format.is_some_and(|format| !format.has_files()) {
        return Err(InputError::NoChannels(path).into());
    }
    if options.format.is_some() && format.is_none() {
        return Err(InputError::NoFile(path).into());
    }
    Ok(())
}

/// Returns the error about a file with these first bytes that is not a set of images.
fn no_set(path: &Path, head: &[u8]) -> InputError {
    let cure = decode::foreign(path, head).map(decode::Foreign::reason);
    let path = path.to_owned();
    match (decode::recognise(head), cure) {
        (_, Some(cure)) => InputError::Foreign { path, cure },
        (Some(_), None) => InputError::OneImage(path),
        _ if decode::is_web_page(head) => InputError::WebPage(path),
        _ if files::list::is_list(&path, head) => InputError::ListFile(path),
        _ => InputError::Unknown(path),
    }
}

/// Returns what a file with these first bytes is, and advice, if its format is known but not supported.
fn foreign(head: &[u8]) -> Option<String> {
    let known = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic));
    known.map(|(_, cure)| (*cure).to_owned())
}
