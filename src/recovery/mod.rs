//! Matches learned parts to known ones, one to one.
//!
//! The matching maximises the sum of scores: H. W. Kuhn, *The Hungarian method for the assignment problem*,
//! 1955. A score of 0 is not a match: a part that is 0 everywhere matches nothing.

#[cfg(feature = "formats")]
mod reading;
mod truth;

use ndarray::Array2;

use crate::basis::{Basis, Weights, directions};
use crate::matching::match_one_to_one;

pub use truth::{Features, Truth, to_npy};

/// The match of each known part or feature.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recovery {
    /// The match of each known part or feature; `None` without one.
    pub matches: Vec<Option<Match>>,
    /// The score from which a match counts as found.
    pub threshold: f64,
}

/// A learned part that was matched to a known one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Match {
    /// The row of the basis, or the column of the weights.
    pub part: usize,
    /// Cosine or correlation, above 0 and up to 1.
    pub score: f64,
}

/// Whether the sign of weights is determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignRule {
    /// A larger weight adds more of the part, as in NMF.
    Fixed,
    /// Weights and basis can both be negated, as in PCA: the magnitude of the correlation is compared.
    Free,
}

impl Recovery {
    /// Returns the number of known parts or features that were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.matches
            .iter()
            .flatten()
            .filter(|found| found.score >= self.threshold)
            .count()
    }
}

/// Matches the rows of `learned` to those of `known` by the magnitude of their cosine; 0.95 counts as found.
///
/// ```
/// use nmf_images::{Basis, Shape, recovery::match_parts};
///
/// let basis = |rows| Basis::new(Shape::new(1, 3), rows);
/// let known = basis(ndarray::arr2(&[[1., 1., 0.], [0., 0., 1.]]));
/// let learned = basis(ndarray::arr2(&[[0., 0.1, 5.], [0., 1., 0.]]));
/// let recovery = match_parts(&learned, &known);
/// assert_eq!(recovery.matches.iter().map(|found| found.unwrap().part).collect::<Vec<_>>(), [1, 0]);
/// assert_eq!(recovery.found(), 1, "half of the first part is missing");
/// ```
///
/// # Panics
/// If the two have different numbers of pixels.
#[must_use]
pub fn match_parts(learned: &Basis, known: &Basis) -> Recovery {
    Recovery {
        matches: assign(&known.cosines(learned).mapv_into(f64::abs)),
        threshold: 0.95,
    }
}

/// Matches the columns of `weights`, (images, rank), to those of `features`, (images, features), by their Pearson
/// correlation; 0.8 counts as found.
///
/// ```
/// use nmf_images::recovery::{SignRule, match_features};
///
/// let glasses = ndarray::arr2(&[[1.], [0.], [1.], [0.]]);
/// let weights = ndarray::arr2(&[[0., 0.8], [1., 0.1], [0., 0.9], [0.9, 0.]]);
/// assert_eq!(match_features(&weights, &glasses, SignRule::Fixed).matches[0].unwrap().part, 1);
/// assert_eq!(match_features(&weights, &glasses, SignRule::Free).matches[0].unwrap().part, 0);
/// ```
///
/// # Panics
/// If the two have different numbers of images.
#[must_use]
pub fn match_features(weights: &Weights, features: &Array2<f32>, sign: SignRule) -> Recovery {
    let features = directions(centred(features.t().mapv(f64::from)));
    let weights = directions(centred(weights.t().mapv(f64::from)));
    let scores = features.dot(&weights.t());
    let scores = match sign {
        SignRule::Fixed => scores,
        SignRule::Free => scores.mapv_into(f64::abs),
    };
    Recovery {
        matches: assign(&scores),
        threshold: 0.8,
    }
}

/// Subtracts the mean from each row.
fn centred(mut rows: Array2<f64>) -> Array2<f64> {
    for mut row in rows.rows_mut() {
        let mean = row.mean().unwrap_or_default();
        row -= mean;
    }
    rows
}

