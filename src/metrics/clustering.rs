//! How well clusters of images agree with labels: accuracy under the best matching, and normalised mutual information.
//!
//! **Clusters.** NMF assigns each image to the part with its largest weight, of parts scaled to length 1; the first one if
//! several have the largest. PCA has clusters by k-means on its scores, as many as there are eigenimages. The clusters of
//! VQ are its prototypes, which is k-means on the pixels.
//!
//! **Accuracy.** Clusters and labels are matched one to one so that as many images as possible are in the cluster of their
//! label; the accuracy is the fraction of these images. Where there are more clusters than labels, or fewer, those left
//! over match nothing, and all of their images count as wrong.
//!
//! **Normalised mutual information.** `2 I / (H_clusters + H_labels)` with natural logarithms, as
//! `normalized_mutual_info_score` of scikit-learn by default: 1 if there is one cluster and one label, 0 if only one of the
//! two is divided.
//!
//! **Source.** W. Xu, X. Liu, Y. Gong, *Document clustering based on non-negative matrix factorization*, 2003; D. Cai,
//! X. He, J. Han, T. S. Huang, *Graph regularized nonnegative matrix factorization for data representation*, 2011.

use ndarray::Array2;
use serde::Serialize;

use super::class_means::UnitBasisPoints;
use crate::basis::{Basis, Shape, Weights};
use crate::blocks;
use crate::error::Result;
use crate::images::ImageSet;
use crate::matching::matched_similarities;
use crate::vq::Vq;

/// How well clusters agree with labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Clustering {
    /// The fraction of images in the cluster that is matched to their label, 0 to 1, under the best one-to-one matching.
    pub accuracy: f64,
    /// The mutual information over the arithmetic mean of both entropies, 0 to 1.
    pub nmi: f64,
}

impl Clustering {
    /// Compares the cluster of each image, (images), with its label, (images).
    ///
    /// ```
    /// use nmf_images::metrics::Clustering;
    ///
    /// let found = Clustering::new(&[1, 1, 0, 0], &[0, 0, 1, 1]);
    /// assert_eq!((found.accuracy, found.nmi), (1.0, 1.0));
    /// ```
    ///
    /// # Panics
    /// If there are not as many labels as clusters.
    #[must_use]
    pub fn new(clusters: &[usize], labels: &[usize]) -> Self {
        assert_eq!(clusters.len(), labels.len(), "a label for each image");
        let shares = shares(clusters, labels);
        Self {
            accuracy: matched_similarities(&shares).iter().sum(),
            nmi: normalised_mutual_information(&shares),
        }
    }
}

/// Returns the part with the largest weight of each image, (images), if parts have length 1.
///
/// # Panics
/// If there is not one weight per part.
#[must_use]
pub fn dominant_parts(weights: &Weights, basis: &Basis) -> Vec<usize> {
    let all: Vec<usize> = (0..weights.nrows()).collect();
    let points = UnitBasisPoints::new(weights, basis, &all);
    blocks::map_range(all.len(), |image| {
        let mut largest = (0, f64::NEG_INFINITY);
        for (part, &weight) in points.at(image).iter().enumerate() {
            if weight > largest.1 {
                largest = (part, weight);
            }
        }
        largest.0
    })
}

/// Returns the cluster of each image, (images), by k-means on its scores, with as many clusters as scores.
///
/// # Errors
/// As [`Vq::fit`].
pub fn score_clusters(scores: &Weights, seed: u64) -> Result<Vec<usize>> {
    // Distances stay the same, and the quantisation takes non-negative values.
    let mut shifted = scores.clone();
    for mut column in shifted.columns_mut() {
        let least = column.iter().copied().fold(f32::INFINITY, f32::min);
        column -= least;
    }
    let clusters = shifted.ncols();
    let points = ImageSet::from_f32(Shape::new(1, clusters), shifted)?;
    let model = Vq::new(clusters).seed(seed).fit(&points)?;
    Ok(clusters_of(&model.assignments))
}

/// Returns the prototypes of images as clusters, (images).
#[must_use]
pub fn clusters_of(assignments: &[u32]) -> Vec<usize> {
    assignments
        .iter()
        .map(|&prototype| prototype as usize)
        .collect()
}

