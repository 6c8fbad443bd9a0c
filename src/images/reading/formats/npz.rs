//! Images from one array of a .npz archive. If several arrays can be images, the options must name one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::array::{ArrayOfImages, can_be_images};
use super::label_file;
use super::rows::of_array;
use crate::basis::Shape;
use crate::disk;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::options::LoadOptions;
use crate::images::reading::common::{archive_error, io_error};
use crate::images::reading::memory_check::held;
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::ImageSet;
use crate::npy::{Header, PixelScale};
use crate::npz::Archive;

type Arrays = Archive<BufReader<File>>;

/// Reads the requested images from the array that is named, or the only one that can be images.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let options = request.options;
    let mut arrays = open(path)?;
    let headers = headers(&mut arrays);
    let (key, why) = match &options.key {
        Some(key) if arrays.keys().contains(key) => (key, None),
        Some(key) => {
            return Err(InputError::NoArray {
                key: key.clone(),
                found: shapes(&headers),
            }
            .into());
        }
        None => {
            let (key, why) = only(&headers, request)?;
            (key, Some(why).filter(|_| headers.len() > 1))
        }
    };
    let (set, scale) = read_array(&mut arrays, key, request).map_err(|source| Error::InArray {
        key: key.clone(),
        source: Box::new(source),
    })?;
    let set = with_labels(set, &mut arrays, &headers, options)?;
    let note = why.map(|why| format!("images are read from the array {}, {why}", one_line(key)));
    let notes = note.into_iter().chain(set.notes).collect();
    let mut read = of_array(ImageSet { notes, ..set }, request)?;
    let chosen = headers.iter().find(|(other, _)| other == key);
    read.facts.is_table = chosen.is_some_and(|(_, header)| header.shape.len() == 2);
    read.facts.scales = [scale].into();
    Ok(read)
}

/// Reads the table (n, pixels) that is named, whose rows are images of `shape`.
pub(crate) fn read_table(path: &Path, key: &str, shape: Shape) -> Result<ImageSet> {
    let mut arrays = open(path)?;
    if !arrays.keys().iter().any(|other| other == key) {
        return Err(InputError::NoArray {
            key: key.to_owned(),
            found: shapes(&headers(&mut arrays)),
        }
        .into());
    }
    let options = LoadOptions {
        shape: Some(shape),
        ..LoadOptions::default()
    };
    let (set, _scale) = read_array(&mut arrays, key, &Request::of_all(&options, 1))?;
    Ok(set)
}

/// Returns the set with the labels in the array that the options name, or with a note about an array that may be labels.
fn with_labels(
    mut set: ImageSet,
    arrays: &mut Arrays,
    headers: &[(String, Header)],
    options: &LoadOptions,
) -> Result<ImageSet> {
    let images = set.names.len();
    if let Some(label) = &options.label {
        let labels = read_labels(arrays, label, headers).map_err(|source| Error::InArray {
            key: label.clone(),
            source: Box::new(source),
        })?;
        label_file::check_count(&labels, images)?;
        let place = format!("the array {}", one_line(label));
        set.notes.push(label_file::note(&labels, &place));
        let all: Vec<usize> = (0..images).collect();
        set.labels = label_file::of_images(&labels, &all);
    } else if options.labels.is_none() {
        let per_image = headers
            .iter()
            .find(|(_, header)| label_file::labels_in(header) == Some(images) && images > 1);
        set.notes.extend(per_image.map(|(key, _)| {
            format!(
                "the array {0} has one value per image; if these are the labels, pass --label {0}",
                one_line(key)
            )
        }));
    }
    Ok(set)
}

/// Reads the labels in an array.
fn read_labels(
    arrays: &mut Arrays,
    key: &str,
    headers: &[(String, Header)],
) -> Result<Vec<String>> {
    if !arrays.keys().iter().any(|other| other == key) {
        return Err(InputError::NoArray {
            key: key.to_owned(),
            found: shapes(headers),
        }
        .into());
    }
    let (mut entry, length) = arrays.entry(key).map_err(archive_error)?;
    let header = Header::read(&mut entry, length)?;
    let labels = label_file::read_array(&header, &mut entry)?;
    // The checksum is verified at the end.
    entry.read(&mut [0]).map_err(InputError::Damaged)?;
    Ok(labels)
}

