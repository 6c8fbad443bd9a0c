//! Evenly spaced indices.

/// Returns at most `most` indices below `count`, evenly spaced and beginning with 0; all of them if there are no more.
///
/// # Examples
/// ```
/// use nmf_images::images::evenly_spaced;
///
/// assert_eq!(evenly_spaced(10, 4), [0, 2, 5, 7]);
/// assert_eq!(evenly_spaced(3, 4), [0, 1, 2]);
/// ```
#[must_use]
pub fn evenly_spaced(count: usize, most: usize) -> Vec<usize> {
    let wanted = most.min(count);
    (0..wanted).map(|place| place * count / wanted).collect()
}
