//! Images in terms of a basis that is already learned: their weights, exactly, and how well these rebuild them.
//!
//! **Objective** for each image x by itself, over its known pixels: `‖x − w H‖²` over `w ≥ 0` for parts, and
//! `‖x − m − t V‖²` over any t for eigenimages V about the mean m. The penalties of a run play no role.
//!
//! **Way.** The products `x Hᵀ` and the Gram matrix `H Hᵀ` in f64, once for all images without unknown pixels, and a Gram
//! matrix of its own for each other image; then block principal pivoting, or plain least squares. An image alone, in a
//! batch, or in another order has the same weights, bit for bit.
//!
//! **Guarantee.** A minimum: no gradient is below 0, and it is 0 wherever a weight is not, to 1e-6 of the largest
//! product. So images that parts were learned from are rebuilt no worse than in the run.
//!
//! **Cost** of an image: `p k` for its products, `p k²` more where pixels are unknown, and a few times `k³ / 6`.
//!
//! **Source.** J. Kim, H. Park, *Fast nonnegative matrix factorization: an active-set-like method and comparisons*, 2011.

use std::ops::Range;

use ndarray::{Array1, Array2, Axis, concatenate};

use crate::basis::{Basis, Shape, Weights};
use crate::blocks;
use crate::error::{ModelError, Result};
use crate::images::{Images, Mask};
use crate::linalg::Nnls;
use crate::metrics::{Side, Squares, squares};

/// Images whose products are formed at a time.
const IMAGES_A_TASK: usize = 256;
/// A relative error of which nothing can be said.
const ROUNDING: f64 = 1e-6;

/// Images in terms of a basis.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// How much of each basis image is in each image, (images, rank).
    pub weights: Weights,
    /// ‖x − x̂‖ / ‖x‖ of each image over its known pixels: 0 for a black image rebuilt as black, infinite for one that is
    /// not, NaN for one of which nothing is known.
    pub errors: Vec<f64>,
    /// The same of all images together.
    pub relative_error: f64,
}

/// The weights of 0 or more with which `parts` come closest to each image.
///
/// What is unknown of an image ([`Images::mask`]) is not looked at; nothing known gives weights of 0.
///
/// ```
/// use nmf_images::{Basis, ImageSet, Shape, projection::onto_parts};
///
/// let shape = Shape::new(1, 2);
/// let parts = Basis::new(shape, ndarray::arr2(&[[1., 0.], [1., 1.]]));
/// let image = ImageSet::from_f32(shape, ndarray::arr2(&[[0., 1.]]))?;
/// let projected = onto_parts(&image, &parts)?;
/// // The pseudo-inverse would say (-1, 1); nothing can be taken away.
/// assert!((projected.weights - ndarray::arr2(&[[0., 0.5]])).iter().all(|w| w.abs() < 1e-6));
/// # Ok::<(), nmf_images::Error>(())
/// ```
///
/// # Errors
/// If the images are of another size than the parts, or a value is negative or not finite.
pub fn onto_parts(images: &impl Images, parts: &Basis) -> Result<Projected> {
    project(images, parts, None, |problem, products| {
        let mut solutions = Array2::zeros(products.dim());
        problem.solve(products, &mut solutions);
        solutions
    })
}

/// The scores with which `eigenimages` about their `mean` come closest to each image.
///
/// What is unknown of an image ([`Images::mask`]) is not looked at; nothing known gives scores of 0.
///
/// # Errors
/// As [`onto_parts`].
///
/// # Panics
/// If the mean has not as many pixels as an eigenimage.
pub fn onto_eigenimages(
    images: &impl Images,
    eigenimages: &Basis,
    mean: &Array1<f32>,
) -> Result<Projected> {
    project(images, eigenimages, Some(mean), Nnls::solve_free)
}

/// The error above which an image is explained badly, by the relative errors of the images that were learned from.
///
/// It is the larger of their maximum and of their median + 3.5 × 1.4826 × MAD, the median absolute deviation from the
/// median; and 1e-6 more, which is rounding. The median and its deviation tell what is usual however strange a
/// few of the images are; but errors of quite usual images may lie far above it, and so that nothing is called strange
/// that is rebuilt as well as what was learned from, the maximum counts, too. Errors that are infinite, of black images,
/// or NaN, of unknown ones, are left out.
///
/// Source: B. Iglewicz, D. Hoaglin, *How to detect and handle outliers*, 1993 (the 3.5).
#[must_use]
pub fn threshold(errors: &[f32]) -> f64 {
    let errors = || {
        errors
            .iter()
            .map(|&error| f64::from(error))
            .filter(|error| error.is_finite())
    };
    let usual = median(errors());
    let deviation = median(errors().map(|error| (error - usual).abs()));
    errors().fold(usual + 3.5 * 1.4826 * deviation, f64::max) + ROUNDING
}

