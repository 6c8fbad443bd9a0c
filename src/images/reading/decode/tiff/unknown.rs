//! Unknown pixels of a page: those with the value that its file declares as no data, and those of the value that the
//! reader is asked for.

use std::cmp::Ordering;

use super::colour::GreyPixel;
use super::layout::Layout;
use super::numbers::{NumberKind, NumberType};
use crate::images::missing::Missing;

/// Which pixels are unknown.
pub(super) struct UnknownRule {
    /// The stored value that the file declares as no data.
    no_data: Option<f64>,
    missing: Option<Missing>,
    numbers: NumberType,
    has_alpha: bool,
}

/// Whether and why a pixel is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Known,
    /// It has the value that the file declares as no data.
    NoData,
    /// It has the value that the reader is asked for.
    Missing,
}

impl UnknownRule {
    /// Returns the rule of a page whose file declares a value as no data, as text.
    pub(super) fn new(declared: &str, missing: Option<Missing>, layout: &Layout) -> Self {
        let numbers = layout.numbers;
        let value = declared.trim().parse::<f64>().ok();
        let stored = |value: f64| match (numbers.kind, numbers.bits) {
            // Writers spell single precision with more or fewer digits.
            (NumberKind::Float, 32) => f64::from(value as f32),
            _ => value,
        };
        Self {
            no_data: value.map(stored),
            missing,
            numbers,
            has_alpha: layout.alpha.is_some(),
        }
    }

    /// Checks whether any pixel can be unknown.
    pub(super) fn applies(&self) -> bool {
        self.no_data.is_some() || self.missing.is_some()
    }

    /// Returns the mark of a pixel with these stored colour samples.
    pub(super) fn mark(&self, stored: &[f64], pixel: GreyPixel) -> Mark {
        let is_no_data = |value: f64| stored.iter().all(|&sample| is_same(sample, value));
        if self.no_data.is_some_and(is_no_data) {
            return Mark::NoData;
        }
        let is_missing = match self.missing {
            None => false,
            Some(Missing::Alpha) => self.has_alpha && pixel.opacity < 0.5,
            Some(Missing::Nan) => stored.iter().any(|sample| sample.is_nan()),
            Some(Missing::Value(value)) => self.is_value(stored, pixel, value),
        };
        if is_missing {
            Mark::Missing
        } else {
            Mark::Known
        }
    }

    /// Checks whether a pixel has a value: as stored in floats and signed numbers, 0 to 255 up to 8 bits, 0 to 1 in others.
    fn is_value(&self, stored: &[f64], pixel: GreyPixel, value: f32) -> bool {
        let value = f64::from(value);
        match (self.numbers.kind, stored) {
            (NumberKind::Unsigned, _) if self.numbers.bits <= 8 => {
                is_same((pixel.grey * 255.0).round(), value)
            }
            (NumberKind::Float | NumberKind::Signed, [stored]) => {
                is_same(f64::from(*stored as f32), value)
            }
            _ => is_same(f64::from(pixel.grey as f32), value),
        }
    }
}

/// Checks whether two numbers are equal; NaN equals NaN.
fn is_same(left: f64, right: f64) -> bool {
    left.partial_cmp(&right) == Some(Ordering::Equal) || (left.is_nan() && right.is_nan())
}
