//! The arguments of `project`.

use std::path::{Path, PathBuf};

use super::reading::FileOptions;
use super::values::at_least_one;
use super::writing::WritingOptions;

/// Reconstruct new images from parts that were learned before
///
/// Each new image is reconstructed from the learned parts, and from the learned eigenimages. The weights are written to
/// weights.csv and projection.npz, and projection.png shows the images with their residuals. Images with a larger error
/// than every training image are flagged: they may be of another kind.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("out", |out| out.default_value(DEFAULT_OUT)))]
pub struct Project {
    /// Output folder of a run, or the model.npz in it
    pub model: PathBuf,
    /// New images: image files, folders, and other inputs of the main command. They are resized to the size of the training
    /// images, and inverted if those were
    #[arg(required = true, value_name = "NEW")]
    pub inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub files: FileOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    /// Number of images in projection.png: the best reconstructed, the worst, and others evenly spaced
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one, allow_negative_numbers = true)]
    pub show: usize,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

/// The default of `--out` as the help has it.
const DEFAULT_OUT: &str = "MODEL/projected";
/// The folder beside the model that is the default of `--out`.
const PROJECTED: &str = "projected";

impl Project {
    /// Replaces the default of `--out`, unless the option was given, by the folder beside the model.
    pub fn resolve_out(&mut self, is_given: bool) {
        if is_given {
            return;
        }
        let folder = if self.model.is_dir() {
            Some(self.model.as_path())
        } else {
            self.model.parent()
        };
        self.writing.out = folder.unwrap_or(Path::new("")).join(PROJECTED);
    }
}

const EXAMPLES: &str = "\
Examples:
  nmf-images project output new.png           one new image, with the parts of the latest run
  nmf-images project faces49 more/ b.png      a folder and a file, with those of another run
  nmf-images project output more/ -o new      written to another folder

Look first at projected/projection.png beside the model.";
