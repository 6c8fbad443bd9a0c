//! Masks: pictures or arrays beside the images that mark which pixels are known.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::decode::{self, Encoded};
use super::distributed::first_of;
use super::files::walk::Listing;
use super::formats::npy;
use super::options::LoadOptions;
use super::set::{DecodedPicture, ImageSet, Images, Mask, PixelValues, in_file, io_error};
use crate::basis::Shape;
use crate::communicator::{Partition, any_true, propagate_error};
use crate::error::{MaskError, Result, one_line};
use crate::placeholders;
use crate::plural::counted;

/// Which pixels of an image are known; `None` if all are.
type KnownFlags = Option<Vec<bool>>;

/// The masks for the images of this process.
struct FoundMasks {
    /// One mask for all images, or one for each.
    masks: Vec<KnownFlags>,
    /// The masks of a folder.
    files: Vec<MaskFile>,
}

/// A file in a folder of masks.
struct MaskFile {
    name: String,
    /// Whether an image of this process, used or skipped, has its name.
    has_image: bool,
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
    for file in Listing::below(path)?.candidates {
        let indices = places.get(stem(&file.name));
        if let Some(indices) = indices {
            let mask = read_picture(&file.path, set.shape, options)?;
            for &index in indices {
                masks[index] = Some(mask.clone());
            }
        }
        files.push(MaskFile {
            has_image: indices.is_some() || skipped.contains(stem(&file.name)),
            name: file.name,
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
    let masks = if npy::recognise(&head) {
        read_array(set, path, options, images).map_err(|source| in_file(path, source))?
    } else {
        vec![Some(read_picture(path, set.shape, options)?)]
    };
    Ok(FoundMasks {
        masks,
        files: Vec::new(),
    })
}

fn read_array(
    set: &ImageSet,
    path: &Path,
    options: &LoadOptions,
    images: Partition,
) -> Result<Vec<KnownFlags>> {
    let found = npy::read_mask(path, set.shape, options)?;
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
        .map(|known| fitted(known.to_vec(), found.shape, set.shape, options).map(Some))
        .collect()
}

/// Reads a picture whose bright pixels, of half intensity or more, are known.
fn read_picture(path: &Path, shape: Shape, options: &LoadOptions) -> Result<Vec<bool>> {
    let picture = decode_picture(path).map_err(|reason| MaskError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    let known = match picture.samples {
        PixelValues::U8(values) => values.iter().map(|&value| value >= 128).collect(),
        PixelValues::F32(values) => values.iter().map(|&value| value >= 0.5).collect(),
    };
    fitted(known, picture.shape, shape, options).map_err(|source| in_file(path, source))
}

fn decode_picture(path: &Path) -> std::result::Result<DecodedPicture, String> {
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

/// Returns how many pixels of all processes are unknown.
///
/// # Errors
/// If none is known.
pub(super) fn count_unknown(set: &ImageSet, images: Partition) -> Result<usize> {
    let unknown = images.count(set.mask.as_ref().map_or(0, Mask::unknown));
    if unknown > 0 && unknown == images.all * set.shape.pixels() {
        return Err(MaskError::NothingKnown { images: images.all }.into());
    }
    Ok(unknown)
}

/// Returns notes about the `unknown` pixels of all processes.
pub(super) fn notes(
    set: &ImageSet,
    unknown: usize,
    options: &LoadOptions,
    images: Partition,
) -> Vec<String> {
    if unknown == 0 {
        let is_asked = options.mask.is_some() || options.missing.is_some();
        let note = "no pixel is unknown: --mask and --missing have no effect".to_owned();
        return is_asked.then_some(note).into_iter().collect();
    }
    let pixels = images.all * set.shape.pixels();
    let share = 100.0 * unknown as f64 / pixels as f64;
    let mut notes = vec![format!(
        "{unknown} of {pixels} pixels are unknown ({share:.1} %)"
    )];
    notes.extend(blank_note(set, images));
    notes.extend(nowhere_note(set, images));
    notes
}

/// Returns a note about images without a known pixel.
fn blank_note(set: &ImageSet, images: Partition) -> Option<String> {
    let mut blank = Vec::new();
    if let Some(mask) = &set.mask {
        blank.extend(
            (0..set.len()).filter(|&image| mask.words(image).iter().all(|&word| word == 0)),
        );
    }
    let count = images.count(blank.len());
    let first = blank.first().map(|&first| set.names[first].clone());
    let first = one_line(&first_of(images.communicator, first)?);
    Some(if count == 1 {
        format!("1 image has no known pixel ({first}): its weights are 0")
    } else {
        format!("{count} images have no known pixel ({first}, …): their weights are 0")
    })
}

/// Returns a note about pixels that are unknown in every image.
fn nowhere_note(set: &ImageSet, images: Partition) -> Option<String> {
    let own: Vec<bool> = (0..set.shape.pixels())
        .map(|pixel| is_known_somewhere(set, pixel))
        .collect();
    let is_known = any_true(images.communicator, &own);
    let nowhere = is_known.iter().filter(|is_known| !**is_known).count();
    (nowhere > 0).then(|| {
        let pixels = counted(nowhere, "pixel is", "pixels are");
        format!("{pixels} unknown in every image, and 0 in every part")
    })
}

fn is_known_somewhere(set: &ImageSet, pixel: usize) -> bool {
    match &set.mask {
        Some(mask) => (0..set.len()).any(|image| mask.is_known(image, pixel)),
        None => set.len() > 0,
    }
}
