//! An image as a sum of terms, the largest first: what each adds, and how close the sum comes. Not how it is drawn.

use crate::basis::{Basis, Shape};
use crate::decomposition::Method;
use crate::error::{Error, Result};
use crate::metrics::relative_error;
use crate::render::canvas::colour_scale::Scale;
use crate::render::canvas::errors::{check_image, check_one_per_basis_image};
use crate::render::canvas::numbers::number;

/// An image as a mixture of basis images.
#[derive(Debug, Clone, Copy)]
pub struct Mixture<'a> {
    /// The method that learned the basis.
    pub method: &'static Method,
    /// Its basis images.
    pub basis: &'a Basis,
    /// How much of each there is in the image, (rank).
    pub weights: &'a [f32],
    /// What the mixture begins with, one value a pixel: the mean image of a PCA.
    pub mean: Option<&'a [f32]>,
}

/// One term, or the last ones together, and all terms up to it.
pub(super) struct Step {
    /// The weight, where it is of one basis image.
    pub weight: String,
    /// What is added.
    pub name: String,
    pub term: Vec<f32>,
    /// How the term is drawn.
    pub scale: Scale,
    pub sum: Vec<f32>,
    /// The relative error of `sum`.
    pub error: f64,
}

impl Mixture<'_> {
    /// Whether it is a mixture of images of `shape`.
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

    /// Every basis image that changes the image, largest first by the light that it adds or takes away: |w| Σ|h|.
    pub(super) fn order(&self) -> Vec<usize> {
        let light = |index: usize| {
            let row: f64 = self
                .basis
                .row(index)
                .iter()
                .map(|&value| f64::from(value).abs())
                .sum();
            f64::from(self.weights[index]).abs() * row
        };
        let used = (0..self.basis.rank()).map(|index| (index, light(index)));
        let mut used: Vec<(usize, f64)> = used
            .filter(|(_, light)| light.is_finite() && *light > 0.0)
            .collect();
        used.sort_by(|a, b| b.1.total_cmp(&a.1));
        used.into_iter().map(|(index, _)| index).collect()
    }

    /// Returns at most `most` steps to the whole mixture. The smallest terms are joined in the last
    /// step, or in the last few, each with more terms.
    pub(super) fn steps(&self, original: &[f32], most: usize) -> Vec<Step> {
        let scale = Scale::of(self.method);
        let order = self.order();
        let room = most - usize::from(self.mean.is_some());
        let joined = joined(order.len(), room);
        let (first, mut rest) = order.split_at(order.len() - joined.iter().sum::<usize>());
        let mean = self.mean.map(|mean| {
            (
                String::new(),
                "mean".to_owned(),
                mean.to_vec(),
                Scale::FromZero,
            )
        });
        let single = first.iter().map(|&index| {
            let weight = format!("{} ×", number(f64::from(self.weights[index])));
            (
                weight,
                format!("{} {index}", self.method.unit),
                self.total(&[index]),
                scale,
            )
        });
        let joined = joined.into_iter().map(|count| {
            let next;
            (next, rest) = rest.split_at(count);
            (
                format!("{count} more"),
                self.method.units.to_owned(),
                self.total(next),
                scale,
            )
        });
        let mut sum = vec![0.0; original.len()];
        let step = |(weight, name, term, scale): (String, String, Vec<f32>, Scale)| {
            sum.iter_mut()
                .zip(&term)
                .for_each(|(sum, value)| *sum += value);
            Step {
                weight,
                name,
                error: relative_error(original, &sum),
                term,
                scale,
                sum: sum.clone(),
            }
        };
        mean.into_iter()
            .chain(single)
            .chain(joined)
            .map(step)
            .collect()
    }

    /// Some terms added up.
    fn total(&self, indices: &[usize]) -> Vec<f32> {
        let mut total = vec![0.0; self.basis.shape().pixels()];
        for &index in indices {
            let weight = self.weights[index];
            total
                .iter_mut()
                .zip(self.basis.row(index))
                .for_each(|(total, value)| *total += weight * value);
        }
        total
    }

    /// Of all the light that the terms add, the share that other terms take away again.
    pub(super) fn cancelled(&self) -> f64 {
        let (mut added, mut taken) = (0.0, 0.0);
        let mut count = |value: f64| {
            if value > 0.0 {
                added += value
            } else {
                taken -= value
            }
        };
        self.mean
            .into_iter()
            .flatten()
            .for_each(|&value| count(f64::from(value)));
        for (row, &weight) in self.basis.rows().rows().into_iter().zip(self.weights) {
            row.iter()
                .for_each(|&value| count(f64::from(weight) * f64::from(value)));
        }
        if added > 0.0 { taken / added } else { 0.0 }
    }
}

/// How many terms are joined in each of the last steps, if there are `room` for `terms`: none if each has its own, all
/// in one where these are no more than the others, and else in three, about twice as many in each as in the one before.
fn joined(terms: usize, room: usize) -> Vec<usize> {
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
        }
    }

    #[test]
    fn terms_are_ordered_by_the_light_that_they_add_or_take_away() {
        let basis = basis();
        // |w| Σ|h|: 5, 6, 3, nothing (unused), nothing (black).
        assert_eq!(
            mixture(&basis, &[5., 3., -1., 0., 9.], None).order(),
            [1, 0, 2]
        );
        // Equal ones stay in their order; what is no number is no term.
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
        let said: Vec<(&str, &str)> = steps
            .iter()
            .map(|step| (step.weight.as_str(), step.name.as_str()))
            .collect();
        assert_eq!(
            said,
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
        // Missed: 4, 0, 3 of (4.5, 3.5, 6.5); then 2 in the first pixel.
        let norm = (4.5f64.powi(2) + 3.5f64.powi(2) + 6.5f64.powi(2)).sqrt();
        assert!(
            (steps[1].error - 5.0 / norm).abs() < 1e-6
                && (steps[2].error - 2.0 / norm).abs() < 1e-6
        );
    }

    #[test]
    fn many_terms_are_joined_in_three_steps_of_ever_more() {
        assert_eq!(joined(8, 8), [0; 0]);
        assert_eq!(joined(9, 8), [2]);
        assert_eq!(joined(15, 8), [8]);
        assert_eq!(joined(16, 8), [2, 4, 5]);
        assert_eq!(joined(49, 8), [7, 13, 24]);
        assert_eq!(joined(49, 3), [47]);
    }

    #[test]
    fn a_single_term_is_not_joined_with_itself() {
        let basis = basis();
        let weights = [1., 1., 1., 1., 1.];
        let names = |most| -> Vec<String> {
            let steps = mixture(&basis, &weights, None).steps(&[1.; 3], most);
            steps.into_iter().map(|step| step.name).collect()
        };
        assert_eq!(names(4), ["part 3", "part 2", "part 1", "part 0"]);
        assert_eq!(names(3), ["part 3", "part 2", "parts"]);
    }

    #[test]
    fn what_is_taken_away_is_a_share_of_what_is_added() {
        let basis = basis();
        assert_eq!(
            mixture(&basis, &[1., 1., 0., 0., 0.], None)
                .cancelled()
                .to_bits(),
            0f64.to_bits()
        );
        // Added: 1, 2 and 5 of the mean; taken away: 3 of the third and half of 4.
        let cancelled = mixture(&basis, &[1., 1., 1., -0.5, 0.], Some(&[2., 2., 1.])).cancelled();
        assert!((cancelled - 5.0 / 8.0).abs() < 1e-12);
        assert!(
            mixture(&basis, &[0.; 5], None).cancelled().abs() < f64::EPSILON,
            "of nothing"
        );
    }
}
