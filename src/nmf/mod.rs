//! Non-negative matrix factorisation: settings, rules, fit.
//!
//! # The rules
//!
//! | rule | minimises | use |
//! | --- | --- | --- |
//! | `hals` | squared error | the default: the fastest, with the lowest error |
//! | `mu` | squared error | to show or repeat the updates of Lee and Seung; much slower |
//! | `mu:kl` | Kullback–Leibler divergence | counts, of photons or words; faint detail matters more |
//! | `mu:is` | Itakura–Saito divergence | only ratios matter, as in audio spectra; pixels must be above 0 |
//! | `mu:BETA` | β-divergence, β from -2 to 4 | between and beyond those: 2 is `mu`, 1 `mu:kl`, 0 `mu:is` |
//! | `bpp` | squared error, each half exactly | as a reference for the other rules; slower |
//! | `hoyer:H=S,W=S` | squared error at a given sparseness | to choose how small the parts are |
//! | `nonsmooth:THETA` | squared error through a smoothing | sharp parts of clean drawings |
//! | `local` | Kullback–Leibler divergence, loosely | parts that share few pixels; reconstructions are much too dark |
//! | `l21` | lengths of the residuals of images | some images are damaged as a whole |
//! | `huber:DELTA` | Huber's loss of pixels | some pixels of many images are damaged |
//! | `l1` | absolute residuals of pixels | the same, with more or worse damage |
//!
//! Each rule is a variant of [`Solver`], which parses and writes these names. The guide describes them:
//! [Starts and rules](crate::guide).
//!
//! # Performance
//!
//! For contributors. The time to reach an error is the number of iterations times the time of each.
//! This describes `hals`; the other rules share the data, the kernel and the sample start.
//!
//! **Fewer iterations.** The products `X Hᵀ` and `Wᵀ X` take `4 n p k` multiplications and
//! additions, a sweep over the weights that uses them `2 n k²`. So up to twelve sweeps follow each
//! product, with as many multiplications at most, and the next sweep and the next step are
//! extrapolated (see [`Hals`]). On two sets of faces 25 iterations then reach the error of 470, and 29
//! that of 300, on average over six starts.
//!
//! **A good start.** H starts as images drawn at random. If there are enough images, H is first
//! learned on a sample of 30 images per part, but at least 600 and at most a quarter of all; then
//! on one four times as large, and so on. Each sample is drawn several times, with other images
//! each time, so that the parts do not fit a few images only. The fit to all images starts from the
//! result.
//!
//! **Less data.** Pixels that are 0 in every image are ignored, and pixels that are equal in every
//! image are merged and counted as often as they occur. Neither changes the best parts. Within a
//! panel of 64 images, or of 64 pixels, columns that are 0 in all rows are not stored, which saves
//! a quarter of the work on the 60,000 digits of MNIST.
//!
//! **Unknown pixels** are filled with the product of the factors before each half step, so all
//! other code is the same; equal pixels are not merged then. With a fifth of all pixels unknown at
//! random, an iteration takes one to four times as long as without a mask.
//!
//! **One half step for both factors.** Updating H for a fixed W is the same problem as updating W
//! for a fixed H, on the transpose of X. X is stored in both cuts, as bytes if it was read as
//! bytes. One task processes a panel of 64 rows from its products over the sweeps to its
//! contribution to the Gram matrix. Only matrices of k x k are summed across panels, in the order
//! of the panels, so the bits are the same on any number of threads.
//!
//! **Bytes are multiplied as integers.** The fixed factor is cut to 16 bits with a scale for each part
//! in 64 rows, and processors multiply and add pairs of 16-bit integers, one or two instructions for
//! twice the work of a multiply-add of floats. Sums are exact until they are scaled. The error told is
//! off by some millionths; at the end of a fit the residual is summed. Pixels that represent many
//! others come first and are multiplied as floats, since their rounding counts as often. `mu` multiplies
//! floats alone, so that its steps can be compared with those of other programs.
//!
//! **The kernel** is otherwise plain loops over arrays of fixed size that the compiler vectorises,
//! compiled for AVX-512, AVX2 with FMA, and the baseline. Values of one pixel of 64 images are
//! contiguous. The fixed factor is packed in groups of up to five parts, whose sums fill the registers
//! while a chunk of the panel, converted in the first-level cache, is read once per group. In a sweep
//! each part depends on the one before; 64 rows side by side keep the processor busy.
//!
//! **The error at no cost.** `‖X − W H‖² = ‖X‖² + Σ (wᵀ G w − 2 aᵀ w)` uses what the half step has
//! computed. Near an exact fit, where cancellation leaves too few digits, the residual is summed
//! instead.

mod balance;
#[cfg(feature = "bench")]
pub mod bench_api;
mod checkpoint;
mod data;
mod driver;
mod factors;
mod filling;
mod fit;
mod fixed_parts;
mod given;
mod half_step;
mod init;
mod lift_zeros;
mod loss;
mod model;
mod observer;
mod part_scale;
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
mod unscaled;
mod update_loops;

pub use checkpoint::Checkpoint;
pub(crate) use checkpoint::FactorState;
pub use init::Init;
pub use loss::BetaLoss;
pub use model::{NmfModel, Restart};
pub use observer::FitObserver;
pub use penalties::{Overlap, Penalties};
pub use progress::{FitProgress, FitStart, SampleProgress};
pub use recorder::{Frame, Recorder};
pub use rules::hals::Hals;
pub use rules::hoyer::Hoyer;
pub use rules::huber::Huber;
pub use rules::nonsmooth::Nonsmooth;
pub use settings::Nmf;
pub use solver::Solver;
pub(crate) use starts::{Best, Ended, Starts};
pub use stop::{Iteration, StopReason, StopRule};
