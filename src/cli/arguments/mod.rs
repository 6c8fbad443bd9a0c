//! What can be said on the command line, in the reader's words.

mod pack;
mod project;
mod ranks;
mod table;
mod typed;
pub mod values;
mod writing;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use nmf_images::comparison::Rule;
use nmf_images::images::{Fit, LoadOptions, Missing};
use nmf_images::nmf::{Hals, Overlap, Penalties};
use nmf_images::{Init, Nmf, Shape, Solver, StopRule};

pub use self::pack::Pack;
pub use self::project::Project;
pub use self::ranks::Ranks;
use self::table::Table;
pub use self::values::{Every, Rank};
use self::values::{at_least_one, bytes, mixture, seconds, share, size, strength};
pub use self::writing::{Exports, Format, PictureChoice, Pictures, Tiling, Writing};
use super::synth::Synth;

/// See what non-negative matrix factorisation (NMF) learns from a folder of images.
///
/// NMF finds a small number of parts, such as eyes or strokes, and builds every image as a sum of them: nothing is
/// ever taken away. PCA, the classic method beside it, builds the same images from eigenimages that may also be
/// subtracted. The program learns both, draws them side by side, and says how close each comes.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, override_usage = USAGE, disable_help_subcommand = true)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Other commands"
)]
pub struct CommandLine {
    /// Folder of images (sub-folders are labels); or a .npy array, (n, height, width) or (n, pixels) with one row each; or a
    /// .npz archive (--key names the array); or an IDX file such as MNIST's train-images-idx3-ubyte, also as .gz (labels are
    /// read from the file beside it); or a .csv table, a row an image; or a TIFF file of several pages; or a .zip, .tar or
    /// .tar.gz of images; or `-`, a list of image files on stdin, one path a line
    #[arg(required_unless_present = "resume")]
    pub input: Option<PathBuf>,

    /// How many parts to learn, and how many eigenimages; `auto` tries 14 numbers up to 40, each from one start, and takes
    /// the least that predicts hidden pixels as well as any (`nmf-images ranks` does it more thoroughly)
    #[arg(short = 'k', long, value_name = "N|auto", default_value = "16", value_parser = Rank::from_str,
        allow_negative_numbers = true, help_heading = "Learning")]
    pub rank: Rank,
    #[command(flatten)]
    pub learning: Learning,
    #[command(flatten)]
    pub method: Method,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub tiling: Tiling,
    #[command(flatten)]
    pub exports: Exports,
    #[command(flatten)]
    pub pictures: Pictures,

    /// Go on with a run that was interrupted or killed, from the checkpoint in its output folder, as if it had never
    /// stopped: images and options are those of that run. Where the images have moved, pass them too
    #[arg(
        long,
        value_name = "FOLDER",
        conflicts_with = "out",
        help_heading = "Long runs"
    )]
    pub resume: Option<PathBuf>,
    /// How often a run keeps what it would need to go on after a crash: a number of seconds, or of iterations as in 100it,
    /// or `off`
    #[arg(long, value_name = "SECONDS|Nit|off", default_value_t = Every::DEFAULT, value_parser = Every::from_str,
        allow_negative_numbers = true, help_heading = "Long runs")]
    pub checkpoint: Every,

    #[command(subcommand)]
    pub command: Option<Command>,

    /// Every option that was given, each as one word, but for --resume.
    #[arg(skip)]
    pub typed: Vec<String>,
}

/// What the program does beside learning.
#[derive(Debug, Subcommand)]
pub enum Command {
    Compare(Compare),
    Pack(Pack),
    Project(Project),
    Ranks(Ranks),
    Synth(Synth),
}

/// Compare learning rules on the same images from the same start
///
/// Each rule learns as many parts; a PCA of the same rank stands beside them. The table is printed and written as
/// compare.csv and into report.json, the parts are drawn in compare.png, a row a rule. Ctrl-C keeps the rules that
/// have learned so far.
#[derive(Debug, clap::Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct Compare {
    /// Folder of images or a file of many, as without a command
    pub input: PathBuf,

    /// Up to 8 rules to compare, separated by commas; how they are called is told under --solver of `nmf-images --help`
    #[arg(long, value_name = "RULES", value_parser = rule_list, default_value = RULES, help_heading = "Learning")]
    pub rules: RuleList,
    /// How many parts to learn, and how many eigenimages
    #[arg(short = 'k', long, value_name = "N", default_value_t = 16, value_parser = at_least_one,
        allow_negative_numbers = true, help_heading = "Learning")]
    pub rank: usize,
    #[command(flatten)]
    pub learning: Learning,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub tiling: Tiling,
}

/// What to learn from, and how.
#[derive(Debug)]
pub struct Arguments {
    pub input: PathBuf,
    pub rank: Rank,
    pub learning: Learning,
    pub method: Method,
    pub reading: Reading,
    pub writing: Writing,
    pub tiling: Tiling,
    pub exports: Exports,
    pub pictures: Pictures,
    pub checkpoint: Every,
    /// Every option that was given, each as one word.
    pub typed: Vec<String>,
}

/// The rules that are compared where none are named.
const RULES: &str = "hals,mu,mu:kl,hoyer,nonsmooth";

const COMPARE_EXAMPLES: &str = "\
Examples:
  nmf-images compare faces                        16 parts a rule of the pictures in the folder `faces`
  nmf-images compare faces -k 28 --seed 3         28 parts, from another start
  nmf-images compare faces --rules hals,hoyer:H=0.8,local
                                                  three rules only

Look first at output/compare.png.";

