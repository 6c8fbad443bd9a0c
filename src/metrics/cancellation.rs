//! How much of the intensity of the terms of an image cancels, because some add what others remove.

use std::ops::Add;

use ndarray::{Array1, ArrayView1, Axis};

use crate::basis::{Basis, Weights};
use crate::blocks;
use crate::kernel::IMAGES_PER_TASK;

/// The most values of the sums that a task holds at a time.
const VALUES_PER_TASK: usize = 1 << 20;

/// The total magnitude of the terms of an image, `Σ (Σ_l |w_l h_l| + |mean|)` over its pixels, and that of their sum,
/// `Σ |Σ_l w_l h_l + mean|`. The mean image of a PCA is one more term.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Magnitudes {
    /// The total magnitude of the terms: all intensity that they add, and all that they remove.
    pub terms: f64,
    /// The total magnitude of their sum: what remains of it.
    pub sum: f64,
}

impl Magnitudes {
    /// Returns the fraction of the magnitude of the terms that cancels, `1 − sum / terms`: exactly 0 if no term is
    /// negative, ½ if half of it cancels, 0 without any intensity.
    #[must_use]
    pub fn cancelled(self) -> f64 {
        if self.terms > 0.0 {
            1.0 - self.sum / self.terms
        } else {
            0.0
        }
    }

    /// Returns `terms / sum`: exactly 1 if no term is negative, 2 if half of the magnitude cancels, 1 if nothing remains.
    #[must_use]
    pub fn ratio(self) -> f64 {
        if self.sum > 0.0 {
            self.terms / self.sum
        } else {
            1.0
        }
    }
}

impl Add for Magnitudes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            terms: self.terms + other.terms,
            sum: self.sum + other.sum,
        }
    }
}

/// Returns the magnitudes of some of the reconstructed images, in the order of `images`.
///
/// # Panics
/// If there is no such image, or the sizes of weights, basis and mean image do not match.
#[must_use]
pub fn magnitudes(
    basis: &Basis,
    weights: &Weights,
    mean: Option<&Array1<f32>>,
    images: &[usize],
) -> Vec<Magnitudes> {
    let is_signed = mean.is_some()
        || basis.rows().iter().any(|&value| value < 0.0)
        || images
            .iter()
            .any(|&image| weights.row(image).iter().any(|&value| value < 0.0));
    let absolute = is_signed.then(|| basis.rows().mapv(f32::abs));
    let most = (VALUES_PER_TASK / basis.shape().pixels().max(1)).clamp(1, IMAGES_PER_TASK);
    let tasks: Vec<&[usize]> = images.chunks(most).collect();
    let found = blocks::map(&tasks, |_, images| {
        let weights = weights.select(Axis(0), images);
        let mut sums = weights.dot(&basis.rows());
        let Some(absolute) = &absolute else {
            let rows = sums.outer_iter();
            return rows.map(|sum| of_one_sign(&sum)).collect::<Vec<_>>();
        };
        let mut terms = weights.mapv(f32::abs).dot(absolute);
        if let Some(mean) = mean {
            terms += &mean.mapv(f32::abs);
            sums += mean;
        }
        let rows = terms.outer_iter().zip(sums.outer_iter());
        rows.map(|(terms, sum)| Magnitudes {
            terms: total(&terms),
            sum: total(&sum),
        })
        .collect()
    });
    found.concat()
}

/// Returns the magnitudes of an image none of whose terms is negative: the same, to the last bit.
fn of_one_sign(sum: &ArrayView1<f32>) -> Magnitudes {
    let sum = total(sum);
    Magnitudes { terms: sum, sum }
}

fn total(values: &ArrayView1<f32>) -> f64 {
    values.iter().map(|&v| f64::from(v).abs()).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::Shape;

    fn basis(rows: Array2<f32>) -> Basis {
        Basis::new(Shape::new(1, rows.ncols()), rows)
    }

    #[test]
    fn what_cancels_is_a_fraction_of_all_that_is_added_and_removed() {
        let basis = basis(arr2(&[[1., -1.], [1., 1.]]));
        let weights = arr2(&[[-2., 1.], [0., 0.], [0., 3.]]);
        let found = magnitudes(&basis, &weights, None, &[0, 1, 2]);
        // 2 + 1 in both pixels, -1 and 3 remain.
        let pairs = found.iter().map(|both| (both.terms, both.sum));
        assert_eq!(
            pairs.collect::<Vec<_>>(),
            [(6.0, 4.0), (0.0, 0.0), (6.0, 6.0)]
        );
        assert!((found[0].cancelled() - 1.0 / 3.0).abs() < 1e-12);
        assert!((found[0].ratio() - 1.5).abs() < 1e-12);
        assert_eq!((found[1].cancelled(), found[1].ratio()), (0.0, 1.0));
        // A mean of 3 makes it 6 in both, and 2 and 6 remain.
        let mean = Array1::from(vec![3., 3.]);
        let found = magnitudes(&basis, &weights, Some(&mean), &[0]);
        assert_eq!((found[0].terms, found[0].sum), (12.0, 8.0));
    }

    #[test]
    fn the_figures_of_an_image_depend_on_no_other_image_and_agree_with_f64() {
        let value =
            |(row, column): (usize, usize)| ((row * 31 + column * 17) % 23) as f32 / 11.0 - 1.0;
        let (basis, weights) = (
            basis(Array2::from_shape_fn((7, 40), value)),
            Array2::from_shape_fn((90, 7), value),
        );
        let mean = Array1::from_shape_fn(40, |pixel| pixel as f32 / 40.0);
        let all: Vec<usize> = (0..90).collect();
        let found = magnitudes(&basis, &weights, Some(&mean), &all);
        for image in [0, 41, 89] {
            let (mut terms, mut sum) = (0.0, 0.0);
            for pixel in 0..40 {
                let mut left = f64::from(mean[pixel]);
                terms += left.abs();
                for part in 0..7 {
                    let term =
                        f64::from(weights[[image, part]]) * f64::from(basis.row(part)[pixel]);
                    terms += term.abs();
                    left += term;
                }
                sum += left.abs();
            }
            let twin = 1.0 - sum / terms;
            assert!((found[image].cancelled() - twin).abs() < 1e-6, "{image}");
            let alone = magnitudes(&basis, &weights, Some(&mean), &[image])[0];
            assert!((alone.cancelled() - twin).abs() < 1e-6, "{image}");
        }
    }
}
