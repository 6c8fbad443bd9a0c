//! Every fact of a projection of new images as plain data: `projection.json`.

use serde::Serialize;

use super::input::File;
use crate::decomposition::{Decomposition, PerMethod};
use crate::images::{ImageSet, Images, Skipped};
use crate::model::{FORMAT_VERSION, Model, Projection};
use crate::projection::{Projected, median};

/// All of `projection.json`.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectionReport {
    /// The version of this program.
    pub version: String,
    /// What was learned before.
    pub model: ModelReport,
    /// What was read.
    pub input: NewImages,
    /// How well each method reconstructs the new images.
    #[serde(flatten)]
    pub methods: PerMethod<ProjectedReport>,
    /// Images that the parts explain badly.
    pub flagged: Flagged,
    /// What was written.
    pub files: Vec<File>,
    /// What the reader should know before trusting the rest, a sentence each.
    pub warnings: Vec<String>,
}

/// What was learned before.
#[derive(Debug, Clone, Serialize)]
pub struct ModelReport {
    /// As it was given.
    pub path: String,
    /// The layout of the file.
    pub format_version: i64,
    /// Images that were learned from.
    pub images: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Rows of pixels.
    pub height: usize,
}

/// The new images.
#[derive(Debug, Clone, Serialize)]
pub struct NewImages {
    /// As they were given.
    pub paths: Vec<String>,
    /// Images that were used.
    pub images: usize,
    /// Names of the sub-folders that label the images; empty where there are none.
    pub labels: Vec<String>,
    /// Files that look like images and could not be used.
    pub skipped: Vec<Skipped>,
    /// Files passed over because they are no images.
    pub passed_over: usize,
    /// What was done to the pixels, a sentence each.
    pub notes: Vec<String>,
}

/// How well a basis explains the new images.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ProjectedReport {
    /// How many basis images there are.
    pub rank: usize,
    /// ‖X − X̂‖ / ‖X‖ of all images together.
    pub relative_error: f64,
    /// The median of the images' own relative errors.
    pub median: f64,
    /// The same of the images that were learned from.
    pub learned_median: f64,
}

/// Images that the parts explain badly.
#[derive(Debug, Clone, Serialize)]
pub struct Flagged {
    /// The relative error above which an image is flagged: [`threshold`](crate::projection::threshold).
    pub threshold: f64,
    /// The worst first.
    pub images: Vec<FlaggedImage>,
}

/// An image that is explained badly.
#[derive(Debug, Clone, Serialize)]
pub struct FlaggedImage {
    /// Its name.
    pub name: String,
    /// Its relative error, rebuilt from parts; none where that is infinite, as of a black image.
    pub relative_error: f64,
}

impl ModelReport {
    /// Of a model that was read from `path`.
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
    /// Of images that were read from `paths`.
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
    /// The images whose error is above the threshold.
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
