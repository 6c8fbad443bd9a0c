//! Counts as text.

/// Returns a count followed by the noun in the number that fits it.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
