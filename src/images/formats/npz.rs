//! Images from one array of a .npz archive. If several arrays can be images, the options must name one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::npy;
use super::rows::of_array;
use crate::disk;
use crate::error::{Error, InputError, Result, one_line};
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::{ImageSet, io_error};
use crate::npy::Header;
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
        None => only(&headers)?,
    };
    let set = read_array(&mut arrays, key, request).map_err(|source| Error::InArray {
        key: key.clone(),
        source: Box::new(source),
    })?;
    let chosen = options.key.is_none() && headers.len() > 1;
    let note = chosen.then(|| {
        format!(
            "images are read from the array {}, the only one that can hold images",
            one_line(key)
        )
    });
    let notes = note.into_iter().collect();
    Ok(of_array(ImageSet { notes, ..set }, request))
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
fn only(headers: &[(String, Header)]) -> Result<&String> {
    let fitting: Vec<&(String, Header)> = headers
        .iter()
        .filter(|(_, header)| npy::can_be_images(header))
        .collect();
    match fitting[..] {
        [(key, _)] => Ok(key),
        [] => Err(InputError::NoImageArray(shapes(headers)).into()),
        _ => Err(InputError::SeveralArrays(shapes(fitting)).into()),
    }
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

fn read_array(arrays: &mut Arrays, key: &str, request: &Request) -> Result<ImageSet> {
    let (mut entry, length) = arrays.entry(key).map_err(InputError::Archive)?;
    let header = Header::read(&mut entry, length)?;
    let values = header.values(&mut entry).map_err(InputError::Damaged)?;
    // The checksum is verified at the end.
    entry.read(&mut [0]).map_err(InputError::Damaged)?;
    npy::set(&header, values, request)
}
