//! Which values of a mask are known pixels.

use serde::{Deserialize, Serialize};

use super::picture::PixelValues;
use crate::basis::Shape;
use crate::error::{MaskError, Result};

/// The values of a file of masks, as known and unknown pixels.
#[derive(Debug, PartialEq)]
pub(crate) struct MaskValues {
    /// Which pixels are known, in the order of the values.
    pub known: Vec<bool>,
    pub levels: MaskLevels,
}

/// The levels of a file of masks, on its own scale: 0 to 255 in 8-bit files, 0 to 1 in finer ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum MaskLevels {
    /// Black and white alone.
    Plain,
    /// Black and one value below half of white, which counts as white.
    Faint { value: f64, white: f64 },
    /// Other values too: those of at least half of white are known.
    Grey {
        /// How many values are neither black nor white.
        count: usize,
        /// The smallest value that is known.
        threshold: f64,
        white: f64,
        largest: f64,
        /// Whether all values are equal.
        is_constant: bool,
    },
}

impl MaskLevels {
    /// Checks whether the values differ and none of them is bright enough to be known.
    pub(crate) fn are_dim(self) -> bool {
        match self {
            Self::Plain | Self::Faint { .. } => false,
            Self::Grey {
                threshold,
                largest,
                is_constant,
                ..
            } => !is_constant && largest < threshold,
        }
    }
}

/// The scale of the values of a mask.
#[derive(Clone, Copy)]
struct MaskScale {
    /// The value 1 of files of whole numbers.
    one: f64,
    threshold: f64,
    white: f64,
}

impl MaskScale {
    const BYTES: Self = Self {
        one: 1.0,
        threshold: 128.0,
        white: 255.0,
    };

    /// Returns the scale of values from 0 to 1, or to the largest one.
    fn of_floats(values: &[f64]) -> Self {
        let white = values.iter().copied().fold(1.0, f64::max);
        Self {
            one: f64::from(1.0f32 / 65535.0),
            threshold: white / 2.0,
            white,
        }
    }
}

impl MaskValues {
    /// Returns which of the values are known, those of masks of `shape` one after another.
    ///
    /// # Errors
    /// If a value is negative or not finite.
    pub(crate) fn of(values: &PixelValues, shape: Shape) -> Result<Self> {
        match values {
            PixelValues::U8(values) => {
                let values: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
                Ok(Self::on_scale(&values, MaskScale::BYTES))
            }
            PixelValues::F32(values) => {
                let values: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
                check(&values, shape)?;
                Ok(Self::on_scale(&values, MaskScale::of_floats(&values)))
            }
        }
    }

    fn on_scale(values: &[f64], scale: MaskScale) -> Self {
        let MaskScale {
            one,
            threshold,
            white,
        } = scale;
        let largest = values.iter().copied().fold(0.0, f64::max);
        let is_constant = values.iter().all(|&value| value >= largest);
        let is_two_level = values.iter().all(|&value| value == 0.0 || value >= largest);
        let is_bright = largest >= threshold;
        if is_two_level && (is_bright || !is_constant || largest <= one) {
            let levels = if is_bright || largest == 0.0 {
                MaskLevels::Plain
            } else {
                MaskLevels::Faint {
                    value: largest,
                    white,
                }
            };
            let known = values.iter().map(|&value| value != 0.0).collect();
            return Self { known, levels };
        }
        let grey = values
            .iter()
            .filter(|&&value| value != 0.0 && value < white);
        Self {
            levels: MaskLevels::Grey {
                count: grey.count(),
                threshold,
                white,
                largest,
                is_constant,
            },
            known: values.iter().map(|&value| value >= threshold).collect(),
        }
    }
}

/// Checks that no value is negative or not finite.
fn check(values: &[f64], shape: Shape) -> Result<()> {
    let is_wrong = |value: &f64| !value.is_finite() || *value < 0.0;
    let Some(at) = values.iter().position(is_wrong) else {
        return Ok(());
    };
    let pixel = at % shape.pixels().max(1);
    Err(MaskError::Values {
        count: values.iter().filter(|value| is_wrong(value)).count(),
        first: values[at],
        mask: at / shape.pixels().max(1),
        row: pixel / shape.width.max(1),
        column: pixel % shape.width.max(1),
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape::new(2, 2);

    fn of_bytes(values: [u8; 4]) -> MaskValues {
        MaskValues::of(&PixelValues::U8(values.to_vec()), SHAPE).unwrap()
    }

    fn of_floats(values: [f32; 4]) -> Result<MaskValues> {
        MaskValues::of(&PixelValues::F32(values.to_vec()), SHAPE)
    }

    #[test]
    fn zero_and_one_other_value_are_black_and_white() {
        let half = [false, true, true, false];
        for bright in [1, 3, 127] {
            let mask = of_bytes([0, bright, bright, 0]);
            let (value, white) = (f64::from(bright), 255.0);
            assert_eq!(mask.known, half, "{bright}");
            assert_eq!(mask.levels, MaskLevels::Faint { value, white });
        }
        for bright in [128, 255] {
            let mask = of_bytes([0, bright, bright, 0]);
            assert_eq!(
                (mask.known, mask.levels),
                (half.to_vec(), MaskLevels::Plain)
            );
        }
        for bright in [0.2, 0.5, 1.0, 255.0] {
            assert_eq!(of_floats([0.0, bright, bright, 0.0]).unwrap().known, half);
        }
    }

    #[test]
    fn masks_of_one_value_are_known_if_it_is_one_or_bright() {
        for (value, is_known) in [(0, false), (1, true), (2, false), (127, false), (128, true)] {
            assert_eq!(of_bytes([value; 4]).known, [is_known; 4], "{value}");
        }
        let one = 1.0 / 65535.0;
        for (value, is_known) in [(0.0, false), (one, true), (0.3, false), (1.0, true)] {
            let mask = of_floats([value; 4]).unwrap();
            assert_eq!(mask.known, [is_known; 4], "{value}");
        }
    }

    #[test]
    fn other_masks_are_known_from_half_of_white() {
        let mask = of_bytes([0, 127, 128, 255]);
        assert_eq!(mask.known, [false, false, true, true]);
        let grey = |count, threshold, white, largest| MaskLevels::Grey {
            count,
            threshold,
            white,
            largest,
            is_constant: false,
        };
        assert_eq!(mask.levels, grey(2, 128.0, 255.0, 255.0));
        assert!(!mask.levels.are_dim());
        let fractions = of_floats([0.0, 0.25, 0.5, 0.75]).unwrap();
        assert_eq!(fractions.known, [false, false, true, true]);
        assert_eq!(fractions.levels, grey(3, 0.5, 1.0, 0.75));
        let classes = of_bytes([0, 1, 2, 2]);
        assert_eq!(classes.known, [false; 4]);
        assert!(classes.levels.are_dim());
        assert!(!of_bytes([9; 4]).levels.are_dim());
    }

    #[test]
    fn values_that_are_no_numbers_or_negative_are_refused_with_their_place() {
        let nan = of_floats([1.0, 0.0, 0.0, f32::NAN])
            .unwrap_err()
            .to_string();
        assert!(
            nan.contains("1 value") && nan.contains("row 1, column 1"),
            "{nan}"
        );
        let negative = of_floats([1.0, -1.0, f32::INFINITY, 0.0]).unwrap_err();
        let negative = negative.to_string();
        assert!(
            negative.contains("2 values")
                && negative.contains("the first -1 at mask 0, row 0, column 1"),
            "{negative}"
        );
    }
}
