//! Images from the array of a .npy file, as `numpy.save` writes it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::{Array2, Axis};

use super::picture::{Picture, Samples};
use super::{ImageSet, LoadOptions, Pixels, prepare};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result};
use crate::npy::{Header, Kind, MAGIC, Values};

/// Whether a file with these first bytes is a .npy file.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads images as [`read`] does, and prepares them.
pub(super) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let set = read(path, options.size)?;
    let usable = set.names.len();
    if usable < least {
        return Err(Error::TooFewImages { path: path.to_owned(), usable, needed: least, skipped: 0, first: None });
    }
    Ok(resize(take(set, options), options))
}

/// Reads the array of a file: (n, height, width), (n, height, width, 1), or a table (n, pixels), whose rows are images
/// of `size`.
pub(super) fn read(path: &Path, size: Option<Shape>) -> Result<ImageSet> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    let length = file.metadata().map_err(io_error)?.len();
    let mut reader = BufReader::new(file);
    let header = Header::read(&mut reader, length)?;
    let at = images(&header, size)?;
    let white = if header.kind == Kind::U16 { 65535.0 } else { 1.0 };
    match header.values(&mut reader).map_err(io_error)? {
        Values::Bytes(mut values) => {
            if header.kind == Kind::Bool {
                for value in &mut values {
                    *value = if *value == 0 { 0 } else { 255 };
                }
            }
            ImageSet::from_u8(at.1, rows(&header, at, values)?)
        }
        Values::Floats(values) => ImageSet::from_f32(at.1, rows(&header, at, values)? / white),
        Values::Whole(_) => Err(Error::NpyType { descr: header.descr }),
    }
}

/// How many images an array holds, and of which size; `size` says how the row of a table folds to an image.
fn images(header: &Header, size: Option<Shape>) -> Result<(usize, Shape)> {
    let (images, shape) = match header.shape[..] {
        [images, height, width] | [images, height, width, 1] => (images, Shape::new(height, width)),
        [images, columns] => (images, size.unwrap_or(Shape::new(1, columns))),
        _ => {
            return Err(Error::NpyShape { shape: header.shape.clone() });
        }
    };
    if shape.pixels() == 0 {
        return Err(Error::NpyShape { shape: header.shape.clone() });
    }
    Ok((images, shape))
}

/// The values as rows, one an image.
fn rows<T: Clone>(header: &Header, (images, shape): (usize, Shape), values: Vec<T>) -> Result<Array2<T>> {
    let columns = values.len().checked_div(images).unwrap_or(shape.pixels());
    header.array(values)?.into_shape_with_order((images, columns)).map_err(|_| Error::NpyHeader)
}

fn take(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let chosen = prepare::spread(set.names.len(), options.limit);
    if chosen.len() == set.names.len() {
        return set;
    }
    ImageSet {
        pixels: set.pixels.select(&chosen),
        names: chosen.iter().map(|&index| set.names[index].clone()).collect(),
        ..set
    }
}

fn resize(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let Some(size) = options.size.filter(|&size| size != set.shape) else {
        return set;
    };
    let indices: Vec<usize> = (0..set.names.len()).collect();
    let pictures = blocks::map(&indices, |_, &index| {
        let samples = match &set.pixels {
            Pixels::U8(values) => Samples::U8(values.index_axis(Axis(0), index).to_vec()),
            Pixels::F32(values) => Samples::F32(values.index_axis(Axis(0), index).to_vec()),
        };
        Picture { shape: set.shape, samples }.fit(size, options.fit)
    });
    ImageSet { pixels: Pixels::gather(size, pictures), shape: size, ..set }
}
