//! Values that mark unknown pixels.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::set::PixelValues;
use crate::error::{Error, MaskError, Result};
use crate::npy::PixelScale;

/// The value of unknown pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// Pixels that are less than half opaque.
    Alpha,
    /// NaN in arrays and in TIFF files of floats, and gaps in tables.
    Nan,
    /// Exactly this value: 0 to 255 in 8-bit files, 0 to 1 in image files of more bits, and as stored in arrays and in TIFF
    /// files of floats or signed numbers.
    Value(f32),
}

impl Missing {
    /// Returns the value of pixels that this one, as stored, becomes.
    pub(super) fn of_stored(self, scale: PixelScale) -> Self {
        match self {
            Self::Value(value) => Self::Value(scale.pixel(value)),
            Self::Alpha | Self::Nan => self,
        }
    }

    /// Returns which samples are known; `None` if all are.
    pub(super) fn known(self, samples: &PixelValues) -> Option<Vec<bool>> {
        let known: Vec<bool> = match (self, samples) {
            (Self::Alpha, _) | (Self::Nan, PixelValues::U8(_)) => return None,
            (Self::Value(missing), PixelValues::U8(values)) => values
                .iter()
                .map(|&value| differs(f32::from(value), missing))
                .collect(),
            (Self::Value(missing), PixelValues::F32(values)) => values
                .iter()
                .map(|&value| differs(value, missing))
                .collect(),
            (Self::Nan, PixelValues::F32(values)) => {
                values.iter().map(|value| !value.is_nan()).collect()
            }
        };
        known.contains(&false).then_some(known)
    }
}

/// Checks whether two numbers differ; zeros of either sign are equal.
fn differs(value: f32, missing: f32) -> bool {
    value.partial_cmp(&missing) != Some(Ordering::Equal)
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha => f.write_str("alpha"),
            Self::Nan => f.write_str("nan"),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

impl FromStr for Missing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "alpha" => Ok(Self::Alpha),
            "nan" => Ok(Self::Nan),
            _ => match text.parse::<f32>() {
                Ok(value) if value.is_finite() => Ok(Self::Value(value)),
                _ => Err(MaskError::Missing(text.to_owned()).into()),
            },
        }
    }
}
