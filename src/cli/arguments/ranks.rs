//! What a search for the rank can be told.

use std::path::PathBuf;

use anyhow::{Result, bail};
use nmf_images::images::Images;
use nmf_images::{ImageSet, RankSearch};

use super::reading::ReadingOptions;
use super::values::at_least_one;
use super::writing::{TilingOptions, WritingOptions};

/// Find how many parts to learn: which rank predicts hidden pixels best
///
/// For each number of parts, the error on pixels that were seen and on pixels that were hidden while learning, and how
/// far different starts agree; PCA's error and its parallel analysis beside them. The table is printed and written as
/// ranks.csv and ranks.json, drawn in ranks.svg; ranks-gallery.png shows how parts split. Ctrl-C keeps the ranks that
/// are done. The same command goes on where it was ended, from ranks.json in the output folder; a wider range adds to
/// it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, mut_arg("file_format", |format| format.long("file-format")))]
pub struct Ranks {
    /// Folder of images or a file of many, as without a command
    pub input: PathBuf,

    /// The fewest parts to try
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub from: usize,
    /// The most parts to try [default: 20, or as many as the images allow]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub to: Option<usize>,
    /// Try every N-th number only; the last one always
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub step: usize,
    /// Starts of each rank: how far they agree is told of 2 or more
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub restarts: usize,
    /// Which random starts, and which pixels are hidden: the same number gives the same figures, on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Ranks")]
    pub seed: u64,
    /// Threads to work with [default: one a core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub reading: ReadingOptions,
    #[command(flatten)]
    pub writing: WritingOptions,
    #[command(flatten)]
    pub tiling: TilingOptions,
}

/// The most parts where nothing is said.
const TO: usize = 20;

const EXAMPLES: &str = "\
Examples:
  nmf-images ranks faces                  1 to 20 parts of the pictures in the folder `faces`
  nmf-images ranks faces --to 60 --step 4 1, 5, 9, … and 60 parts
  nmf-images faces -k auto                a quick look at some ranks, and then the learning

Look first at output/ranks.svg.";

impl Ranks {
    /// Whether the range holds a rank.
    pub fn check(&self) -> Result<(), String> {
        match self.to {
            Some(to) if self.from > to => Err(format!(
                "--from {} is above --to {to}: the first rank is to be the lower one",
                self.from
            )),
            _ => Ok(()),
        }
    }

    /// The search, if these images have such ranks.
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
