//! The magnitude at which the colour scale of the terms of a sum ends.

use crate::images::Outliers;

/// A handful of pixels: at least this many, or a thousandth of them, but never more than a fiftieth.
const HANDFUL: usize = 4;

/// The magnitude at which the scale of all terms ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TermLimit {
    pub limit: f32,
    /// Whether a handful of pixels exceeds it.
    is_exceeded: bool,
}

impl TermLimit {
    /// Returns the largest magnitude in any term, without a handful of pixels that are far brighter than all others.
    pub(super) fn of(terms: &[&[f32]], pixels: usize) -> Self {
        let mut largest = vec![0.0f32; pixels];
        for term in terms {
            for (largest, value) in largest.iter_mut().zip(*term) {
                if value.is_finite() {
                    *largest = largest.max(value.abs());
                }
            }
        }
        largest.sort_by(|a, b| b.total_cmp(a));
        let handful = (pixels / 1000).max(HANDFUL).min(pixels / 50);
        let most = largest.first().copied().unwrap_or_default();
        let usual = largest.get(handful).copied().unwrap_or_default();
        let is_exceeded = usual > 0.0 && most >= Outliers::GAP * usual;
        Self {
            limit: if is_exceeded { usual } else { most },
            is_exceeded,
        }
    }

    /// Returns the limit, or `white` if that is below it: the value above which images are clipped.
    pub(super) fn up_to(self, white: Option<f32>) -> Self {
        match white {
            Some(limit) if limit < self.limit => Self {
                limit,
                is_exceeded: true,
            },
            _ => self,
        }
    }

    /// Returns what follows the range of the scale.
    pub(super) fn clipped(self) -> &'static str {
        if self.is_exceeded { ", clipped" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(values: &[f32]) -> (f32, &'static str) {
        let found = TermLimit::of(&[values, &[f32::NAN]], values.len());
        (found.limit, found.clipped())
    }

    #[test]
    fn a_handful_of_hot_pixels_does_not_set_the_scale() {
        let mut values = vec![0.1; 400];
        values[7] = -0.2;
        assert_eq!(
            limit(&values),
            (0.2, ""),
            "less than three times the others"
        );
        values[30..33].fill(9.0);
        assert_eq!(limit(&values), (0.1, ", clipped"));
        values[40..60].fill(9.0);
        assert_eq!(
            limit(&values),
            (9.0, ""),
            "a spot of 23 pixels is no handful"
        );
    }

    #[test]
    fn of_few_pixels_or_of_none_the_largest_is_the_limit() {
        assert_eq!(limit(&[0.1, 0.0, 5.0]), (5.0, ""));
        assert_eq!(limit(&[]), (0.0, ""));
    }
}
