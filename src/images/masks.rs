//! Masks: files that say which pixels are known.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::decode::{self, Encoded};
use super::files::walk::Found;
use super::formats::npy;
use super::options::LoadOptions;
use super::set::{ImageSet, Images, Mask, Picture, Samples, in_file, io_error};
use crate::basis::Shape;
use crate::error::{Error, MaskError, Result, one_line};

/// Hides what the masks at `path` hide: one picture or array for all images, or one for each of `all`, of which the set has
/// those from `first` on.
pub(super) fn hide(
    set: ImageSet,
    path: &Path,
    options: &LoadOptions,
    (first, all): (usize, usize),
) -> Result<ImageSet> {
    let kind = fs::metadata(path)
        .map_err(|source| io_error(path, source))?
        .file_type();
    let (masks, notes) = if kind.is_dir() {
        of_folder(&set, path, options, all)?
    } else {
        of_file(&set, path, options, (first, all))?
    };
    let known = |image: usize, pixel: usize| {
        let mask = if masks.len() == 1 {
            &masks[0]
        } else {
            &masks[image]
        };
        mask.as_ref().is_none_or(|mask| mask[pixel])
            && set
                .mask
                .as_ref()
                .is_none_or(|mask| mask.is_known(image, pixel))
    };
    let mask = Mask::new(set.len(), set.shape.pixels(), known);
    Ok(ImageSet {
        mask,
        notes: [set.notes, notes].concat(),
        ..set
    })
}

/// Which pixels of each image are known, or of all images where there is one; all where there is none.
type Masks = Vec<Option<Vec<bool>>>;

/// A mask for each image that the folder has one for, found by its name without the extension.
fn of_folder(
    set: &ImageSet,
    path: &Path,
    options: &LoadOptions,
    all: usize,
) -> Result<(Masks, Vec<String>)> {
    let is_share = all > set.len();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, name) in set.names.iter().enumerate() {
        places.entry(stem(name)).or_default().push(index);
    }
    let skipped: HashSet<&str> = set
        .skipped
        .iter()
        .map(|skipped| stem(&skipped.path))
        .collect();
    let mut masks = vec![None; set.len()];
    for found in Found::below(path)?.candidates {
        let Some(indices) = places.get(stem(&found.name)) else {
            // The image may have been left out, by the limit or for what its file holds, or another process has it.
            if is_share || options.limit.is_some() || skipped.contains(stem(&found.name)) {
                continue;
            }
            return Err(MaskError::NoImage { mask: found.name }.into());
        };
        let mask = of_picture(&found.path, set.shape, options)?;
        for &index in indices {
            masks[index] = Some(mask.clone());
        }
    }
    let without: Vec<&String> = set
        .names
        .iter()
        .zip(&masks)
        .filter(|(_, mask)| mask.is_none())
        .map(|(name, _)| name)
        .collect();
    let open = without.len();
    if open == masks.len() && !is_share {
        return Err(MaskError::NoMasks(path.to_owned()).into());
    }
    let images = if open == 1 {
        "1 image has".to_owned()
    } else {
        format!("{open} images have")
    };
    let more = if open > 1 { ", …" } else { "" };
    let note = without
        .first()
        .map(|first| format!("{images} no mask ({}{more}): wholly known", one_line(first)));
    Ok((masks, note.into_iter().collect()))
}

/// A path below a folder, without the extension.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') && !stem.is_empty() => stem,
        _ => name,
    }
}

fn of_file(
    set: &ImageSet,
    path: &Path,
    options: &LoadOptions,
    (first, all): (usize, usize),
) -> Result<(Masks, Vec<String>)> {
    if !npy::recognise(&decode::head(path).map_err(|source| io_error(path, source))?) {
        return Ok((
            vec![Some(of_picture(path, set.shape, options)?)],
            Vec::new(),
        ));
    }
    let (count, shape, known) =
        npy::read_mask(path, set.shape, options).map_err(|source| in_file(path, source))?;
    if count != 1 && count != all {
        return Err(in_file(
            path,
            MaskError::Count {
                masks: count,
                images: all,
            }
            .into(),
        ));
    }
    let own = if count == 1 {
        0..1
    } else {
        first..first + set.len()
    };
    let masks = known.chunks(shape.pixels()).skip(own.start).take(own.len());
    let masks =
        masks.map(|known| fitted(path, known.to_vec(), shape, set.shape, options).map(Some));
    Ok((masks.collect::<Result<_>>()?, Vec::new()))
}

/// White is known, and so is all that is half as light or more.
fn of_picture(path: &Path, shape: Shape, options: &LoadOptions) -> Result<Vec<bool>> {
    let decoded = decode::read(path)
        .and_then(|bytes| {
            decode::decode(
                Encoded {
                    name: path,
                    bytes: &bytes,
                    page: None,
                },
                0,
                None,
            )
        })
        .map_err(|reason| {
            Error::Mask(MaskError::Unreadable {
                path: path.to_owned(),
                reason,
            })
        })?;
    let known = match decoded.picture.samples {
        Samples::U8(values) => values.iter().map(|&value| value >= 128).collect(),
        Samples::F32(values) => values.iter().map(|&value| value >= 0.5).collect(),
    };
    fitted(path, known, decoded.picture.shape, shape, options)
}

/// A mask brought to the size of the images as they were.
fn fitted(
    path: &Path,
    known: Vec<bool>,
    from: Shape,
    to: Shape,
    options: &LoadOptions,
) -> Result<Vec<bool>> {
    if from != to && options.size.is_none() {
        let size = |shape: Shape| (shape.width, shape.height);
        return Err(in_file(
            path,
            MaskError::Size {
                found: size(from),
                images: size(to),
            }
            .into(),
        ));
    }
    let picture = Picture {
        shape: from,
        samples: Samples::U8(Vec::new()),
        known: Some(known),
    };
    Ok(picture.fit_known(to, options.fit))
}

/// What is worth saying about the unknown pixels of a set.
pub(super) fn notes(set: &ImageSet, options: &LoadOptions) -> Vec<String> {
    let Some(mask) = &set.mask else {
        let asked = options.mask.is_some() || options.missing.is_some();
        return asked
            .then(|| "no pixel is unknown: --mask and --missing find none here".to_owned())
            .into_iter()
            .collect();
    };
    let (images, pixels) = (set.len(), set.shape.pixels());
    let share = 100.0 * mask.unknown() as f64 / (images * pixels) as f64;
    let all = format!(
        "{} of {} pixels are unknown ({share:.1} %)",
        mask.unknown(),
        images * pixels
    );
    let blank: Vec<usize> = (0..images)
        .filter(|&image| mask.words(image).iter().all(|&word| word == 0))
        .collect();
    let blank_note = blank.first().map(|&first| {
        let (are, more, their) = if blank.len() == 1 {
            ("image is", "", "its")
        } else {
            ("images are", ", …", "their")
        };
        format!(
            "{} {are} wholly unknown ({}{more}): {their} weights are 0",
            blank.len(),
            one_line(&set.names[first])
        )
    });
    let nowhere = (0..pixels)
        .filter(|&pixel| (0..images).all(|image| !mask.is_known(image, pixel)))
        .count();
    let nowhere = (nowhere > 0).then(|| {
        let are = if nowhere == 1 {
            "pixel is"
        } else {
            "pixels are"
        };
        format!("{nowhere} {are} unknown in every image: 0 in every part")
    });
    [Some(all), blank_note, nowhere]
        .into_iter()
        .flatten()
        .collect()
}
