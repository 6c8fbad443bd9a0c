//! Weights as points, the means of their classes, and the class whose mean is nearest.

use ndarray::{Array1, Array2, ArrayView1};

use crate::basis::{Basis, Weights};
use crate::blocks;

/// The weights of some images with basis images of length 1, computed image by image: those of all take much memory.
pub(super) struct UnitBasisPoints<'a> {
    weights: &'a Weights,
    /// The rows of the weights that are points.
    images: &'a [usize],
    /// The length of each basis image, (rank).
    lengths: Array1<f64>,
}

impl<'a> UnitBasisPoints<'a> {
    pub(super) fn new(weights: &'a Weights, basis: &Basis, images: &'a [usize]) -> Self {
        Self {
            weights,
            images,
            lengths: lengths(basis),
        }
    }

    /// Returns point `index`, (rank).
    pub(super) fn at(&self, index: usize) -> Array1<f64> {
        self.weights.row(self.images[index]).mapv(f64::from) * &self.lengths
    }
}

/// Returns the length of each basis image, (rank).
fn lengths(basis: &Basis) -> Array1<f64> {
    let mut lengths = Array1::zeros(basis.rank());
    for (length, image) in lengths.iter_mut().zip(basis.rows().rows()) {
        let square: f64 = image.iter().map(|&v| f64::from(v).powi(2)).sum();
        *length = square.sqrt();
    }
    lengths
}

/// The mean weights of each class, (classes, rank), and the sizes of the classes.
pub(super) struct ClassMeans {
    means: Array2<f64>,
    sizes: Vec<f64>,
}

impl ClassMeans {
    /// Returns the means of the `points`, whose classes are `own`.
    pub(super) fn of(points: &UnitBasisPoints, own: &[usize], classes: usize) -> Self {
        let mut means = Array2::<f64>::zeros((classes, points.lengths.len()));
        let mut sizes = vec![0.0; classes];
        for (index, &class) in own.iter().enumerate() {
            let mut mean = means.row_mut(class);
            mean += &points.at(index);
            sizes[class] += 1.0;
        }
        for (mut mean, size) in means.outer_iter_mut().zip(&sizes) {
            mean /= *size;
        }
        Self { means, sizes }
    }

    /// Returns the squared distance of a point to the mean of each class.
    pub(super) fn squared_distances(&self, point: &Array1<f64>) -> Vec<f64> {
        let means = self.means.outer_iter();
        means
            .map(|mean| squared_distance(&point.view(), &mean))
            .collect()
    }
}

/// Returns the fraction of the `points` that are nearest to the mean of their own class, from which the point itself is
/// excluded.
pub(super) fn accuracy(points: &UnitBasisPoints, own: &[usize], classes: usize) -> f64 {
    let means = ClassMeans::of(points, own, classes);
    let right = blocks::map(own, |index, &class| {
        let mut distances = means.squared_distances(&points.at(index));
        // Without the image, the mean of its class is farther from it by n / (n - 1).
        let size = means.sizes[class];
        distances[class] *= (size / (size - 1.0)).powi(2);
        chance_of_class(&distances, class)
    });
    right.iter().sum::<f64>() / own.len() as f64
}

/// Returns 1 if the class is the nearest, 1/t if it is one of t that are equally near, and 0 otherwise.
pub(super) fn chance_of_class(squared_distances: &[f64], class: usize) -> f64 {
    let least = squared_distances
        .iter()
        .copied()
        .fold(f64::INFINITY, f64::min);
    let nearest = squared_distances
        .iter()
        .filter(|&&distance| distance <= least);
    if squared_distances[class] <= least {
        1.0 / nearest.count() as f64
    } else {
        0.0
    }
}

fn squared_distance(a: &ArrayView1<f64>, b: &ArrayView1<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Every mean anew without the image, in the plainest way.
    fn twin(points: &Array2<f64>, own: &[usize], classes: usize) -> f64 {
        let right = (0..own.len()).filter(|&image| {
            let distance = |class: usize| {
                let others: Vec<usize> = (0..own.len())
                    .filter(|&i| i != image && own[i] == class)
                    .collect();
                let mean = points.select(Axis(0), &others).mean_axis(Axis(0)).unwrap();
                (&points.row(image) - &mean).mapv(|v| v * v).sum()
            };
            (0..classes).all(|class| class == own[image] || distance(own[image]) < distance(class))
        });
        right.count() as f64 / own.len() as f64
    }

    #[test]
    fn the_closed_form_agrees_with_means_made_anew_for_each_image() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for (images, rank, classes) in [(30, 3, 2), (200, 7, 5), (61, 1, 10)] {
            let own: Vec<usize> = (0..images).map(|image| image % classes).collect();
            let weights = Array2::from_shape_fn((images, rank), |(image, l)| {
                rng.random::<f32>()
                    + if image % classes % rank == l {
                        0.4
                    } else {
                        0.0
                    }
            });
            let points = UnitBasisPoints {
                weights: &weights,
                images: &(0..images).collect::<Vec<_>>(),
                lengths: Array1::ones(rank),
            };
            let (found, expected) = (
                accuracy(&points, &own, classes),
                twin(&weights.mapv(f64::from), &own, classes),
            );
            assert!(
                (found - expected).abs() < 1e-12 && expected > 0.0 && expected < 1.0,
                "{found} {expected}"
            );
        }
    }
}
