//! Which images are shown as thumbnails in a plane, and where, so that none covers another.

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

/// Returns, for each position, the nearest free cell of `columns` × `rows`; positions beyond the
/// number of cells have none.
pub(crate) fn cells(places: &[(f64, f64)], (columns, rows): (usize, usize)) -> Vec<(usize, usize)> {
    let mut free: Vec<(usize, usize)> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .collect();
    let mut taken = Vec::with_capacity(places.len());
    for &place in places {
        let nearest = (0..free.len())
            .min_by(|&a, &b| distance(free[a], place).total_cmp(&distance(free[b], place)));
        match nearest {
            Some(index) => taken.push(free.swap_remove(index)),
            None => break,
        }
    }
    taken
}

/// Returns the distance of a cell from a position.
fn distance((column, row): (usize, usize), (x, y): (f64, f64)) -> f64 {
    (column as f64 - x).hypot(row as f64 - y)
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
    fn a_picture_whose_cell_is_taken_moves_to_the_nearest_free_one() {
        let places = [(1.1, 0.0), (1.2, 0.1), (0.9, 0.0), (5.0, 5.0)];
        assert_eq!(cells(&places, (3, 2)), [(1, 0), (2, 0), (0, 0), (2, 1)]);
        assert_eq!(
            cells(&[(0.0, 0.0); 5], (2, 2)).len(),
            4,
            "no more than there are cells"
        );
    }
}
