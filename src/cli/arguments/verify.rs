//! The arguments of `verify`.

use std::path::PathBuf;

use super::common::CommonOptions;

/// Repeat a run and compare its parts and weights, to the last bit
///
/// The run is repeated in a temporary folder (that of TMPDIR on Unix) with the images and options that report.json states;
/// the output folder stays as it is. First the images are compared with those of the run, by their hashes. The exit code is
/// 0 if all bits are the same, and 1 if they differ or the run cannot be repeated. Options that concern pictures and files
/// alone are ignored.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  nmf-images verify output                    in the folder in which the run was started\n  \
    nmf-images verify output ../faces           with the images at another place"
)]
pub struct Verify {
    /// Output folder of a run
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Images of the run [default: the path in report.json, from the current folder]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub common: CommonOptions,
}
