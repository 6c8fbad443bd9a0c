//! A set of images: pixels, names, labels and what was ignored.

use ndarray::Array2;
use serde::Serialize;

use super::labels::{Labels, labels_among};
use super::mask::Mask;
use super::stored_pixels::StoredPixels;
use crate::basis::Shape;

/// Pixels as they were on disk, one image a row, (images, pixels).
#[derive(Debug, Clone, PartialEq)]
pub enum Pixels {
    /// 8-bit files; the value `v` stands for `v / 255`.
    U8(Array2<u8>),
    /// Everything finer; values as they are.
    F32(Array2<f32>),
    /// More than memory is to hold: in their file, and read whenever they are needed.
    Stored(StoredPixels),
}

/// A file that looks like an image and was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its path below the input folder.
    pub path: String,
    /// Why it was left out.
    pub reason: String,
}

/// A set of images: pixels, what they are called, and what was left out.
#[derive(Debug, Clone)]
pub struct ImageSet {
    /// The pixels, (images, pixels).
    pub pixels: Pixels,
    /// The size of every image.
    pub shape: Shape,
    /// Which pixels are known; all of them where there is none.
    pub mask: Option<Mask>,
    /// The value that became black where dark and bright were exchanged.
    pub white: Option<f32>,
    /// The name of each image: its path below the input folder, or its index in an array.
    pub names: Vec<String>,
    /// What the images are labelled as; none where all lie in the input folder itself.
    pub labels: Option<Labels>,
    /// Files that look like images and could not be used.
    pub skipped: Vec<Skipped>,
    /// How many hidden files and folders and files that are no images were passed over.
    pub passed_over: usize,
    /// Facts worth one line each.
    pub notes: Vec<String>,
}

/// The chosen images of a set as one of their own.
pub(crate) fn select(set: &ImageSet, chosen: &[usize]) -> ImageSet {
    ImageSet {
        pixels: set.pixels.select(chosen),
        shape: set.shape,
        mask: set.mask.as_ref().and_then(|mask| mask.select(chosen)),
        white: set.white,
        names: chosen
            .iter()
            .map(|&index| set.names[index].clone())
            .collect(),
        labels: set
            .labels
            .as_ref()
            .and_then(|labels| labels_among(labels, chosen)),
        skipped: set.skipped.clone(),
        passed_over: set.passed_over,
        notes: set.notes.clone(),
    }
}
