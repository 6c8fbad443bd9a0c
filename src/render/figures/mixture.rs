//! An image as a sum of terms, the largest first: each term, and the error of each partial sum.

use crate::basis::{Basis, Shape};
use crate::decomposition::Method;
use crate::error::{Error, Result};
use crate::metrics::relative_error;
use crate::render::canvas::colour_scale::Scale;
use crate::render::canvas::errors::{check_image, check_one_per_basis_image};
use crate::render::canvas::numbers::number;

/// An image as a weighted sum of basis images.
#[derive(Debug, Clone, Copy)]
pub struct Mixture<'a> {
    /// The method that learned the basis.
    pub method: &'static Method,
    /// Its basis images.
    pub basis: &'a Basis,
    /// The weight of each, (rank).
    pub weights: &'a [f32],
    /// The image to which the terms are added, one value per pixel: the mean image of PCA.
    pub mean: Option<&'a [f32]>,
    /// The relative error of the sum of all terms.
    pub error: f64,
    /// The fraction of the total magnitude of the terms that cancels:
    /// [`Magnitudes::cancelled`](crate::metrics::Magnitudes::cancelled).
    pub cancelled: f64,
}

/// A term, or several terms as one.
struct Term {
    /// The weight of a single term, or the number of terms, as a text.
    weight: String,
    name: String,
    values: Vec<f32>,
    scale: Scale,
    /// Whether this is the image to which the others are added.
    is_mean: bool,
}

/// A term and the sum of all terms up to it.
pub(super) struct MixtureStep {
    /// The weight of a single term, or the number of terms, as a text.
    pub weight: String,
    /// The name of the term.
    pub name: String,
    pub term: Vec<f32>,
    /// The colour scale of the term.
    pub scale: Scale,
    /// Whether the term is the image to which the others are added.
    pub is_mean: bool,
    pub sum: Vec<f32>,
    /// The relative error of `sum`.
    pub error: f64,
}

impl Mixture<'_> {
    /// Checks that this is a mixture of images of `shape`.
    pub(super) fn check(&self, shape: Shape) -> Result<()> {
        check_one_per_basis_image(self.weights, self.basis)?;
        self.mean.map_or(Ok(()), |mean| check_image(mean, shape))?;
        if self.basis.shape() == shape {
            return Ok(());
        }
        Err(Error::Picture {
            reason: format!(
                "the basis is {}, but the image is {shape}",
                self.basis.shape()
            ),
        })
    }

    /// Returns the indices of the basis images with an effect on the image, in descending order of
    /// the intensity that they add or remove: |w| Σ|h|.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut used = Vec::new();
        for (index, row) in self.basis.rows().rows().into_iter().enumerate() {
            let row: f64 = row.iter().map(|&value| f64::from(value).abs()).sum();
            let intensity = f64::from(self.weights[index]).abs() * row;
            if intensity.is_finite() && intensity > 0.0 {
                used.push((index, intensity));
            }
        }
        used.sort_by(|a, b| b.1.total_cmp(&a.1));
        used.into_iter().map(|(index, _)| index).collect()
    }

    /// Returns at most `most` steps to the whole mixture. The smallest terms are joined in the last
    /// step, or in the last few steps, each with more terms than the one before.
    pub(super) fn steps(&self, original: &[f32], most: usize) -> Vec<MixtureStep> {
        let mut sum = vec![0.0; original.len()];
        let mut steps = Vec::new();
        for term in self.terms(most) {
            for (sum, value) in sum.iter_mut().zip(&term.values) {
                *sum += value;
            }
            steps.push(MixtureStep {
                weight: term.weight,
                name: term.name,
                error: relative_error(original, &sum),
                term: term.values,
                scale: term.scale,
                is_mean: term.is_mean,
                sum: sum.clone(),
            });
        }
        // The figure of the whole sum that all files state, which has another order of rounding.
        if let Some(last) = steps.last_mut() {
            last.error = self.error;
        }
        steps
    }

    /// Returns at most `most` terms whose sum is the mixture: the mean, the largest terms, and the
    /// joined ones.
    fn terms(&self, most: usize) -> Vec<Term> {
        let scale = Scale::of(self.method);
        let order = self.order();
        let room = most - usize::from(self.mean.is_some());
        let counts = joined_counts(order.len(), room);
        let (single, mut rest) = order.split_at(order.len() - counts.iter().sum::<usize>());
        let mut terms = Vec::new();
        if let Some(mean) = self.mean {
            terms.push(Term {
                weight: String::new(),
                name: "mean".to_owned(),
                values: mean.to_vec(),
                scale: Scale::FromZero,
                is_mean: true,
            });
        }
        for &index in single {
            terms.push(Term {
                weight: format!("{} ×", number(f64::from(self.weights[index]))),
                name: format!("{} {index}", self.method.unit),
                values: self.sum_of(&[index]),
                scale,
                is_mean: false,
            });
        }
        for count in counts {
            let next;
            (next, rest) = rest.split_at(count);
            terms.push(Term {
                weight: format!("{count} more"),
                name: self.method.units.to_owned(),
                values: self.sum_of(next),
                scale,
                is_mean: false,
            });
        }
        terms
    }

    /// Returns the sum of some terms.
    fn sum_of(&self, indices: &[usize]) -> Vec<f32> {
        let mut total = vec![0.0; self.basis.shape().pixels()];
        for &index in indices {
            let weight = self.weights[index];
            for (total, value) in total.iter_mut().zip(self.basis.row(index)) {
                *total += weight * value;
            }
        }
        total
    }
}

