//! The data of an atlas.

use crate::images::ImageSet;
use crate::render::canvas::colour_scale::Scale;
use crate::render::canvas::style::{self, Colour};

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Atlas<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// All images.
    pub images: &'a ImageSet,
    /// The value of white; `None` if it is the largest.
    pub white: Option<f32>,
    /// The indices of the images that are drawn in the planes.
    pub chosen: &'a [usize],
    /// One plane per method.
    pub planes: &'a [Plane<'a>],
    /// The names of the labels, and the label of each chosen image; up to ten labels are drawn in
    /// colours.
    pub labels: Option<(&'a [String], &'a [usize])>,
}

/// A plane in which images are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// What the coordinates are.
    pub heading: &'a str,
    /// How these were chosen.
    pub sentence: &'a str,
    /// The horizontal and the vertical direction; the second may be missing.
    pub directions: &'a [Direction],
}

/// One part or eigenimage, and its weight in each image.
#[derive(Debug, Clone)]
pub struct Direction {
    /// The name.
    pub name: String,
    /// The values, one per pixel.
    pub values: Vec<f32>,
    /// The colour scale.
    pub scale: Scale,
    /// The weight of each chosen image.
    pub weights: Vec<f32>,
}

impl<'a> Atlas<'a> {
    /// Returns the labels if there are few enough for distinct colours.
    pub(super) fn coloured(&self) -> Option<(&'a [String], &'a [usize])> {
        self.labels
            .filter(|(names, _)| (2..=style::LABELS).contains(&names.len()))
    }

    /// Returns the colour of the label of an image, or `other`.
    pub(super) fn colour(&self, image: usize, other: Colour) -> Colour {
        self.coloured()
            .map_or(other, |(_, labels)| style::label(labels[image]))
    }
}
