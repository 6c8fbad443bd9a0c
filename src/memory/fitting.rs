//! The memory that a fit of an NMF takes.

use super::size::{Held, RUN, SetSize};
use super::{FACTOR, FLOAT, RESIDUAL, Task, Workload};

impl Workload {
    /// The pixel matrix in panels, with the pixels that it is cut from; if there are weights, these are scaled as floats.
    pub(super) fn matrix(&self, size: &SetSize, held: Held) -> u64 {
        if !self.has_weights {
            return self.panels(size, held);
        }
        let scaled = SetSize {
            value_bytes: FLOAT,
            ..*size
        };
        let unscaled = match held {
            Held::InMemory => size.bytes(),
            Held::InFile => self.block(size),
        };
        self.panels(&scaled, held) + unscaled
    }

    /// The pixel matrix in panels, with the pixels that it is cut from.
    fn panels(&self, size: &SetSize, held: Held) -> u64 {
        let pixels = match held {
            Held::InMemory => size.bytes() + size.panel_bytes(),
            Held::InFile => size.index_bytes() + self.block(size),
        };
        pixels + size.mask_bytes()
    }

    /// The most pixels that are read at a time: those of a run, or the blocks of all threads.
    fn block(&self, size: &SetSize) -> u64 {
        size.block_bytes(RUN).max(self.blocks(size))
    }

    /// While NMF learns: the matrix; both factors with their extrapolated and their packed values and what the rule holds;
    /// and, at its end and in a checkpoint, the model. A checkpoint has the best model before it once more, and with several
    /// processes the values and the extrapolated values of all images.
    #[must_use]
    pub fn fitting(&self, size: &SetSize, held: Held) -> u64 {
        let model = self.weights(size) + self.basis(size) + RESIDUAL * size.images;
        let again = if self.keeps_checkpoints {
            self.kept(size)
        } else {
            0
        };
        let gathered = if size.whole_images > size.images {
            4 * size.whole_images * self.rank_of(size) * FACTOR
        } else {
            0
        };
        let known = if size.is_masked { 2 } else { 0 };
        let factors = (self.factor_copies + known) * self.factors(size);
        let best = if self.task == Task::Learn {
            self.kept(size)
        } else {
            0
        };
        self.matrix(size, held)
            + factors
            + model
            + again
            + best
            + self.starts_while_fitting(size)
            + gathered
            + self.recorded(size)
            + self.fitted_before(size)
    }

    /// The parts of the starts that have ended, and once more in a checkpoint and as it writes them.
    fn starts_while_fitting(&self, size: &SetSize) -> u64 {
        let ended = self.starts.saturating_sub(1) * self.basis(size);
        if self.keeps_checkpoints {
            3 * ended
        } else {
            ended
        }
    }

    /// The parts of the starts that are written, and once more for the file.
    pub(super) fn kept_starts(&self, size: &SetSize) -> u64 {
        2 * self.written_starts * self.basis(size)
    }

    /// The models that are kept.
    pub(super) fn kept(&self, size: &SetSize) -> u64 {
        self.kept_models * (self.weights(size) + self.basis(size))
    }
}
