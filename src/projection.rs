//! New images expressed in a basis that is already learned: their exact weights, and how well these
//! reconstruct them.
//!
//! **Objective** per image x, over its known pixels: `‖x − w H‖²` over `w ≥ 0` for parts, and
//! `‖x − m − t V‖²` over any t for eigenimages V about the mean m. Penalties of the run are not applied.
//!
//! **Algorithm.** The products `x Hᵀ` and the Gram matrix `H Hᵀ` in f64, once for all images without
//! unknown pixels, and one Gram matrix per other image; then block principal pivoting, or unconstrained
//! least squares. The weights of an image are the same, bit for bit, alone, in a batch, and in any
//! order.
//!
//! **Guarantee.** A minimum: no gradient is negative, and the gradient of each positive weight is 0, to
//! 1e-6 of the largest product. Training images are therefore reconstructed no worse than in the run.
//!
//! **Cost** per image: `p k` for its products, `p k²` more if pixels are unknown, and a few times
//! `k³ / 6`.
//!
//! **Source.** J. Kim, H. Park, *Fast nonnegative matrix factorization: an active-set-like method and
//! comparisons*, 2011.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, concatenate};

use crate::basis::{Basis, Shape, Weights};
use crate::blocks;
use crate::decomposition::Decomposition;
use crate::error::{ModelError, Result};
use crate::images::Images;
use crate::kernel::IMAGES_PER_TASK;
use crate::linalg::Nnls;
use crate::metrics::{PixelSubset, Squares, squares};

/// Relative errors that differ by less than this are equal.
const ROUNDING: f64 = 1e-6;

/// Images expressed in a basis.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// How much of each basis image is in each image, (images, rank).
    pub weights: Weights,
    /// ‖x − x̂‖ / ‖x‖ of each image over its known pixels: 0 for a black image reconstructed as black,
    /// infinite for one that is not, NaN if no pixel is known.
    pub errors: Vec<f64>,
    /// The same over all images together.
    pub relative_error: f64,
}

/// The signs that weights may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Constraint {
    NonNegative,
    None,
}

/// Expresses images in the basis of a decomposition, by [`onto_parts`] or [`onto_eigenimages`] as its
/// method demands.
///
/// # Errors
/// As [`onto_parts`].
pub fn onto(images: &impl Images, learned: &Decomposition) -> Result<Projected> {
    let constraint = if learned.method.signed {
        Constraint::None
    } else {
        Constraint::NonNegative
    };
    project(images, &learned.basis, learned.mean.as_ref(), constraint)
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
    project(images, parts, None, Constraint::NonNegative)
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
    project(images, eigenimages, Some(mean), Constraint::None)
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

fn project(
    images: &impl Images,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
    constraint: Constraint,
) -> Result<Projected> {
    check_size(images.shape(), basis.shape())?;
    let wide = basis.rows().mapv(f64::from);
    let task = Task {
        images,
        mean: mean.map(|mean| mean.mapv(f64::from)),
        problem: gram(&wide),
        basis: wide,
        constraint,
    };
    let weights = blocks::map_range(images.len().div_ceil(IMAGES_PER_TASK), |index| {
        let first = index * IMAGES_PER_TASK;
        task.weights(first..images.len().min(first + IMAGES_PER_TASK))
    });
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

fn check_size(found: Shape, known: Shape) -> Result<()> {
    if found == known {
        return Ok(());
    }
    Err(ModelError::Size {
        found: (found.width, found.height),
        known: (known.width, known.height),
    }
    .into())
}

fn gram(basis: &Array2<f64>) -> Nnls {
    Nnls::new(&basis.dot(&basis.t()))
}

/// The input that the weights of all images share.
struct Task<'a, I> {
    images: &'a I,
    basis: Array2<f64>,
    mean: Option<Array1<f64>>,
    /// The problem of an image whose pixels are all known.
    problem: Nnls,
    constraint: Constraint,
}

impl<I: Images> Task<'_, I> {
    fn weights(&self, rows: Range<usize>) -> Result<Weights> {
        let mut x = self.centred(rows.clone())?;
        let masked: Vec<(usize, usize)> = rows
            .enumerate()
            .filter(|&(_, image)| self.has_unknown(image))
            .collect();
        for &(row, image) in &masked {
            for (value, is_known) in x.row_mut(row).iter_mut().zip(self.known(image)) {
                if !is_known {
                    *value = 0.0;
                }
            }
        }
        let products = x.dot(&self.basis.t());
        let mut weights = self.solve(&self.problem, &products);
        for (row, image) in masked {
            let products = products.row(row).insert_axis(Axis(0)).to_owned();
            let solution = self.solve(&self.gram_of(image), &products);
            weights.row_mut(row).assign(&solution.row(0));
        }
        Ok(weights.mapv(|value| value as f32))
    }

    /// Reads some images, and subtracts the mean.
    fn centred(&self, rows: Range<usize>) -> Result<Array2<f64>> {
        let indices: Vec<usize> = rows.clone().collect();
        let mask = self.images.mask().and_then(|mask| mask.select(&indices));
        let block = self.images.block(rows);
        let block = block.matrix(self.images.shape(), mask.as_ref())?;
        let mut x = Array2::zeros((indices.len(), block.pixels));
        for (place, mut row) in x.outer_iter_mut().enumerate() {
            row.assign(&Array1::from(block.image(place)).mapv(f64::from));
            if let Some(mean) = &self.mean {
                row -= mean;
            }
        }
        Ok(x)
    }

    fn solve(&self, problem: &Nnls, products: &Array2<f64>) -> Array2<f64> {
        match self.constraint {
            Constraint::None => problem.solve_free(products),
            Constraint::NonNegative => {
                let mut solutions = Array2::zeros(products.dim());
                problem.solve(products, &mut solutions);
                solutions
            }
        }
    }

    /// Returns the problem of an image with unknown pixels.
    fn gram_of(&self, image: usize) -> Nnls {
        let known: Vec<usize> = self
            .known(image)
            .enumerate()
            .filter(|(_, is_known)| *is_known)
            .map(|(pixel, _)| pixel)
            .collect();
        gram(&self.basis.select(Axis(1), &known))
    }

    fn known(&self, image: usize) -> impl Iterator<Item = bool> {
        let mask = self.images.mask();
        (0..self.basis.ncols())
            .map(move |pixel| mask.is_none_or(|mask| mask.is_known(image, pixel)))
    }

    fn has_unknown(&self, image: usize) -> bool {
        let mask = self.images.mask();
        mask.is_some_and(|mask| mask.image(image).contains(&false))
    }
}
