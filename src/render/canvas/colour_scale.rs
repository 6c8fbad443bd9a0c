//! How values become colours.

use crate::decomposition::Method;

/// How values become colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Grey from 0 (black) to the largest value (white), as the images themselves are drawn. What is below 0 is black.
    FromZero,
    /// Blue for negative, near-white for 0, red for positive; symmetric about 0 and safe for colour-blind readers.
    Diverging,
    /// From 0 (black) over purple and orange to the largest value (light yellow); lightness rises evenly.
    Sequential,
}

impl Scale {
    /// Returns the scale of the basis images of a method.
    #[must_use]
    pub fn of(method: &Method) -> Self {
        if method.signed {
            Self::Diverging
        } else {
            Self::FromZero
        }
    }
}

/// Whether tiles can be compared with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// Each tile up to its own largest value: every one is seen well.
    #[default]
    Each,
    /// All tiles up to the largest value of all: brightness can be compared.
    Shared,
}

/// A scale with the value at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paint {
    pub scale: Scale,
    /// The value at the bright end (from zero) or at both coloured ends (diverging).
    pub limit: f32,
}

impl Paint {
    /// The scale that just holds `values`.
    pub(crate) fn holding<'v>(scale: Scale, values: impl IntoIterator<Item = &'v f32>) -> Self {
        let largest = |limit: f32, value: f32| {
            if value.is_finite() {
                limit.max(value)
            } else {
                limit
            }
        };
        let limit = values.into_iter().fold(0.0, |limit, &value| match scale {
            Scale::FromZero | Scale::Sequential => largest(limit, value),
            Scale::Diverging => largest(limit, value.abs()),
        });
        Self { scale, limit }
    }

    /// The colour of a value; what is no number is drawn as 0.
    pub(crate) fn colour(self, value: f32) -> [u8; 3] {
        let part = f64::from(value) / f64::from(self.limit);
        let part = if part.is_finite() { part } else { 0.0 };
        match self.scale {
            Scale::FromZero => [(part.clamp(0.0, 1.0) * 255.0).round() as u8; 3],
            Scale::Diverging => colorous::RED_BLUE
                .eval_continuous(0.5 - part.clamp(-1.0, 1.0) / 2.0)
                .into_array(),
            Scale::Sequential => colorous::INFERNO
                .eval_continuous(part.clamp(0.0, 1.0))
                .into_array(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_zero_is_black_at_zero_and_white_at_the_limit() {
        let paint = Paint::holding(Scale::FromZero, &[0.0, 0.5, 2.0]);
        assert_eq!(paint.colour(0.0), [0; 3]);
        assert_eq!(paint.colour(1.0), [128; 3]);
        assert_eq!(paint.colour(2.0), [255; 3]);
        assert_eq!(paint.colour(-1.0), [0; 3], "below zero is clipped");
        assert_eq!(paint.colour(9.0), [255; 3], "above the limit is clipped");
    }

    #[test]
    fn diverging_is_neutral_at_zero_and_symmetric() {
        let paint = Paint::holding(Scale::Diverging, &[0.25, -0.5]);
        assert!((paint.limit - 0.5).abs() < f32::EPSILON);
        let [red, green, blue] = paint.colour(0.0).map(i32::from);
        assert!(red > 235 && (red - green).abs() < 8 && (green - blue).abs() < 8);
        let [red, _, blue] = paint.colour(0.5);
        assert!(red > 90 && red > 2 * blue, "positive is red");
        let [red, _, blue] = paint.colour(-0.5);
        assert!(blue > 90 && blue > 2 * red, "negative is blue");
    }

    #[test]
    fn constant_zero_is_drawn_as_zero() {
        let black = Paint::holding(Scale::FromZero, &[0.0; 4]);
        assert_eq!(black.colour(0.0), [0; 3]);
        let signed = Paint::holding(Scale::Diverging, &[0.0; 4]);
        assert_eq!(
            signed.colour(0.0),
            Paint {
                limit: 1.0,
                ..signed
            }
            .colour(0.0)
        );
    }
}
