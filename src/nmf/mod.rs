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

mod balance;
#[cfg(feature = "bench")]
pub mod bench_api;
mod checkpoint;
mod data;
mod distinct_pixels;
mod driver;
mod factors;
mod fingerprint;
mod fit;
mod half_step;
mod init;
mod lift_zeros;
mod loss;
mod model;
mod penalties;
mod progress;
mod recorder;
mod reduce;
mod restarts;
mod revive;
mod rule;
mod rules;
mod sample_rows;
mod sample_start;
mod settings;
mod setup;
mod single_fit;
mod solver;
mod starts;
mod stop;
mod update_loops;

pub use checkpoint::Checkpoint;
pub(crate) use checkpoint::Side;
pub use init::Init;
pub use loss::BetaLoss;
pub use model::{NmfModel, Restart};
pub use penalties::{Overlap, Penalties};
pub use progress::FitProgress;
pub use recorder::{Frame, Recorder};
pub use rules::hals::Hals;
pub use rules::hoyer::Hoyer;
pub use rules::nonsmooth::Nonsmooth;
pub use settings::Nmf;
pub use solver::Solver;
pub(crate) use starts::{Best, Ended, Starts};
pub use stop::{Iteration, StopReason, StopRule};
