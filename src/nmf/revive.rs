//! Replacement of dead parts: those that are 0 everywhere or that no image uses.

use super::data::Data;
use super::factors::Factors;
use crate::blocks;
use crate::communicator::{Partition, ordered_reduce};
use crate::kernel::PackedGram;

/// Returns the first part after the fixed ones that does not contribute to W H.
pub(crate) fn first_dead(
    weights: &PackedGram,
    basis: &PackedGram,
    fixed_parts: usize,
) -> Option<usize> {
    (fixed_parts..basis.diagonal.len())
        .find(|&part| weights.diagonal[part] == 0.0 || basis.diagonal[part] == 0.0)
}

/// Replaces `part` by the positive part of the residual of the image with the largest error.
///
/// Its weights are 0, so W H does not change, and the next update of the weights can only lower the
/// error.
pub(crate) fn revive(data: &Data, factors: &mut Factors, part: usize) {
    factors.weights.fill_part(part, |_| 0.0);
    let (weights, basis, copies) = (
        factors.weights.values(),
        factors.basis.extrapolated(),
        factors.basis.copies(),
    );
    let residual = |image: usize| data.residual(image, &basis.dot(&weights.row(image)));
    let squares = blocks::map_range(weights.nrows(), |image| -> f64 {
        residual(image)
            .iter()
            .zip(&copies)
            .map(|(&r, &n)| f64::from(n) * f64::from(r).powi(2))
            .sum()
    });
    let worst = worst(&squares, &data.images);
    let (lacking, unit) = (
        data.images
            .broadcast_from_owner(worst, copies.len(), residual),
        data.unit() as f32,
    );
    factors
        .basis
        .fill_part(part, |pixel| lacking[pixel].max(0.0) / unit);
}

/// Returns the index among all images of the largest value, the first of equal ones.
fn worst(own: &[f64], images: &Partition) -> usize {
    let largest = ordered_reduce(images.communicator, 1, 1, |_, largest: &mut [[f64; 2]]| {
        for (index, &value) in (images.first..).zip(own) {
            if value > largest[0][0] {
                largest[0] = [value, index as f64];
            }
        }
    });
    largest[0][1] as usize
}
