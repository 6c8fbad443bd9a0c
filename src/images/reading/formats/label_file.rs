//! One label per image of an array, from a file of its own: lines of text, a .npy array, or an IDX file.

use std::io::{BufReader, Read};
use std::path::Path;

use super::csv_numbers::text;
use super::{idx_file, idx_labels};
use crate::disk;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::options::LoadOptions;
use crate::images::reading::common::{in_file, io_error};
use crate::images::reading::decode;
use crate::images::reading::input::gzip;
use crate::images::set::{ImageSet, Labels, labels_of};
use crate::npy::{Header, MAGIC, Values};
use crate::placeholders;

/// The longest label in bytes.
const LONGEST_LABEL: usize = 1024;

/// Sets the labels in the file that the options name, if they name one, with a note.
///
/// The set has the `chosen` images of the `all` images of its file.
pub(super) fn set_labels(
    set: &mut ImageSet,
    options: &LoadOptions,
    chosen: &[usize],
    all: usize,
) -> Result<()> {
    let Some(path) = &options.labels else {
        return Ok(());
    };
    let labels = read(path, all).map_err(|error| in_file(path, error))?;
    set.labels = of_images(&labels, chosen);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    set.notes.push(note(&labels, &one_line(&name)));
    Ok(())
}

/// Returns the labels of the chosen images of all that have these.
pub(super) fn of_images(labels: &[String], chosen: &[usize]) -> Option<Labels> {
    let own: Vec<&str> = chosen.iter().map(|&image| labels[image].as_str()).collect();
    labels_of(&own)
}

/// Returns a note about labels and where they were read.
pub(super) fn note(labels: &[String], place: &str) -> String {
    let mut distinct: Vec<&String> = labels.iter().collect();
    distinct.sort();
    distinct.dedup();
    format!("{} distinct labels are read from {place}", distinct.len())
}

/// Reads one label per image.
fn read(path: &Path, images: usize) -> Result<Vec<String>> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    placeholders::check(path)?;
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    let labels = if head.starts_with(MAGIC) {
        let length = file.metadata().map_err(|source| io_error(path, source))?;
        let mut reader = BufReader::new(file);
        let header = Header::read(&mut reader, length.len())?;
        read_array(&header, &mut reader)?
    } else if idx_file::recognise(&head) && !is_packed_text(path) {
        idx_labels::read(path, images).map_err(InputError::LabelFile)?
    } else {
        lines(path, images)?
    };
    check_count(&labels, images)?;
    Ok(labels)
}

/// Checks that there is one label per image.
pub(super) fn check_count(labels: &[String], images: usize) -> Result<()> {
    let labels = labels.len();
    if labels == images {
        return Ok(());
    }
    Err(InputError::LabelCount { labels, images }.into())
}

/// Checks whether a compressed file is text.
fn is_packed_text(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = gzip::open(path).and_then(|(file, _)| file.take(512).read_to_end(&mut head));
    read.is_ok() && decode::is_text(&head)
}

/// Reads one label per line, without the quotation marks around it; a line more than images is a header.
pub(in crate::images::reading) fn lines(path: &Path, images: usize) -> Result<Vec<String>> {
    let (file, _) = gzip::open(path).map_err(|source| io_error(path, source))?;
    let most = (LONGEST_LABEL * (images + 1)) as u64;
    let mut bytes = Vec::new();
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|source| io_error(path, source))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if !decode::is_text(bytes) {
        let allowed = "allowed are lines of text, a .npy array and an IDX file of labels";
        return Err(InputError::LabelFile(allowed.to_owned()).into());
    }
    let mut labels: Vec<String> = bytes
        .trim_ascii_end()
        .split(|&byte| byte == b'\n')
        .map(|line| text(line).trim_matches('"').to_owned())
        .collect();
    if labels.len() == images + 1 {
        labels.remove(0);
    }
    Ok(labels)
}

/// Reads the values of an array, (n), (n, 1) or (1, n), which follow its header, as labels. Integers of 64 bits, also in
/// floats of 64 bits, are exact.
///
/// # Errors
/// If the array has another shape, which is checked before its values are read; if it cannot be read; and if values are not
/// whole numbers.
pub(super) fn read_array(header: &Header, reader: &mut impl Read) -> Result<Vec<String>> {
    if labels_in(header).is_none() {
        return Err(InputError::LabelShape(header.shape.clone()).into());
    }
    if let Some(values) = header.unsigned(reader).map_err(InputError::Damaged)? {
        return Ok(texts(&values));
    }
    let doubles = header.doubles(reader).map_err(InputError::Damaged)?;
    let whole = match doubles {
        Some(values) => values,
        None => match header.values(reader).map_err(InputError::Damaged)? {
            Values::Bytes(values) => return Ok(texts(&values)),
            Values::Whole(values) => return Ok(texts(&values)),
            Values::Texts(values) => return Ok(values),
            Values::Floats(values) => values.into_iter().map(f64::from).collect(),
        },
    };
    if whole.iter().all(|value| value.fract() == 0.0) {
        Ok(texts(&whole))
    } else {
        Err(Error::NpyType(header.descr.clone()))
    }
}

/// Returns numbers as texts.
fn texts(numbers: &[impl ToString]) -> Vec<String> {
    numbers.iter().map(ToString::to_string).collect()
}

/// Returns how many labels an array has; `None` if its shape is not that of labels.
pub(super) fn labels_in(header: &Header) -> Option<usize> {
    match header.shape[..] {
        [labels] | [labels, 1] | [1, labels] => Some(labels),
        _ => None,
    }
}
