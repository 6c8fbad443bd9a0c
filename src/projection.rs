//! New images expressed in a basis that is already learned: their exact weights, and how well these
//! reconstruct them.
//!
//! **Objective** per image x, over its known pixels: `‖x − w H‖²` over `w ≥ 0` for parts, and
//! `‖x − m − t V‖²` over any t for eigenimages V about the mean m. Penalties of the run are not applied.
//! With a [`Prior`], its terms are added for images with unknown pixels: plain least squares would fit the
//! known pixels at the cost of the others.
//!
//! **Algorithm.** The products `x Hᵀ` and the Gram matrix `H Hᵀ` in f64, once for all images without
//! unknown pixels, and one Gram matrix per other image; then block principal pivoting, or unconstrained
//! least squares. The weights of an image are the same, bit for bit, alone, in a batch, and in any
//! order.
//!
//! **Guarantee.** A minimum: no gradient is negative, and the gradient of each positive weight is 0, to
//! 1e-6 of the largest product. Training images without unknown pixels are therefore reconstructed no
//! worse than in the run.
//!
//! **Cost** per image: `p k` for its products, `p k²` more if pixels are unknown, and a few times
//! `k³ / 6`.
//!
//! **Source.** J. Kim, H. Park, *Fast nonnegative matrix factorization: an active-set-like method and
//! comparisons*, 2011.

mod estimate;
mod held_out;
mod parts;
mod prior;
mod task;

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, concatenate};

use crate::basis::{Basis, Weights};
use crate::blocks;
use crate::decomposition::Decomposition;
use crate::error::Result;
use crate::images::Images;
use crate::kernel::IMAGES_PER_TASK;
use crate::metrics::{PixelSubset, Squares, squares};
use crate::nmf::NmfModel;
use crate::pca::PcaModel;

use self::task::{Constraint, Target, Task};

pub use held_out::HeldOutProjection;
pub use parts::parts_of;
pub use prior::{Prior, PriorTerms};

/// Relative errors that differ by less than this are equal.
const ROUNDING: f64 = 1e-6;

/// Images expressed in a basis.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Projected {
    /// How much of each basis image is in each image, (images, rank).
    pub weights: Weights,
    /// ‖x − x̂‖ / ‖x‖ of each image over its known pixels: 0 for a black image reconstructed as black,
    /// infinite for one that is not, NaN if no pixel is known.
    pub errors: Vec<f64>,
    /// The same over all images together.
    pub relative_error: f64,
}

/// Expresses images in the basis of a decomposition, by [`onto_parts`] or [`onto_eigenimages`] as its
/// method demands.
///
/// With a prior, the weights of images with unknown pixels are the most probable ones; those of other
/// images stay the same.
///
/// # Errors
/// As [`onto_parts`].
pub fn onto(
    images: &impl Images,
    learned: &Decomposition,
    prior: Option<&Prior>,
) -> Result<Projected> {
    project(images, Target::of(learned, prior))
}

/// Returns the weights of the training images, with those of images with unknown pixels replaced by the
/// most probable ones, as by [`onto`].
///
/// # Errors
/// As [`onto_parts`].
///
/// # Panics
/// If `images` are not the training images of the decomposition.
pub fn guessed_weights(
    images: &impl Images,
    learned: &Decomposition,
    prior: &Prior,
) -> Result<Weights> {
    let task = Task::new(images, Target::of(learned, Some(prior)))?;
    let guesses = map_tasks(images.len(), |rows| task.unknown_weights(rows));
    let mut weights = learned.weights.clone();
    for guess in guesses.into_iter().collect::<Result<Vec<_>>>()?.concat() {
        weights.row_mut(guess.image).assign(&guess.weights);
    }
    images.check()?;
    Ok(weights)
}

/// Calls `work` with the images of each task, in parallel.
fn map_tasks<R: Send>(images: usize, work: impl Fn(Range<usize>) -> R + Sync + Send) -> Vec<R> {
    blocks::map_range(images.div_ceil(IMAGES_PER_TASK), |index| {
        let first = index * IMAGES_PER_TASK;
        work(first..images.min(first + IMAGES_PER_TASK))
    })
}

