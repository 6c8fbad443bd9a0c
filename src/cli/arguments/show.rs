//! The arguments of `show`.

use std::path::PathBuf;

use super::reading::ReadingOptions;
use super::values::at_least_one;
use super::writing::{ExportOptions, PictureOptions, TilingOptions, WritingOptions};

/// Draw and measure W and H of one's own, or of another program
///
/// W and H stay as they are: each part is only scaled to a maximum of 1, with its weights by the inverse, and parts are sorted
/// by their share. Pictures, page and figures are those of the main command, without those of iterations. For comparison, the
/// program learns a PCA from the images, and a vector quantisation if a picture shows it.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Show {
    /// An .npz file with W and H under these keys, of shape (images, rank) and (rank, pixels) or (rank, height, width), where
    /// white is 1; or the folder of a run. No value may be negative. If one of them is missing, it is found by non-negative
    /// least squares
    #[arg(value_name = "FILE|FOLDER")]
    pub factors: PathBuf,
    /// The images that W and H are of, in the order of the rows of W: every input of the main command
    pub input: PathBuf,

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
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  nmf-images show wh.npz faces                W and H of another program
  nmf-images show parts.npz faces -o shown    H alone: W is found by non-negative least squares

Look first at output/comparison.png.";
