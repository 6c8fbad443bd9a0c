//! Evenly spaced indices.

/// `most` places spread evenly over `count`, the first always among them; all of them if there are no more.
pub(crate) fn evenly_spaced(count: usize, most: usize) -> Vec<usize> {
    let wanted = most.min(count);
    (0..wanted).map(|place| place * count / wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_evenly_spread() {
        assert_eq!(evenly_spaced(10, 4), [0, 2, 5, 7]);
        assert_eq!(evenly_spaced(3, 4), [0, 1, 2]);
    }
}
