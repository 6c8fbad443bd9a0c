//! The agreement of different starts: on the parts, and on which images belong together.

use kodama::{Method, linkage};

use crate::basis::Basis;
use crate::matching::matched_similarities;

/// Returns the mean cosine of the parts of all pairs of starts, matched one to one: 1 for the same
/// parts in any order; `None` for one start.
pub(super) fn stability(bases: &[&Basis]) -> Option<f64> {
    let mut cosines = Vec::new();
    for (index, one) in bases.iter().enumerate() {
        for other in &bases[..index] {
            cosines.push(mean_cosine(one, other));
        }
    }
    (!cosines.is_empty()).then(|| cosines.iter().sum::<f64>() / cosines.len() as f64)
}

/// Returns the mean cosine of the parts of two starts, matched one to one.
fn mean_cosine(one: &Basis, other: &Basis) -> f64 {
    let matched = matched_similarities(&one.cosines(other));
    matched.iter().sum::<f64>() / one.rank() as f64
}

/// Returns the cophenetic correlation of the consensus of several starts, each given by the leading
/// part of every image: 1 if any two images share their leading part in every start or in none;
/// `None` for one start.
///
/// The distance of two images is the fraction of starts in which their leading parts differ. The
/// result is the correlation of these distances with the heights at which average linkage joins the
/// images. **Source.** J.-P. Brunet, P. Tamayo, T. R. Golub, J. P. Mesirov, *Metagenes and
/// molecular pattern discovery using matrix factorization*, 2004.
pub(super) fn cophenetic(leading: &[Vec<usize>]) -> Option<f64> {
    let images = leading.first().filter(|_| leading.len() > 1)?.len();
    let mut distances = Vec::new();
    for a in 0..images {
        for b in a + 1..images {
            let apart = leading.iter().filter(|start| start[a] != start[b]).count();
            distances.push(apart as f64 / leading.len() as f64);
        }
    }
    Some(correlation(&distances, &heights(&distances, images)))
}

/// Returns the height at which each pair of images is joined, in the order of `distances`: (0, 1),
/// (0, 2), … (1, 2), …
fn heights(distances: &[f64], images: usize) -> Vec<f64> {
    let mut heights = vec![0.0; distances.len()];
    let mut clusters: Vec<Vec<usize>> = (0..images).map(|image| vec![image]).collect();
    for step in linkage(&mut distances.to_vec(), images, Method::Average).steps() {
        let [mut one, other] =
            [step.cluster1, step.cluster2].map(|cluster| std::mem::take(&mut clusters[cluster]));
        for &a in &one {
            for &b in &other {
                heights[pair_index(a, b, images)] = step.dissimilarity;
            }
        }
        one.extend(other);
        clusters.push(one);
    }
    heights
}

/// Returns the index of a pair of images in the order of the distances.
fn pair_index(a: usize, b: usize, images: usize) -> usize {
    let (first, second) = (a.min(b), a.max(b));
    first * (2 * images - first - 1) / 2 + second - first - 1
}

/// Returns Pearson's correlation; 1 if all values of `a` or of `b` are equal, as if all images
/// belong together.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (centred(a), centred(b));
    let squares = dot(&a, &a) * dot(&b, &b);
    if squares > 0.0 {
        dot(&a, &b) / squares.sqrt()
    } else {
        1.0
    }
}

/// Returns the values minus their mean.
fn centred(values: &[f64]) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value - mean).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

    #[test]
    fn stability_is_the_mean_cosine_of_all_pairs_whatever_the_order_of_parts() {
        let basis = |rows| Basis::new(Shape::new(1, 3), rows);
        let one = basis(arr2(&[[1., 0., 0.], [0., 1., 0.]]));
        let same = basis(arr2(&[[0., 2., 0.], [3., 0., 0.]]));
        let half = basis(arr2(&[[0., 0., 1.], [0., 1., 0.]]));
        assert_eq!(stability(&[&one, &same]), Some(1.0));
        // Of three pairs one agrees in both parts, two in one of two.
        assert!((stability(&[&one, &same, &half]).expect("three") - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(
            stability(&[&one]),
            None,
            "one start has nothing to agree with"
        );
    }

    #[test]
    fn the_cophenetic_correlation_is_that_of_a_hand_drawn_tree() {
        // Three images: 0 and 1 share their part in both starts, 2 shares it with 1 in the second
        // start only, which makes the distances (0, 1) = 0, (0, 2) = 1, (1, 2) = 1: a tree already.
        assert!((cophenetic(&[vec![0, 0, 1], vec![1, 1, 0]]).expect("two") - 1.0).abs() < 1e-12);
        // Distances (0, 1) = 1/2, (0, 2) = 1, (1, 2) = 1/2: joined at 1/2 and at 3/4, so heights
        // 1/2, 3/4, 3/4 or 3/4, 3/4, 1/2; the correlation is 1/2 for both.
        let half = cophenetic(&[vec![0, 0, 1], vec![0, 1, 1]]).expect("two");
        assert!((half - 0.5).abs() < 1e-12, "{half}");
        assert_eq!(
            cophenetic(&[vec![0, 1, 2]]),
            None,
            "one start has no consensus"
        );
        assert_eq!(
            cophenetic(&[vec![0, 0], vec![0, 0]]),
            Some(1.0),
            "all images together"
        );
    }

    #[test]
    fn heights_are_those_of_scipy() {
        // scipy.cluster.hierarchy: cophenet(linkage(distances, "average"), distances), of SciPy
        // 1.17; by hand, 0.325 is (0.3 + 0.35) / 2, and 0.65 the mean of the six distances between
        // {0, 1} and {2, 3, 4}.
        let distances = [0.1, 0.4, 0.9, 0.8, 0.5, 0.7, 0.6, 0.3, 0.35, 0.2];
        let expected = [0.1, 0.65, 0.65, 0.65, 0.65, 0.65, 0.65, 0.325, 0.325, 0.2];
        let found = heights(&distances, 5);
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
    }
}