/// Returns the column of each row of `scores` in the matching with the largest sum.
fn assign(scores: &Array2<f64>) -> Vec<Option<Match>> {
    let columns = match_one_to_one(&scores.mapv(|score| score.max(0.0)));
    let mut matches = Vec::new();
    for (row, column) in columns.into_iter().enumerate() {
        let found = column.map(|part| Match {
            part,
            score: scores[[row, part]],
        });
        matches.push(found.filter(|found| found.score > 0.0));
    }
    matches
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, Axis, arr2};

    use super::*;
    use crate::basis::Shape;

    fn basis(rows: Array2<f32>) -> Basis {
        Basis::new(Shape::new(1, rows.ncols()), rows)
    }

    fn parts(recovery: &Recovery) -> Vec<Option<usize>> {
        recovery
            .matches
            .iter()
            .map(|found| found.map(|found| found.part))
            .collect()
    }

    #[test]
    fn parts_in_another_order_and_strength_are_all_found() {
        let known = Array2::<f32>::eye(5);
        let order = [3, 0, 4, 1, 2];
        let recovery = match_parts(&basis(known.select(Axis(0), &order) * 7.0), &basis(known));
        assert_eq!(parts(&recovery), [1, 3, 4, 0, 2].map(Some));
        assert_eq!(recovery.found(), 5);
    }

    #[test]
    fn of_parts_half_of_which_are_ghosts_half_are_found() {
        let known = Array2::<f32>::eye(4);
        let learned = arr2(&[
            [0., 0., 1., 1.],
            [1., 0.3, 0., 0.],
            [0., 0., 1., -1.],
            [0., 1., 0., 0.],
        ]);
        let recovery = match_parts(&basis(learned), &basis(known));
        // 1 / √1.09 is 0.958, 1 / √2 is 0.707.
        assert_eq!(recovery.found(), 2);
        let scores: Vec<f64> = recovery
            .matches
            .iter()
            .map(|found| found.unwrap().score)
            .collect();
        assert!(
            (scores[0] - 0.957_826_285).abs() < 1e-6 && (scores[2] - 0.5f64.sqrt()).abs() < 1e-6,
            "{scores:?}"
        );
    }

    #[test]
    fn one_learned_part_is_matched_to_one_known_part_only() {
        let learned = arr2(&[[0.9, 1.0, 0.0], [0.8, 0.0, 1.0]]);
        let known = arr2(&[[1., 1., 0.], [1., 1., 0.1]]);
        // Both known parts are most like the first; the sum is largest if the second known one takes the other.
        assert_eq!(
            parts(&match_parts(&basis(learned), &basis(known))),
            [Some(0), Some(1)]
        );
    }

    #[test]
    fn parts_too_many_or_too_few_leave_some_without_a_match() {
        let (three, five) = (
            Array2::<f32>::eye(5).slice_move(ndarray::s![1..4, ..]),
            Array2::<f32>::eye(5),
        );
        let more = match_parts(&basis(five.clone()), &basis(three.clone()));
        assert_eq!(
            (parts(&more), more.found()),
            ([1, 2, 3].map(Some).to_vec(), 3)
        );
        let fewer = match_parts(&basis(three), &basis(five));
        assert_eq!(
            (parts(&fewer), fewer.found()),
            (vec![None, Some(0), Some(1), Some(2), None], 3)
        );
        let none = match_parts(&basis(Array2::zeros((0, 5))), &basis(Array2::eye(5)));
        assert_eq!(
            (none.matches, none.threshold.to_bits()),
            (vec![None; 5], 0.95f64.to_bits())
        );
        assert_eq!(
            match_parts(&basis(Array2::eye(5)), &basis(Array2::zeros((0, 5)))).matches,
            []
        );
    }

    #[test]
    fn a_dead_part_finds_nothing_and_a_negative_one_counts_by_magnitude() {
        let learned = arr2(&[[0., 0.], [0., -3.]]);
        let recovery = match_parts(&basis(learned), &basis(Array2::eye(2)));
        assert_eq!(parts(&recovery), [None, Some(1)]);
        assert_eq!(recovery.found(), 1);
    }

    #[test]
    fn features_are_matched_by_correlation_whatever_the_offset() {
        let features = arr2(&[[1., 0.], [1., 1.], [0., 0.], [0., 1.]]);
        // The first column follows the second feature; the second turns the first feature round; the third is constant.
        let weights = arr2(&[[5., 0., 2.], [9., 0., 2.], [5., 1., 2.], [9., 1., 2.]]);
        let fixed = match_features(&weights, &features, SignRule::Fixed);
        assert_eq!((parts(&fixed), fixed.found()), (vec![None, Some(0)], 1));
        let free = match_features(&weights, &features, SignRule::Free);
        assert_eq!((parts(&free), free.found()), (vec![Some(1), Some(0)], 2));
        let feature = match_features(
            &weights,
            &Array1::zeros(4).insert_axis(Axis(1)),
            SignRule::Free,
        );
        assert_eq!(parts(&feature), [None], "a feature that no image has");
    }
}
