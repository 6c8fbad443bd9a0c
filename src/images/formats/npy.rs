//! Images from the array of a .npy file, as `numpy.save` writes it.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use ndarray::Array2;

use super::out_of_core::{ArrayImages, stored_or_read, with_index_in_file};
use super::rows::{of_bytes, of_floats, row_shape};
use crate::basis::Shape;
use crate::disk;
use crate::error::{CommunicatorError, Error, InputError, Result};
use crate::images::options::LoadOptions;
use crate::images::read_set::ReadSet;
use crate::images::request::Request;
use crate::images::set::{ImageSet, Layout, PixelValues, io_error, retain, with_names_file};
use crate::npy::{Header, Kind, MAGIC, Values};

/// The size of an array of images.
#[derive(Clone, Copy)]
struct ArraySize {
    images: usize,
    /// The size of each image.
    shape: Shape,
}

/// Masks from an array.
pub(crate) struct ArrayMasks {
    /// How many there are.
    pub masks: usize,
    /// The size of each.
    pub shape: Shape,
    /// Which pixels are known, one mask after another.
    pub known: Vec<bool>,
}

/// Checks whether these are the first bytes of a .npy file.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// Reads the requested images of a file.
pub(crate) fn read(path: &Path, request: &Request) -> Result<ReadSet> {
    let (header, mut reader) = open(path)?;
    if header.lies_by_column() && !request.portion.is_all() {
        return Err(CommunicatorError::NeedsOneProcess {
            what: "an array in column-major order".to_owned(),
            try_instead: "save it with numpy.ascontiguousarray",
        }
        .into());
    }
    let row = row(&header, request)?;
    let size = images(&header, row)?;
    let chosen = request.chosen(size.images);
    let images = ArrayImages {
        path,
        shape: size.shape,
        layout: layout(&header, size),
        chosen: &chosen,
    };
    let mut read = stored_or_read(&images, request.options, || {
        if header.lies_by_column() {
            let values = header
                .values(&mut reader)
                .map_err(|source| io_error(path, source))?;
            let set = images_of(&header, values, row, request.options)?;
            return Ok(retain(set, &chosen));
        }
        let values =
            read_rows(&header, &mut reader, &chosen).map_err(|source| io_error(path, source))?;
        images_of(&header.of_rows(chosen.len()), values, row, request.options)
            .map_err(|error| with_index_in_file(error, &chosen))
    })?;
    read.set = with_names_file(read.set, path, &chosen, size.images);
    Ok(read)
}

/// Returns the layout of the images in the file, if their values are stored as they are used.
fn layout(header: &Header, size: ArraySize) -> Option<Layout> {
    let are_of_bytes = header.kind == Kind::U8;
    header.plain().map(|start| Layout {
        images: size.images,
        pixels: size.shape.pixels(),
        are_of_bytes,
        start,
    })
}

/// Reads the array of a file: (n, height, width), (n, height, width, 1), or a table (n, pixels), whose rows are pictures
/// of `shape`.
pub(crate) fn read_whole(path: &Path, shape: Shape) -> Result<ImageSet> {
    let (header, values) = read_values(path)?;
    images_of(&header, values, Some(shape), &LoadOptions::default())
}

/// Returns the images of an array.
pub(crate) fn set(header: &Header, values: Values, request: &Request) -> Result<ImageSet> {
    images_of(header, values, row(header, request)?, request.options)
}

/// Returns the size of the picture in a row of a table; `None` for an array of pictures.
fn row(header: &Header, request: &Request) -> Result<Option<Shape>> {
    match header.shape[..] {
        [_, columns] => row_shape(columns, request).map(Some),
        _ if request.options.describes_rows() => {
            Err(InputError::NoRows(header.shape.clone()).into())
        }
        _ => Ok(None),
    }
}

/// Returns the images of an array; those of a table have the size `row`.
fn images_of(
    header: &Header,
    values: Values,
    row: Option<Shape>,
    options: &LoadOptions,
) -> Result<ImageSet> {
    let samples = samples(header, values)?;
    let size = images(header, row)?;
    let shape = size.shape;
    match samples {
        PixelValues::U8(values) => of_bytes(
            shape,
            options.by_rows(rows(header, size, values)?, shape),
            options.missing,
        ),
        PixelValues::F32(values) => of_floats(
            shape,
            options.by_rows(rows(header, size, values)?, shape),
            options.missing,
        ),
    }
}

