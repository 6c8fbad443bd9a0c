//! Half of an iteration: one factor is updated while the other one is fixed. The loops are in `update_loops`.

use super::loss::Loss;
use crate::communicator::Partition;
use crate::kernel::{Factor, Lanes, PackedGram, PanelMatrix, WIDTH, loss_share};

/// The most panels of a task: while a chunk of the fixed factor is in cache it serves them all.
const PANELS_A_TASK: usize = 8;
/// Columns from which the fixed factor no longer fits the cache, so that tasks are made large rather than many.
const MANY_COLUMNS: usize = 8192;

/// The factor that a half step improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// W, from all pixels of each image.
    Weights,
    /// H, from all images at each pixel.
    Basis,
}

/// What stays during a half step.
pub(crate) struct HalfStep<'a> {
    pub(crate) half: Half,
    /// X with a row for each row of the factor that improves.
    pub(crate) x: &'a PanelMatrix,
    /// The other factor.
    pub(crate) fixed: &'a Factor,
    /// Its Gram matrix.
    pub(crate) gram: &'a PackedGram,
    /// The value of X that stands for 1; it is in the weights too.
    pub(crate) unit: f64,
    /// Images and pixels of the whole of X.
    pub(crate) size: (usize, usize),
    /// ‖X‖² over the known values.
    pub(crate) squared_norm: f64,
    /// The root mean square of X: what values are small against.
    pub(crate) brightness: f32,
    /// The images among those of all processes.
    pub(crate) images: Partition<'a>,
}

impl HalfStep<'_> {
    /// How many panels a task has: from the sizes of the data alone, so that the sums are cut the same way on every machine.
    pub(super) fn panels_a_task(&self) -> usize {
        let (rows, columns) = match self.half {
            Half::Weights => (self.images.all, self.fixed.rows()),
            Half::Basis => (self.x.rows(), self.images.all),
        };
        (rows.div_ceil(WIDTH) / if columns > MANY_COLUMNS { 6 } else { 8 }).clamp(1, PANELS_A_TASK)
    }

    /// At most `most` sweeps over panels, so many that they take two thirds of the products' steps and thus about their
    /// time: a sweep takes rank² steps a row, the products rank times the columns.
    pub(crate) fn affordable_sweeps(&self, most: usize) -> usize {
        let (images, pixels) = self.size;
        let columns = if self.half == Half::Weights {
            pixels
        } else {
            images
        };
        (2 * columns / (3 * self.fixed.rank())).clamp(1, most)
    }

    /// The loss of a panel's improved rows, from their products over the diagonal of `gram`; there is none to tell of the
    /// basis.
    pub(crate) fn loss(&self, rows: &[Lanes], scaled: &[Lanes], gram: &PackedGram) -> Loss {
        let squared = if self.half == Half::Weights {
            loss_share(rows, scaled, gram)
        } else {
            0.0
        };
        Loss { squared, own: 0.0 }
    }

    /// A product below this becomes 0 where a rule multiplies: it could fall for ever, and numbers below the normal range
    /// of f32 slow the processor down.
    pub(crate) fn least(&self) -> f32 {
        f64::EPSILON as f32 * self.brightness.sqrt()
    }
}
