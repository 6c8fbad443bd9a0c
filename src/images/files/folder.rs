//! The image files of a folder and its sub-folders as one set. Not how they are found, nor how they are decoded.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use super::decode_files as pictures;
use super::min_count::check_count;
use super::walk::{Candidate, Found};
use crate::blocks;
use crate::error::{InputError, Result};
use crate::images::decode;
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Skipped};

/// Images that are decoded at once where not all are to be in memory.
const RUN: usize = 2048;

/// Reads every image in `root` and below; `least` must be usable.
pub(crate) fn load(root: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let (set, other) = read(root, options, |chosen| chosen)?;
    check_count(root, &set, least, other)?;
    Ok(set)
}

/// Reads some of the images in `root` and below, which are taken from the numbers of those that are asked for; and what
/// else is there, by extension.
pub(crate) fn read(
    root: &Path,
    options: &LoadOptions,
    take: impl FnOnce(Vec<usize>) -> Vec<usize>,
) -> Result<(ImageSet, BTreeMap<String, usize>)> {
    let mut found = Found::below(root)?;
    let skipped = std::mem::take(&mut found.skipped);
    let mut set = decode_files(&found.candidates, skipped, options, take)?;
    set.notes.extend(found.lines());
    set.passed_over = found.passed_over;
    Ok((set, found.other))
}

/// Reads the images that were found as [`load`] does, but a run after the other, each as a set; what is said of all of
/// them comes with a last, empty one.
pub(crate) fn in_runs(
    mut found: Found,
    options: &LoadOptions,
    each: &mut dyn FnMut(ImageSet) -> Result<()>,
) -> Result<()> {
    let mut rest = pictures::gather(
        &[],
        std::iter::empty(),
        std::mem::take(&mut found.skipped),
        options,
    )?;
    let mut images = pictures::within(&found.candidates);
    rest.skipped.append(&mut images.broken);
    let (images, note) = images.chosen(options, |chosen| chosen);
    rest.notes.extend(note.into_iter().chain(found.lines()));
    for images in images.chunks(RUN) {
        each(decode_images(images, Vec::new(), options)?)?;
    }
    each(rest)
}

/// Reads one image file, or the pages of one, named by its path as given; `least` must be usable.
pub(crate) fn load_file(path: &Path, options: &LoadOptions, least: usize) -> Result<ImageSet> {
    let set = decode_files(&[named_by_path(path)], Vec::new(), options, |chosen| chosen)?;
    if set.names.len() == 1 && set.skipped.is_empty() && least > 1 {
        return Err(InputError::OneImage(path.to_owned()).into());
    }
    check_count(path, &set, least, BTreeMap::new())?;
    Ok(ImageSet {
        labels: None,
        ..set
    })
}

/// Reads the image files at `paths`, which a list names; `least` must be usable.
pub(crate) fn load_listed(
    list: &Path,
    paths: &[String],
    options: &LoadOptions,
    least: usize,
) -> Result<ImageSet> {
    let files: Vec<Candidate> = paths
        .iter()
        .map(|path| named_by_path(path.as_ref()))
        .collect();
    let set = decode_files(&files, Vec::new(), options, |chosen| chosen)?;
    check_count(list, &set, least, BTreeMap::new())?;
    // One folder tells nothing of its images.
    let labels = set.labels.filter(|labels| labels.names.len() > 1);
    Ok(ImageSet { labels, ..set })
}

pub(crate) fn named_by_path(path: &Path) -> Candidate {
    Candidate {
        name: path.to_string_lossy().into_owned(),
        path: path.to_owned(),
    }
}

/// Those of the files' images as a set that are taken of what is asked for, and why others are not in it, after what was
/// `skipped` before.
fn decode_files(
    files: &[Candidate],
    mut skipped: Vec<Skipped>,
    options: &LoadOptions,
    take: impl FnOnce(Vec<usize>) -> Vec<usize>,
) -> Result<ImageSet> {
    let mut found = pictures::within(files);
    skipped.append(&mut found.broken);
    let (images, note) = found.chosen(options, take);
    let mut set = decode_images(&images, skipped, options)?;
    set.notes.extend(note);
    Ok(set)
}

fn decode_images(
    images: &[pictures::Entry],
    skipped: Vec<Skipped>,
    options: &LoadOptions,
) -> Result<ImageSet> {
    let first_shape = OnceLock::new();
    let decoded = blocks::map(&pictures::by_file(images), |_, images| {
        pictures::decode_file(
            &decode::read(&images[0].file.path),
            images,
            &first_shape,
            options,
        )
    });
    pictures::gather(images, decoded.into_iter().flatten(), skipped, options)
}
