//! Non-negative matrix factorisation: settings, checks, fit.
//!
//! # The rules
//!
//! | rule | makes small | when |
//! | --- | --- | --- |
//! | `hals` | squared error | the default: the fastest, and the closest |
//! | `mu` | squared error | to see or to repeat what Lee and Seung's updates do; slower by far |
//! | `mu:kl` | Kullback–Leibler divergence | counts of light, or of words; faint detail matters more |
//! | `mu:is` | Itakura–Saito divergence | only ratios matter, as in spectra of sound; no pixel may be 0 |
//! | `mu:BETA` | β-divergence, β from -2 to 4 | between and beyond those: 2 is `mu`, 1 `mu:kl`, 0 `mu:is` |
//! | `bpp` | squared error, each half exactly | to hold the others against; slower |
//! | `hoyer:H=S,W=S` | squared error at a given sparseness | to say how small parts are to be |
//! | `nonsmooth:THETA` | squared error through a smoothing | sharp parts of clean drawings |
//! | `local` | Kullback–Leibler divergence, loosely | parts that share few pixels; images come out far too dark |
//!
//! Each is a variant of [`Solver`] and is spelled so; what it updates, promises and costs is told at the head of its
//! file, `src/nmf/rules`.
//!
//! # How the speed comes about
//!
//! For whoever wants to change it. Time to one error is iterations times the time of one; both were worked on.
//!
//! This is told of `hals`; the other rules share the data, the kernel and the start on samples.
//!
//! **Fewer iterations.** The products `X Hᵀ` and `Wᵀ X` cost `4 n p k` multiplications and additions, a sweep over the
//! weights that uses them `2 n k²`: so up to twelve sweeps follow each product, as many as take about as long, and
//! the next step starts a little beyond the last one (see [`Hals`]). On two sets of faces that leaves 30 iterations of
//! 470 and 36 of 300, to one error and on average over eight starts.
//!
//! **A good start.** H starts as images drawn at random. A sample of 30 images a part, but at least 600, is learned
//! first where that is at most a quarter of all; then one four times as large, and so on. Each sample is drawn several
//! times, other images each time, so that parts do not settle for what suits a few. The fit proper begins where the samples
//! end.
//!
//! **Less data.** Pixels that are dark in every image are left out, and pixels that agree in every image are worked on
//! once and counted as often as they occur. Neither changes what the best parts are. Within a panel of 64 images, or of
//! 64 pixels, columns that are dark in all of its rows are not kept: on the 60,000 digits of MNIST a quarter of the work.
//!
//! **Unknown pixels** are filled with what the factors give for them before each half step, so that all else stays as it
//! is; equal pixels are then not merged. With a fifth of all pixels unknown at random, an iteration takes one to four times
//! as long as on the same pixels without a mask.
//!
//! **One half step for both factors.** Improving H for a fixed W is the same problem as improving W for a fixed H, on
//! the transpose of X. X is kept in both cuts, as bytes where it was read as bytes; a panel of 64 rows is one task's
//! from its products over the sweeps to its share of the Gram matrix. Nothing is summed across panels but matrices of
//! k x k, in the order of the panels: hence the same bits on any number of threads.
//!
//! **The kernel.** Plain loops over arrays of fixed size that the compiler turns into vector instructions, compiled for
//! AVX-512, AVX2 with FMA, and the baseline. Values of one pixel of 64 images lie side by side. The fixed factor is
//! packed in groups of up to five parts, whose sums fill the registers while a chunk of the panel, widened from bytes
//! to floats in the first cache, is read once for each group. In a sweep each part waits for the one before; 64 rows
//! side by side keep the processor busy meanwhile.
//!
//! **The error for free.** `‖X − W H‖² = ‖X‖² + Σ (wᵀ G w − 2 aᵀ w)` with what the half step has at hand; where the
//! difference of large numbers leaves too few digits, near an exact fit, the residual is summed instead.

mod across;
mod begin;
mod checkpoint;
mod driver;
mod fingerprint;
mod init;
#[cfg(feature = "bench")]
pub mod inner;
mod lift;
mod model;
mod penalties;
mod pixels;
mod progress;
mod recorder;
mod restarts;
mod revive;
mod rows;
mod rule;
mod rules;
mod sample;
mod solver;
mod step;
mod stop;

use std::ops::ControlFlow;
use std::sync::OnceLock;

pub use checkpoint::Checkpoint;
pub(crate) use checkpoint::Side;
pub use init::Init;
pub use model::NmfModel;
pub use penalties::{Overlap, Penalties};
pub use progress::FitProgress;
pub use recorder::{Frame, Recorder};
pub use restarts::Restart;
pub(crate) use restarts::{Best, Ended, Starts};
pub use rules::hals::Hals;
pub use rules::hoyer::Hoyer;
pub use rules::multiplicative::BetaLoss;
pub use rules::nonsmooth::Nonsmooth;
pub use solver::Solver;
pub use stop::{Iteration, StopReason, StopRule};