/// Returns the numbers of terms that are joined in each of the last steps, if there are `room`
/// steps for `terms`: none if all fit; all in one step if these are no more than the others; else
/// three steps, each with about twice as many as the one before.
fn joined_counts(terms: usize, room: usize) -> Vec<usize> {
    match (terms + 1).saturating_sub(room) {
        _ if terms <= room => Vec::new(),
        rest if rest <= room || room < 4 => vec![rest],
        rest => {
            let rest = rest + 2;
            let (first, second) = (rest.div_ceil(7), (2 * rest).div_ceil(7));
            vec![first, second, rest - first - second]
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::decomposition::PCA;

    const SHAPE: Shape = Shape::new(1, 3);

    fn basis() -> Basis {
        Basis::new(
            SHAPE,
            arr2(&[
                [1., 0., 0.],
                [0., 1., 1.],
                [-1., 0., -2.],
                [0., 0., 4.],
                [0., 0., 0.],
            ]),
        )
    }

    fn mixture<'a>(basis: &'a Basis, weights: &'a [f32], mean: Option<&'a [f32]>) -> Mixture<'a> {
        Mixture {
            method: &PCA,
            basis,
            weights,
            mean,
            error: 0.25,
            cancelled: 0.0,
        }
    }

    #[test]
    fn terms_are_ordered_by_the_intensity_that_they_add_or_remove() {
        let basis = basis();
        // |w| Σ|h|: 5, 6, 3, nothing (unused), nothing (black).
        assert_eq!(
            mixture(&basis, &[5., 3., -1., 0., 9.], None).order(),
            [1, 0, 2]
        );
        // Equal terms keep their order; terms that are not finite are ignored.
        assert_eq!(
            mixture(&basis, &[2., 1., f32::NAN, f32::INFINITY, 0.], None).order(),
            [0, 1]
        );
    }

    #[test]
    fn the_last_step_joins_what_is_left_so_that_the_last_sum_is_the_whole() {
        let basis = basis();
        let mean = [0.5, 0.5, 0.5];
        let mixture = mixture(&basis, &[5., 3., -1., 0.25, 0.], Some(&mean));
        let steps = mixture.steps(&[4.5, 3.5, 6.5], 3);
        let labels: Vec<(&str, &str)> = steps
            .iter()
            .map(|step| (step.weight.as_str(), step.name.as_str()))
            .collect();
        assert_eq!(
            labels,
            [
                ("", "mean"),
                ("3 ×", "eigenimage 1"),
                ("3 more", "eigenimages")
            ]
        );
        assert_eq!(steps[1].term, [0., 3., 3.]);
        assert_eq!(steps[1].sum, [0.5, 3.5, 3.5]);
        assert_eq!(
            steps[2].term,
            [6., 0., 3.],
            "5, and 1 and 2 of the negative one, and a quarter of 4"
        );
        assert_eq!(steps[2].sum, [6.5, 3.5, 6.5]);
        assert_eq!(
            steps.iter().map(|step| step.scale).collect::<Vec<_>>(),
            [Scale::FromZero, Scale::Diverging, Scale::Diverging]
        );
        // Missed: 4, 0, 3 of (4.5, 3.5, 6.5); the error of the whole is the one that is passed.
        let norm = (4.5f64.powi(2) + 3.5f64.powi(2) + 6.5f64.powi(2)).sqrt();
        assert!((steps[1].error - 5.0 / norm).abs() < 1e-6);
        assert_eq!(steps[2].error.to_bits(), 0.25f64.to_bits());
    }

    #[test]
    fn many_terms_are_joined_in_three_steps_of_ever_more() {
        assert_eq!(joined_counts(8, 8), [0; 0]);
        assert_eq!(joined_counts(9, 8), [2]);
        assert_eq!(joined_counts(15, 8), [8]);
        assert_eq!(joined_counts(16, 8), [2, 4, 5]);
        assert_eq!(joined_counts(49, 8), [7, 13, 24]);
        assert_eq!(joined_counts(49, 3), [47]);
    }

    #[test]
    fn a_single_term_is_not_joined_with_itself() {
        let basis = basis();
        let weights = [1., 1., 1., 1., 1.];
        let names = |most| -> Vec<String> {
            let steps = mixture(&basis, &weights, None).steps(&[1.; 3], most);
            steps.into_iter().map(|step| step.name).collect()
        };
        let single = [3, 2, 1, 0].map(|index| format!("eigenimage {index}"));
        assert_eq!(names(4), single);
        assert_eq!(names(3), ["eigenimage 3", "eigenimage 2", "eigenimages"]);
    }
}