/// Checks whether an array has the type and the shape of images.
pub(crate) fn can_be_images(header: &Header) -> bool {
    !matches!(header.kind, Kind::I64 | Kind::U64) && images(header, None).is_ok()
}

/// Reads masks, (n, height, width) or (n, pixels) of images of `shape` with the same order of pixels, or one mask,
/// (height, width). Pixels that are not 0 are known.
pub(crate) fn read_mask(path: &Path, shape: Shape, options: &LoadOptions) -> Result<ArrayMasks> {
    let (mut header, values) = read_values(path)?;
    let samples = samples(&header, values)?;
    if header.shape == [shape.height, shape.width] {
        header.shape.insert(0, 1);
    }
    let folded = header.shape.get(1) == Some(&shape.pixels());
    let size = images(&header, folded.then_some(shape))?;
    let known = match samples {
        PixelValues::U8(values) => rows(&header, size, values)?.mapv(|value| value != 0),
        PixelValues::F32(values) => rows(&header, size, values)?.mapv(|value| value != 0.0),
    };
    let known = if folded {
        options.by_rows(known, shape)
    } else {
        known
    };
    Ok(ArrayMasks {
        masks: size.images,
        shape: size.shape,
        known: known.into_iter().collect(),
    })
}

/// Reads the header and all values of a file.
fn read_values(path: &Path) -> Result<(Header, Values)> {
    let (header, mut reader) = open(path)?;
    let values = header
        .values(&mut reader)
        .map_err(|source| io_error(path, source))?;
    Ok((header, values))
}

/// Opens a file and reads its header.
fn open(path: &Path) -> Result<(Header, BufReader<File>)> {
    let file = disk::open_file(path).map_err(|source| io_error(path, source))?;
    let length = file
        .metadata()
        .map_err(|source| io_error(path, source))?
        .len();
    let mut reader = BufReader::new(file);
    Ok((Header::read(&mut reader, length)?, reader))
}

/// Returns values as samples of pictures.
fn samples(header: &Header, values: Values) -> Result<PixelValues> {
    Ok(match values {
        Values::Bytes(values) if header.kind == Kind::Bool => PixelValues::U8(
            values
                .iter()
                .map(|&value| if value == 0 { 0 } else { 255 })
                .collect(),
        ),
        Values::Bytes(values) => PixelValues::U8(values),
        Values::Floats(values) if header.kind == Kind::U16 => {
            PixelValues::F32(values.iter().map(|value| value / 65535.0).collect())
        }
        Values::Floats(values) => PixelValues::F32(values),
        Values::Whole(_) => return Err(Error::NpyType(header.descr.clone())),
    })
}

/// Returns the number and the size of the images in an array; those of a table have the size `row`.
fn images(header: &Header, row: Option<Shape>) -> Result<ArraySize> {
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
    Ok(ArraySize { images, shape })
}

/// Returns values as one row per image.
fn rows<T: Clone>(header: &Header, size: ArraySize, values: Vec<T>) -> Result<Array2<T>> {
    let images = size.images;
    let columns = values
        .len()
        .checked_div(images)
        .unwrap_or(size.shape.pixels());
    header
        .array(values)?
        .into_shape_with_order((images, columns))
        .map_err(|_| Error::NpyHeader)
}

/// Reads the values of the chosen rows, one run of consecutive rows at a time.
fn read_rows(
    header: &Header,
    reader: &mut BufReader<File>,
    chosen: &[usize],
) -> io::Result<Values> {
    let mut runs = chosen.chunk_by(|a, b| a + 1 == *b);
    let first = runs.next().unwrap_or_default();
    let begin = first.first().copied().unwrap_or_default();
    let mut values = header.rows(begin..begin + first.len(), reader)?;
    for run in runs {
        values.append(header.rows(run[0]..run[0] + run.len(), reader)?);
    }
    Ok(values)
}
