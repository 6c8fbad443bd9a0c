//! Initial factors from singular vectors.

use ndarray::{Array1, Array2, ArrayView1};

use super::factors::InitialFactors;
use crate::communicator::{Communicator, Partition, ordered_reduce};
use crate::error::Result;
use crate::images::{Fill, Filled, Shared};
use crate::kernel::{Matrix, Source};
use crate::linalg;

/// Values of singular vectors below this count as 0, as in scikit-learn; a smaller limit applies if
/// all are small.
const TINY: f32 = 1e-6;

/// Returns initial factors from singular vectors (NNDSVD). `fill` returns the value that replaces a
/// zero, given the number of zeros before it, first in W, then in H.
pub(super) fn nndsvd(
    x: &Shared,
    rank: usize,
    fill: impl FnMut(usize) -> f32,
) -> Result<InitialFactors> {
    let means = Fill::of(x);
    if !means.is_needed() {
        return nndsvd_of_known(x, rank, fill);
    }
    let filled = Filled {
        x: x.x,
        fill: means,
    };
    let whole = Matrix {
        source: Source::Stored(&filled),
        known: None,
        ..x.x
    };
    nndsvd_of_known(&Shared { x: whole, ..*x }, rank, fill)
}

/// Returns [`nndsvd`] of a matrix without unknown pixels.
fn nndsvd_of_known(
    x: &Shared,
    rank: usize,
    mut fill: impl FnMut(usize) -> f32,
) -> Result<InitialFactors> {
    let svd = linalg::svd(&x.x, None, x.images, rank, None)?;
    let (mut weights, mut basis) = (
        Array2::zeros((x.x.images, rank)),
        Array2::zeros((rank, x.x.pixels)),
    );
    let left_norms = left_norms(&svd.left, x.images.communicator);
    for (part, left_norms) in left_norms.into_iter().enumerate() {
        let right = svd.right.row(part);
        let norms = Sign::ALL.map(|sign| (left_norms[sign as usize], norm(&sign.of(&right))));
        let sign = Sign::dominant(norms, part == 0);
        let (left_norm, right_norm) = norms[sign as usize];
        let scale = (svd.values[part] * f64::from(left_norm * right_norm)).sqrt() as f32;
        if scale > 0.0 {
            let left = sign.of(&svd.left.column(part)) * (scale / left_norm);
            weights.column_mut(part).assign(&left);
            let right = sign.of(&right) * (scale / right_norm);
            basis.row_mut(part).assign(&right);
        }
    }
    let tiny = TINY * (svd.values[0].sqrt() as f32).min(1.0);
    let zeros = Partition::of(
        x.images.communicator,
        weights.iter().filter(|&&v| v < tiny).count(),
    );
    for (values, zeros_before) in [(&mut weights, zeros.first), (&mut basis, zeros.all)] {
        let zeros = values.iter_mut().filter(|value| **value < tiny);
        for (value, place) in zeros.zip(zeros_before..) {
            *value = fill(place);
        }
    }
    Ok(InitialFactors {
        weights: Some(weights),
        basis,
    })
}

/// The values of a singular vector that are used.
#[derive(Clone, Copy)]
enum Sign {
    Positive,
    Negative,
    /// All of them, of the first pair, which has only one sign.
    Both,
}

impl Sign {
    const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::Both];

    /// Returns the magnitude of a value if it is used, else 0.
    fn of_value(self, value: f32) -> f32 {
        match self {
            Self::Positive => value.max(0.0),
            Self::Negative => (-value).max(0.0),
            Self::Both => value.abs(),
        }
    }

    fn of(self, vector: &ArrayView1<f32>) -> Array1<f32> {
        vector.mapv(|value| self.of_value(value))
    }

    /// Returns the sign with the larger product of the norms of both vectors of a pair.
    fn dominant(norms: [(f32, f32); 3], first: bool) -> Self {
        let [positive, negative, _] = norms.map(|(left, right)| left * right);
        match first {
            true => Self::Both,
            false if positive > negative => Self::Positive,
            false => Self::Negative,
        }
    }
}

/// Returns the norms of the left vectors by [`Sign`], summed image by image over all processes.
fn left_norms(left: &Array2<f32>, communicator: &dyn Communicator) -> Vec<[f32; 3]> {
    let signs = Sign::ALL.len();
    let squares = ordered_reduce(
        communicator,
        left.ncols() * signs,
        1,
        |place, sum: &mut [f64]| {
            let sign = Sign::ALL[place % signs];
            let squares = left.column(place / signs);
            sum[0] = squares
                .iter()
                .fold(sum[0], |sum, &v| sum + f64::from(sign.of_value(v)).powi(2));
        },
    );
    squares
        .as_chunks()
        .0
        .iter()
        .map(|squares: &[f64; 3]| squares.map(|square| square.sqrt() as f32))
        .collect()
}

fn norm(vector: &Array1<f32>) -> f32 {
    vector
        .iter()
        .map(|&v| f64::from(v).powi(2))
        .sum::<f64>()
        .sqrt() as f32
}
