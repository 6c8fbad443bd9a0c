//! Notes about masks and unknown pixels.

use super::common::MaskLevels;
use super::common::first_of;
use crate::communicator::{Partition, any_true};
use crate::error::{MaskError, Result, one_line};
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Mask};
use crate::plural::counted;

/// The percentage of unknown pixels above which masks may be inverted.
const MOSTLY_UNKNOWN: f64 = 80.0;

/// The levels of a mask file.
pub(super) struct NamedLevels<'a> {
    pub name: &'a str,
    pub levels: MaskLevels,
}

/// Returns notes about mask files that are not plainly black and white.
///
/// # Errors
/// If no mask has a value that is bright enough to be known, though the values of one differ.
pub(super) fn of_levels(files: &[NamedLevels]) -> Result<Vec<String>> {
    if files.iter().all(|file| !has_known(file.levels))
        && let Some(dim) = files.iter().find(|file| file.levels.are_dim())
        && let MaskLevels::Grey { white, largest, .. } = dim.levels
    {
        return Err(MaskError::Dim {
            mask: dim.name.to_owned(),
            largest,
            white,
        }
        .into());
    }
    Ok(faint_note(files)
        .into_iter()
        .chain(grey_note(files))
        .collect())
}

/// Checks whether a mask may have a known pixel.
fn has_known(levels: MaskLevels) -> bool {
    match levels {
        MaskLevels::Plain | MaskLevels::Faint { .. } => true,
        MaskLevels::Grey {
            threshold, largest, ..
        } => largest >= threshold,
    }
}

/// Returns a note about masks of 0 and one value below half of white.
fn faint_note(files: &[NamedLevels]) -> Option<String> {
    let is_faint = |file: &&NamedLevels| matches!(file.levels, MaskLevels::Faint { .. });
    let mut faint = files.iter().filter(is_faint);
    let first = faint.next()?;
    let MaskLevels::Faint { value, white } = first.levels else {
        return None;
    };
    let count = 1 + faint.count();
    let masks = counted(count, "mask holds", "masks hold");
    Some(format!(
        "{masks} only 0 and {} of {white} ({}): the latter is known; save masks with 0 and {white} to be sure",
        short(value),
        named(first.name, count)
    ))
}

/// Returns a note about masks of more than two levels.
fn grey_note(files: &[NamedLevels]) -> Option<String> {
    let mut pixels = 0;
    let mut grey = Vec::new();
    for file in files {
        if let MaskLevels::Grey { count, .. } = file.levels {
            pixels += count;
            grey.push(file);
        }
    }
    let first = grey.first()?;
    let MaskLevels::Grey {
        threshold, white, ..
    } = first.levels
    else {
        return None;
    };
    let masks = counted(grey.len(), "mask has", "masks have");
    let pixels = counted(pixels, "pixel", "pixels");
    Some(format!(
        "{masks} {pixels} between black and white ({}): those of at least {} of {white} are known; \
         save masks in black and white to choose otherwise",
        named(first.name, grey.len()),
        short(threshold)
    ))
}

/// Returns the name of the first of some files.
fn named(first: &str, count: usize) -> String {
    let more = if count > 1 { ", …" } else { "" };
    format!("{}{more}", one_line(first))
}

/// Formats a value with at most six decimals.
fn short(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
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
        let note = "no pixel is unknown: --mask and --missing have no effect; check that they match these images".to_owned();
        return is_asked.then_some(note).into_iter().collect();
    }
    let pixels = images.all * set.shape.pixels();
    let share = 100.0 * unknown as f64 / pixels as f64;
    let inverted = if options.mask.is_some() && share > MOSTLY_UNKNOWN {
        "; if masks are white where pixels are unknown, invert them"
    } else {
        ""
    };
    let mut notes = vec![format!(
        "{unknown} of {pixels} pixels are unknown ({share:.1} %){inverted}"
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
        format!("1 image has no known pixel ({first}): its weights are 0; check its mask")
    } else {
        format!(
            "{count} images have no known pixel ({first}, …): their weights are 0; check their masks"
        )
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
        format!(
            "{pixels} unknown in every image, and 0 in every part; check the masks if this is unintended"
        )
    })
}

fn is_known_somewhere(set: &ImageSet, pixel: usize) -> bool {
    match &set.mask {
        Some(mask) => (0..set.len()).any(|image| mask.is_known(image, pixel)),
        None => !set.is_empty(),
    }
}
