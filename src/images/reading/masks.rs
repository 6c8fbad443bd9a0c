//! Masks: pictures or arrays beside the images that mark which pixels are known.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::common::first_of;
use super::common::{DecodedPicture, MaskLevels, MaskValues, PixelValues, in_file, io_error};
use super::decode::{self, Encoded};
use super::files::walk::Listing;
use super::formats::npy::{self, ArrayMasks};
use super::mask_notes::{self, NamedLevels};
use crate::basis::Shape;
use crate::communicator::{Partition, all_gather, any_true, propagate_error};
use crate::error::{MaskError, Result, one_line};
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Mask};
use crate::placeholders;
use crate::plural::counted;

/// Which pixels of an image are known; `None` if all are.
type KnownFlags = Option<Vec<bool>>;

/// The masks for the images of this process.
struct FoundMasks {
    /// One mask for all images, or one for each.
    masks: Vec<KnownFlags>,
    /// The files that were read, and all others in their folder.
    files: Vec<MaskFile>,
}

/// A file of masks.
struct MaskFile {
    name: String,
    /// Whether an image of this process, used or skipped, has its name.
    has_image: bool,
    /// The levels of its values; `None` if this process has not read it.
    levels: Option<MaskLevels>,
}

/// Hides what the masks at `path` hide: one picture or array for all images, or one for each image of all processes.
///
/// # Errors
/// If masks cannot be read or do not fit the images.
pub(super) fn hide(
    mut set: ImageSet,
    path: &Path,
    options: &LoadOptions,
    images: Partition,
) -> Result<ImageSet> {
    let kind = fs::metadata(path).map_err(|source| io_error(path, source));
    let is_folder = propagate_error(images.communicator, kind)?.is_dir();
    let found = if is_folder {
        read_folder(&set, path, options)
    } else {
        read_file(&set, path, options, images)
    };
    let found = propagate_error(images.communicator, found)?;
    if is_folder {
        check_files(&found.files, options, images)?;
        set.notes
            .extend(check_images_have_masks(&set, path, &found.masks, images)?);
    }
    set.notes.extend(level_notes(&found.files, images)?);
    let mask = Mask::new(set.len(), set.shape.pixels(), |image, pixel| {
        found.is_known(image, pixel) && is_known(&set, image, pixel)
    });
    Ok(ImageSet { mask, ..set })
}

impl FoundMasks {
    fn is_known(&self, image: usize, pixel: usize) -> bool {
        let mask = if self.masks.len() == 1 {
            &self.masks[0]
        } else {
            &self.masks[image]
        };
        mask.as_ref().is_none_or(|mask| mask[pixel])
    }
}

/// Checks whether a pixel of a set is known.
fn is_known(set: &ImageSet, image: usize, pixel: usize) -> bool {
    let mask = set.mask.as_ref();
    mask.is_none_or(|mask| mask.is_known(image, pixel))
}

/// Reads a mask for each image whose name, without the extension, is that of a file in the folder.
fn read_folder(set: &ImageSet, path: &Path, options: &LoadOptions) -> Result<FoundMasks> {
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
    let mut files = Vec::new();
    let listing = Listing::below(path)?;
    if let Some(unusable) = listing.skipped.into_iter().next() {
        return Err(MaskError::Unreadable {
            path: path.join(unusable.path),
            reason: unusable.reason,
        }
        .into());
    }
    for file in listing.candidates {
        let indices = places.get(stem(&file.name));
        let mut levels = None;
        if let Some(indices) = indices {
            let mask = read_picture(&file.path, set.shape, options)?;
            levels = Some(mask.levels);
            for &index in indices {
                masks[index] = Some(mask.known.clone());
            }
        }
        files.push(MaskFile {
            has_image: indices.is_some() || skipped.contains(stem(&file.name)),
            name: file.name,
            levels,
        });
    }
    Ok(FoundMasks { masks, files })
}

