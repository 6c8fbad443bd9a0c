//! Initial factors of one value.

use ndarray::Array2;

use super::factors::InitialFactors;
use crate::images::Shared;

/// Returns W and H of one value each, the same, with which W H is the mean of X everywhere: of all constants, the mean has the
/// least squared error.
pub(super) fn uniform(x: &Shared, rank: usize) -> InitialFactors {
    let value = (x.mean() / rank as f64).sqrt() as f32;
    InitialFactors {
        weights: Some(Array2::from_elem((x.images.own, rank), value)),
        basis: Array2::from_elem((rank, x.x.pixels), value),
    }
}