const USAGE: &str = "\
nmf-images [OPTIONS] <INPUT>
       nmf-images [OPTIONS] --resume <FOLDER> [INPUT]
       nmf-images <COMMAND>";

const EXAMPLES: &str = "\
Examples:
  nmf-images faces                        16 parts of the pictures in the folder `faces`
  nmf-images faces -k 49 -o faces49       49 parts, written to another folder
  nmf-images scans --invert --size 28x28  dark ink on paper, pictures of different sizes
  nmf-images digits.npy --seed 7          another start: other parts, much the same error
  nmf-images t.csv --shape 8x8 --label 65 rows of 64 numbers, each a picture, and what it is called
  nmf-images faces.zip                    the pictures in an archive, as if it were a folder
  nmf-images ranks faces                  how many parts to learn
  nmf-images compare faces                the learning rules side by side
  nmf-images --resume output              go on with a run that was interrupted
  nmf-images project output new.png       a new image, made of the parts that were learned
  nmf-images synth swimmer --out swimmer  images whose 17 parts are known
  nmf-images swimmer -k 17 --truth swimmer/truth.npy
                                          how many of them are found
  nmf-images ./synth                      a folder that is called as a command

Look first at output/comparison.png.";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct Learning {
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

/// What only a run of one rule can be told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Method")]
pub struct Method {
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

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct Reading {
    /// Resize every image, for example 48x64 (width x height)
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<Shape>,
    /// How --size treats other proportions: cut off what overhangs, or stretch
    #[arg(long, value_enum, default_value_t = FitChoice::Crop)]
    pub fit: FitChoice,
    /// Make dark bright, for ink on paper: NMF learns what is bright
    #[arg(long)]
    pub invert: bool,
    /// Grey under transparent pixels, from 0 (black) to 255 (white)
    #[arg(long, value_name = "GREY", default_value_t = LoadOptions::default().background)]
    pub background: u8,
    /// Read only so many images, 2 or more, evenly spread over all
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub files: Files,
}

/// What goes for every command that reads images, however they are prepared.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct Files {
    /// End with an error if an image cannot be read, instead of leaving it out
    #[arg(long)]
    strict: bool,
    /// Which array of a .npz archive holds the images; needed where several could
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Look at some of the pixels alone: a picture that is white where pixels are known and black where they are
    /// scratched or hidden, or a folder with one for each image, called as the image is; or a .npy array
    #[arg(long, value_name = "FILE|FOLDER")]
    pub mask: Option<PathBuf>,
    /// Take pixels for unknown by what they hold: `alpha`, where images are transparent, instead of laying them over
    /// --background; `nan`, in arrays, and gaps in tables; or a value, such as 0: 0 to 255 in 8-bit files, 0 to 1 in finer
    /// ones, as it is in arrays of floats
    #[arg(long, value_name = "WHAT", value_parser = Missing::from_str, allow_negative_numbers = true)]
    pub missing: Option<Missing>,
    /// How much memory to use: a .npy or IDX file of which a quarter of that does not hold the pixels is read block by
    /// block instead, and --out then needs room for up to four times the file while the run lasts [default: half of
    /// the machine's]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    #[command(flatten)]
    table: Table,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FitChoice {
    Crop,
    Stretch,
}

impl Learning {
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

impl Arguments {
    /// The settings of the factorisation.
    pub fn nmf(&self, rank: usize) -> nmf_images::Result<Nmf> {
        let Method {
            restarts,
            sample_start,
            ..
        } = &self.method;
        let nmf = self.learning.nmf(rank)?.solver(self.method.rule()?);
        Ok(nmf.restarts(*restarts).sample_start(sample_start == "on"))
    }
}

impl Compare {
    /// The rules, all else alike: no sample is learned first, since each rule would begin where its own sample ends.
    pub fn rules(&self) -> nmf_images::Result<Vec<Rule>> {
        let nmf = self.learning.nmf(self.rank)?.sample_start(false);
        let rule = |solver: &Solver| Rule {
            name: solver.to_string(),
            nmf: nmf.clone().solver(*solver),
        };
        Ok(self.rules.0.iter().map(rule).collect())
    }
}

impl Method {
    /// The learning rule with its penalties.
    fn rule(&self) -> nmf_images::Result<Solver> {
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

impl Reading {
    /// How the images are to be read.
    pub fn options(&self) -> LoadOptions {
        self.files.options(&LoadOptions {
            size: self.size,
            fit: match self.fit {
                FitChoice::Crop => Fit::Crop,
                FitChoice::Stretch => Fit::Stretch,
            },
            background: self.background,
            invert: self.invert,
            limit: self.limit,
            ..LoadOptions::default()
        })
    }
}

impl Files {
    /// The options with what is said here.
    pub fn options(&self, options: &LoadOptions) -> LoadOptions {
        self.table.options(LoadOptions {
            strict: self.strict,
            key: self.key.clone(),
            missing: self.missing,
            mask: self.mask.clone(),
            ..options.clone()
        })
    }
}

/// Several rules.
#[derive(Debug, Clone)]
pub struct RuleList(pub Vec<Solver>);

/// Rules between commas; a setting such as `W=0.3` belongs to the rule before it.
fn rule_list(text: &str) -> nmf_images::Result<RuleList> {
    let mut rules: Vec<String> = Vec::new();
    for piece in text.split(',').map(str::trim) {
        match rules.last_mut() {
            Some(rule) if piece.contains('=') && !piece.contains(':') => rule.extend([",", piece]),
            _ => rules.push(piece.to_owned()),
        }
    }
    rules
        .iter()
        .map(|rule| rule.parse())
        .collect::<nmf_images::Result<_>>()
        .map(RuleList)
}
