//! Which pixels have the value of unknown ones.

use std::cmp::Ordering;

use super::picture::PixelValues;
use crate::images::missing::Missing;
use crate::npy::PixelScale;

impl Missing {
    /// Returns the value of pixels that this one, as stored, becomes.
    pub(in crate::images::reading) fn of_stored(self, scale: PixelScale) -> Self {
        match self {
            Self::Value(value) => Self::Value(scale.pixel(value)),
            Self::Alpha | Self::Nan => self,
        }
    }

    /// Returns which samples are known; `None` if all are.
    pub(in crate::images::reading) fn known(self, samples: &PixelValues) -> Option<Vec<bool>> {
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
