//! What can be said of new images.

use std::path::PathBuf;

use super::reading::FileOptions;
use super::values::at_least_one;
use super::writing::WritingOptions;

/// See new images in terms of parts that were learned before
///
/// Each new image is rebuilt as closely as the learned parts allow, and from the learned eigenimages beside it. The
/// weights that this takes are written as weights.csv and projection.npz, the images with what is missed of them are
/// drawn in projection.png, and images that are rebuilt worse than every one that was learned from are flagged: they
/// may be of another kind.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("out", |out| out.default_value("output/projected")))]
pub struct Project {
    /// What was learned: the output folder of a run, or the model.npz in it
    pub model: PathBuf,
    /// New images: image files, folders, and files of many, as without a command; they are brought to the size of those
    /// that were learned from, and are inverted if those were
    #[arg(required = true, value_name = "NEW")]
    pub inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub files: FileOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    /// How many images projection.png shows: the best explained, the worst, and others evenly spread
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one, allow_negative_numbers = true)]
    pub show: usize,
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  nmf-images project output new.png           one new image, by the parts of the latest run
  nmf-images project faces49 more/ b.png      a folder and a file, by those of another run
  nmf-images project output more/ -o judged   written to another folder

Look first at output/projected/projection.png.";
