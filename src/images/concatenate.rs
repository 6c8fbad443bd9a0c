//! Several inputs as one set: what each holds, one after another.

use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis, concatenate};

use super::files::min_count::first_skipped;
use super::set::{ImageSet, Mask, Pixels, Skipped, labels_of, one_shape};
use crate::basis::Shape;
use crate::error::{Error, Result};

/// The sets that were read from `paths` as one, in their order.
pub(super) fn join(paths: &[impl AsRef<Path>], mut sets: Vec<ImageSet>) -> Result<ImageSet> {
    if sets.len() == 1 && !sets[0].names.is_empty() {
        return Ok(sets.swap_remove(0));
    }
    let mut sets = sets
        .into_iter()
        .map(ImageSet::into_memory)
        .collect::<Result<Vec<_>>>()?;
    if sets.len() > 1 {
        sets.iter_mut()
            .zip(paths)
            .for_each(|(set, path)| name_by(set, path.as_ref()));
    }
    let shape = one_shape(
        sets.iter()
            .flat_map(|set| set.names.iter().map(|name| (name, set.shape))),
    )?;
    let set = ImageSet {
        pixels: pixels(&sets, shape),
        shape,
        mask: mask(&sets, shape),
        white: None,
        labels: labels_of(&sets.iter().flat_map(folders).collect::<Vec<_>>()),
        names: sets.iter().flat_map(|set| set.names.clone()).collect(),
        skipped: sets.iter().flat_map(|set| set.skipped.clone()).collect(),
        passed_over: sets.iter().map(|set| set.passed_over).sum(),
        notes: sets.iter().flat_map(|set| set.notes.clone()).collect(),
    };
    if set.names.is_empty() {
        let path = paths
            .first()
            .map(|path| path.as_ref().to_owned())
            .unwrap_or_default();
        let (skipped, first) = (set.skipped.len(), first_skipped(&set));
        return Err(Error::TooFewImages {
            path,
            usable: 0,
            needed: 1,
            skipped,
            first,
        });
    }
    Ok(set)
}

/// Puts the input before the names, unless it is the file that they name, or that they are pages of.
fn name_by(set: &mut ImageSet, path: &Path) {
    let input = path.to_string_lossy();
    let below = |name: &mut String| {
        if !name
            .strip_prefix(&*input)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        {
            *name = format!("{}/{name}", input.trim_end_matches('/'));
        }
    };
    set.names.iter_mut().for_each(below);
    set.skipped
        .iter_mut()
        .for_each(|Skipped { path, .. }| below(path));
}

/// The folder of each image below its input.
fn folders(set: &ImageSet) -> Vec<&str> {
    match &set.labels {
        Some(labels) => (0..labels.indices.len())
            .map(|image| labels.of(image))
            .collect(),
        None => vec!["."; set.names.len()],
    }
}

/// Bytes where all are bytes.
fn pixels(sets: &[ImageSet], shape: Shape) -> Pixels {
    let sets: Vec<&ImageSet> = sets.iter().filter(|set| !set.names.is_empty()).collect();
    // Of no array there is no concatenation.
    let none = || Array2::zeros((0, shape.pixels()));
    if let Some(bytes) = sets
        .iter()
        .map(|set| bytes(set))
        .collect::<Option<Vec<_>>>()
    {
        return Pixels::U8(concatenate(Axis(0), &bytes).unwrap_or_else(|_| none()));
    }
    let floats: Vec<Array2<f32>> = sets.iter().map(|set| set.to_f32()).collect();
    let floats: Vec<_> = floats.iter().map(|floats| floats.view()).collect();
    Pixels::F32(concatenate(Axis(0), &floats).unwrap_or_else(|_| none().mapv(f32::from)))
}

fn bytes(set: &ImageSet) -> Option<ArrayView2<'_, u8>> {
    if let Pixels::U8(values) = &set.pixels {
        Some(values.view())
    } else {
        None
    }
}

fn mask(sets: &[ImageSet], shape: Shape) -> Option<Mask> {
    let places: Vec<(&ImageSet, usize)> = sets
        .iter()
        .flat_map(|set| (0..set.names.len()).map(move |i| (set, i)))
        .collect();
    let known = |image: usize, pixel: usize| {
        let (set, image) = places[image];
        set.mask
            .as_ref()
            .is_none_or(|mask| mask.is_known(image, pixel))
    };
    sets.iter()
        .any(|set| set.mask.is_some())
        .then(|| Mask::new(places.len(), shape.pixels(), known))
        .flatten()
}
