//! Images from the array of a .npy file, as `numpy.save` writes it.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use ndarray::Array2;

use super::{out_of_core as stored, rows as array};
use crate::basis::Shape;
use crate::error::{CommunicatorError, Error, InputError, Result};
use crate::images::options::{LoadOptions, MIN_TRAINING_IMAGES};
use crate::images::set::{ImageSet, Images, Layout, Samples, io_error, named};
use crate::npy::{Header, Kind, MAGIC, Values};

/// Whether a file with these first bytes is a .npy file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads the images of a file, and prepares them.
pub(crate) fn load(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let set = if let Some(set) = stored(path, options, least)? {
        set
    } else {
        let (header, values) = read_values(path)?;
        set(&header, values, options, least)?
    };
    let all: Vec<usize> = (0..set.len()).collect();
    array::prepared(path, named(set, path, (&all, all.len())), options, least)
}

/// The set of an array that is to stay in its file; none where it fits memory, or its values are not as they are used.
fn stored(path: &Path, options: &LoadOptions, least: usize) -> Result<Option<ImageSet>> {
    let (header, _) = open(path)?;
    let size = images(&header, row(&header, options, least)?)?;
    layout(&header, size).map_or(Ok(None), |layout| {
        stored::set(path, size.1, layout, options)
    })
}

/// Where the images lie in the file, if their values are as they are used.
fn layout(header: &Header, (images, shape): (usize, Shape)) -> Option<Layout> {
    let are_of_bytes = header.kind == Kind::U8;
    header.plain().map(|start| Layout {
        images,
        pixels: shape.pixels(),
        are_of_bytes,
        start,
    })
}

/// Reads the array of a file: (n, height, width), (n, height, width, 1), or a table (n, pixels), whose rows are pictures
/// of `shape`.
pub(crate) fn read(path: &Path, shape: Shape) -> Result<ImageSet> {
    let (header, values) = read_values(path)?;
    of(&header, values, Some(shape), &LoadOptions::default())
}

/// The images of an array.
pub(crate) fn set(
    header: &Header,
    values: Values,
    options: &LoadOptions,
    least: usize,
) -> Result<ImageSet> {
    of(header, values, row(header, options, least)?, options)
}

/// The picture that a row of a table is; none of an array of pictures.
fn row(header: &Header, options: &LoadOptions, least: usize) -> Result<Option<Shape>> {
    match header.shape[..] {
        [_, columns] => array::row_shape(columns, options, least).map(Some),
        _ if options.tells_rows() => Err(InputError::NoRows(header.shape.clone()).into()),
        _ => Ok(None),
    }
}

/// The images of an array, of a table those that its rows are.
fn of(
    header: &Header,
    values: Values,
    row: Option<Shape>,
    options: &LoadOptions,
) -> Result<ImageSet> {
    let samples = samples(header, values)?;
    let (images, shape) = images(header, row)?;
    let size = (images, shape);
    match samples {
        Samples::U8(values) => array::of_bytes(
            shape,
            options.by_rows(rows(header, size, values)?, shape),
            options.missing,
        ),
        Samples::F32(values) => array::of_floats(
            shape,
            options.by_rows(rows(header, size, values)?, shape),
            options.missing,
        ),
    }
}

/// Whether an array has the type and the shape of images.
pub(crate) fn can_be_images(header: &Header) -> bool {
    !matches!(header.kind, Kind::I64 | Kind::U64) && images(header, None).is_ok()
}

/// Reads masks, (n, height, width), (n, pixels) of images of `shape`, whose pixels are in the order of the images', or one
/// of (height, width): how many there are, their size, and which pixels are known, all that are not 0.
pub(crate) fn read_mask(
    path: &Path,
    shape: Shape,
    options: &LoadOptions,
) -> Result<(usize, Shape, Vec<bool>)> {
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
    let known = if folded {
        options.by_rows(known, shape)
    } else {
        known
    };
    Ok((images, shape, known.into_iter().collect()))
}

