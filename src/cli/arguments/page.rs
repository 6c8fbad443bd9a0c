//! The arguments of `page`.

use std::path::PathBuf;

use super::common::CommonOptions;
use super::values::{at_least_one, whole};

/// Write a page for a class, which learns from images dropped on it
///
/// The program has the drawn faces in it. The page is the one of the main command, in one file that works offline. It takes
/// files or a folder of images too, learns from them in the browser, and then shows them in place of the faces: a class
/// needs nothing but the file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  nmf-images page --out parts.html\n  nmf-images page -k 9 --seed 3"
)]
pub struct PageArguments {
    /// The .html file to write
    #[arg(short, long, value_name = "FILE", default_value = "parts.html")]
    pub out: PathBuf,
    /// Number of parts to learn, and of eigenimages
    #[arg(short = 'k', long, value_name = "N", default_value_t = 16, value_parser = at_least_one, allow_negative_numbers = true)]
    pub rank: usize,
    /// Seed: the same seed gives the same parts
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
    #[command(flatten)]
    pub common: CommonOptions,
}
