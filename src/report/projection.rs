//! The report of a projection of new images: `projection.json`.

use serde::Serialize;

use super::hidden::HiddenErrors;
use super::input::File;
use crate::decomposition::{Decomposition, PerMethod};
use crate::images::{ImageSet, Skipped};
use crate::model::{FORMAT_VERSION, Model, Projection};
use crate::projection::{Projected, median};

/// The contents of `projection.json`.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectionReport {
    /// The version of this program.
    pub version: String,
    /// The model that the images are expressed in.
    pub model: ModelReport,
    /// The input.
    pub input: NewImages,
    /// How well each method reconstructs the new images.
    #[serde(flatten)]
    pub methods: PerMethod<ProjectedReport>,
    /// How well hidden pixels are guessed, if their true values are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<HiddenErrors>,
    /// The images that the parts reconstruct badly.
    pub flagged: Flagged,
    /// The files that were written.
    pub files: Vec<File>,
    /// Reasons for caution with the other figures, one sentence each.
    pub warnings: Vec<String>,
}

/// The model that new images are expressed in.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ModelReport {
    /// The path as it was given.
    pub path: String,
    /// The version of the file format.
    pub format_version: i64,
    /// The number of training images.
    pub images: usize,
    /// The number of columns of pixels.
    pub width: usize,
    /// The number of rows of pixels.
    pub height: usize,
}

/// The new images.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NewImages {
    /// The paths as they were given.
    pub paths: Vec<String>,
    /// The number of images that were used.
    pub images: usize,
    /// The names of the sub-folders that label the images; empty without labels.
    pub labels: Vec<String>,
    /// The images that could not be used.
    pub skipped: Vec<Skipped>,
    /// The number of files that were ignored because they are not images.
    pub passed_over: usize,
    /// Changes that were made to the pixels, one sentence each.
    pub notes: Vec<String>,
}

/// How well a basis reconstructs the new images.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ProjectedReport {
    /// The number of basis images.
    pub rank: usize,
    /// ‖X − X̂‖ / ‖X‖ of all images together.
    pub relative_error: f64,
    /// The median of the relative errors of single images.
    pub median: f64,
    /// The same of the training images.
    pub learned_median: f64,
}

/// The images that the parts reconstruct badly.
#[derive(Debug, Clone, Serialize)]
pub struct Flagged {
    /// The relative error above which an image is flagged: [`threshold`](crate::projection::threshold).
    pub threshold: f64,
    /// The images, in descending order of their errors.
    pub images: Vec<FlaggedImage>,
}

/// An image that is reconstructed badly.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct FlaggedImage {
    /// Its name.
    pub name: String,
    /// Its relative error, reconstructed from parts; `null` if that is infinite, as for a black image.
    pub relative_error: f64,
}

impl ModelReport {
    /// Reports a model that was read from `path`.
    #[must_use]
    pub fn new(path: &str, model: &Model) -> Self {
        let shape = model.shape();
        Self {
            path: path.to_owned(),
            format_version: FORMAT_VERSION,
            images: model.names.len(),
            width: shape.width,
            height: shape.height,
        }
    }
}

impl NewImages {
    /// Reports images that were read from `paths`.
    #[must_use]
    pub fn new(paths: Vec<String>, images: &ImageSet) -> Self {
        Self {
            paths,
            images: images.len(),
            labels: images
                .labels
                .as_ref()
                .map(|labels| labels.names.clone())
                .unwrap_or_default(),
            skipped: images.skipped.clone(),
            passed_over: images.passed_over,
            notes: images.notes.clone(),
        }
    }
}

impl ProjectedReport {
    /// Reports every method of a projection.
    ///
    /// # Panics
    /// If the projection is not of this model.
    #[must_use]
    pub fn of_all(model: &Model, projection: &Projection) -> PerMethod<Self> {
        let methods = projection.methods.iter();
        methods
            .map(|(method, projected)| (method, Self::new(model.by(method), projected)))
            .collect()
    }

    fn new(learned: &Decomposition, projected: &Projected) -> Self {
        Self {
            rank: projected.weights.ncols(),
            relative_error: projected.relative_error,
            median: median(projected.errors.iter().copied()),
            learned_median: median(learned.errors.iter().map(|&error| error.into())),
        }
    }
}

impl Flagged {
    /// Returns the images whose error is above the threshold.
    #[must_use]
    pub fn new(threshold: f64, names: &[String], projected: &Projected) -> Self {
        let above = names
            .iter()
            .zip(&projected.errors)
            .filter(|(_, error)| **error > threshold);
        let mut images: Vec<FlaggedImage> = above
            .map(|(name, &relative_error)| FlaggedImage {
                name: name.clone(),
                relative_error,
            })
            .collect();
        images.sort_by(|a, b| b.relative_error.total_cmp(&a.relative_error));
        Self { threshold, images }
    }
}
