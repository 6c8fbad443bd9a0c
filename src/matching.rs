//! One-to-one matching of rows and columns by their similarity.

use ndarray::Array2;
use pathfinding::prelude::{Matrix, kuhn_munkres};

/// The integer that stands for 1: the matching algorithm uses integers.
const STEPS: f64 = (1_u64 << 40) as f64;

/// Returns the column that is matched to each row of `similarity`, whose values are from -1 to 1.
/// Each column is matched at most once, as many rows as possible are matched, and the sum of the
/// similarities is the largest of all such matchings (H. Kuhn, *The Hungarian method for the
/// assignment problem*, 1955).
pub(crate) fn match_one_to_one(similarity: &Array2<f64>) -> Vec<Option<usize>> {
    let (rows, columns) = similarity.dim();
    if rows > columns {
        let mut matched = vec![None; rows];
        for (column, row) in assign(&similarity.t().to_owned()).into_iter().enumerate() {
            matched[row] = Some(column);
        }
        return matched;
    }
    assign(similarity).into_iter().map(Some).collect()
}

/// Returns the similarity of each pair that [`match_one_to_one`] matches, in the order of the rows.
pub(crate) fn matched_similarities(similarity: &Array2<f64>) -> Vec<f64> {
    let mut matched = Vec::new();
    for (row, column) in match_one_to_one(similarity).into_iter().enumerate() {
        if let Some(column) = column {
            matched.push(similarity[[row, column]]);
        }
    }
    matched
}

/// Returns the column of each row; there must be at least as many columns as rows.
fn assign(similarity: &Array2<f64>) -> Vec<usize> {
    let (rows, columns) = similarity.dim();
    let weights = Matrix::from_fn(rows, columns, |place| (similarity[place] * STEPS) as i64);
    kuhn_munkres(&weights).1
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;

    #[test]
    fn the_sum_of_all_pairs_counts_and_not_the_best_pair() {
        let similarity = arr2(&[[0.9, 0.8, 0.0], [0.8, 0.1, 0.0], [0.0, 0.0, 0.5]]);
        assert_eq!(match_one_to_one(&similarity), [Some(1), Some(0), Some(2)]);
    }

    #[test]
    fn what_is_left_over_goes_with_nothing() {
        let similarity = arr2(&[[0.1, 0.9], [0.2, -0.8], [0.7, 0.95]]);
        assert_eq!(match_one_to_one(&similarity), [Some(1), None, Some(0)]);
        assert_eq!(
            match_one_to_one(&similarity.t().to_owned()),
            [Some(2), Some(0)]
        );
    }

    #[test]
    fn nothing_and_what_is_no_number_are_matched_all_the_same() {
        assert_eq!(match_one_to_one(&Array2::zeros((0, 0))), []);
        assert_eq!(match_one_to_one(&Array2::zeros((2, 0))), [None, None]);
        let mut columns = match_one_to_one(&arr2(&[[f64::NAN, 0.5], [0.5, f64::NAN]]));
        columns.sort_unstable();
        assert_eq!(columns, [Some(0), Some(1)]);
    }
}
