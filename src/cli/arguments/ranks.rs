//! The arguments of `ranks`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use nmf_images::images::Images;
use nmf_images::{ImageSet, RankSearch};

use super::rank_list::RankList;
use super::reading::ReadingOptions;
use super::values::{at_least_one, whole};
use super::writing::{TilingOptions, WritingOptions};

/// Find how many parts to learn: which rank predicts hidden pixels best
///
/// For each rank, the table has the error on training pixels, the error on pixels that were hidden from the fit, how far
/// different starts agree, and the error of PCA; parallel analysis of the eigenimages is added. The table is printed,
/// written to ranks.csv and ranks.json, and drawn in ranks.svg; ranks-gallery.png shows how parts split, and ladder.png
/// four images at 1, 4, 9, …, 49 parts and eigenimages. Ctrl-C keeps the ranks that are done. The same command continues from
/// ranks.json in the output folder; a wider range adds to it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RanksArguments {
    /// Folder of images, or another input of the main command
    pub input: PathBuf,

    /// Ranks to try: numbers and ranges separated by commas, such as 4,9,16 or 1..20 or 1..60:4 (every fourth, and always
    /// the last) [default: 1..20, or as far as the images allow]
    #[arg(short = 'k', long, value_name = "LIST", value_parser = RankList::from_str, allow_hyphen_values = true,
        help_heading = "Ranks")]
    pub ranks: Option<RankList>,
    #[command(flatten)]
    pub old: OldRange,
    /// Number of starts per rank; at least 2 are needed to measure their agreement
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = at_least_one, allow_negative_numbers = true, help_heading = "Ranks")]
    pub restarts: usize,
    /// Seed of the starts and of the hidden pixels: the same seed gives the same figures on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<u64>, allow_negative_numbers = true, help_heading = "Ranks")]
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

/// The range of ranks in its old spelling.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct OldRange {
    /// The number of `--from`, which is the format of the input if it is no number
    #[arg(long = FIRST_RANK, value_parser = at_least_one, allow_negative_numbers = true, hide = true, conflicts_with = "ranks")]
    from: Option<usize>,
    #[arg(long, value_parser = at_least_one, allow_negative_numbers = true, hide = true, conflicts_with = "ranks")]
    to: Option<usize>,
    #[arg(long, value_parser = at_least_one, allow_negative_numbers = true, hide = true, conflicts_with = "ranks")]
    step: Option<usize>,
    /// Whether `--from` was given as `--file-format`
    #[arg(long = OLD_FORMAT, hide = true)]
    is_file_format: bool,
}

/// The long name under which [`in_new_words`] passes on a number of `--from`.
const FIRST_RANK: &str = "first-rank";
/// The long name of the flag with which [`in_new_words`] passes on that `--file-format` was given.
const OLD_FORMAT: &str = "old-file-format";
/// The rank at which a range ends by default.
const LAST: usize = 20;

const EXAMPLES: &str = "\
Examples:
  nmf-images ranks faces                  1 to 20 parts of the images in the folder `faces`
  nmf-images ranks faces -k 1..60:4       1, 5, 9, … and 60 parts
  nmf-images ranks faces -k 4,9,16        these ranks alone
  nmf-images faces -k auto                a short search over some ranks, then the fit

Look first at output/ranks.svg.";

impl RanksArguments {
    /// Checks that the range is not empty.
    pub fn check(&self) -> Result<(), String> {
        let first = self.old.first();
        match self.old.to {
            Some(to) if first > to => Err(format!(
                "--from {first} is larger than --to {to}; pass a range such as --ranks {to}..{first}"
            )),
            _ => Ok(()),
        }
    }

    /// Returns a note if options are given in their old spelling.
    pub fn old_spelling(&self) -> Option<String> {
        let OldRange {
            from,
            to,
            step,
            is_file_format,
        } = self.old;
        let mut new = Vec::new();
        if from.or(to).or(step).is_some() {
            let ranks = self.list(usize::MAX);
            new.push(format!(
                "--ranks {ranks} instead of --from, --to and --step"
            ));
        }
        if is_file_format {
            new.push("--from FORMAT instead of --file-format".to_owned());
        }
        (!new.is_empty()).then(|| {
            let new = new.join(", and ");
            format!("the old options of `ranks` will be removed: pass {new}")
        })
    }

    /// Returns the search, or an error if the images do not allow these ranks.
    pub fn search(&self, images: &ImageSet) -> Result<RankSearch> {
        let most = images.len().min(images.shape().pixels());
        let list = self.list(most);
        let largest = list.largest();
        if largest > most {
            bail!(
                "rank {largest} is too large: {} images of {} pixels allow at most {most}; pass --ranks with {most} or less",
                images.len(),
                images.shape().pixels()
            );
        }
        Ok(RankSearch::new(list.ranks())
            .restarts(self.restarts)
            .seed(self.seed))
    }

    /// Returns the ranks to try; by default as far as `most`.
    pub(super) fn list(&self, most: usize) -> RankList {
        if let Some(ranks) = &self.ranks {
            return ranks.clone();
        }
        let first = self.old.first();
        let last = self.old.to.unwrap_or(LAST.max(first).min(most.max(first)));
        RankList::range(first, last, self.old.step.unwrap_or(1))
    }
}

impl OldRange {
    fn first(self) -> usize {
        self.from.unwrap_or(1)
    }
}

/// Returns the words of a command line with `--from` of `ranks` under another name if it is a number, and `--file-format`
/// as `--from`.
pub fn in_new_words(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_none_or(|command| command != "ranks") {
        return words;
    }
    let mut has_file_format = false;
    for index in 2..words.len() {
        let next = words
            .get(index + 1)
            .map(|next| next.to_string_lossy().into_owned());
        let Some(word) = words[index].to_str() else {
            continue;
        };
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, next),
        };
        let new = match name {
            "--from" if value.is_some_and(|value| is_number(&value)) => FIRST_RANK,
            "--file-format" => {
                has_file_format = true;
                "from"
            }
            _ => continue,
        };
        words[index] = word.replacen(name, &format!("--{new}"), 1).into();
    }
    if has_file_format {
        words.insert(2, format!("--{OLD_FORMAT}").into());
    }
    words
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_words_of_ranks_are_replaced() {
        let new = |line: &str| {
            let words = line.split(' ').map(OsString::from).collect();
            let words: Vec<String> = in_new_words(words)
                .into_iter()
                .map(|word| word.into_string().unwrap())
                .collect();
            words.join(" ")
        };
        assert_eq!(
            new("x ranks f --from 3 --to 4"),
            "x ranks f --first-rank 3 --to 4"
        );
        assert_eq!(new("x ranks f --from=-3"), "x ranks f --first-rank=-3");
        assert_eq!(
            new("x ranks f --from csv --file-format=csv"),
            "x ranks --old-file-format f --from csv --from=csv"
        );
        assert_eq!(new("x compare f --from 3"), "x compare f --from 3");
        assert_eq!(new("x ranks --from"), "x ranks --from");
    }
}
