//! Half of an iteration: one factor is updated while the other one is fixed. The loops are in
//! `update_loops`.

use super::loss::LossSums;
use crate::communicator::Partition;
use crate::kernel::{
    Factor, FactorPanel, FixedFactor, Lanes, MAX_SWEEPS, PackedGram, PanelMatrix, WIDTH,
    partial_loss, scale, sweep_until_converged,
};

/// The most panels per task: a chunk of the fixed factor is used for all of them while it is in the
/// cache.
const PANELS_PER_TASK: usize = 8;
/// Above this number of columns the fixed factor does not fit the cache, so tasks are large rather
/// than many.
const MANY_COLUMNS: usize = 8192;

/// The factor that a half step updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// W, from all pixels of each image.
    Weights,
    /// H, from all images at each pixel.
    Basis,
}

/// The input of a half step.
pub(crate) struct HalfStep<'a> {
    pub(crate) half: Half,
    /// X, with one row per row of the updated factor.
    pub(crate) x: &'a PanelMatrix,
    /// The factor that is not updated.
    pub(crate) fixed: &'a Factor,
    /// Its Gram matrix.
    pub(crate) gram: &'a PackedGram,
    /// The value of X that stands for 1; the weights have this unit too.
    pub(crate) unit: f64,
    /// Images and pixels of the whole of X.
    pub(crate) size: (usize, usize),
    /// ‖X‖² over the known values.
    pub(crate) squared_norm: f64,
    /// The root mean square of X, the scale below which values are negligible.
    pub(crate) brightness: f32,
    /// The images among those of all processes.
    pub(crate) images: Partition<'a>,
}

impl HalfStep<'_> {
    /// Returns the number of panels per task. It depends on the size of the data only, so that
    /// every machine sums in the same order.
    pub(super) fn panels_per_task(&self) -> usize {
        let (rows, columns) = match self.half {
            Half::Weights => (self.images.all, self.fixed.rows()),
            Half::Basis => (self.x.rows(), self.images.all),
        };
        (rows.div_ceil(WIDTH) / if columns > MANY_COLUMNS { 6 } else { 8 })
            .clamp(1, PANELS_PER_TASK)
    }

    /// Returns the number of sweeps over panels, at most `most`, that takes as many steps as the
    /// products: a sweep takes rank² steps per row, the products rank times the columns.
    pub(crate) fn affordable_sweeps(&self, most: usize) -> usize {
        let (images, pixels) = self.size;
        let columns = if self.half == Half::Weights {
            pixels
        } else {
            images
        };
        (columns / self.fixed.rank()).clamp(1, most)
    }

    /// Updates the rows of a panel by sweeps, without extrapolation; overwrites their products.
    pub(crate) fn sweep(&self, panel: &mut FactorPanel, products: &mut [Lanes]) {
        let sweeps = self.affordable_sweeps(MAX_SWEEPS);
        scale(products, &self.gram.inverse);
        sweep_until_converged(&mut panel.lead, products, self.gram, sweeps, 0.0);
        panel.values.copy_from_slice(&panel.lead);
    }

    /// Returns the loss of a panel's updated rows, from their products divided by the diagonal of
    /// `gram`; 0 for the basis, whose loss is not read.
    pub(crate) fn loss(&self, rows: &[Lanes], scaled: &[Lanes], gram: &PackedGram) -> LossSums {
        let squared = if self.half == Half::Weights {
            partial_loss(rows, scaled, gram)
        } else {
            0.0
        };
        LossSums { squared, own: 0.0 }
    }

    /// Returns ‖x − x̂‖² over the known values of each row of X, panel by panel, for the values of
    /// `own`; columns count as often as they occur.
    pub(crate) fn row_residuals(&self, own: &Factor) -> Vec<[f64; WIDTH]> {
        let fixed = FixedFactor::new(self.fixed, self.brightness);
        self.x.all_row_residuals(own, &fixed)
    }

    /// Returns the value below which a multiplicative update gives 0. Otherwise values could
    /// decrease for ever, and subnormal numbers are slow.
    pub(crate) fn least(&self) -> f32 {
        f64::EPSILON as f32 * self.brightness.sqrt()
    }
}
