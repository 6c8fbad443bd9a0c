//! Colour scales: from values to colours.

use super::numbers::number;
use crate::decomposition::Method;

/// A colour scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Grey from 0 (black) to the largest value (white), as for images. Negative values are black.
    FromZero,
    /// Blue for negative values, near-white for 0, red for positive values; symmetric about 0 and
    /// readable with colour vision deficiency.
    Diverging,
    /// From 0 (black) through purple and orange to the largest value (light yellow); lightness
    /// increases uniformly.
    Sequential,
}

impl Scale {
    /// Returns the colour scale of the basis images of a method.
    #[must_use]
    pub fn of(method: &Method) -> Self {
        if method.signed {
            Self::Diverging
        } else {
            Self::FromZero
        }
    }
}

/// Whether tiles share one colour scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scaling {
    /// Each tile is scaled to its own maximum.
    #[default]
    Each,
    /// All tiles are scaled to the largest value of all, so that brightness can be compared.
    Shared,
}

/// A colour scale with the value at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ColourMap {
    pub scale: Scale,
    /// The value at the bright end, or the absolute value at both ends of a diverging scale.
    pub limit: f32,
}

impl ColourMap {
    /// Returns the scale that ends at the largest of the finite `values`.
    pub(crate) fn covering<'v>(scale: Scale, values: impl IntoIterator<Item = &'v f32>) -> Self {
        let mut limit = 0.0f32;
        for &value in values {
            let value = match scale {
                Scale::FromZero | Scale::Sequential => value,
                Scale::Diverging => value.abs(),
            };
            if value.is_finite() {
                limit = limit.max(value);
            }
        }
        Self { scale, limit }
    }

    /// Returns the scale that ends at `limit` if it would otherwise end above.
    pub(crate) fn up_to(self, limit: Option<f32>) -> Self {
        Self {
            limit: limit.map_or(self.limit, |limit| self.limit.min(limit)),
            ..self
        }
    }

    /// Returns the colour of a value; values that are not finite get the colour of 0.
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

/// Returns the range of values of a colour map as a text, such as `0 – 0.83` or `±0.83`.
pub(crate) fn colour_range(colour_map: ColourMap) -> String {
    let limit = number(f64::from(colour_map.limit));
    match colour_map.scale {
        Scale::FromZero | Scale::Sequential => format!("0 – {limit}"),
        Scale::Diverging => format!("±{limit}"),
    }
}

/// Returns the squared Euclidean distance of two RGB colours.
pub(crate) fn squared_distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let mut sum = 0;
    for (a, b) in one.into_iter().zip(other) {
        sum += u32::from(a.abs_diff(b)).pow(2);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_zero_is_black_at_zero_and_white_at_the_limit() {
        let colour_map = ColourMap::covering(Scale::FromZero, &[0.0, 0.5, 2.0]);
        assert_eq!(colour_map.colour(0.0), [0; 3]);
        assert_eq!(colour_map.colour(1.0), [128; 3]);
        assert_eq!(colour_map.colour(2.0), [255; 3]);
        assert_eq!(colour_map.colour(-1.0), [0; 3], "below zero is clipped");
        assert_eq!(
            colour_map.colour(9.0),
            [255; 3],
            "above the limit is clipped"
        );
    }

    #[test]
    fn diverging_is_neutral_at_zero_and_symmetric() {
        let colour_map = ColourMap::covering(Scale::Diverging, &[0.25, -0.5]);
        assert!((colour_map.limit - 0.5).abs() < f32::EPSILON);
        let [red, green, blue] = colour_map.colour(0.0).map(i32::from);
        assert!(red > 235 && (red - green).abs() < 8 && (green - blue).abs() < 8);
        let [red, _, blue] = colour_map.colour(0.5);
        assert!(red > 90 && red > 2 * blue, "positive is red");
        let [red, _, blue] = colour_map.colour(-0.5);
        assert!(blue > 90 && blue > 2 * red, "negative is blue");
    }

    #[test]
    fn constant_zero_is_drawn_as_zero() {
        let black = ColourMap::covering(Scale::FromZero, &[0.0; 4]);
        assert_eq!(black.colour(0.0), [0; 3]);
        let signed = ColourMap::covering(Scale::Diverging, &[0.0; 4]);
        assert_eq!(
            signed.colour(0.0),
            ColourMap {
                limit: 1.0,
                ..signed
            }
            .colour(0.0)
        );
    }
}
