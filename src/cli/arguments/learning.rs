//! How to learn.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use nmf_images::images::{HoldOut, NoiseKind};
use nmf_images::nmf::{Overlap, Penalties};
use nmf_images::{Nmf, Solver, StopRule};

use super::start::StartChoice;
use super::values::{at_least_one, fraction, hold_out, non_negative, seconds, whole, zero_to_one};

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct LearningOptions {
    /// Initial factors: training `images` drawn at random; singular vectors as in scikit-learn, with zeros kept
    /// (`nndsvd`), filled with the mean (`nndsvda`) or with small noise (`nndsvdar`); noise (`random`); one value
    /// everywhere (`uniform`); or W and H of one's own, in an .npz file with these keys, of shape (images, rank) and
    /// (rank, pixels) or (rank, height, width), where white is 1. If one is missing, it is found by non-negative least
    /// squares. From the model.npz of another run, or its folder, the fit continues. -k is the number of parts of the file
    #[arg(long, value_name = "START|FILE", default_value_t, value_parser = StartChoice::from_str)]
    pub init: StartChoice,
    /// Seed of the random start: the same seed gives the same parts on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
    /// Maximum number of iterations; with 0, the parts are those of the start, and only the weights are fitted
    #[arg(long, value_name = "N", default_value_t = StopRule::default().max_iterations, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub max_iter: usize,
    /// Stop when the relative change in error over 10 iterations falls below this value; smaller values run longer and fit
    /// slightly better
    #[arg(long, value_name = "SHARE", default_value_t = StopRule::default().tolerance, value_parser = fraction, allow_negative_numbers = true)]
    pub tol: f64,
    /// Stop when the relative error falls to this value; 0.1 is 10 %
    #[arg(long, value_name = "ERROR", value_parser = fraction, allow_negative_numbers = true)]
    pub target_error: Option<f64>,
    /// Stop learning after this many seconds; applied to each fit of `compare`, and to each of several ranks
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub time_limit: Option<Duration>,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

impl LearningOptions {
    /// Returns the settings of the factorisation that all rules share, without a start that is in a file.
    pub fn nmf(&self, rank: usize) -> Nmf {
        let stop = StopRule {
            max_iterations: self.max_iter,
            tolerance: self.tol,
            target_error: self.target_error,
            time_limit: self.time_limit,
        };
        let nmf = Nmf::new(rank).seed(self.seed).stop_rule(stop);
        match &self.init {
            StartChoice::Named(init) => nmf.init(init.clone()),
            StartChoice::File(_) => nmf,
        }
    }
}

/// Options of the main command that `compare` does not have.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Method")]
pub struct MethodOptions {
    /// Learning rule: `hals`, the fastest for the squared error; `mu`, multiplicative updates for the squared error;
    /// `mu:kl`, for the Kullback-Leibler divergence, which suits photon counts; `mu:is`, for the Itakura-Saito
    /// divergence, which needs images without black; `mu:1.5` or another BETA from -2 to 4, for the
    /// beta-divergence; `bpp`, exact alternating non-negative least squares; `hoyer:H=0.7`, parts of that
    /// sparseness (or weights: `hoyer:W=0.5`); `nonsmooth:0.5`, sparse parts by a smoothing matrix; `local`, parts
    /// that share few pixels, with a higher error and always --max-iter iterations; `l21`, for the lengths of the
    /// residuals of images, if a few images are damaged; `huber:0.1`, for the squares of residuals of pixels up to this
    /// DELTA and their absolute values beyond, if some pixels are (white is 1); `l1`, for the absolute residuals
    #[arg(long, value_name = "RULE", default_value_t = Solver::default())]
    pub solver: Solver,
    /// Penalise overlap between parts. One number applies throughout: larger means less overlap and a higher error. Two
    /// (0.07:0) change linearly over the first 100 iterations, which gives separate parts without the higher error
    #[arg(long, value_name = "L|A:B", default_value = "0", value_parser = Overlap::from_str, allow_negative_numbers = true)]
    pub overlap: Overlap,
    /// Penalise large weights: `alpha_W` of scikit-learn, scaled by the number of pixels as there
    #[arg(long, value_name = "A", default_value_t = 0.0, value_parser = non_negative, allow_negative_numbers = true)]
    pub alpha_w: f64,
    /// Penalise large parts: `alpha_H` of scikit-learn, scaled by the number of images [default: the value of --alpha-w]
    #[arg(long, value_name = "A", value_parser = non_negative, allow_negative_numbers = true)]
    pub alpha_h: Option<f64>,
    /// What --alpha-w and --alpha-h penalise: the values (1, which makes many of them 0), their squares (0), or a mixture
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = zero_to_one, allow_negative_numbers = true)]
    pub l1_ratio: f64,
    /// Parts that are not changed, such as a background, and count among -k: a .npy array of shape (parts, height, width) or
    /// (parts, pixels), or of one part, (height, width); or the parts in a model.npz. They are the first parts of the result,
    /// each scaled to a maximum of 1; the others are learned beside them. Supported by `hals` and `mu`
    #[arg(long, value_name = "FILE")]
    pub fixed: Option<PathBuf>,
    /// How much each pixel counts in the squared error of NMF and PCA: a .npy array (height, width) of non-negative numbers, of
    /// which only the ratios matter, or a grey picture of the size of the images (black = 0). A pixel of weight 0 is ignored.
    /// Supported by `hals` without penalties and by `mu`
    #[arg(long, value_name = "FILE")]
    pub pixel_weights: Option<PathBuf>,
    /// How much each image counts, as --pixel-weights: a .npy array with one non-negative number per image, or text with one
    /// per line, in the order of the images. An image of weight 0 influences no part, and has the weights that fit it best
    #[arg(long, value_name = "FILE")]
    pub image_weights: Option<PathBuf>,
    /// Number of starts, from this seed and those that follow it; the best result is kept
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true)]
    pub restarts: usize,
    /// Also write starts.npz: the parts of each start of --restarts, with its relative error and its seed
    #[arg(long)]
    pub keep_starts: bool,
    /// Also write start.npz: W and H before the first iteration, from which another program, or --init start.npz, starts
    /// alike. If the start is learned on a sample, the fit then begins without extrapolating its last step
    #[arg(long, conflicts_with = "restarts")]
    pub save_start: bool,
    /// Learn from a sample first if it is at most a quarter of all images (2,400 images or more), which is much faster
    #[arg(long, value_name = "ON|OFF", default_value = "on", value_parser = PossibleValuesParser::new(["on", "off"]))]
    pub sample_start: String,
    /// Hold images out of the training, and report how well they are reconstructed: a share of all images such as 0.1,
    /// or a number such as 40; drawn by --seed, of each label in proportion
    #[arg(long, value_name = "SHARE|N", value_parser = hold_out, allow_negative_numbers = true)]
    pub hold_out: Option<HoldOut>,
    /// Add noise to the training images, and report errors against the clean ones: `gaussian:SD`, `laplace:B`, `salt:SHARE`
    /// (of the pixels, black or white) or `block:SIZE` (a white square with this side in pixels, or a share of the area such
    /// as 10%). White is 1. Several are added in their order; drawn by --seed
    #[arg(long, value_name = "KIND:VALUE", value_parser = NoiseKind::from_str)]
    pub noise: Vec<NoiseKind>,
    /// Distribute the images over the processes that `mpirun` started; each reads its own, the first one writes
    #[cfg(feature = "mpi")]
    #[arg(long)]
    pub mpi: bool,
    /// Known parts to compare the learned ones with: a .npy array of shape (parts, height, width); or a .csv table of the
    /// features of each image, with which the weights are compared
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
}

impl MethodOptions {
    /// Returns whether pixels or images have weights.
    pub fn has_weights(&self) -> bool {
        self.pixel_weights.is_some() || self.image_weights.is_some()
    }

    /// Returns the learning rule with its penalties.
    pub fn rule(&self) -> nmf_images::Result<Solver> {
        let penalties = Penalties {
            alpha_w: self.alpha_w,
            alpha_h: self.alpha_h.unwrap_or(self.alpha_w),
            l1_ratio: self.l1_ratio,
            overlap: self.overlap,
        };
        self.solver.with_penalties(penalties)
    }
}
