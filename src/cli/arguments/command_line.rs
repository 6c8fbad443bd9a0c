//! The command line: the main command with its options, and the names of the others.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand, ValueEnum};
use nmf_images::Nmf;

use super::compare::Compare;
use super::learning::{LearningOptions, MethodOptions};
use super::pack::Pack;
use super::page::PageArguments;
use super::paths::PathRead;
use super::project::Project;
use super::ranks::RanksArguments;
use super::reading::ReadingOptions;
use super::show::Show;
use super::synth::Synth;
use super::values::{CheckpointInterval, Rank};
use super::verify::Verify;
use super::writing::{ExportOptions, PictureOptions, TilingOptions, WritingOptions};

/// See what non-negative matrix factorisation (NMF) learns from a folder of images.
///
/// NMF finds a small number of parts, such as eyes or strokes, and approximates every image by a sum of them: parts are
/// never subtracted. PCA, the classic alternative, approximates the same images by eigenimages, which may also be
/// subtracted. The program learns both, draws them side by side, and reports the error of each.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, override_usage = USAGE, disable_help_subcommand = true)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Other commands"
)]
pub struct CommandLine {
    /// Folder of images (sub-folders are labels); a .npy array of shape (n, height, width) or (n, pixels); a .npz archive
    /// (--key names the array); an IDX file such as MNIST's train-images-idx3-ubyte, also as .gz (labels are read from the
    /// file beside it); a .csv table with one row per image; a TIFF file of several pages; a .zip, .tar or .tar.gz of
    /// images; or `-`, a list of image files on stdin with one path per line
    #[arg(required_unless_present_any = ["resume", "generate"])]
    pub input: Option<PathBuf>,

    /// Number of parts to learn, and of eigenimages. A list such as 4,9,16 learns each number into a folder of its own, k4,
    /// k9 and k16, and draws the same images at all of them in ladder.png. `auto` tries 14 ranks up to 40, each from one
    /// start, and chooses the smallest one that predicts hidden pixels as well as any (`nmf-images ranks` searches more
    /// thoroughly)
    #[arg(short = 'k', long, value_name = "N|LIST|auto", default_value = "16", value_parser = Rank::from_str,
        allow_negative_numbers = true, help_heading = "Learning")]
    pub rank: Rank,
    #[command(flatten)]
    pub learning: LearningOptions,
    #[command(flatten)]
    pub method: MethodOptions,
    #[command(flatten)]
    pub reading: ReadingOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    #[command(flatten)]
    pub tiling: TilingOptions,
    #[command(flatten)]
    pub exports: ExportOptions,
    #[command(flatten)]
    pub pictures: PictureOptions,

    /// Continue a run that was interrupted or killed from the checkpoint in its output folder, with the same result as if
    /// it had not stopped. Images and options are those of that run; if the images have moved, pass their new place too
    #[arg(
        long,
        value_name = "FOLDER",
        conflicts_with = "out",
        help_heading = "Long runs"
    )]
    pub resume: Option<PathBuf>,
    /// How often to write a checkpoint from which the run can continue after a crash: a number of seconds, a number of
    /// iterations such as 100it, or `off`
    #[arg(long, value_name = "SECONDS|Nit|off", default_value_t = CheckpointInterval::DEFAULT, value_parser = CheckpointInterval::from_str,
        allow_negative_numbers = true, help_heading = "Long runs")]
    pub checkpoint: CheckpointInterval,

    /// Print the manual page, or the completions of a shell, and do nothing else
    #[arg(long, value_enum, value_name = "WHAT", exclusive = true)]
    pub generate: Option<Generated>,

    #[command(subcommand)]
    pub command: Option<Command>,

    /// All words after the name of the program, as they were given.
    #[arg(skip)]
    pub words: Vec<String>,
    /// Every option that was given except --resume, each as one word.
    #[arg(skip)]
    pub options: Vec<String>,
    /// What the command or its sub-command reads, except for the input of the main command.
    #[arg(skip)]
    pub paths: Vec<PathRead>,
}

/// What is generated from the definitions of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Generated {
    /// The manual page, in roff
    Man,
    /// Completions of Bash
    CompleteBash,
    /// Completions of Zsh
    CompleteZsh,
    /// Completions of fish
    CompleteFish,
    /// Completions of PowerShell
    CompletePowershell,
}

/// The other commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Compare(Box<Compare>),
    Pack(Pack),
    Page(PageArguments),
    Project(Project),
    Ranks(RanksArguments),
    Show(Box<Show>),
    Synth(Synth),
    Verify(Verify),
}

/// The arguments of the main command.
#[derive(Debug, Clone)]
pub struct Arguments {
    pub input: PathBuf,
    pub rank: Rank,
    pub learning: LearningOptions,
    pub method: MethodOptions,
    pub reading: ReadingOptions,
    pub writing: WritingOptions,
    pub tiling: TilingOptions,
    pub exports: ExportOptions,
    pub pictures: PictureOptions,
    pub checkpoint: CheckpointInterval,
    /// Whether W and H are those of `--init`, without learning.
    pub shows_given: bool,
    /// All words after the name of the program, as they were given.
    pub words: Vec<String>,
    /// Every option that was given, each as one word.
    pub options: Vec<String>,
    /// What the run reads.
    pub paths: Vec<PathRead>,
}

const USAGE: &str = "\
nmf-images [OPTIONS] <INPUT>
       nmf-images [OPTIONS] --resume <FOLDER> [INPUT]
       nmf-images <COMMAND>
       nmf-images --generate <WHAT>";

const EXAMPLES: &str = "\
Examples:
  nmf-images faces                        16 parts of the images in the folder `faces`
  nmf-images faces -k 49 -o faces49       49 parts, written to another folder
  nmf-images faces -k 4,9,16 --images 0,60,120
                                          the same images at three ranks: output/ladder.png
  nmf-images scans --invert --size 28x28  dark ink on paper, images of different sizes
  nmf-images digits.npy --seed 7          another start: other parts, about the same error
  nmf-images t.csv --row-size 8x8 --label 65
                                          rows of 64 pixels, with labels in column 65
  nmf-images faces.zip                    the images in an archive
  nmf-images ranks faces                  how many parts to learn
  nmf-images compare faces                the learning rules side by side
  nmf-images --resume output              continue an interrupted run
  nmf-images project output new.png       a new image, reconstructed from the learned parts
  nmf-images show wh.npz faces            W and H of another program, drawn and measured
  nmf-images page                         a page that needs no folder, for a class
  nmf-images synth swimmer --out swimmer  images whose 17 parts are known
  nmf-images swimmer -k 17 --truth swimmer/truth.npy
                                          how many of them are found
  nmf-images verify output                repeat a run: are its bits the same?
  nmf-images ./synth                      a folder with the name of a command

Look first at output/comparison.png.";

impl Arguments {
    /// Returns the settings of the factorisation, without a start that is in a file.
    pub fn nmf(&self, rank: usize) -> nmf_images::Result<Nmf> {
        let MethodOptions {
            restarts,
            keep_starts,
            sample_start,
            save_start,
            ..
        } = &self.method;
        let nmf = self.learning.nmf(rank).solver(self.method.rule()?);
        Ok(nmf
            .restarts(*restarts)
            .keep_starts(*keep_starts)
            .sample_start(sample_start == "on")
            .exact_start(*save_start))
    }

    /// Returns whether -k was given.
    pub fn has_rank(&self) -> bool {
        self.options
            .iter()
            .any(|option| option.starts_with("--rank="))
    }
}