fn open(path: &Path) -> Result<Arrays> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let metadata = file.metadata().map_err(|source| io_error(path, source))?;
    let length = metadata.len();
    Archive::new(BufReader::new(file), length).map_err(archive_error)
}

/// Returns the headers of the arrays whose type is supported.
fn headers(arrays: &mut Arrays) -> Vec<(String, Header)> {
    let mut headers = Vec::new();
    for key in arrays.keys() {
        if let Ok((mut entry, length)) = arrays.entry(&key)
            && let Ok(header) = Header::read(&mut entry, length)
        {
            headers.push((key, header));
        }
    }
    headers
}

/// Returns the key of the only array that can be images, and how it is the only one.
fn only<'a>(
    headers: &'a [(String, Header)],
    request: &Request,
) -> Result<(&'a String, &'static str)> {
    let mut fitting = arrays_of_images(headers, request);
    if fitting.is_empty() {
        // For a table whose rows have another size, the error of its reader is more specific.
        let options = LoadOptions::default();
        let request = Request {
            options: &options,
            ..*request
        };
        fitting = arrays_of_images(headers, &request);
    }
    if let [(key, _)] = fitting[..] {
        return Ok((key, "the only one that can hold images"));
    }
    let is_one_picture = pictures(&fitting).len() == 1;
    // A single row among other tables holds labels or a mean.
    if fitting.len() > 1 && !request.allows_one_image() {
        fitting.retain(|(_, header)| header.shape[0] > 1);
    }
    // Of pictures and tables, such as weights or labels in several columns, the pictures are meant.
    match (&pictures(&fitting)[..], &fitting[..]) {
        (_, [(key, _)]) => Ok((
            key,
            "the only one with several images; to read another one, pass --key",
        )),
        ([(key, _)], _) if is_one_picture => Ok((
            key,
            "the only one of shape (n, height, width); to read another one, pass --key",
        )),
        ([(key, _)], _) => Ok((
            key,
            "the only one with several images of shape (n, height, width); to read another one, pass --key",
        )),
        (_, []) => Err(InputError::NoImageArray(shapes(headers)).into()),
        _ => Err(InputError::SeveralArrays(shapes(fitting.iter().copied())).into()),
    }
}

/// Returns the arrays that are no tables.
fn pictures<'a>(headers: &[&'a (String, Header)]) -> Vec<&'a (String, Header)> {
    headers
        .iter()
        .copied()
        .filter(|(_, header)| header.shape.len() > 2)
        .collect()
}

/// Returns the arrays that can be images by their type and shape and the options.
fn arrays_of_images<'a>(
    headers: &'a [(String, Header)],
    request: &Request,
) -> Vec<&'a (String, Header)> {
    headers
        .iter()
        .filter(|(_, header)| can_be_images(header, request))
        .collect()
}

/// Returns the keys and shapes of arrays for errors.
fn shapes<'a>(
    headers: impl IntoIterator<Item = &'a (String, Header)>,
) -> Vec<(String, Vec<usize>)> {
    headers
        .into_iter()
        .map(|(key, header)| (key.clone(), header.shape.clone()))
        .collect()
}

fn read_array(arrays: &mut Arrays, key: &str, request: &Request) -> Result<(ImageSet, PixelScale)> {
    let (mut entry, length) = arrays.entry(key).map_err(archive_error)?;
    let header = Header::read(&mut entry, length)?;
    let array = ArrayOfImages::new(header, request)?;
    let range = array.header.range(&mut entry);
    drop(entry);
    let array = array.with_range(range.map_err(InputError::Damaged)?);
    let used = request.chosen(array.images).len();
    let part = array.part(used, true, request);
    held(&part.size(request.options), false, request.options)?;
    let (mut entry, length) = arrays.entry(key).map_err(archive_error)?;
    Header::read(&mut entry, length)?;
    let values = array
        .header
        .pixels(array.conversion, &mut entry)
        .map_err(InputError::Damaged)?;
    // The checksum is verified at the end.
    entry.read(&mut [0]).map_err(InputError::Damaged)?;
    let set = array.set(&array.header, values, request.options)?;
    let scale = array.conversion.scale;
    let notes = array.notes;
    Ok((ImageSet { notes, ..set }, scale))
}
