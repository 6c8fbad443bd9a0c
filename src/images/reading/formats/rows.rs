//! Arrays with one image per row as sets: missing values, the limit, resizing.

use ndarray::{Array2, Axis};

use super::label_file;
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, InputError, Result};
use crate::images::missing::Missing;
use crate::images::options::{LoadOptions, Order};
use crate::images::reading::common::{DecodedPicture, PixelValues, mask_of, retain};
use crate::images::reading::read_set::ReadSet;
use crate::images::reading::request::Request;
use crate::images::set::{ImageSet, Images, Mask, Pixels};
use crate::kernel::Block;

/// Returns the size of the picture in a row of so many values, of a table of so many rows.
pub(crate) fn row_shape(rows: usize, columns: usize, request: &Request) -> Result<Shape> {
    // New images have the size of those that they are compared with.
    let options = request.options;
    let alike = options.size.filter(|_| request.allows_one_image());
    let plain = Shape::new(1, columns);
    match (options.shape.or(alike), options.size) {
        (Some(shape), _) if shape.pixels() == columns => Ok(shape),
        // One column more than pixels has labels or names, whatever the number of rows.
        (Some(shape), _) if shape.pixels() == rows && columns != rows + 1 && !options.transpose => {
            Err(InputError::TurnedTable {
                rows,
                columns,
                width: shape.width,
                height: shape.height,
            }
            .into())
        }
        (Some(Shape { width, height }), _) => Err(Error::RowLength {
            columns,
            width,
            height,
        }),
        (None, Some(size)) if size != plain => Err(InputError::RowsNoPictures(columns).into()),
        (None, _) => Ok(plain),
    }
}

/// Returns a set of bytes, one image per row, in which `missing` values are unknown.
pub(crate) fn of_bytes(
    shape: Shape,
    values: Array2<u8>,
    missing: Option<Missing>,
) -> Result<ImageSet> {
    let known = missing
        .and_then(|missing| missing.known(&PixelValues::U8(values.iter().copied().collect())));
    let mask = in_rows(known.as_deref(), values.nrows(), shape);
    Ok(ImageSet {
        mask,
        ..ImageSet::from_u8(shape, values)?
    })
}

/// Returns a set of floats, one image per row, in which `missing` values are unknown, and 0 if they are not valid.
pub(crate) fn of_floats(
    shape: Shape,
    mut values: Array2<f32>,
    missing: Option<Missing>,
) -> Result<ImageSet> {
    let known = missing
        .and_then(|missing| missing.known(&PixelValues::F32(values.iter().copied().collect())));
    if let Some(known) = &known {
        let unknown = values.iter_mut().zip(known).filter(|(_, known)| !**known);
        unknown
            .filter(|(value, _)| !value.is_finite() || **value < 0.0)
            .for_each(|(value, _)| *value = 0.0);
    }
    let mask = in_rows(known.as_deref(), values.nrows(), shape);
    Ok(ImageSet {
        mask,
        ..ImageSet::from_f32(shape, values)?
    })
}

fn in_rows(known: Option<&[bool]>, images: usize, shape: Shape) -> Option<Mask> {
    let known = known?;
    Mask::new(images, shape.pixels(), |image, pixel| {
        known[image * shape.pixels() + pixel]
    })
}

impl LoadOptions {
    /// Returns the values of pictures, one per row, with the pixels of each row by row.
    pub(crate) fn by_rows<T: Copy>(&self, values: Array2<T>, shape: Shape) -> Array2<T> {
        if self.order == Order::Row {
            return values;
        }
        let places: Vec<usize> = (0..shape.pixels())
            .map(|pixel| pixel % shape.width * shape.height + pixel / shape.width)
            .collect();
        values.select(Axis(1), &places)
    }
}

/// Returns the requested images of an array in memory, resized as the options require.
///
/// # Errors
/// If a file of labels cannot be read.
pub(crate) fn of_array(mut set: ImageSet, request: &Request) -> Result<ReadSet> {
    let images = set.names.len();
    let all: Vec<usize> = (0..images).collect();
    label_file::set_labels(&mut set, request.options, &all, images)?;
    let chosen = request.chosen(images);
    Ok(resized(retain(set, &chosen), request.options))
}

/// Returns images in memory in the size of the options.
pub(crate) fn resized(set: ImageSet, options: &LoadOptions) -> ReadSet {
    let from = set.shape;
    let mut read = ReadSet::of_array(resize(set, options), 0);
    if read.set.shape != from {
        let images = read.set.names.len();
        read.facts.count_resized(from, images);
    }
    read
}

/// Returns the images in the size of the options, if they have another one.
fn resize(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let Some(size) = options.size.filter(|&size| size != set.shape) else {
        return set;
    };
    let indices: Vec<usize> = (0..set.names.len()).collect();
    let pictures = blocks::map(&indices, |_, &index| {
        let samples = match set.block(index..index + 1) {
            Block::U8(values) => PixelValues::U8(values.into_owned()),
            Block::F32(values) => PixelValues::F32(values.into_owned()),
        };
        let known = set.mask.as_ref().map(|mask| mask.image(index));
        DecodedPicture {
            shape: set.shape,
            samples,
            known,
        }
        .fit(size, options.fit)
    });
    ImageSet {
        mask: mask_of(size, &pictures),
        pixels: Pixels::gather(size, pictures),
        shape: size,
        ..set
    }
}
