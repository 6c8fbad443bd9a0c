//! Which images are shown as thumbnails in a plane, and where, so that none covers another.

use ndarray::Array2;

use crate::matching::match_one_to_one;

/// The position of an image in each plane, in cells from the lower left.
pub(crate) type PlanePositions = Vec<(f64, f64)>;

/// Returns the indices of at most `most` images that are far from one another, the outermost first.
///
/// Farthest point sampling: each next image is the one that, in any plane, is farthest from all
/// before it (T. F. Gonzalez, *Clustering to minimize the maximum intercluster distance*, 1985).
pub(crate) fn outermost(places: &[PlanePositions], most: usize) -> Vec<usize> {
    let mut alone: Vec<Vec<f64>> = places
        .iter()
        .map(|planes| vec![f64::INFINITY; planes.len()])
        .collect();
    let mut left: Vec<usize> = (0..places.len()).collect();
    let mut chosen = Vec::new();
    while chosen.len() < most && !left.is_empty() {
        let mut farthest = 0;
        for at in 1..left.len() {
            if largest(&alone[left[at]]) > largest(&alone[left[farthest]]) {
                farthest = at;
            }
        }
        let next = left.remove(farthest);
        for &image in &left {
            let pairs = places[image].iter().zip(&places[next]);
            for (alone, ((x, y), (next_x, next_y))) in alone[image].iter_mut().zip(pairs) {
                *alone = alone.min((x - next_x).hypot(y - next_y));
            }
        }
        chosen.push(next);
    }
    chosen
}

/// Returns the largest of some distances.
fn largest(distances: &[f64]) -> f64 {
    distances.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Returns a cell of `free` for each position, so that the sum of the distances is the smallest:
/// lines from positions to their cells do not cross. Positions beyond the number of cells have none.
pub(crate) fn nearest_cells(
    places: &[(f64, f64)],
    free: &[(usize, usize)],
) -> Vec<Option<(usize, usize)>> {
    let mut distances = Array2::zeros((places.len(), free.len()));
    for ((place, cell), distance) in distances.indexed_iter_mut() {
        let ((x, y), (column, row)) = (places[place], free[cell]);
        *distance = (column as f64 - x).hypot(row as f64 - y);
    }
    let farthest = distances.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let matched = match_one_to_one(&distances.mapv(|distance| 1.0 - distance / farthest));
    matched
        .into_iter()
        .map(|cell| cell.map(|cell| free[cell]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_images_are_chosen_first_and_each_once() {
        let places: Vec<PlanePositions> = [0.0, 1.0, 2.0, 9.0, 9.0]
            .map(|x| vec![(x, 0.0), (0.0, 0.0)])
            .to_vec();
        assert_eq!(outermost(&places, 3), [0, 3, 2]);
        assert_eq!(outermost(&places, 9), [0, 3, 2, 1, 4]);
        // Images that coincide in one plane may be apart in the other.
        let other: Vec<PlanePositions> =
            [0.0, 5.0, 1.0].map(|y| vec![(0.0, 0.0), (0.0, y)]).to_vec();
        assert_eq!(outermost(&other, 2), [0, 1]);
        assert!(outermost(&[], 2).is_empty());
    }

    #[test]
    fn an_image_alone_in_one_plane_comes_before_one_that_has_company_in_both() {
        let at = |x: f64, y: f64| vec![(x, 0.0), (0.0, y)];
        assert_eq!(
            outermost(&[at(0.0, 0.0), at(5.0, 5.0), at(0.0, 5.0), at(0.0, 2.0)], 3),
            [0, 1, 3]
        );
    }

    #[test]
    fn cells_are_chosen_so_that_lines_are_short_together_and_do_not_cross() {
        // The nearest cell of both is (1, 0); the second would be farther from the other one.
        let places = [(0.9, 0.0), (1.2, 0.0)];
        assert_eq!(
            nearest_cells(&places, &[(1, 0), (0, 0), (5, 0)]),
            [Some((0, 0)), Some((1, 0))]
        );
        // The lines of the other choice cross.
        let places = [(0.0, 0.4), (1.0, 0.6)];
        assert_eq!(
            nearest_cells(&places, &[(1, 3), (0, 3)]),
            [Some((0, 3)), Some((1, 3))]
        );
        let found = nearest_cells(&[(0.0, 0.0); 3], &[(0, 0), (1, 1)]);
        assert_eq!(
            found.iter().flatten().count(),
            2,
            "no more than there are cells"
        );
    }
}
