//! Images from one array of a .npz archive. If several arrays can be images, the options must name one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::array::{ArrayOfImages, can_be_images};
use super::label_file;
use super::rows::of_array;
use crate::disk;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::memory_check::held;
use crate::images::options::LoadOptions;
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::{ImageSet, io_error, labels_of};
use crate::memory::SetSize;
use crate::npy::{Header, PixelScale};
use crate::npz::Archive;

type Arrays = Archive<BufReader<File>>;

/// Reads the requested images from the array that is named, or the only one that can be images.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let options = request.options;
    let mut arrays = open(path)?;
    let headers = headers(&mut arrays);
    let key = match &options.key {
        Some(key) if arrays.keys().contains(key) => key,
        Some(key) => {
            return Err(InputError::NoArray {
                key: key.clone(),
                found: shapes(&headers),
            }
            .into());
        }
        None => only(&headers, request)?,
    };
    let (set, scale) = read_array(&mut arrays, key, request).map_err(|source| Error::InArray {
        key: key.clone(),
        source: Box::new(source),
    })?;
    let set = with_labels(set, &mut arrays, &headers, options)?;
    let chosen = options.key.is_none() && headers.len() > 1;
    let note = chosen.then(|| {
        let why = if arrays_of_images(&headers, request).len() > 1 {
            "the only one of shape (n, height, width); to read another one, pass --key"
        } else {
            "the only one that can hold images"
        };
        format!("images are read from the array {}, {why}", one_line(key))
    });
    let notes = note.into_iter().chain(set.notes).collect();
    let mut read = of_array(ImageSet { notes, ..set }, request)?;
    let chosen = headers.iter().find(|(other, _)| other == key);
    read.facts.is_table = chosen.is_some_and(|(_, header)| header.shape.len() == 2);
    read.facts.scales = [scale].into();
    Ok(read)
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
        if labels.len() != images {
            let labels = labels.len();
            return Err(InputError::LabelCount { labels, images }.into());
        }
        let place = format!("the array {}", one_line(label));
        set.notes.push(label_file::note(&labels, &place));
        set.labels = labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>());
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
    let (mut entry, length) = arrays.entry(key).map_err(InputError::Archive)?;
    let header = Header::read(&mut entry, length)?;
    let values = header.values(&mut entry).map_err(InputError::Damaged)?;
    entry.read(&mut [0]).map_err(InputError::Damaged)?;
    label_file::of_array(&header, values)
}

fn open(path: &Path) -> Result<Arrays> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let metadata = file.metadata().map_err(|source| io_error(path, source))?;
    let length = metadata.len();
    Ok(Archive::new(BufReader::new(file), length).map_err(InputError::Archive)?)
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

/// Returns the key of the only array that can be images.
fn only<'a>(headers: &'a [(String, Header)], request: &Request) -> Result<&'a String> {
    let mut fitting = arrays_of_images(headers, request);
    if fitting.is_empty() {
        // The error of a table whose rows have another size says more than that there is none.
        let options = LoadOptions::default();
        let request = Request {
            options: &options,
            ..*request
        };
        fitting = arrays_of_images(headers, &request);
    }
    // A single row among other tables holds labels or a mean.
    if fitting.len() > 1 && !request.allows_one_image() {
        fitting.retain(|(_, header)| header.shape[0] > 1);
    }
    // Of pictures and tables, such as weights or labels in several columns, the pictures are meant.
    let pictures: Vec<&(String, Header)> = fitting
        .iter()
        .copied()
        .filter(|(_, header)| header.shape.len() > 2)
        .collect();
    match (&pictures[..], &fitting[..]) {
        ([(key, _)], _) | ([], [(key, _)]) => Ok(key),
        (_, []) => Err(InputError::NoImageArray(shapes(headers)).into()),
        _ => Err(InputError::SeveralArrays(shapes(fitting.iter().copied())).into()),
    }
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

/// Returns the size of an array of an archive, all of which is read and then converted.
fn size(array: &ArrayOfImages, request: &Request) -> SetSize {
    let options = request.options;
    let images = request.whole(array.images);
    SetSize {
        images: images as u64,
        whole_images: images as u64,
        pixels: array.shape.pixels() as u64,
        value_bytes: array.conversion.pixel_bytes() as u64,
        stored_bytes: array.conversion.encoding.size() as u64,
        // All images are read before some of them are chosen.
        reading_copies: (2 * array.images as u64).div_ceil(images.max(1) as u64),
        decoding: 0,
        waiting: 0,
        is_masked: options.mask.is_some() || options.missing.is_some(),
    }
}

fn read_array(arrays: &mut Arrays, key: &str, request: &Request) -> Result<(ImageSet, PixelScale)> {
    let (mut entry, length) = arrays.entry(key).map_err(InputError::Archive)?;
    let header = Header::read(&mut entry, length)?;
    let range = header.range(&mut entry).map_err(InputError::Damaged)?;
    drop(entry);
    let array = ArrayOfImages::new(header, range, request)?;
    held(&size(&array, request), false, request.options)?;
    let (mut entry, length) = arrays.entry(key).map_err(InputError::Archive)?;
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
