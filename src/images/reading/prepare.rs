//! Inversion of images, and notes about their pixel values.

use super::common::first_of;
use super::duplicates::{Different, Hash, different};
use super::survey::{Levels, Survey};
use crate::communicator::Partition;
use crate::error::one_line;
use crate::images::set::{ImageSet, Pixels};
use crate::plural::counted;

/// The mean above which a set of nearly two levels is taken for ink on paper.
const PAPER_MEAN: f64 = 0.7;
/// The fraction of pixels near black or white above which a set has nearly two levels.
const TWO_LEVEL_FRACTION: f64 = 0.8;

/// Inverts the images: `255 - v` for bytes, or else `white - v`, but at least 0.
///
/// If `white` is not given, it is 1, or the largest known value of all processes if that is larger.
pub(super) fn invert(set: &mut ImageSet, white: Option<f32>, images: Partition) {
    let white = white.unwrap_or_else(|| (Survey::of(set, images).levels.largest as f32).max(1.0));
    set.white = Some(match &mut set.pixels {
        Pixels::U8(values) => {
            values.mapv_inplace(|value| 255 - value);
            1.0
        }
        Pixels::F32(values) => {
            values.mapv_inplace(|value| (white - value).max(0.0));
            white
        }
        Pixels::Stored(stored) => stored.invert(white),
    });
}

/// Notes about the pixel values of all processes.
pub(super) struct PixelNotes {
    /// Why the result may be wrong, the most important first.
    pub cautions: Vec<String>,
    pub facts: Vec<String>,
}

/// Returns notes about the pixel values of all processes.
pub(super) fn notes(
    set: &ImageSet,
    survey: &Survey,
    is_inverted: bool,
    images: Partition,
) -> PixelNotes {
    let levels = &survey.levels;
    let mut cautions = Vec::new();
    if !is_inverted && are_ink_on_paper(levels) {
        cautions.push(format!(
            "the mean intensity is {:.2}; if this is dark ink on paper, pass --invert",
            levels.mean
        ));
    }
    cautions.extend(copies_note(set, &survey.hashes, images));
    let mut facts: Vec<String> = black_note(set, survey, images).into_iter().collect();
    if levels.largest > 1.0 {
        facts.push(format!(
            "the largest value is {:.4}, not 1: pictures are drawn on that scale",
            levels.largest
        ));
    }
    PixelNotes { cautions, facts }
}

/// Returns a note about pictures that are copies of others. Rows of numbers are often equal, and two images may be.
fn copies_note(set: &ImageSet, hashes: &[Hash], images: Partition) -> Option<String> {
    if set.shape.height.min(set.shape.width) < 2 || images.all < 3 {
        return None;
    }
    let Different { count, pair } = different(hashes, images);
    if count == images.all {
        return None;
    }
    let example = pair.map_or_else(String::new, |(first, copy)| {
        let [first, copy] = [first, copy].map(|image| one_line(&name_of(set, image, images)));
        format!(" ({copy} is a copy of {first})")
    });
    Some(format!(
        "{} images, {count} of them different{example}: each copy counts in the fit; remove unintended copies",
        images.all
    ))
}

/// Returns the name of an image at a position among those of all processes.
fn name_of(set: &ImageSet, image: usize, images: Partition) -> String {
    let own = (images.first..images.first + images.own).contains(&image);
    let name = own.then(|| set.names[image - images.first].clone());
    first_of(images.communicator, name).unwrap_or_default()
}

/// Checks whether nearly all pixels are white or black, and most of them white.
fn are_ink_on_paper(levels: &Levels) -> bool {
    levels.largest <= 1.0 && levels.mean > PAPER_MEAN && levels.extreme > TWO_LEVEL_FRACTION
}

/// Returns a note about images and pixels that are 0 throughout: they are reconstructed as 0, whatever is learned.
fn black_note(set: &ImageSet, survey: &Survey, all: Partition) -> Option<String> {
    let black = &survey.black_images;
    let count = all.count(black.len());
    let first = black.first().map(|&first| set.names[first].clone());
    let mut facts = Vec::new();
    if let Some(first) = first_of(all.communicator, first) {
        let more = if count > 1 { ", …" } else { "" };
        let images = counted(count, "black image", "black images");
        facts.push(format!("{images} ({}{more})", one_line(&first)));
    }
    if survey.black_pixels > 0 {
        let pixels = counted(survey.black_pixels, "pixel", "pixels");
        facts.push(format!("{pixels} black in every image, which does no harm"));
    }
    (!facts.is_empty()).then(|| facts.join(", "))
}
