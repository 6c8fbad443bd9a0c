//! Values of 8 bits as numbers.

/// Returns an 8-bit value normalised to 0..=1.
pub(crate) fn unit(value: u8) -> f32 {
    f32::from(value) / 255.0
}