/// The middle of the values that are numbers; 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    f64::midpoint(at(values.len().saturating_sub(1) / 2), at(values.len() / 2))
}

fn project(
    images: &impl Images,
    basis: &Basis,
    mean: Option<&Array1<f32>>,
    solve: impl Fn(&Nnls, &Array2<f64>) -> Array2<f64> + Sync,
) -> Result<Projected> {
    let (found, known) = (images.shape(), basis.shape());
    if found != known {
        let size = |shape: Shape| (shape.width, shape.height);
        return Err(ModelError::Size {
            found: size(found),
            known: size(known),
        }
        .into());
    }
    let wide = basis.rows().mapv(f64::from);
    let task = Task {
        images,
        mean: mean.map(|mean| mean.mapv(f64::from)),
        problem: gram(&wide),
        basis: wide,
        solve,
    };
    let weights = blocks::map_range(images.len().div_ceil(IMAGES_A_TASK), |index| {
        task.weights(index * IMAGES_A_TASK..images.len().min((index + 1) * IMAGES_A_TASK))
    });
    let weights: Vec<Weights> = weights.into_iter().collect::<Result<_>>()?;
    let weights: Vec<_> = weights.iter().map(|weights| weights.view()).collect();
    // Of no image there is no concatenation.
    let weights =
        concatenate(Axis(0), &weights).unwrap_or_else(|_| Array2::zeros((0, basis.rank())));
    let squares = squares(images, &weights, basis, mean, Side::Known);
    let relative_error = Squares::sum(&squares).relative_error();
    images.check()?;
    Ok(Projected {
        weights,
        errors: squares.into_iter().map(Squares::relative_error).collect(),
        relative_error,
    })
}

fn gram(basis: &Array2<f64>) -> Nnls {
    Nnls::new(&basis.dot(&basis.t()))
}

/// What all images have in common.
struct Task<'a, I, S> {
    images: &'a I,
    basis: Array2<f64>,
    mean: Option<Array1<f64>>,
    /// Of an image that is known throughout.
    problem: Nnls,
    solve: S,
}

impl<I: Images, S: Fn(&Nnls, &Array2<f64>) -> Array2<f64>> Task<'_, I, S> {
    fn weights(&self, rows: Range<usize>) -> Result<Weights> {
        let block = self.images.block(rows.clone());
        let mask = self
            .images
            .mask()
            .and_then(|mask| mask.select(&rows.clone().collect::<Vec<_>>()));
        let block = block.matrix(self.images.shape(), mask.as_ref())?;
        let mut x = Array2::zeros((rows.len(), block.pixels));
        for (place, mut row) in x.outer_iter_mut().enumerate() {
            row.assign(&Array1::from(block.image(place)).mapv(f64::from));
            if let Some(mean) = &self.mean {
                row -= mean;
            }
        }
        let hidden = |&(_, image): &(usize, usize)| {
            self.images
                .mask()
                .is_some_and(|mask| hides_any(mask, image))
        };
        let masked: Vec<(usize, usize)> = rows.enumerate().filter(hidden).collect();
        for &(place, image) in &masked {
            let known =
                |(value, known): (&mut f64, bool)| *value = if known { *value } else { 0.0 };
            x.row_mut(place)
                .iter_mut()
                .zip(self.known(image))
                .for_each(known);
        }
        let products = x.dot(&self.basis.t());
        let mut weights = (self.solve)(&self.problem, &products);
        for (place, image) in masked {
            let products = products.row(place).insert_axis(Axis(0)).to_owned();
            let solution = (self.solve)(&self.gram_of(image), &products);
            weights.row_mut(place).assign(&solution.row(0));
        }
        Ok(weights.mapv(|value| value as f32))
    }

    /// Of an image with unknown pixels.
    fn gram_of(&self, image: usize) -> Nnls {
        let known: Vec<usize> = self
            .known(image)
            .enumerate()
            .filter(|(_, known)| *known)
            .map(|(at, _)| at)
            .collect();
        gram(&self.basis.select(Axis(1), &known))
    }

    fn known(&self, image: usize) -> impl Iterator<Item = bool> {
        let mask = self.images.mask();
        (0..self.basis.ncols())
            .map(move |pixel| mask.is_none_or(|mask| mask.is_known(image, pixel)))
    }
}

fn hides_any(mask: &Mask, image: usize) -> bool {
    let known: usize = mask
        .words(image)
        .iter()
        .map(|word| word.count_ones() as usize)
        .sum();
    known < mask.pixels()
}
