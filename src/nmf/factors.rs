//! The factors W and H.

use crate::kernel::Factor;

/// W and H in panels.
pub(crate) struct Factors {
    /// W, (images, rank).
    pub(crate) weights: Factor,
    /// Hᵀ, (pixels, rank).
    pub(crate) basis: Factor,
}

impl Factors {
    /// Rounds the weights, which have this unit, to those that follow from normalised f32 values, and drops the extrapolation
    /// of both factors.
    pub(crate) fn make_exact(&mut self, unit: f32) {
        self.weights.map(|value| value / unit * unit);
        self.basis.reset_extrapolation();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn rounded_weights_survive_another_division_and_multiplication() {
        let round = |value: f32| value / 255.0 * 255.0;
        // Every 7th value of two binades.
        for bits in (1.0_f32.to_bits()..4.0_f32.to_bits()).step_by(7) {
            let rounded = round(f32::from_bits(bits));
            assert_eq!(round(rounded).to_bits(), rounded.to_bits());
        }
    }
}
