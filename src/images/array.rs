//! Arrays of images as sets: what is missing, the limit, the size. Not how their files are read.

use std::path::Path;

use ndarray::{Array2, Axis};

use super::folder::labels_of;
use super::missing::{self, Missing};
use super::picture::{Picture, Samples};
use super::{ImageSet, Labels, LoadOptions, Mask, Pixels};
use crate::basis::Shape;
use crate::blocks;
use crate::error::{Error, Result};

/// The images of a file as they are asked for; `least` must be there.
pub(super) fn prepared(path: &Path, set: ImageSet, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let usable = set.names.len();
    if usable < least {
        return Err(Error::TooFewImages { path: path.to_owned(), usable, needed: least, skipped: 0, first: None });
    }
    Ok(resize(take(set, options), options))
}

/// Bytes, one image a row, of which what is `missing` is unknown.
pub(super) fn of_bytes(shape: Shape, values: Array2<u8>, missing: Option<Missing>) -> Result<ImageSet> {
    let known = missing.and_then(|missing| missing.known(&Samples::U8(values.iter().copied().collect())));
    let mask = in_rows(known.as_deref(), values.nrows(), shape);
    Ok(ImageSet { mask, ..ImageSet::from_u8(shape, values)? })
}

/// Floats, one image a row, of which what is `missing` is unknown, and 0 where it is no number.
pub(super) fn of_floats(shape: Shape, mut values: Array2<f32>, missing: Option<Missing>) -> Result<ImageSet> {
    let known = missing.and_then(|missing| missing.known(&Samples::F32(values.iter().copied().collect())));
    if let Some(known) = &known {
        let unknown = values.iter_mut().zip(known).filter(|(_, known)| !**known);
        unknown.filter(|(value, _)| !value.is_finite() || **value < 0.0).for_each(|(value, _)| *value = 0.0);
    }
    let mask = in_rows(known.as_deref(), values.nrows(), shape);
    Ok(ImageSet { mask, ..ImageSet::from_f32(shape, values)? })
}

fn in_rows(known: Option<&[bool]>, images: usize, shape: Shape) -> Option<Mask> {
    Mask::new(images, shape.pixels(), |image, pixel| known.is_none_or(|known| known[image * shape.pixels() + pixel]))
}

fn take(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let chosen = options.spread(set.names.len());
    if chosen.len() == set.names.len() {
        return set;
    }
    ImageSet {
        pixels: set.pixels.select(&chosen),
        mask: set.mask.as_ref().and_then(|mask| mask.select(&chosen)),
        names: chosen.iter().map(|&index| set.names[index].clone()).collect(),
        labels: set.labels.as_ref().and_then(|labels| labels_among(labels, &chosen)),
        ..set
    }
}

/// The labels of the chosen images, without those that none of them has.
pub(super) fn labels_among(labels: &Labels, chosen: &[usize]) -> Option<Labels> {
    let names: Vec<&str> = chosen.iter().map(|&index| labels.names[labels.indices[index]].as_str()).collect();
    labels_of(&names)
}

pub(super) fn resize(set: ImageSet, options: &LoadOptions) -> ImageSet {
    let Some(size) = options.size.filter(|&size| size != set.shape) else {
        return set;
    };
    let indices: Vec<usize> = (0..set.names.len()).collect();
    let pictures = blocks::map(&indices, |_, &index| {
        let samples = match &set.pixels {
            Pixels::U8(values) => Samples::U8(values.index_axis(Axis(0), index).to_vec()),
            Pixels::F32(values) => Samples::F32(values.index_axis(Axis(0), index).to_vec()),
        };
        let known = set.mask.as_ref().map(|mask| mask.image(index));
        Picture { shape: set.shape, samples, known }.fit(size, options.fit)
    });
    ImageSet { mask: missing::mask(size, &pictures), pixels: Pixels::gather(size, pictures), shape: size, ..set }
}