use crate::communicator::propagate_error;
use crate::error::{CommunicatorError, Error, MaskError, Result};
use crate::images::{Block, Images, Mask, Reading, Shared};
use driver::{Data, Learning};

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
    rank: usize,
    solver: Solver,
    init: Init,
    stop: StopRule,
    seed: u64,
    restarts: usize,
    sample_start: bool,
    merge_pixels: bool,
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

    /// Learns parts and weights, from the pixels that [`Images::mask`] leaves known: only these are rebuilt, and counted in
    /// every error. An image of which nothing is known has weights of 0, a pixel of which no image knows is 0 in every part.
    ///
    /// # Errors
    /// If the rank is 0 or above `min(images, pixels)`, all pixels are 0, a known value is negative or not finite, or 0
    /// where the rule allows none, a given start has another shape or such values, several starts would all be the same,
    /// or a penalty is out of its range; if pixels are unknown and the rule is neither `hals` nor `mu`, and if all are.
    pub fn fit(&self, images: &impl Images) -> Result<NmfModel> {
        self.fit_with(images, |_| ControlFlow::Continue(()))
    }

    /// As [`Nmf::fit`], telling `on_moment` of each iteration; it can end the fit, which keeps what was learned. Each
    /// of several starts begins with iteration 1. A [`Recorder`] keeps some of the moments.
    ///
    /// # Errors
    /// As [`Nmf::fit`].
    pub fn fit_with(
        &self,
        images: &impl Images,
        on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        match self.restarts {
            0 | 1 => self.fit_once(images, None, on_moment),
            restarts if !self.init.is_random() => Err(Error::SameStarts {
                restarts,
                init: self.init.to_string(),
                random: Init::RANDOM.join(", "),
            }),
            _ => restarts::best_of(self, images, None, on_moment),
        }
    }

    /// Fits from one start, or goes on `from` a checkpoint of that.
    fn fit_once(
        &self,
        images: &impl Images,
        from: Option<&Checkpoint>,
        on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        let reading = Reading::new(images)?;
        let model = self.fit_read(images, &reading, from, on_moment);
        // What cannot be read is 0, which may be an error of its own.
        propagate_error(images.communicator(), reading.check())?;
        model
    }

    fn fit_read<I: Images>(
        &self,
        images: &I,
        reading: &Reading<I>,
        from: Option<&Checkpoint>,
        mut on_moment: impl FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<NmfModel> {
        let began = checkpoint::ago(from.map_or(0.0, |checkpoint| checkpoint.at().seconds));
        let x = reading.shared()?;
        self.check_mask(reading.mask())?;
        let work = self.work(x)?;
        let mut factors = match from {
            Some(checkpoint) => checkpoint.factors(work.images, &work.pixels)?,
            None => self.start(&work, began)?,
        };
        let data = Data::new(&work.selection(), work.images);
        if data.squared_norm() == 0.0 {
            return Err(Error::AllBlack(x.images.all));
        }
        if from.is_none() && !matches!(self.init, Init::Given { .. }) {
            self.open(&data, &mut factors, began);
        }
        let (communicator, shape, told) = (images.communicator(), images.shape(), OnceLock::new());
        let fingerprint = || {
            told.get_or_init(|| fingerprint::fingerprint(images))
                .clone()
        };
        let mut rule = self.solver.rule();
        let standing = from
            .map(|checkpoint| checkpoint.standing(&mut *rule))
            .transpose()?;
        let learning = Learning {
            data: &data,
            rule: &mut *rule,
            factors: &mut factors,
            began,
        };
        let run = learning.run(standing, &self.stop, |pause| {
            if reading.has_failed() {
                return ControlFlow::Break(());
            }
            let (at, ends, starts) = (pause.at(), pause.ends, None);
            on_moment(&FitProgress {
                at,
                ends,
                pause: *pause,
                pixels: &work.pixels,
                shape,
                nmf: self,
                communicator,
                starts,
                fingerprint: &fingerprint,
            })
        });
        let seconds = began.elapsed().as_secs_f64();
        let relative_error =
            (driver::squared_residual(&data, &factors) / data.squared_norm()).sqrt();
        let (weights, basis) = (
            model::of_all_images(&factors.weights, &work.known, &x.x),
            work.pixels.basis(&factors.basis),
        );
        let ordered = model::in_order(weights, basis, communicator);
        let sampled = self.samples(work.images.all).last().copied();
        Ok(NmfModel::of_run(
            self,
            run,
            (shape, ordered),
            (relative_error, seconds),
            sampled,
        ))
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
        let copies = if self.solver.holds_products() { 6 } else { 3 };
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
            Some(mask) if !self.solver.allows_unknown() => Err(MaskError::NeedsAllPixels {
                unknown: mask.unknown(),
                solver: self.solver.to_string(),
            }
            .into()),
            _ => Ok(()),
        }
    }

    fn check(&self, x: &Shared) -> Result<()> {
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
        let zeros = if self.solver.allows_zeros() {
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
        if x.images.communicator.size() > 1 && self.solver.needs_all_weights() {
            return Err(CommunicatorError::NeedsOneProcess {
                what: self.solver.to_string(),
                try_instead: "hold the parts' sparseness, as in hoyer:H=0.7",
            }
            .into());
        }
        Ok(())
    }
}
