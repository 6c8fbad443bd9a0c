//! The low-rank approximation with a mean row that is closest to the known values of a matrix.

use super::affine_factors::AffineFactors;
use super::linear_update::LinearUpdate;
use super::low_rank_model::LowRank;
use crate::blocks;
use crate::communicator::{Partition, SingleProcess};
use crate::error::Result;
use crate::kernel::{Factor, FixedFactor, Matrix, Orientation, PanelMatrix, Selection};

/// The maximum number of rounds.
const MAX_ROUNDS: usize = 200;
/// The fit has converged if the error changes by at most this fraction over so many rounds.
const TOLERANCE: f64 = 1e-5;
const WINDOW: usize = 5;
/// How far a step is extrapolated, as a fraction of the step: at first, its growth per round, and its
/// divisor when the error rises.
const FIRST_BETA: f64 = 0.5;
const BETA_GROWTH: f64 = 1.05;
const BETA_DIVISOR: f64 = 1.5;

/// Returns the approximation of rank `rank`; `means` are those of each pixel's known values over the
/// images of all ranks.
///
/// Alternates between filling unknown values with their reconstruction and fitting scores and rows to
/// the filled matrix by least squares, with each step extrapolated, until the error on the known values
/// has converged.
///
/// The error on the filled matrix is that on the known values, and not smaller elsewhere, so without
/// extrapolation it never rises. The result is a local minimum (H. A. L. Kiers, *Weighted least squares
/// fitting using ordinary least squares algorithms*, 1997; N. Srebro, T. Jaakkola, *Weighted low-rank
/// approximations*, 2003; T. Hastie et al., *Matrix completion and low-rank SVD via fast alternating
/// least squares*, 2015).
///
/// # Errors
/// If an eigenvalue decomposition does not converge.
pub(crate) fn low_rank(
    x: &Matrix,
    partition: Partition,
    means: &[f64],
    rank: usize,
) -> Result<LowRank> {
    let images = x.known_images();
    // A pixel that is 0 wherever it is known is 0 in every row.
    let pixels: Vec<u32> = (0..x.pixels as u32)
        .filter(|&pixel| means[pixel as usize] > 0.0)
        .collect();
    let selection = Selection {
        x: *x,
        images: &images,
        pixels: &pixels,
    };
    let factors = AffineFactors::start(&selection, partition, means, rank)?;
    let factors = alternate(factors, &selection, partition)?;
    factors.to_low_rank(&selection, partition)
}

/// Updates scores and rows in turn until the error has converged.
fn alternate(
    mut factors: AffineFactors,
    selection: &Selection,
    partition: Partition,
) -> Result<AffineFactors> {
    let squared_norm = partition.sum(&selection.partial_squares());
    let brightness = (squared_norm / partition.count(selection.count()) as f64).sqrt() as f32;
    let by_image = PanelMatrix::without_zero_columns(selection, Orientation::ImageRows);
    let by_pixel = PanelMatrix::without_zero_columns(selection, Orientation::PixelRows);
    let mut errors: Vec<f64> = Vec::new();
    let mut beta = 0.0;
    loop {
        let fixed = FixedFactor::new(&factors.rows, brightness);
        let update = LinearUpdate::of_scores(&factors.rows)?;
        update.apply(&by_image, &mut factors.scores, &fixed, &SingleProcess);
        let residuals = squared_residuals(&by_image, &factors.scores, &fixed);
        let error = partition.sum(&residuals).sqrt();
        let rises = errors.last().is_some_and(|&last| error > last);
        errors.push(error);
        if has_converged(&errors) {
            return Ok(factors);
        }
        beta = match errors.len() {
            1 => FIRST_BETA,
            _ if rises => beta / BETA_DIVISOR,
            _ => f64::min(BETA_GROWTH * beta, 1.0),
        };
        let step_beta = if rises { 0.0 } else { beta as f32 };
        extrapolate(&mut factors.scores, step_beta);
        let fixed = FixedFactor::new(&factors.scores, brightness);
        let update = LinearUpdate::of_rows(&factors.scores, partition.communicator)?;
        update.apply(&by_pixel, &mut factors.rows, &fixed, partition.communicator);
        extrapolate(&mut factors.rows, step_beta);
    }
}

/// Returns whether the error has converged or the maximum number of rounds is reached.
fn has_converged(errors: &[f64]) -> bool {
    let (Some(&last), Some(&before)) = (errors.last(), errors.iter().rev().nth(WINDOW)) else {
        return false;
    };
    (before - last).abs() <= TOLERANCE * before || errors.len() >= MAX_ROUNDS
}

/// Extrapolates beyond the step from `values` to `lead`, and sets `values` to the previous `lead`.
fn extrapolate(factor: &mut Factor, beta: f32) {
    for panel in &mut factor.panels {
        for (lead, values) in panel.lead.iter_mut().zip(&mut panel.values) {
            for (lead, value) in lead.0.iter_mut().zip(&mut values.0) {
                let new = *lead;
                *lead = new + beta * (new - *value);
                *value = new;
            }
        }
    }
    factor.pack_and_gram();
}

/// Returns the squared residual of each panel.
fn squared_residuals(x: &PanelMatrix, own: &Factor, fixed: &FixedFactor) -> Vec<f64> {
    blocks::map(&own.panels, |index, panel| {
        x.residual(index, &panel.lead, fixed)
    })
}
