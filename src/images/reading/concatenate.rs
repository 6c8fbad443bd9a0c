//! Concatenation of the sets of several inputs.

use std::path::{Path, PathBuf};

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::common::{SameSize, common_size};
use super::min_count::first_skipped;
use crate::basis::Shape;
use crate::error::{Error, Result};
use crate::images::set::{ImageSet, Mask, Pixels, Skipped, labels_of};

/// Concatenates the sets that were read from `paths`.
///
/// # Errors
/// If sizes differ, or there is no image.
pub(super) fn join(paths: &[impl AsRef<Path>], mut sets: Vec<ImageSet>) -> Result<ImageSet> {
    if sets.len() == 1 && !sets[0].names.is_empty() {
        return Ok(sets.swap_remove(0));
    }
    let mut sets = sets
        .into_iter()
        .map(ImageSet::into_memory)
        .collect::<Result<Vec<_>>>()?;
    if sets.len() > 1 {
        for (set, path) in sets.iter_mut().zip(paths) {
            prefix_names(set, path.as_ref());
        }
    }
    let shape = common_size(
        sets.iter()
            .flat_map(|set| set.names.iter().map(|name| SameSize::one(name, set.shape))),
    )?;
    let set = ImageSet {
        pixels: all_pixels(&sets, shape),
        shape,
        mask: all_masks(&sets, shape),
        outliers: None,
        white: None,
        labels: labels_of(&sets.iter().flat_map(folders).collect::<Vec<_>>()),
        names: sets.iter().flat_map(|set| set.names.clone()).collect(),
        skipped: sets.iter().flat_map(|set| set.skipped.clone()).collect(),
        passed_over: sets.iter().map(|set| set.passed_over).sum(),
        notes: sets.iter().flat_map(|set| set.notes.clone()).collect(),
    };
    if set.names.is_empty() {
        return Err(no_images(paths.first(), &set));
    }
    Ok(set)
}

/// Returns the error about inputs without an image.
fn no_images(first_input: Option<&impl AsRef<Path>>, set: &ImageSet) -> Error {
    Error::TooFewImages {
        path: first_input.map_or_else(PathBuf::new, |path| path.as_ref().to_owned()),
        usable: 0,
        needed: 1,
        skipped: set.skipped.len(),
        first: first_skipped(set),
        ignored: Vec::new(),
    }
}

/// Puts the path of the input before the names, unless they are names of this file or of its pages.
fn prefix_names(set: &mut ImageSet, path: &Path) {
    let input = path.to_string_lossy();
    let skipped = set.skipped.iter_mut().map(|Skipped { path, .. }| path);
    for name in set.names.iter_mut().chain(skipped) {
        let is_file = name
            .strip_prefix(&*input)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        if !is_file {
            *name = format!("{}/{name}", input.trim_end_matches('/'));
        }
    }
}

/// Returns the label of each image; `.` if the set has no labels.
fn folders(set: &ImageSet) -> Vec<&str> {
    match &set.labels {
        Some(labels) => (0..labels.indices.len())
            .map(|image| labels.of(image))
            .collect(),
        None => vec!["."; set.names.len()],
    }
}

/// Returns the pixels of all sets: bytes if all are bytes, or else floats.
fn all_pixels(sets: &[ImageSet], shape: Shape) -> Pixels {
    let sets: Vec<&ImageSet> = sets.iter().filter(|set| !set.names.is_empty()).collect();
    if sets.is_empty() {
        return Pixels::U8(Array2::zeros((0, shape.pixels())));
    }
    // All rows have the same length, so that concatenation cannot fail.
    let empty = (0, shape.pixels());
    if let Some(bytes) = sets
        .iter()
        .map(|set| bytes(set))
        .collect::<Option<Vec<_>>>()
    {
        return Pixels::U8(concatenate(Axis(0), &bytes).unwrap_or_else(|_| Array2::zeros(empty)));
    }
    let floats: Vec<Array2<f32>> = sets.iter().map(|set| set.to_f32()).collect();
    let floats: Vec<_> = floats.iter().map(|floats| floats.view()).collect();
    Pixels::F32(concatenate(Axis(0), &floats).unwrap_or_else(|_| Array2::zeros(empty)))
}

/// Returns the pixels of a set if they are bytes in memory.
fn bytes(set: &ImageSet) -> Option<ArrayView2<'_, u8>> {
    if let Pixels::U8(values) = &set.pixels {
        Some(values.view())
    } else {
        None
    }
}

/// Returns the mask of all sets; `None` if all pixels are known.
fn all_masks(sets: &[ImageSet], shape: Shape) -> Option<Mask> {
    if sets.iter().all(|set| set.mask.is_none()) {
        return None;
    }
    let places: Vec<(&ImageSet, usize)> = sets
        .iter()
        .flat_map(|set| (0..set.names.len()).map(move |image| (set, image)))
        .collect();
    Mask::new(places.len(), shape.pixels(), |image, pixel| {
        let (set, image) = places[image];
        set.mask
            .as_ref()
            .is_none_or(|mask| mask.is_known(image, pixel))
    })
}
