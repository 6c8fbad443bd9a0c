//! The settings of a factorisation, and which images they can be used for.

use super::init::Init;
use super::solver::Solver;
use super::stop::StopRule;
use crate::error::{CommunicatorError, Error, MaskError, Result};
use crate::images::{Block, Images, Mask, Shared};

/// Settings of a factorisation `X ≈ W H`.
///
/// ```
/// use nmf_images::{ImageSet, Nmf, Shape};
///
/// // A table of numbers is a set of images of one row: here 4 rows of 3 columns, made of two parts.
/// let table = ndarray::arr2(&[[1., 0., 2.], [0., 3., 1.], [1., 3., 3.], [2., 3., 5.]]);
/// let images = ImageSet::from_f32(Shape::new(1, 3), table)?;
/// let model = Nmf::new(2).fit(&images)?;
/// assert!(model.relative_error < 1e-4);
/// assert_eq!(model.weights.dim(), (4, 2));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Nmf {
    pub(super) rank: usize,
    pub(super) solver: Solver,
    pub(super) init: Init,
    pub(super) stop: StopRule,
    pub(super) seed: u64,
    pub(super) restarts: usize,
    pub(super) sample_start: bool,
    pub(super) merge_pixels: bool,
}

impl Nmf {
    /// A factorisation into `rank` parts, all else at its default.
    #[must_use]
    pub fn new(rank: usize) -> Self {
        Self {
            rank,
            solver: Solver::default(),
            init: Init::default(),
            stop: StopRule::default(),
            seed: 0,
            restarts: 1,
            sample_start: true,
            merge_pixels: true,
        }
    }

    /// The learning rule.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        Self { solver, ..self }
    }

    /// The start.
    #[must_use]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }

    /// When to stop.
    #[must_use]
    pub fn stop(self, stop: StopRule) -> Self {
        Self { stop, ..self }
    }

    /// The seed of every random choice; 0 is a seed like any other.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How many starts are made, from this seed and those that follow it; the one with the least objective is kept, and
    /// [`NmfModel::restarts`] tells of all. At least one is made.
    #[must_use]
    pub fn restarts(self, restarts: usize) -> Self {
        Self { restarts, ..self }
    }

    /// Whether many images are first learned on a sample; on by default. Starts from singular vectors and given ones
    /// never are.
    #[must_use]
    pub fn sample_start(self, on: bool) -> Self {
        Self {
            sample_start: on,
            ..self
        }
    }

    /// Whether pixels that agree in every image are worked on once, with rules that update each by itself; on by
    /// default. The best parts are the same either way, and so is every step but from starts that give equal pixels
    /// different values, or dark ones any.
    #[must_use]
    pub fn merge_pixels(self, on: bool) -> Self {
        Self {
            merge_pixels: on,
            ..self
        }
    }

    /// About how many bytes a fit holds at its peak, the images themselves included.
    #[must_use]
    pub fn memory(&self, images: &impl Images) -> usize {
        let (n, p) = (images.len(), images.shape().pixels());
        let value = if let Block::U8(_) = images.block(0..0) {
            size_of::<u8>()
        } else {
            size_of::<f32>()
        };
        // Values, lead and packed lead of both factors; products of all rows, twice, and the parts that they improve.
        let copies = if self.solver.facts().holds_products {
            6
        } else {
            3
        };
        // A bit a pixel, cut as the images are, and the factor that stays, column by column.
        let masked = if images.mask().is_some() {
            (3 * n * p / 8, copies + 1)
        } else {
            (0, copies)
        };
        // The images as they are, and cut both ways, unless all that is kept elsewhere.
        let pixels = if images.scratch().is_some() {
            0
        } else {
            3 * n * p * value
        };
        pixels + masked.0 + masked.1 * (n + p) * self.rank.min(n).min(p) * size_of::<f32>()
    }

    /// Whether the rule can do without the pixels that are unknown.
    pub(crate) fn check_mask(&self, mask: Option<&Mask>) -> Result<()> {
        match mask {
            Some(mask) if !self.solver.facts().supports_masks => Err(MaskError::NeedsAllPixels {
                unknown: mask.unknown(),
                solver: self.solver.to_string(),
            }
            .into()),
            _ => Ok(()),
        }
    }

    pub(super) fn check(&self, x: &Shared) -> Result<()> {
        let facts = self.solver.facts();
        let (images, pixels) = (x.images.all, x.x.pixels);
        let most = images.min(pixels);
        match self.rank {
            0 => return Err(Error::RankZero),
            rank if rank > most => {
                return Err(Error::RankTooLarge {
                    rank,
                    images,
                    pixels,
                    most,
                });
            }
            _ => self
                .solver
                .penalties()
                .map_or(Ok(()), |penalties| penalties.check())?,
        }
        let zeros = if facts.loss.allows_zeros() {
            0
        } else {
            x.images.count(x.x.zeros())
        };
        if zeros > 0 {
            return Err(Error::BlackPixels {
                zeros,
                values: images * pixels,
                solver: self.solver.to_string(),
            });
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
}