/// Finds the non-negative weights with which `parts` reconstruct each image best.
///
/// Unknown pixels ([`Images::mask`]) are ignored; an image without known pixels has weights of 0.
///
/// ```
/// use nmf_images::{Basis, ImageSet, Shape, projection::onto_parts};
///
/// let shape = Shape::new(1, 2);
/// let parts = Basis::new(shape, ndarray::arr2(&[[1., 0.], [1., 1.]]));
/// let image = ImageSet::from_f32(shape, ndarray::arr2(&[[0., 1.]]))?;
/// let projected = onto_parts(&image, &parts)?;
/// // Unconstrained least squares would give (-1, 1).
/// assert!((projected.weights - ndarray::arr2(&[[0., 0.5]])).iter().all(|w| w.abs() < 1e-6));
/// # Ok::<(), nmf_images::Error>(())
/// ```
///
/// # Errors
/// If images and parts differ in size, or a value is negative or not finite.
pub fn onto_parts(images: &impl Images, parts: &Basis) -> Result<Projected> {
    let onto = Target {
        basis: parts,
        mean: None,
        constraint: Constraint::NonNegative,
        prior: None,
    };
    project(images, onto)
}

/// Finds the scores with which `eigenimages` about their `mean` reconstruct each image best.
///
/// Unknown pixels ([`Images::mask`]) are ignored; an image without known pixels has scores of 0.
///
/// # Errors
/// As [`onto_parts`].
///
/// # Panics
/// If mean and eigenimages differ in size.
pub fn onto_eigenimages(
    images: &impl Images,
    eigenimages: &Basis,
    mean: &Array1<f32>,
) -> Result<Projected> {
    let onto = Target {
        basis: eigenimages,
        mean: Some(mean),
        constraint: Constraint::None,
        prior: None,
    };
    project(images, onto)
}

impl NmfModel {
    /// Returns the non-negative weights with which the parts reconstruct each image best, (images, rank); [`onto_parts`] also
    /// returns the errors.
    ///
    /// ```
    /// use nmf_images::Nmf;
    /// use nmf_images::images::{select, synthetic::Swimmer};
    ///
    /// let images = Swimmer::default().draw()?.images;
    /// let model = Nmf::new(17).fit(&images)?;
    /// let weights = model.transform(&select(&images, &[3, 5]))?;
    /// assert_eq!(weights.dim(), (2, 17));
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`onto_parts`].
    pub fn transform(&self, images: &impl Images) -> Result<Weights> {
        Ok(onto_parts(images, &self.basis)?.weights)
    }
}

impl PcaModel {
    /// Returns the scores with which the eigenimages about the mean reconstruct each image best, (images, rank);
    /// [`onto_eigenimages`] also returns the errors.
    ///
    /// # Errors
    /// As [`onto_parts`].
    pub fn transform(&self, images: &impl Images) -> Result<Weights> {
        Ok(onto_eigenimages(images, &self.basis, &self.mean)?.weights)
    }
}

/// Returns the relative error above which an image is an outlier, given the errors of the training
/// images.
///
/// It is the larger of their maximum and their median + 3.5 × 1.4826 × MAD, the median absolute deviation
/// from the median, plus 1e-6 for rounding. The median and the MAD are robust against a few unusual
/// images, but the errors of ordinary images may be far above that limit; the maximum ensures that no
/// image is flagged that is reconstructed as well as a training image. Infinite errors (of black images)
/// and NaN (no known pixel) are ignored.
///
/// Source: B. Iglewicz, D. Hoaglin, *How to detect and handle outliers*, 1993 (the 3.5).
#[must_use]
pub fn threshold(errors: &[f32]) -> f64 {
    let mut finite: Vec<f64> = errors.iter().map(|&error| error.into()).collect();
    finite.retain(|error| error.is_finite());
    let usual = median(finite.iter().copied());
    let deviation = median(finite.iter().map(|error| (error - usual).abs()));
    let robust = usual + 3.5 * 1.4826 * deviation;
    finite.into_iter().fold(robust, f64::max) + ROUNDING
}

/// Returns the median of the values that are not NaN, or 0 if there are none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let lower = values.len().saturating_sub(1) / 2;
    match (values.get(lower), values.get(values.len() / 2)) {
        (Some(&lower), Some(&upper)) => f64::midpoint(lower, upper),
        _ => 0.0,
    }
}

fn project(images: &impl Images, onto: Target) -> Result<Projected> {
    let Target { basis, mean, .. } = onto;
    let task = Task::new(images, onto)?;
    let weights = map_tasks(images.len(), |rows| task.weights(rows));
    let weights: Vec<Weights> = weights.into_iter().collect::<Result<_>>()?;
    let weights: Vec<_> = weights.iter().map(|weights| weights.view()).collect();
    // Nothing cannot be concatenated.
    let weights =
        concatenate(Axis(0), &weights).unwrap_or_else(|_| Array2::zeros((0, basis.rank())));
    let squares = squares(images, &weights, basis, mean, PixelSubset::Known);
    let relative_error = Squares::sum(&squares).relative_error();
    images.check()?;
    Ok(Projected {
        weights,
        errors: squares.into_iter().map(Squares::relative_error).collect(),
        relative_error,
    })
}
