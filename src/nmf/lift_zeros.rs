//! Starts without zeros, for multiplicative rules: a value of 0 would stay 0.

use super::factors::Factors;
use crate::communicator::{Communicator, Partition, SingleProcess, ordered_sum};
use crate::kernel::Factor;

/// The value of zeros of the basis, as a fraction of the mean of the other values, if all weights
/// are equal: with the whole mean, parts that start as black-and-white images would be flat and
/// stay equal to one another.
const APART: f64 = 0.5;

impl Factors {
    /// Replaces zeros by the mean of the factor's other values, from which they grow fast enough.
    /// If all weights are 0, they become the one value with which ‖W H‖ = ‖X‖, and zeros of the
    /// basis [`APART`] of the mean.
    pub(crate) fn lift_zeros(&mut self, squared_norm: f64, images: &Partition) {
        let rank = self.weights.rank();
        let weight_sums = ordered_sum(images.communicator, rank, &self.weights.partial_part_sums());
        if weight_sums.iter().sum::<f64>() > 0.0 {
            lift(&mut self.basis, 1.0, &SingleProcess);
            lift(&mut self.weights, 1.0, images.communicator);
            return;
        }
        lift(&mut self.basis, APART, &SingleProcess);
        let (basis, copies) = (self.basis.extrapolated(), self.basis.copies());
        // ‖W H‖² of one image, if all of its weights are 1.
        let mut squared = 0.0;
        for (row, copies) in basis.rows().into_iter().zip(copies) {
            let pixel = f64::from(row.sum());
            squared += pixel * pixel * f64::from(copies);
        }
        let weight = (squared_norm / (squared * images.all as f64)).sqrt() as f32;
        self.weights.fill(|_, _| weight);
    }
}

/// Replaces zeros by `fraction` of the mean of the other values, over all processes of the
/// communicator; fixed parts stay as they are and do not count.
fn lift(factor: &mut Factor, fraction: f64, communicator: &dyn Communicator) {
    let (values, copies) = (factor.extrapolated(), factor.copies());
    let first = factor.fixed_parts();
    let mut count = 0.0;
    for (row, copies) in values.rows().into_iter().zip(copies) {
        let above_zero = row.iter().skip(first).filter(|&&value| value > 0.0).count();
        count += above_zero as f64 * f64::from(copies);
    }
    let count = ordered_sum(communicator, 1, &[vec![count]])[0];
    let sums = ordered_sum(communicator, factor.rank(), &factor.partial_part_sums());
    let lifted = (fraction * sums[first..].iter().sum::<f64>() / count) as f32;
    factor.fill(|row, part| {
        let value = values[[row, part]];
        if value > 0.0 || part < first {
            value
        } else {
            lifted
        }
    });
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;

    fn factor(values: &Array2<f32>, copies: &[f32]) -> Factor {
        let mut factor = Factor::zeros(values.ncols(), copies);
        factor.fill(|row, part| values[[row, part]]);
        factor
    }

    #[test]
    fn zeros_become_the_mean_and_unset_weights_give_the_norm() {
        let basis = factor(&arr2(&[[1.0, 0.0], [4.0, 3.0]]), &[3.0, 1.0]);
        let mut factors = Factors {
            weights: factor(&Array2::zeros((2, 2)), &[1.0, 1.0]),
            basis,
        };
        factors.lift_zeros(1000.0, &Partition::of(&SingleProcess, 2));
        // The mean of 1, 1, 1, 4 and 3 is 2.
        assert_eq!(
            factors.basis.extrapolated(),
            arr2(&[[1.0, 1.0], [4.0, 3.0]])
        );
        // Two rows of 2, 2, 2, 7.
        let weight = (1000.0_f32 / (2.0 * (3.0 * 4.0 + 49.0))).sqrt();
        assert!(
            factors
                .weights
                .values()
                .iter()
                .all(|v| (v - weight).abs() < 1e-5),
            "{weight}"
        );
        factors.weights = factor(&arr2(&[[0.0, 2.0], [2.0, 5.0]]), &[1.0, 1.0]);
        factors.basis = factor(&arr2(&[[1.0, 0.0], [4.0, 3.0]]), &[3.0, 1.0]);
        factors.lift_zeros(1000.0, &Partition::of(&SingleProcess, 2));
        assert_eq!(factors.weights.values(), arr2(&[[3.0, 2.0], [2.0, 5.0]]));
        assert_eq!(
            factors.basis.extrapolated(),
            arr2(&[[1.0, 2.0], [4.0, 3.0]])
        );
    }
}
