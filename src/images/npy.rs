//! Images from the array of a .npy file, as `numpy.save` writes it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::Array2;

use super::missing::Missing;
use super::picture::Samples;
use super::{ImageSet, LoadOptions, array};
use crate::basis::Shape;
use crate::error::{Error, Result, TeamError};
use crate::npy::{Header, Kind, MAGIC, Values};

/// Whether a file with these first bytes is a .npy file.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads images as [`read`] does, and prepares them.
pub(super) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    array::prepared(path, read_missing(path, options.size, options.missing)?, options, least)
}

/// Reads the array of a file: (n, height, width), (n, height, width, 1), or a table (n, pixels), whose rows are images
/// of `size`.
pub(super) fn read(path: &Path, size: Option<Shape>) -> Result<ImageSet> {
    read_missing(path, size, None)
}

/// The same, of which what is `missing` is unknown, and 0 where it is no number.
fn read_missing(path: &Path, size: Option<Shape>, missing: Option<Missing>) -> Result<ImageSet> {
    let (header, values) = read_values(path)?;
    set(&header, values, size, missing)
}

/// The images of an array.
pub(super) fn set(header: &Header, values: Values, size: Option<Shape>, missing: Option<Missing>) -> Result<ImageSet> {
    let samples = samples(header, values)?;
    let (images, shape) = images(header, size)?;
    match samples {
        Samples::U8(values) => array::of_bytes(shape, rows(header, (images, shape), values)?, missing),
        Samples::F32(values) => array::of_floats(shape, rows(header, (images, shape), values)?, missing),
    }
}

/// Whether an array has the type and the shape of images.
pub(super) fn can_be_images(header: &Header) -> bool {
    !matches!(header.kind, Kind::I64 | Kind::U64) && images(header, None).is_ok()
}

/// Reads masks, (n, height, width), (n, pixels) of images of `shape`, or one of (height, width): how many there are, their
/// size, and which pixels are known, all that are not 0.
pub(super) fn read_mask(path: &Path, shape: Shape) -> Result<(usize, Shape, Vec<bool>)> {
    let (mut header, values) = read_values(path)?;
    let samples = samples(&header, values)?;
    if header.shape == [shape.height, shape.width] {
        header.shape.insert(0, 1);
    }
    let folded = header.shape.get(1) == Some(&shape.pixels());
    let (images, shape) = images(&header, folded.then_some(shape))?;
    let known = match samples {
        Samples::U8(values) => rows(&header, (images, shape), values)?.mapv(|value| value != 0),
        Samples::F32(values) => rows(&header, (images, shape), values)?.mapv(|value| value != 0.0),
    };
    Ok((images, shape, known.into_iter().collect()))
}

/// What a header says, and the values behind it.
fn read_values(path: &Path) -> Result<(Header, Values)> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    let length = file.metadata().map_err(io_error)?.len();
    let mut reader = BufReader::new(file);
    let header = Header::read(&mut reader, length)?;
    let values = header.values(&mut reader).map_err(io_error)?;
    Ok((header, values))
}

/// The values as pictures have them.
fn samples(header: &Header, values: Values) -> Result<Samples> {
    Ok(match values {
        Values::Bytes(values) if header.kind == Kind::Bool => {
            Samples::U8(values.iter().map(|&value| if value == 0 { 0 } else { 255 }).collect())
        }
        Values::Bytes(values) => Samples::U8(values),
        Values::Floats(values) if header.kind == Kind::U16 => {
            Samples::F32(values.iter().map(|value| value / 65535.0).collect())
        }
        Values::Floats(values) => Samples::F32(values),
        Values::Whole(_) => return Err(Error::NpyType(header.descr.clone())),
    })
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

/// Reads some of the images of a file, which are chosen by their number among all, one run of neighbours after another.
pub(super) fn read_some(
    path: &Path,
    options: &LoadOptions,
    choose: impl FnOnce(usize) -> Vec<usize>,
) -> Result<(ImageSet, Vec<usize>)> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io_error)?;
    let length = file.metadata().map_err(io_error)?.len();
    let mut reader = BufReader::new(file);
    let header = Header::read(&mut reader, length)?;
    if header.lies_by_column() {
        return Err(TeamError::NeedsOneProcess {
            what: "an array that lies column by column".to_owned(),
            try_instead: "save numpy.ascontiguousarray of it",
        }
        .into());
    }
    let chosen = choose(images(&header, options.size)?.0);
    let mut read = |rows| header.rows(rows, &mut reader);
    let mut values = read(0..0).map_err(io_error)?;
    for run in chosen.chunk_by(|a, b| a + 1 == *b) {
        values.append(read(run[0]..run[0] + run.len()).map_err(io_error)?);
    }
    Ok((set(&header.of_rows(chosen.len()), values, options.size, options.missing)?, chosen))
}
