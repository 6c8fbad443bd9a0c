//! Counts and lists in text: the one place that knows singular and plural.

/// Returns the words that agree with a count.
///
/// # Examples
/// ```
/// use nmf_images::plural::by_count;
///
/// assert_eq!(by_count(1, "image is", "images are"), "image is");
/// assert_eq!(by_count(0, "image is", "images are"), "images are");
/// ```
#[must_use]
pub fn by_count<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Returns a count followed by the words that agree with it.
///
/// # Examples
/// ```
/// assert_eq!(nmf_images::plural::counted(3, "image", "images"), "3 images");
/// ```
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", by_count(count, one, many))
}

/// Returns words as a list.
///
/// # Examples
/// ```
/// use nmf_images::plural::listed;
///
/// assert_eq!(listed(&["weights"]), "weights");
/// assert_eq!(listed(&["parts", "weights", "scores"]), "parts, weights and scores");
/// ```
#[must_use]
pub fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words[..] {
        [] => String::new(),
        [word] => word.to_owned(),
        [ref words @ .., last] => format!("{} and {last}", words.join(", ")),
    }
}
