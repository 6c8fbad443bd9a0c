//! What `pack` can be told.

use std::path::PathBuf;

use super::reading::ReadingOptions;
use super::values::at_least_one;

/// Write images as one array, for sets that memory does not hold
///
/// A folder of millions of pictures is read once, a few at a time; the array is then read block by block where it is larger
/// than memory, and many times faster than the folder where it is not. `numpy.load` reads it too.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  nmf-images pack photographs --size 64x64 --out photographs.npy\n  \
    nmf-images photographs.npy -k 49"
)]
pub struct Pack {
    /// A folder of images, or anything else that the main command reads
    pub input: PathBuf,
    /// The array, a .npy file; names are written beside it, to the same name with .names
    #[arg(short, long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub reading: ReadingOptions,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}
