//! The data of an atlas.

use crate::images::ImageSet;
use crate::render::canvas::colour_scale::Scale;
use crate::render::canvas::style::{self, Colour};

/// What the page shows.
#[derive(Debug, Clone, Copy)]
pub struct Atlas<'a> {
    /// What the page shows.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// All images.
    pub images: &'a ImageSet,
    /// Which of them have a place in the planes.
    pub chosen: &'a [usize],
    /// One plane per method.
    pub planes: &'a [Plane<'a>],
    /// The names of the labels and the label of each chosen image; up to ten labels are coloured.
    pub labels: Option<(&'a [String], &'a [usize])>,
}

/// A plane in which images lie.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// What an image's place says.
    pub heading: &'a str,
    /// Which two these are, of all.
    pub sentence: &'a str,
    /// To the right, and upwards; the second may be missing.
    pub directions: &'a [Direction],
}

/// One part or eigenimage, and how much of it is in the images.
#[derive(Debug, Clone)]
pub struct Direction {
    /// What it is called.
    pub name: String,
    /// Its values, one a pixel.
    pub values: Vec<f32>,
    /// How these become colours.
    pub scale: Scale,
    /// The weight of each chosen image.
    pub weights: Vec<f32>,
}

impl<'a> Atlas<'a> {
    /// The labels, where there are few enough to tell their colours apart.
    pub(super) fn coloured(&self) -> Option<(&'a [String], &'a [usize])> {
        self.labels
            .filter(|(names, _)| (2..=style::LABELS).contains(&names.len()))
    }

    pub(super) fn colour(&self, image: usize, other: Colour) -> Colour {
        self.coloured()
            .map_or(other, |(_, labels)| style::label(labels[image]))
    }
}