/// Checks that every mask of a folder belongs to an image of any process.
fn check_files(files: &[MaskFile], options: &LoadOptions, images: Partition) -> Result<()> {
    let own: Vec<bool> = files.iter().map(|file| file.has_image).collect();
    let has_image = any_true(images.communicator, &own);
    // The limit may have left out the image.
    if options.limit.is_some() {
        return Ok(());
    }
    match has_image.iter().position(|has_image| !has_image) {
        Some(file) => Err(MaskError::NoImage {
            mask: files[file].name.clone(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Checks that any image has a mask, and returns a note about those that have none.
fn check_images_have_masks(
    set: &ImageSet,
    path: &Path,
    masks: &[KnownFlags],
    images: Partition,
) -> Result<Option<String>> {
    let mut without = set
        .names
        .iter()
        .zip(masks)
        .filter(|(_, mask)| mask.is_none());
    let first = without.next().map(|(name, _)| name.clone());
    let own = usize::from(first.is_some()) + without.count();
    let count = images.count(own);
    let first = first_of(images.communicator, first);
    if count == images.all {
        return Err(MaskError::NoMasks(path.to_owned()).into());
    }
    let more = if count > 1 { ", …" } else { "" };
    Ok(first.map(|first| {
        let images = counted(count, "image has", "images have");
        format!(
            "{images} no mask ({}{more}): all pixels are known",
            one_line(&first)
        )
    }))
}

/// Returns a path below a folder without the extension.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') && !stem.is_empty() => stem,
        _ => name,
    }
}

/// Reads a picture for all images, or an array of one mask or of as many as all processes have images.
fn read_file(
    set: &ImageSet,
    path: &Path,
    options: &LoadOptions,
    images: Partition,
) -> Result<FoundMasks> {
    placeholders::check(path)?;
    let head = decode::head(path).map_err(|source| io_error(path, source))?;
    let (masks, levels) = if npy::recognise(&head) {
        let found =
            npy::read_mask(path, set.shape, options).map_err(|source| in_file(path, source))?;
        // 0 and 1 are what arrays of masks hold.
        let levels = match found.levels {
            MaskLevels::Faint { .. } => MaskLevels::Plain,
            levels => levels,
        };
        let masks = own_masks(&found, set.shape, options, images);
        (masks.map_err(|source| in_file(path, source))?, levels)
    } else {
        let mask = read_picture(path, set.shape, options)?;
        (vec![Some(mask.known)], mask.levels)
    };
    let file = MaskFile {
        name: path.to_string_lossy().into_owned(),
        has_image: true,
        levels: Some(levels),
    };
    Ok(FoundMasks {
        masks,
        files: vec![file],
    })
}

/// Returns the masks of an array that are those of this process's images.
fn own_masks(
    found: &ArrayMasks,
    shape: Shape,
    options: &LoadOptions,
    images: Partition,
) -> Result<Vec<KnownFlags>> {
    let own = match found.masks {
        1 => 0..1,
        count if count == images.all => images.first..images.first + images.own,
        _ => {
            return Err(MaskError::Count {
                masks: found.masks,
                images: images.all,
            }
            .into());
        }
    };
    found
        .known
        .chunks(found.shape.pixels())
        .skip(own.start)
        .take(own.len())
        .map(|known| fitted(known.to_vec(), found.shape, shape, options).map(Some))
        .collect()
}

/// Reads a picture whose bright pixels are known.
fn read_picture(path: &Path, shape: Shape, options: &LoadOptions) -> Result<MaskValues> {
    let picture = decode_picture(path).map_err(|reason| MaskError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    let MaskValues { known, levels } =
        MaskValues::of(&picture.samples, picture.shape).map_err(|source| in_file(path, source))?;
    let known = fitted(known, picture.shape, shape, options);
    Ok(MaskValues {
        known: known.map_err(|source| in_file(path, source))?,
        levels,
    })
}

pub(super) fn decode_picture(path: &Path) -> std::result::Result<DecodedPicture, String> {
    let bytes = decode::read(path)?;
    let encoded = Encoded {
        name: path,
        bytes: &bytes,
        page: None,
    };
    Ok(decode::decode(encoded, 0, None)?.picture)
}

/// Resizes a mask as the images were resized.
fn fitted(known: Vec<bool>, from: Shape, to: Shape, options: &LoadOptions) -> Result<Vec<bool>> {
    if from != to && options.size.is_none() {
        return Err(MaskError::Size {
            found: (from.width, from.height),
            images: (to.width, to.height),
        }
        .into());
    }
    let picture = DecodedPicture {
        shape: from,
        samples: PixelValues::U8(Vec::new()),
        known: Some(known),
    };
    Ok(picture.fit_known(to, options.fit))
}

/// Returns notes about mask files that are not plainly black and white.
fn level_notes(files: &[MaskFile], images: Partition) -> Result<Vec<String>> {
    let levels = levels_of_all(files, images);
    let mut read: Vec<NamedLevels> = Vec::new();
    for (file, levels) in files.iter().zip(levels) {
        read.extend(levels.map(|levels| NamedLevels {
            name: &file.name,
            levels,
        }));
    }
    mask_notes::of_levels(&read)
}

/// Returns the levels of each file, of whichever process has read it.
fn levels_of_all(files: &[MaskFile], images: Partition) -> Vec<Option<MaskLevels>> {
    let mut all: Vec<Option<MaskLevels>> = files.iter().map(|file| file.levels).collect();
    if images.communicator.size() == 1 {
        return all;
    }
    for bytes in all_gather(
        images.communicator,
        serde_json::to_vec(&all).unwrap_or_default(),
    ) {
        let others: Vec<Option<MaskLevels>> = serde_json::from_slice(&bytes).unwrap_or_default();
        for (levels, other) in all.iter_mut().zip(others) {
            *levels = levels.or(other);
        }
    }
    all
}
