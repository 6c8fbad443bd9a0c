//! Values that mark unknown pixels.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, MaskError, Result};

/// The value of unknown pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Missing {
    /// Pixels that are less than half opaque.
    Alpha,
    /// NaN in arrays and in TIFF files of floats, and gaps in tables.
    Nan,
    /// Exactly this value: 0 to 255 in 8-bit files, 0 to 1 in image files of more bits, and as stored in arrays and in TIFF
    /// files of floats or signed numbers.
    Value(f32),
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