/// What a header says, and the values behind it.
fn read_values(path: &Path) -> Result<(Header, Values)> {
    let (header, mut reader) = open(path)?;
    let values = header
        .values(&mut reader)
        .map_err(|source| io_error(path, source))?;
    Ok((header, values))
}

/// What a header says, and the file behind it.
fn open(path: &Path) -> Result<(Header, BufReader<File>)> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let length = file
        .metadata()
        .map_err(|source| io_error(path, source))?
        .len();
    let mut reader = BufReader::new(file);
    Ok((Header::read(&mut reader, length)?, reader))
}

/// The values as pictures have them.
fn samples(header: &Header, values: Values) -> Result<Samples> {
    Ok(match values {
        Values::Bytes(values) if header.kind == Kind::Bool => Samples::U8(
            values
                .iter()
                .map(|&value| if value == 0 { 0 } else { 255 })
                .collect(),
        ),
        Values::Bytes(values) => Samples::U8(values),
        Values::Floats(values) if header.kind == Kind::U16 => {
            Samples::F32(values.iter().map(|value| value / 65535.0).collect())
        }
        Values::Floats(values) => Samples::F32(values),
        Values::Whole(_) => return Err(Error::NpyType(header.descr.clone())),
    })
}

/// How many images an array holds, and of which size; `row` says which picture the row of a table is.
fn images(header: &Header, row: Option<Shape>) -> Result<(usize, Shape)> {
    let (images, shape) = match header.shape[..] {
        [images, height, width] | [images, height, width, 1] => (images, Shape::new(height, width)),
        [images, columns] => (images, row.unwrap_or(Shape::new(1, columns))),
        _ => {
            return Err(Error::NpyShape {
                shape: header.shape.clone(),
            });
        }
    };
    if shape.pixels() == 0 {
        return Err(Error::NpyShape {
            shape: header.shape.clone(),
        });
    }
    Ok((images, shape))
}

/// The values as rows, one an image.
fn rows<T: Clone>(
    header: &Header,
    (images, shape): (usize, Shape),
    values: Vec<T>,
) -> Result<Array2<T>> {
    let columns = values.len().checked_div(images).unwrap_or(shape.pixels());
    header
        .array(values)?
        .into_shape_with_order((images, columns))
        .map_err(|_| Error::NpyHeader)
}

/// Reads some of the images of a file, which are chosen by their number among all.
pub(crate) fn read_some(
    path: &Path,
    options: &LoadOptions,
    choose: impl FnOnce(usize) -> Vec<usize>,
) -> Result<ImageSet> {
    let (header, mut reader) = open(path)?;
    if header.lies_by_column() {
        return Err(CommunicatorError::NeedsOneProcess {
            what: "an array that lies column by column".to_owned(),
            try_instead: "save numpy.ascontiguousarray of it",
        }
        .into());
    }
    let row = row(&header, options, MIN_TRAINING_IMAGES)?;
    let size = images(&header, row)?;
    let chosen = choose(size.0);
    let stored = layout(&header, size)
        .map(|layout| stored::some(path, size.1, layout, &chosen, options))
        .transpose()?;
    let set = if let Some(set) = stored.flatten() {
        set
    } else {
        let values =
            read_rows(&header, &mut reader, &chosen).map_err(|source| io_error(path, source))?;
        array::chosen(
            of(&header.of_rows(chosen.len()), values, row, options)?,
            &chosen,
            options,
        )
    };
    Ok(named(set, path, (&chosen, size.0)))
}

/// The values of the chosen rows, one run of neighbours after another.
fn read_rows(
    header: &Header,
    reader: &mut BufReader<File>,
    chosen: &[usize],
) -> io::Result<Values> {
    let mut values = header.rows(0..0, reader)?;
    for run in chosen.chunk_by(|a, b| a + 1 == *b) {
        values.append(header.rows(run[0]..run[0] + run.len(), reader)?);
    }
    Ok(values)
}
