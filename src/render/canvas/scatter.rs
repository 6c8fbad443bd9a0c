//! Where pictures stand in a plane so that none covers another. Not what is on them.

/// The places of an image in each plane, in cells from the lower left.
pub(crate) type Places = Vec<(f64, f64)>;

/// At most `most` images that lie far from one another, the outermost first.
///
/// One after the other, the image that in one of the planes is farthest from all before it: so that none stands alone
/// in a plane without being chosen.
pub(crate) fn outermost(places: &[Places], most: usize) -> Vec<usize> {
    let mut alone: Vec<Vec<f64>> = places
        .iter()
        .map(|planes| vec![f64::INFINITY; planes.len()])
        .collect();
    let mut left: Vec<usize> = (0..places.len()).collect();
    let mut chosen = Vec::new();
    while chosen.len() < most && !left.is_empty() {
        let far = |at: usize| {
            let planes = alone[left[at]].iter().copied();
            planes.fold(f64::NEG_INFINITY, f64::max)
        };
        let farthest = (0..left.len()).fold(
            0,
            |best, next| if far(next) > far(best) { next } else { best },
        );
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

/// For each place the nearest cell of `columns` x `rows` that none before it took; no more places than cells.
pub(crate) fn cells(places: &[(f64, f64)], (columns, rows): (usize, usize)) -> Vec<(usize, usize)> {
    let mut free: Vec<(usize, usize)> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .collect();
    let nearest = |&(x, y): &(f64, f64)| {
        let far = |&(column, row): &(usize, usize)| (column as f64 - x).hypot(row as f64 - y);
        let index = (0..free.len()).min_by(|&a, &b| far(&free[a]).total_cmp(&far(&free[b])))?;
        Some(free.swap_remove(index))
    };
    places.iter().map_while(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_images_are_chosen_first_and_each_once() {
        let places: Vec<Places> = [0.0, 1.0, 2.0, 9.0, 9.0]
            .map(|x| vec![(x, 0.0), (0.0, 0.0)])
            .to_vec();
        assert_eq!(outermost(&places, 3), [0, 3, 2]);
        assert_eq!(outermost(&places, 9), [0, 3, 2, 1, 4]);
        // What lies together in one plane may be apart in the other.
        let other: Vec<Places> = [0.0, 5.0, 1.0].map(|y| vec![(0.0, 0.0), (0.0, y)]).to_vec();
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
