//! The scale between the parts and their weights.

use super::data::Data;
use super::factors::Factors;
use super::reduce::pack_and_gram;
use crate::kernel::PackedGram;

/// Factors are balanced during a run once the scale of a part or its weights is this many doublings
/// from the geometric mean of the two.
pub(super) const DRIFTED: f64 = 4.0;

/// Brings each part and its weights to the same scale, so that what follows does not depend on the
/// unit of X.
pub(super) fn balance_all(data: &Data, factors: &mut Factors) {
    let weights_gram = pack_and_gram(&mut factors.weights, data.images.communicator);
    let basis_gram = factors.basis.pack_and_gram();
    balance(factors, &weights_gram, &basis_gram, 0.5);
}

/// Brings each part that is not fixed and its weights to the same scale if any of them is `least` doublings or more
/// from their geometric mean; returns whether the factors changed.
///
/// The objective is the same for `w h` and `(s w)(h / s)`, and extrapolated steps drift along that
/// direction. Powers of two change no bit but the exponent.
pub(super) fn balance(
    factors: &mut Factors,
    weights_gram: &PackedGram,
    basis_gram: &PackedGram,
    least: f64,
) -> bool {
    let mut drifts: Vec<f64> = weights_gram
        .diagonal
        .iter()
        .zip(&basis_gram.diagonal)
        .map(|(&weights, &part)| drift(weights, part))
        .collect();
    drifts[..factors.basis.fixed_parts()].fill(0.0);
    if drifts.iter().all(|drift| drift.abs() < least) {
        return false;
    }
    factors.weights.scale(&powers_of_two(&drifts, 1.0));
    factors.basis.scale(&powers_of_two(&drifts, -1.0));
    true
}

/// Returns how many doublings weights and part are from their geometric mean, given their sums of
/// squares.
fn drift(weights: f32, part: f32) -> f64 {
    if weights > 0.0 && part > 0.0 {
        (f64::from(part) / f64::from(weights)).log2() / 4.0
    } else {
        0.0
    }
}

fn powers_of_two(drifts: &[f64], sign: f64) -> Vec<f32> {
    drifts
        .iter()
        .map(|drift| (sign * drift.round()).exp2() as f32)
        .collect()
}
