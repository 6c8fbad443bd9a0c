//! What can be said on the command line, in the reader's words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use nmf_images::comparison::Rule;
use nmf_images::images::{Fit, LoadOptions};
use nmf_images::render::Scaling;
use nmf_images::{Init, Nmf, Shape, Solver, StopRule};

/// See what non-negative matrix factorisation (NMF) learns from a folder of images.
///
/// NMF finds a small number of parts, such as eyes or strokes, and builds every image as a sum of them: nothing is
/// ever taken away. PCA, the classic method beside it, builds the same images from eigenimages that may also be
/// subtracted. The program learns both, draws them side by side, and says how close each comes.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub learn: Learn,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Compare(Compare),
}

/// What the program does without a command.
#[derive(Debug, clap::Args)]
pub struct Learn {
    /// Folder of images (sub-folders are labels), or a .npy array: (n, height, width), or (n, pixels) with one row each
    #[arg(required = true)]
    input: Option<PathBuf>,

    #[command(flatten)]
    pub learning: Learning,
    #[command(flatten)]
    pub starting: Starting,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    /// How many images reconstructions.png shows: the best, the worst, and others evenly spread
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one, allow_negative_numbers = true,
        help_heading = "Writing")]
    pub show: usize,
}

/// Compare learning rules on the same images from the same start
///
/// Each rule learns as many parts; a PCA of the same rank stands beside them. The table is printed and written as
/// compare.csv and into report.json, the parts are drawn in compare.png, a row a rule. Ctrl-C keeps the rules that
/// have learned so far.
#[derive(Debug, clap::Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub struct Compare {
    /// Folder of images or a .npy array, as without a command
    pub input: PathBuf,

    /// Rules to compare, separated by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',', default_value = RULES, help_heading = "Learning")]
    pub rules: Vec<Solver>,
    #[command(flatten)]
    pub learning: Learning,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
}

/// The rules that are compared where none are named.
const RULES: &str = "hals";

const COMPARE_EXAMPLES: &str = "\
Examples:
  nmf-images compare faces                  16 parts a rule of the pictures in the folder `faces`
  nmf-images compare faces -k 28 --seed 3   28 parts, from another start

Look first at output/compare.png.";

const EXAMPLES: &str = "\
Examples:
  nmf-images faces                        16 parts of the pictures in the folder `faces`
  nmf-images faces -k 49 -o faces49       49 parts, written to another folder
  nmf-images scans --invert --size 28x28  dark ink on paper, pictures of different sizes
  nmf-images digits.npy --seed 7          another start: other parts, much the same error
  nmf-images compare faces                the learning rules side by side

Look first at output/comparison.png.";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct Learning {
    /// How many parts to learn, and how many eigenimages
    #[arg(short = 'k', long, value_name = "N", default_value_t = 16, value_parser = at_least_one, allow_negative_numbers = true)]
    pub rank: usize,
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
    /// Stop learning after this many seconds: all starts together, but each rule of a comparison
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub time_limit: Option<Duration>,
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct Starting {
    /// Start so many times, from this seed and those that follow it, and keep the best
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true)]
    pub restarts: usize,
    /// Learn a sample first where it is at most a quarter of all images (from 2,400 images on): much faster; off only
    /// to compare
    #[arg(long, value_name = "ON|OFF", default_value = "on", value_parser = PossibleValuesParser::new(["on", "off"]))]
    pub sample_start: String,
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
    /// Read only so many images, 2 or more, evenly spread over the folder
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// End with an error if an image cannot be read, instead of leaving it out
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct Writing {
    /// Folder for pictures, report and model; those of an earlier run are replaced
    #[arg(short, long, value_name = "FOLDER", default_value = "output")]
    pub out: PathBuf,
    /// Draw each tile up to its own maximum, or all on one scale, as strong as they are used on average
    #[arg(long, value_enum, default_value_t = ScaleChoice::Each)]
    pub scale: ScaleChoice,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FitChoice {
    Crop,
    Stretch,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ScaleChoice {
    Each,
    Shared,
}

impl Learning {
    /// The settings that every factorisation has.
    pub fn nmf(&self) -> nmf_images::Result<Nmf> {
        let stop = StopRule {
            max_iterations: self.max_iter,
            tolerance: self.tol,
            target_error: self.target_error,
            time_limit: self.time_limit,
        };
        Ok(Nmf::new(self.rank).init(self.init.parse::<Init>()?).seed(self.seed).stop(stop))
    }
}

impl Learn {
    /// Where the images are.
    pub fn input(&self) -> &Path {
        self.input.as_deref().expect("without a command the input is required")
    }

    /// The settings of the factorisation.
    pub fn nmf(&self) -> nmf_images::Result<Nmf> {
        let Starting { restarts, sample_start } = &self.starting;
        Ok(self.learning.nmf()?.restarts(*restarts).sample_start(sample_start == "on"))
    }
}

impl Compare {
    /// The rules, all else alike: no sample is learned first, since each rule would begin where its own sample ends.
    pub fn rules(&self) -> nmf_images::Result<Vec<Rule>> {
        let nmf = self.learning.nmf()?.sample_start(false);
        let rule = |solver: &Solver| Rule { name: solver.to_string(), nmf: nmf.clone().solver(*solver) };
        Ok(self.rules.iter().map(rule).collect())
    }
}

impl Reading {
    /// How the images are to be read.
    pub fn options(&self) -> LoadOptions {
        LoadOptions {
            size: self.size,
            fit: match self.fit {
                FitChoice::Crop => Fit::Crop,
                FitChoice::Stretch => Fit::Stretch,
            },
            background: self.background,
            invert: self.invert,
            limit: self.limit,
            strict: self.strict,
        }
    }
}

impl Writing {
    /// How tiles are to be scaled.
    pub fn scaling(&self) -> Scaling {
        match self.scale {
            ScaleChoice::Each => Scaling::Each,
            ScaleChoice::Shared => Scaling::Shared,
        }
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a whole number of 1 or more is needed".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..1.0).contains(&number) => Ok(number),
        _ => Err("a number from 0 to less than 1 is needed, such as 0.05".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    number.ok_or_else(|| "a number of seconds is needed, such as 30 or 0.5".to_owned())
}

fn size(text: &str) -> Result<Shape, String> {
    let sides = text.split_once(['x', 'X']).and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok(Shape::new(height, width)),
        _ => Err("width and height are needed, such as 48x64".to_owned()),
    }
}
