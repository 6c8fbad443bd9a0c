//! Reading of weights of pixels and images.

use std::io::BufReader;
use std::path::Path;

use ndarray::Array1;

use super::common::{PixelValues, in_file, io_error};
use super::decode;
use super::formats::label_file;
use super::masks::decode_picture;
use crate::basis::Shape;
use crate::disk;
use crate::error::{Error, InputError, Result, WeightsError};
use crate::images::weighting::check_weights;
use crate::npy::{Header, MAGIC, Values};
use crate::placeholders;

/// Reads weights of the pixels of images of this `shape`, (pixels), row by row: from a .npy array (height, width), or from a
/// picture of that size, whose grey values they are, from 0 (black) to 1 (white).
///
/// # Errors
/// If the file cannot be read or has another format or size, or if a weight is not allowed.
pub fn load_pixel_weights(path: &Path, shape: Shape) -> Result<Array1<f32>> {
    let weights = if is_array(path)? {
        array_of_pixels(path, shape)
    } else {
        picture(path, shape)
    };
    let checked = weights.and_then(|weights| {
        check_weights("pixels", &weights, shape.pixels())?;
        Ok(weights)
    });
    checked.map_err(|source| in_file(path, source))
}

/// Reads weights of so many `images`, in their order: from a .npy array (images), or from text with one number per line, after
/// a header or not.
///
/// # Errors
/// As [`load_pixel_weights`].
pub fn load_image_weights(path: &Path, images: usize) -> Result<Array1<f32>> {
    let weights = if is_array(path)? {
        array_of_images(path)
    } else {
        lines(path, images)
    };
    let checked = weights.and_then(|weights| {
        check_weights("images", &weights, images)?;
        Ok(weights)
    });
    checked.map_err(|source| in_file(path, source))
}

fn is_array(path: &Path) -> Result<bool> {
    placeholders::check(path)?;
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    Ok(head.starts_with(MAGIC))
}

fn array_of_pixels(path: &Path, shape: Shape) -> Result<Array1<f32>> {
    read_array(path, |sides| match *sides {
        [height, width] if (height, width) == (shape.height, shape.width) => Ok(()),
        [height, width] => Err(size(Shape::new(height, width), shape)),
        _ => Err(WeightsError::PixelShape(sides.to_vec())),
    })
}

fn array_of_images(path: &Path) -> Result<Array1<f32>> {
    read_array(path, |sides| match *sides {
        [_] => Ok(()),
        _ => Err(WeightsError::ImageShape(sides.to_vec())),
    })
}

/// Reads the numbers of an array whose sides are checked before.
fn read_array(
    path: &Path,
    check: impl Fn(&[usize]) -> std::result::Result<(), WeightsError>,
) -> Result<Array1<f32>> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let length = file.metadata().map_err(|source| io_error(path, source))?;
    let mut reader = BufReader::new(file);
    let header = Header::read(&mut reader, length.len())?;
    check(&header.shape)?;
    let values = match header.values(&mut reader).map_err(InputError::Damaged)? {
        Values::Bytes(values) => values.into_iter().map(f32::from).collect(),
        Values::Whole(values) => values.into_iter().map(|value| value as f32).collect(),
        Values::Floats(values) => values,
        Values::Texts(_) => return Err(Error::NpyType(header.descr)),
    };
    Ok(header.array(values)?.into_iter().collect())
}

fn picture(path: &Path, shape: Shape) -> Result<Array1<f32>> {
    let picture = decode_picture(path).map_err(WeightsError::Picture)?;
    if picture.shape != shape {
        return Err(size(picture.shape, shape).into());
    }
    Ok(match picture.samples {
        PixelValues::U8(bytes) => bytes.into_iter().map(|v| f32::from(v) / 255.0).collect(),
        PixelValues::F32(values) => values.into(),
    })
}

fn size(found: Shape, images: Shape) -> WeightsError {
    WeightsError::Size {
        found: (found.width, found.height),
        images: (images.width, images.height),
    }
}

fn lines(path: &Path, images: usize) -> Result<Array1<f32>> {
    let lines = label_file::lines(path, images)?.into_iter().enumerate();
    let weights = lines.map(|(index, text)| {
        let weight = text.trim().parse();
        weight.map_err(|_| WeightsError::Number { index, text }.into())
    });
    weights.collect()
}
