//! What a PCA finds: the mean image, the eigenimages and the scores; of scaled images, and of the images themselves.

use ndarray::{Array1, Array2};

use crate::basis::Weights;
use crate::communicator::ordered_sum;
use crate::images::{Shared, Weighting};
use crate::linalg::{self, MeanRow};

/// Returns the weighted mean of each pixel of scaled images, which is subtracted from each as often as the root of its weight.
pub(super) fn weighted_mean(x: &Shared, roots: &[f32]) -> MeanRow {
    let multiples: Vec<f64> = roots.iter().map(|&root| root.into()).collect();
    let partials = x.x.partial_multiple_sums(&multiples);
    let squares: f64 = multiples.iter().map(|multiple| multiple.powi(2)).sum();
    let sums = ordered_sum(x.images.communicator, x.x.pixels, &partials);
    MeanRow {
        values: sums.iter().map(|sum| sum / squares).collect(),
        multiples: Some(multiples),
    }
}

/// The mean image, the eigenimages and the scores.
pub(super) struct Axes {
    /// (images, rank).
    pub(super) scores: Weights,
    /// (rank, pixels).
    pub(super) rows: Array2<f32>,
    /// (pixels).
    pub(super) mean: Vec<f64>,
}

impl Axes {
    /// Returns those of the images themselves from those of scaled images, with the scores of images of weight 0.
    pub(super) fn unscaled(self, weighting: &dyn Weighting) -> Self {
        let Self {
            mut scores,
            mut rows,
            mut mean,
        } = self;
        let (roots, axes) = (weighting.roots(), rows.mapv(f64::from));
        for (image, mut row) in scores.rows_mut().into_iter().enumerate() {
            match roots.of_image(image) {
                0.0 => {
                    let values = weighting.image(image).into_iter().zip(&mean);
                    let centred: Array1<f64> = values.map(|(v, m)| f64::from(v) - m).collect();
                    let best = axes.dot(&centred);
                    row.assign(&best.mapv(|score| score as f32));
                }
                root => row.mapv_inplace(|score| score / root),
            }
        }
        for (pixel, mean) in mean.iter_mut().enumerate() {
            let root = roots.of_pixel(pixel);
            let inverse = if root > 0.0 {
                1.0 / f64::from(root)
            } else {
                0.0
            };
            *mean *= inverse;
            let mut column = rows.column_mut(pixel);
            column.mapv_inplace(|value| (f64::from(value) * inverse) as f32);
        }
        linalg::fix_signs(&mut scores, &mut rows);
        Self { scores, rows, mean }
    }
}