/// Returns the fraction of the images in each cluster that have each label, (clusters, labels).
fn shares(clusters: &[usize], labels: &[usize]) -> Array2<f64> {
    let count = |indices: &[usize]| indices.iter().max().map_or(0, |largest| largest + 1);
    let mut counts = Array2::<f64>::zeros((count(clusters), count(labels)));
    for (&cluster, &label) in clusters.iter().zip(labels) {
        counts[[cluster, label]] += 1.0;
    }
    counts / clusters.len().max(1) as f64
}

/// Returns the mutual information of clusters and labels over the mean of their entropies.
fn normalised_mutual_information(shares: &Array2<f64>) -> f64 {
    let sums = |axis| shares.sum_axis(ndarray::Axis(axis)).to_vec();
    let (of_clusters, of_labels) = (sums(1), sums(0));
    let divided = |shares: &[f64]| shares.iter().filter(|&&share| share > 0.0).count() > 1;
    match (divided(&of_clusters), divided(&of_labels)) {
        (false, false) => return 1.0,
        (true, true) => {}
        _ => return 0.0,
    }
    let mut information = 0.0;
    for ((cluster, label), &share) in shares.indexed_iter() {
        if share > 0.0 {
            information += share * (share / (of_clusters[cluster] * of_labels[label])).ln();
        }
    }
    let mean = f64::midpoint(entropy(&of_clusters), entropy(&of_labels));
    // Rounding can exceed the range where both agree, or are independent.
    (information / mean).clamp(0.0, 1.0)
}

/// Returns the entropy of a distribution with natural logarithms.
fn entropy(shares: &[f64]) -> f64 {
    let positive = shares.iter().filter(|&&share| share > 0.0);
    -positive.map(|share| share * share.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    fn assert_close(clusters: &[usize], labels: &[usize], accuracy: f64, nmi: f64) {
        let found = Clustering::new(clusters, labels);
        let is_close = (found.accuracy - accuracy).abs() < 1e-12 && (found.nmi - nmi).abs() < 1e-12;
        assert!(
            is_close,
            "{clusters:?} {labels:?}: {found:?}, not {accuracy} and {nmi}"
        );
    }

    #[test]
    fn clusters_that_are_labels_by_other_numbers_agree_wholly() {
        assert_close(&[2, 2, 0, 0, 5], &[0, 0, 1, 1, 2], 1.0, 1.0);
    }

    #[test]
    fn independent_clusters_have_no_information() {
        assert_close(&[0, 1, 0, 1], &[0, 0, 1, 1], 0.5, 0.0);
    }

    #[test]
    fn images_of_clusters_that_are_left_over_count_as_wrong() {
        // I = ln 2, the entropy of the labels; the clusters have 2 ln 2.
        assert_close(&[0, 1, 2, 3], &[0, 0, 1, 1], 0.5, 2.0 / 3.0);
        assert_close(&[0, 0, 1, 1], &[0, 1, 2, 3], 0.5, 2.0 / 3.0);
    }

    #[test]
    fn the_best_matching_is_not_the_largest_pair() {
        // 5 + 0 images are matched if cluster 0 goes with label 0, and 4 + 4 if with label 1.
        let clusters = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
        let labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0];
        assert!((Clustering::new(&clusters, &labels).accuracy - 8.0 / 13.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_divided_has_the_limits_of_scikit_learn() {
        assert_close(&[0, 0], &[0, 0], 1.0, 1.0);
        assert_close(&[0, 0, 0, 0], &[0, 0, 1, 1], 0.5, 0.0);
        assert_close(&[0, 1, 1, 1], &[0, 0, 0, 0], 0.75, 0.0);
    }

    #[test]
    fn weights_count_by_the_length_of_their_part_and_the_first_of_equals_is_taken() {
        let basis = Basis::new(Shape::new(1, 2), arr2(&[[3., 4.], [0., 1.]]));
        let weights = arr2(&[[1., 4.], [1., 6.], [0., 0.], [1., 5.]]);
        assert_eq!(dominant_parts(&weights, &basis), [0, 1, 0, 0]);
    }

    #[test]
    fn scores_of_any_sign_are_clustered() {
        let scores = arr2(&[[-9., 1.], [-8., 1.], [7., -1.], [8., -1.]]);
        let found = score_clusters(&scores, 0).unwrap();
        assert_close(&found, &[0, 0, 1, 1], 1.0, 1.0);
        assert!(score_clusters(&Array2::zeros((3, 2)), 0).is_ok());
    }
}
