//! The arguments of `pack`.

use std::path::PathBuf;

use super::common::CommonOptions;
use super::reading::ReadingOptions;

/// Write images as one array, for sets that exceed memory
///
/// The images are read once, a few at a time. The array is then read block by block if it exceeds memory, and much faster
/// than the folder if it does not. `numpy.load` reads it too.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  nmf-images pack photographs --size 64x64 --out photographs.npy\n  \
    nmf-images photographs.npy -k 49"
)]
pub struct Pack {
    /// Folder of images, or another input of the main command
    pub input: PathBuf,
    /// The .npy file to write; the names of the images are written beside it, with the extension .names
    #[arg(short, long, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub reading: ReadingOptions,
    #[command(flatten)]
    pub common: CommonOptions,
}
