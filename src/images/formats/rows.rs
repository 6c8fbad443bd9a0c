//! Arrays of images as sets: what is missing, the limit, the size. Not how their files are read.

use std::path::Path;

use ndarray::{Array2, Axis};

use super::out_of_core as stored;
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, InputError, Result};
use crate::images::missing::Missing;
use crate::images::options::{LoadOptions, MIN_TRAINING_IMAGES, Order};
use crate::images::set::{ImageSet, Images, Mask, Picture, Pixels, Samples, mask_of, select};
use crate::kernel::Block;

/// The images of a file as they are asked for; `least` must be there.
pub(crate) fn prepared(
    path: &Path,
    set: ImageSet,
    options: &LoadOptions,
    least: usize,
) -> Result<ImageSet> {
    let usable = set.names.len();
    if usable < least {
        return Err(Error::TooFewImages {
            path: path.to_owned(),
            usable,
            needed: least,
            skipped: 0,
            first: None,
        });
    }
    Ok(resize(
        stored::in_memory_if_it_fits(take(set, options), options)?,
        options,
    ))
}

/// The chosen images of a file as they are asked for, of which the set has no others.
pub(crate) fn chosen(set: ImageSet, chosen: &[usize], options: &LoadOptions) -> ImageSet {
    let names = chosen.iter().map(ToString::to_string).collect();
    resize(ImageSet { names, ..set }, options)
}

/// The picture that a row of so many values is.
pub(crate) fn row_shape(columns: usize, options: &LoadOptions, least: usize) -> Result<Shape> {
    // New images are taken for such as they are to be compared with.
    let alike = options.size.filter(|_| least < MIN_TRAINING_IMAGES);
    let plain = Shape::new(1, columns);
    match (options.shape.or(alike), options.size) {
        (Some(shape), _) if shape.pixels() == columns => Ok(shape),
        (Some(Shape { width, height }), _) => Err(Error::RowLength {
            columns,
            width,
            height,
        }),
        (None, Some(size)) if size != plain => Err(InputError::RowsNoPictures(columns).into()),
        (None, _) => Ok(plain),
    }
}

/// Bytes, one image a row, of which what is `missing` is unknown.
pub(crate) fn of_bytes(
    shape: Shape,
    values: Array2<u8>,
    missing: Option<Missing>,
) -> Result<ImageSet> {
    let known =
        missing.and_then(|missing| missing.known(&Samples::U8(values.iter().copied().collect())));
    let mask = in_rows(known.as_deref(), values.nrows(), shape);
    Ok(ImageSet {
        mask,
        ..ImageSet::from_u8(shape, values)?
    })
}

/// Floats, one image a row, of which what is `missing` is unknown, and 0 where it is no number.
pub(crate) fn of_floats(
    shape: Shape,
    mut values: Array2<f32>,
    missing: Option<Missing>,
) -> Result<ImageSet> {
    let known =
        missing.and_then(|missing| missing.known(&Samples::F32(values.iter().copied().collect())));
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
    Mask::new(images, shape.pixels(), |image, pixel| {
        known.is_none_or(|known| known[image * shape.pixels() + pixel])
    })
}

impl LoadOptions {
    /// The values of pictures row of pixels after row, as they are where they stand in that order already.
    pub(crate) fn by_rows<T: Copy>(&self, values: Array2<T>, shape: Shape) -> Array2<T> {
        if self.order == Order::Row {
            return values;
        }
        let place = |pixel: usize| pixel % shape.width * shape.height + pixel / shape.width;
        values.select(Axis(1), &(0..shape.pixels()).map(place).collect::<Vec<_>>())
    }
}

fn take(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let chosen = options.taken(set.names.len());
    if chosen.len() == set.names.len() {
        set
    } else {
        select(&set, &chosen)
    }
}

fn resize(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let Some(size) = options.size.filter(|&size| size != set.shape) else {
        return set;
    };
    let indices: Vec<usize> = (0..set.names.len()).collect();
    let pictures = blocks::map(&indices, |_, &index| {
        let samples = match set.block(index..index + 1) {
            Block::U8(values) => Samples::U8(values.into_owned()),
            Block::F32(values) => Samples::F32(values.into_owned()),
        };
        let known = set.mask.as_ref().map(|mask| mask.image(index));
        Picture {
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
