//! How to learn.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use nmf_images::nmf::{Hals, Overlap, Penalties};
use nmf_images::{Init, Nmf, Solver, StopRule};

use super::values::{at_least_one, mixture, seconds, share, strength};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct LearningOptions {
    /// Where to start: `images` drawn at random; singular vectors as in scikit-learn, with zeros kept (`nndsvd`), filled
    /// with the mean (`nndsvda`) or with little noise (`nndsvdar`); or noise (`random`)
    #[arg(long, value_name = "START", default_value = "images",
        value_parser = PossibleValuesParser::new(Init::NAMES))]
    pub init: String,
    /// Which random start: the same number gives the same parts, on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Iterations at the most
    #[arg(long, value_name = "N", default_value_t = StopRule::default().max_iterations, value_parser = at_least_one, allow_negative_numbers = true)]
    pub max_iter: usize,
    /// Stop when the error has moved by less than this share of itself over 10 iterations: the smaller, the longer and a
    /// little closer
    #[arg(long, value_name = "SHARE", default_value_t = StopRule::default().tolerance, value_parser = share, allow_negative_numbers = true)]
    pub tol: f64,
    /// Stop when the relative error is as low as this: 0.1 is 10 %
    #[arg(long, value_name = "ERROR", value_parser = share, allow_negative_numbers = true)]
    pub target_error: Option<f64>,
    /// Stop learning after this many seconds; in a comparison, each rule
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub time_limit: Option<Duration>,
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

impl LearningOptions {
    /// The settings of the factorisation that every rule has.
    pub fn nmf(&self, rank: usize) -> nmf_images::Result<Nmf> {
        let stop = StopRule {
            max_iterations: self.max_iter,
            tolerance: self.tol,
            target_error: self.target_error,
            time_limit: self.time_limit,
        };
        Ok(Nmf::new(rank)
            .init(self.init.parse::<Init>()?)
            .seed(self.seed)
            .stop(stop))
    }
}

/// What only a run of one rule can be told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Method")]
pub struct MethodOptions {
    /// How to learn: `hals`, the fastest on the squared error; `mu`, the classic multiplicative updates on the same;
    /// `mu:kl`, the same on the Kullback-Leibler divergence, for counts of light; `mu:is`, on the Itakura-Saito
    /// divergence, for images without black; `mu:1.5` or another BETA from -2 to 4, the divergences between and beyond;
    /// `bpp`, each half solved exactly; `hoyer:H=0.7`, parts of that sparseness (or weights: `hoyer:W=0.5`);
    /// `nonsmooth:0.5`, parts made sharp by smoothing; `local`, parts that share few pixels, but a poor fit, and no end
    /// before --max-iter
    #[arg(long, value_name = "RULE", default_value_t = Solver::default())]
    pub solver: Solver,
    /// Push parts apart: a number such as 0.01 is kept up, and the larger it is, the fewer pixels do parts share, at the
    /// cost of the error; two such as 0.07:0 fall from one to the other over the first 100 iterations, which leads to
    /// parts without that cost
    #[arg(long, value_name = "L|A:B", default_value = "0", value_parser = Overlap::from_str, allow_negative_numbers = true)]
    pub overlap: Overlap,
    /// Make weights small: `alpha_W` of scikit-learn, scaled by the number of pixels as there
    #[arg(long, value_name = "A", default_value_t = 0.0, value_parser = strength, allow_negative_numbers = true)]
    pub alpha_w: f64,
    /// Make parts small: `alpha_H` of scikit-learn, scaled by the number of images [default: the same as --alpha-w]
    #[arg(long, value_name = "A", value_parser = strength, allow_negative_numbers = true)]
    pub alpha_h: Option<f64>,
    /// What --alpha-w and --alpha-h make small: the values (1: many become 0), their squares (0), or a mixture
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = mixture, allow_negative_numbers = true)]
    pub l1_ratio: f64,
    /// Start so many times, from this seed and those that follow it, and keep the best
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true)]
    pub restarts: usize,
    /// Learn a sample first where it is at most a quarter of all images (from 2,400 images on): much faster; off only
    /// to compare
    #[arg(long, value_name = "ON|OFF", default_value = "on", value_parser = PossibleValuesParser::new(["on", "off"]))]
    pub sample_start: String,
    /// Share the images among the processes that `mpirun` started, each of which reads its own; the first one writes
    #[cfg(feature = "mpi")]
    #[arg(long)]
    pub mpi: bool,
    /// Known parts to look for among the learned ones: a .npy array, (parts, height, width); or a .csv table of the kinds
    /// of features that each image has, which the weights are compared with
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
}

impl MethodOptions {
    /// The learning rule with its penalties.
    pub fn rule(&self) -> nmf_images::Result<Solver> {
        let penalties = Penalties {
            alpha_w: self.alpha_w,
            alpha_h: self.alpha_h.unwrap_or(self.alpha_w),
            l1_ratio: self.l1_ratio,
            overlap: self.overlap,
        };
        match self.solver {
            Solver::Hals(settings) => Ok(Solver::Hals(Hals {
                penalties,
                ..settings
            })),
            rule if penalties.any() => Err(nmf_images::Error::NoPenalties(rule.to_string())),
            rule => Ok(rule),
        }
    }
}
