//! The settings of a factorisation, and which images they can be used for.

use ndarray::{Array1, Array2};

use super::fixed_parts::FixedParts;
use super::init::Init;
use super::loss::Loss;
use super::solver::{self, Solver};
use super::stop::StopRule;
use crate::basis::check_rank;
use crate::error::{CommunicatorError, Error, MaskError, Result, WeightsError};
use crate::images::{Block, ErrorWeights, Images, Mask, Shared};
use crate::memory::{Held, SetSize, Task, Workload};

/// Settings of a factorisation `X ≈ W H`.
///
/// ```
/// use nmf_images::{ImageSet, Nmf, Shape};
///
/// // Each row of a table is an image with one row of pixels: 4 images of 3 pixels, of two parts.
/// let table = ndarray::arr2(&[[1., 0., 2.], [0., 3., 1.], [1., 3., 3.], [2., 3., 5.]]);
/// let images = ImageSet::from_f32(Shape::new(1, 3), table)?;
/// let model = Nmf::new(2).fit(&images)?;
/// assert!(model.relative_error < 1e-4);
/// assert_eq!(model.weights.dim(), (4, 2));
/// # Ok::<(), nmf_images::Error>(())
/// ```
// Each is a choice of its own.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone)]
pub struct Nmf {
    pub(super) rank: usize,
    pub(super) solver: Solver,
    pub(super) init: Init,
    pub(super) stop_rule: StopRule,
    pub(super) seed: u64,
    pub(super) restarts: usize,
    pub(super) keep_starts: bool,
    pub(super) sample_start: bool,
    pub(super) merge_pixels: bool,
    pub(super) exact_start: bool,
    pub(super) fixed: Option<FixedParts>,
    pub(super) weights: ErrorWeights,
}

impl Nmf {
    /// Returns the default settings for `rank` parts.
    #[must_use]
    pub fn new(rank: usize) -> Self {
        Self {
            rank,
            solver: Solver::default(),
            init: Init::default(),
            stop_rule: StopRule::default(),
            seed: 0,
            restarts: 1,
            keep_starts: false,
            sample_start: true,
            merge_pixels: true,
            exact_start: false,
            fixed: None,
            weights: ErrorWeights::default(),
        }
    }

