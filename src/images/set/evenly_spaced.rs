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

/// Returns at most `most` indices below `count`: the centres of as many intervals of equal length. Unlike
/// [`evenly_spaced`], they do not begin with 0.
///
/// # Examples
/// ```
/// use nmf_images::images::evenly_spaced_centres;
///
/// assert_eq!(evenly_spaced_centres(10, 2), [2, 7]);
/// assert_eq!(evenly_spaced_centres(3, 4), [0, 1, 2]);
/// ```
#[must_use]
pub fn evenly_spaced_centres(count: usize, most: usize) -> Vec<usize> {
    let wanted = most.min(count);
    (0..wanted)
        .map(|place| (2 * place + 1) * count / (2 * wanted))
        .collect()
}
