//! A set of images: pixels, names, labels, and the files that were skipped.

use ndarray::Array2;
use serde::Serialize;

use super::labels::{Labels, labels_among};
use super::mask::Mask;
use super::outliers::Outliers;
use super::stored_pixels::StoredPixels;
use crate::basis::Shape;

/// Pixels as they were on disk, one image per row, (images, pixels).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Pixels {
    /// Pixels of 8-bit files; the value `v` means `v / 255`.
    U8(Array2<u8>),
    /// Pixels of all finer files, as they are.
    F32(Array2<f32>),
    /// Pixels that exceed memory, stay in their file, and are read whenever they are needed.
    Stored(StoredPixels),
}

/// A file that looks like an image and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The path of the file below the input folder.
    pub path: String,
    /// The reason why it cannot be used.
    pub reason: String,
}

/// A set of images.
#[derive(Debug, Clone)]
pub struct ImageSet {
    /// The pixels, (images, pixels).
    pub pixels: Pixels,
    /// The size of every image.
    pub shape: Shape,
    /// Which pixels are known; `None` if all are.
    pub mask: Option<Mask>,
    /// Values of the images of all processes that are far brighter than all others; `None` if there are none, or if none
    /// were looked for.
    pub outliers: Option<Outliers>,
    /// The value that became black when the images were inverted; `None` if they were not.
    pub white: Option<f32>,
    /// The name of each image: its path below the input folder, or its index in an array.
    pub names: Vec<String>,
    /// The labels of the images; `None` if all images lie in the input folder itself.
    pub labels: Option<Labels>,
    /// Files that look like images and cannot be used.
    pub skipped: Vec<Skipped>,
    /// How many hidden files, hidden folders and files that are not images were ignored.
    pub passed_over: usize,
    /// Notes about the images, one line each.
    pub notes: Vec<String>,
}

/// Returns a set of the chosen images, each as often as it is named.
///
/// # Panics
/// If there is no such image.
#[must_use]
pub fn select(set: &ImageSet, chosen: &[usize]) -> ImageSet {
    ImageSet {
        pixels: set.pixels.select(chosen),
        shape: set.shape,
        mask: set.mask.as_ref().and_then(|mask| mask.select(chosen)),
        outliers: set.outliers.clone(),
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
