//! The arguments of `ranks`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use nmf_images::images::Images;
use nmf_images::{ImageSet, RankSearch};

use super::reading::ReadingOptions;
use super::values::at_least_one;
use super::writing::{TilingOptions, WritingOptions};

/// Find how many parts to learn: which rank predicts hidden pixels best
///
/// For each rank, the table has the error on training pixels, the error on pixels that were hidden from the fit, how far
/// different starts agree, and the error of PCA; parallel analysis of the eigenimages is added. The table is printed,
/// written to ranks.csv and ranks.json, and drawn in ranks.svg; ranks-gallery.png shows how parts split. Ctrl-C keeps the
/// ranks that are done. The same command continues from ranks.json in the output folder; a wider range adds to it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("file_format", |format| format.long("file-format")))]
pub struct RanksArguments {
    /// Folder of images, or another input of the main command
    pub input: PathBuf,

    /// Smallest rank to try
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub from: usize,
    /// Largest rank to try [default: 20, or as large as the images allow]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub to: Option<usize>,
    /// Try every N-th rank, and always the last
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub step: usize,
    /// Number of starts per rank; at least 2 are needed to measure their agreement
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub restarts: usize,
    /// Seed of the starts and of the hidden pixels: the same seed gives the same figures on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Ranks")]
    pub seed: u64,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub reading: ReadingOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    #[command(flatten)]
    pub tiling: TilingOptions,
}

/// The default of `--to`.
const TO: usize = 20;

const EXAMPLES: &str = "\
Examples:
  nmf-images ranks faces                  1 to 20 parts of the images in the folder `faces`
  nmf-images ranks faces --to 60 --step 4 1, 5, 9, … and 60 parts
  nmf-images faces -k auto                a short search over some ranks, then the fit

Look first at output/ranks.svg.";

impl RanksArguments {
    /// Checks that the range is not empty.
    pub fn check(&self) -> Result<(), String> {
        match self.to {
            Some(to) if self.from > to => {
                Err(format!("--from {} is larger than --to {to}", self.from))
            }
            _ => Ok(()),
        }
    }

    /// Returns the search, or an error if the images do not allow these ranks.
    pub fn search(&self, images: &ImageSet) -> Result<RankSearch> {
        let most = images.len().min(images.shape().pixels());
        let to = self
            .to
            .unwrap_or(TO.max(self.from).min(most.max(self.from)));
        if to > most {
            bail!(
                "rank {to} is too large: {} images of {} pixels allow at most {most}; pass --to {most} or less",
                images.len(),
                images.shape().pixels()
            );
        }
        let ranks = (self.from..=to).step_by(self.step).chain([to]);
        Ok(RankSearch::new(ranks)
            .restarts(self.restarts)
            .seed(self.seed))
    }
}
