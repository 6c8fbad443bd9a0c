//! The data of the picture of uses.

use crate::basis::{Basis, Weights};

/// The data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Usage<'a> {
    /// The title.
    pub title: &'a str,
    /// One sentence: how to read the page.
    pub caption: &'a str,
    /// The parts.
    pub parts: &'a Basis,
    /// The weight of each part in each image, (images, rank).
    pub weights: &'a Weights,
    /// The images of each label; a single group where there are no labels.
    pub groups: &'a [UsageGroup<'a>],
}

/// The images of one label.
#[derive(Debug, Clone)]
pub struct UsageGroup<'a> {
    /// The label.
    pub name: &'a str,
    /// The images as rows of [`Usage::weights`], in the order in which they are drawn.
    pub images: Vec<usize>,
}