    /// Sets the learning rule.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        Self { solver, ..self }
    }

    /// Sets the start.
    #[must_use]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }

    /// Sets when to stop.
    #[must_use]
    pub fn stop_rule(self, stop_rule: StopRule) -> Self {
        Self { stop_rule, ..self }
    }

    /// Sets the seed of every random choice.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the number of starts, from this seed and those that follow it; 0 counts as 1. The start
    /// with the least objective is kept; [`NmfModel::restarts`](super::NmfModel::restarts)
    /// describes all of them.
    #[must_use]
    pub fn restarts(self, restarts: usize) -> Self {
        Self { restarts, ..self }
    }

    /// Sets whether the model has the parts of all starts, [`NmfModel::start_parts`](super::NmfModel::start_parts), rather than
    /// those of the best alone; off by default.
    #[must_use]
    pub fn keep_starts(self, on: bool) -> Self {
        Self {
            keep_starts: on,
            ..self
        }
    }

    /// Sets whether the start is learned on samples if there are many images; on by default. Starts
    /// from singular vectors and given starts are not.
    #[must_use]
    pub fn sample_start(self, on: bool) -> Self {
        Self {
            sample_start: on,
            ..self
        }
    }

    /// Sets whether pixels that are equal in every image are merged, without fixed parts and for rules
    /// that update each pixel on its own; on by default. The best parts are the same either way, and so
    /// is every step. With a start that is given or uniform, they are not merged if it has different
    /// values at equal pixels, or values above 0 at pixels that are 0 in every image.
    #[must_use]
    pub fn merge_pixels(self, on: bool) -> Self {
        Self {
            merge_pixels: on,
            ..self
        }
    }

    /// Sets whether the fit begins exactly at W and H as [`FitStart`](super::FitStart) returns them, so
    /// that a fit from these ([`Init::Given`]) gives the same bits; off by default. The weights are then
    /// rounded to what normalised f32 values can hold, and a start that is learned on samples is not
    /// extrapolated.
    #[must_use]
    pub fn exact_start(self, on: bool) -> Self {
        Self {
            exact_start: on,
            ..self
        }
    }

    /// Sets parts that are not changed, (parts, pixels), such as a background: the first of all parts, which the
    /// rank counts. The other parts, one at least, are learned beside them; the weights of all parts are learned.
    ///
    /// The model has the fixed parts first, in this order, each scaled to a maximum of 1. Penalties count them at that
    /// scale. The start is that of the other parts; of a given start, they replace the first rows of H. The rules
    /// `hals` and `mu` can keep parts fixed.
    ///
    /// ```
    /// use ndarray::arr2;
    /// use nmf_images::{ImageSet, Nmf, Shape};
    ///
    /// // Four images of 3 pixels: sums of a known background and one other part.
    /// let background = arr2(&[[0.5, 1.0, 0.5]]);
    /// let table = arr2(&[[1., 2., 2.], [2., 4., 2.], [1., 2., 4.], [0.5, 1., 3.5]]);
    /// let images = ImageSet::from_f32(Shape::new(1, 3), table)?;
    /// let model = Nmf::new(2).fixed(background.clone()).fit(&images)?;
    /// assert_eq!(model.basis.row(0), background.row(0));
    /// assert!(model.relative_error < 1e-4);
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    #[must_use]
    pub fn fixed(self, parts: Array2<f32>) -> Self {
        Self {
            fixed: Some(FixedParts(parts)),
            ..self
        }
    }

    /// Sets how much each pixel counts in the squared error, (pixels): finite non-negative weights, of which only the ratios
    /// matter. A mask is the weights 0 and 1; a pixel of weight 0 is 0 in every part.
    ///
    /// With weights c of the pixels and r of the [images](Self::image_weights), the fit minimises
    /// `Σ r_i c_j (x_ij − (W H)_ij)²`, and the relative error and the objective are weighted likewise, by weights with a
    /// maximum of 1. The rules `hals` without penalties and `mu` support weights, where all pixels are known, from a start
    /// that is not given and without fixed parts.
    ///
    /// ```
    /// use ndarray::{arr1, arr2};
    /// use nmf_images::{ImageSet, Nmf, Shape};
    ///
    /// // The last pixel is noise.
    /// let table = arr2(&[[1., 2., 7.], [2., 4., 0.], [3., 6., 5.]]);
    /// let images = ImageSet::from_f32(Shape::new(1, 3), table)?;
    /// let model = Nmf::new(1).pixel_weights(arr1(&[1., 1., 0.])).fit(&images)?;
    /// assert!(model.relative_error < 1e-4);
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    #[must_use]
    pub fn pixel_weights(mut self, weights: Array1<f32>) -> Self {
        self.weights.pixels = Some(weights);
        self
    }

    /// Sets how much each image counts in the squared error, (images), as [`Nmf::pixel_weights`] does for pixels. An image of
    /// weight 0 does not influence the parts; its row of W has the best weights of these parts in it.
    #[must_use]
    pub fn image_weights(mut self, weights: Array1<f32>) -> Self {
        self.weights.images = Some(weights);
        self
    }

    /// Returns an upper bound of the memory of a fit in bytes, the images included.
    #[must_use]
    pub fn memory(&self, images: &impl Images) -> usize {
        let value_bytes = match images.block(0..0) {
            Block::U8(_) => size_of::<u8>(),
            Block::F32(_) => size_of::<f32>(),
        } as u64;
        let size = SetSize {
            images: images.len() as u64,
            whole_images: images.len() as u64,
            pixels: images.shape().pixels() as u64,
            value_bytes,
            stored_bytes: value_bytes,
            is_masked: images.mask().is_some(),
            ..SetSize::default()
        };
        let held = if images.scratch().is_some() {
            Held::InFile
        } else {
            Held::InMemory
        };
        self.workload().fitting(&size, held) as usize
    }

    /// Returns a fit of these settings alone, in one thread.
    fn workload(&self) -> Workload {
        Workload {
            factor_copies: self.factor_copies() as u64,
            has_fixed_parts: self.fixed.is_some(),
            has_weights: self.weights.weighted().any(),
            ..Workload::new(Task::Compare, self.rank as u64, 1)
        }
    }

    /// Returns how many copies of both factors a fit holds: the values, the extrapolated values, and these packed. A rule
    /// that holds products has those of all rows, twice, and the parts that it improves; one that minimises another loss than
    /// the squared error reconstructs X from one more copy.
    #[must_use]
    pub fn factor_copies(&self) -> usize {
        let facts = self.solver.facts();
        if facts.holds_products {
            6
        } else if facts.loss == Loss::SQUARED_ERROR {
            3
        } else {
            4
        }
    }

    /// Returns the number of fixed parts.
    pub(super) fn fixed_parts(&self) -> usize {
        self.fixed.as_ref().map_or(0, |fixed| fixed.0.nrows())
    }

    /// Checks that the rule supports unknown pixels if there are any.
    pub(crate) fn check_mask(&self, mask: Option<&Mask>) -> Result<()> {
        match mask {
            Some(mask) if !self.solver.facts().supports_masks => Err(MaskError::NeedsAllPixels {
                unknown: mask.unknown(),
                solver: self.solver.to_string(),
                others: solver::names_of(|facts| facts.supports_masks),
            }
            .into()),
            _ => Ok(()),
        }
    }

    /// Checks that these settings can be used with weights of pixels or images.
    pub(super) fn check_weights(&self) -> Result<()> {
        if !self.solver.facts().supports_weights {
            return Err(WeightsError::Solver(self.solver.to_string()).into());
        }
        let combined = if matches!(self.init, Init::Given { .. }) {
            "a given start"
        } else if self.exact_start {
            "an exact start"
        } else if self.fixed.is_some() {
            "fixed parts"
        } else {
            return Ok(());
        };
        Err(WeightsError::Combination(combined).into())
    }

    /// Checks that these settings can be used for `x`.
    pub(super) fn check(&self, x: &Shared) -> Result<()> {
        check_rank(self.rank, x.images.all, x.x.pixels)?;
        self.init.check(x, self.rank)?;
        if let Some(penalties) = self.solver.penalties() {
            penalties.check()?;
        }
        if let Some(fixed) = &self.fixed {
            fixed.check(&self.solver, self.rank, x)?;
        }
        let facts = self.solver.facts();
        if !facts.loss.allows_zeros() {
            self.check_zeros(x)?;
        }
        if x.images.communicator.size() > 1 && facts.needs_all_weights {
            return Err(CommunicatorError::NeedsOneProcess {
                what: self.solver.to_string(),
                try_instead: "hold the parts' sparseness, as in hoyer:H=0.7",
            }
            .into());
        }
        Ok(())
    }

    fn check_zeros(&self, x: &Shared) -> Result<()> {
        let zeros = x.images.count(x.x.zeros());
        if zeros > 0 {
            return Err(Error::BlackPixels {
                zeros,
                values: x.images.all * x.x.pixels,
                solver: self.solver.to_string(),
            });
        }
        Ok(())
    }
}
