//! The lists of `compare`: starts, ranks, seeds and noises.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use nmf_images::Init;
use nmf_images::comparison::NO_NOISE;
use nmf_images::images::NoiseKind;

use super::number_range::{Allowed, NumberRange};
use super::rank_list::RankList;
use super::start::StartChoice;

/// Options that take several values, all combinations of which are learned.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Learning")]
pub struct CompareLists {
    /// Several initial factors, separated by commas, in place of --init
    #[arg(long, value_name = "STARTS", value_parser = InitList::from_str, conflicts_with = "init")]
    inits: Option<InitList>,
    /// Several numbers of parts, in place of --rank: numbers and ranges separated by commas, such as 4,9,16 or 2..20 or
    /// 1..60:4 (every fourth, and always the last)
    #[arg(long, value_name = "LIST", value_parser = RankList::from_str, allow_hyphen_values = true, conflicts_with = "rank")]
    ranks: Option<RankList>,
    /// Several seeds, in place of --seed: numbers and ranges separated by commas, such as 0..4. Tables have the mean and the
    /// standard deviation over the seeds. Starts `nndsvd`, `nndsvda`, `uniform` and those
    /// from a file do not depend on the seed
    #[arg(long, value_name = "LIST", value_parser = SeedList::from_str, allow_hyphen_values = true, conflicts_with = "seed")]
    seeds: Option<SeedList>,
    /// Noises on the images, separated by commas, as --noise in `nmf-images --help`; kinds that are added together are joined by
    /// `+`, and `none` is the images as they are: `none,gaussian:0.1,gaussian:0.1+salt:0.05`. Drawn by the first seed, so
    /// that all runs have the same noisy images
    #[arg(long, value_name = "NOISES", value_parser = NoiseList::from_str)]
    noises: Option<NoiseList>,
}

/// Starts, by name.
#[derive(Debug, Clone)]
struct InitList(Vec<Init>);

/// Seeds.
#[derive(Debug, Clone)]
struct SeedList(Vec<NumberRange>);

/// Noises.
#[derive(Debug, Clone)]
struct NoiseList(Vec<Noise>);

/// Kinds of noise that are added together; none of them leaves the images as they are.
#[derive(Debug, Clone, Default)]
pub struct Noise {
    pub kinds: Vec<NoiseKind>,
}

impl CompareLists {
    /// Returns the starts, or the one of `--init`.
    pub(super) fn inits(&self, init: &StartChoice) -> Vec<StartChoice> {
        let Some(InitList(inits)) = &self.inits else {
            return vec![init.clone()];
        };
        inits.iter().cloned().map(StartChoice::Named).collect()
    }

    /// Returns whether `--ranks` was given.
    pub(super) const fn has_ranks(&self) -> bool {
        self.ranks.is_some()
    }

    /// Returns at most `most` ranks in ascending order, or the one of `--rank`.
    pub(super) fn ranks(&self, rank: usize, most: usize) -> Vec<usize> {
        let ranks = self.ranks.as_ref();
        ranks.map_or_else(|| vec![rank], |ranks| first_of(ranks.ranks(), most))
    }

    /// Returns at most `most` seeds in ascending order, or the one of `--seed`.
    pub(super) fn seeds(&self, seed: u64, most: usize) -> Vec<u64> {
        let Some(SeedList(ranges)) = &self.seeds else {
            return vec![seed];
        };
        let seeds = ranges.iter().flat_map(|range| range.numbers());
        first_of(seeds, most)
            .into_iter()
            .map(|seed| seed as u64)
            .collect()
    }

    /// Returns the noises, or none.
    pub(super) fn noises(&self) -> Vec<Noise> {
        let noises = self.noises.as_ref();
        noises.map_or_else(|| vec![Noise::default()], |noises| noises.0.clone())
    }
}

/// Returns the distinct numbers in ascending order; no more are taken once there are `most`.
fn first_of(numbers: impl Iterator<Item = usize>, most: usize) -> Vec<usize> {
    let mut distinct = BTreeSet::new();
    for number in numbers {
        distinct.insert(number);
        if distinct.len() == most {
            break;
        }
    }
    distinct.into_iter().collect()
}

impl FromStr for InitList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let inits: Vec<Init> = text
            .split(',')
            .map(|name| name.trim().parse())
            .collect::<nmf_images::Result<_>>()
            .map_err(|error| error.to_string())?;
        let names: Vec<String> = inits.iter().map(ToString::to_string).collect();
        each_once(&names).map(|()| Self(inits))
    }
}

impl FromStr for SeedList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = Allowed {
            least: 0,
            needed: "non-negative whole numbers are needed, such as 0,1,2 or 0..4",
            name: "seed",
        };
        NumberRange::list(text, &allowed).map(Self)
    }
}

impl FromStr for NoiseList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let noises: Vec<Noise> = text
            .split(',')
            .map(|noise| noise.trim().parse())
            .collect::<nmf_images::Result<_>>()
            .map_err(|error| error.to_string())?;
        let names: Vec<String> = noises.iter().map(ToString::to_string).collect();
        each_once(&names).map(|()| Self(noises))
    }
}

impl FromStr for Noise {
    type Err = nmf_images::Error;

    fn from_str(text: &str) -> nmf_images::Result<Self> {
        if text == NO_NOISE {
            return Ok(Self::default());
        }
        let kinds = text.split('+').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { kinds })
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kinds.is_empty() {
            return f.write_str(NO_NOISE);
        }
        let kinds: Vec<String> = self.kinds.iter().map(ToString::to_string).collect();
        f.write_str(&kinds.join("+"))
    }
}

/// Checks that no name is listed twice.
fn each_once(names: &[String]) -> Result<(), String> {
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(format!("`{name}` is listed twice; list each once"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noises_are_written_as_they_are_read() {
        for text in ["none", "gaussian:0.1", "gaussian:0.1+salt:0.05"] {
            assert_eq!(text.parse::<Noise>().unwrap().to_string(), text);
        }
        for text in ["", "gaussian:0.1+", "none+salt:0.1", "salt:0.1,,none"] {
            assert!(NoiseList::from_str(text).is_err(), "{text}");
        }
        let twice = NoiseList::from_str("salt:0.1,none,salt:0.10").unwrap_err();
        assert_eq!(twice, "`salt:0.1` is listed twice; list each once");
    }

    #[test]
    fn seeds_begin_at_0_and_starts_have_known_names() {
        let SeedList(ranges) = "3,0..2".parse().unwrap();
        let seeds = ranges.iter().flat_map(|range| range.numbers());
        assert_eq!(first_of(seeds, 9), [0, 1, 2, 3]);
        for text in ["-1", "", "1.5", "a", "0..4:0"] {
            assert!(SeedList::from_str(text).is_err(), "{text}");
        }
        assert!(
            SeedList::from_str("4..2")
                .unwrap_err()
                .contains("first seed")
        );
        assert_eq!(first_of(0..usize::MAX, 3), [0, 1, 2]);
        assert!(
            InitList::from_str("nndsvd,luck")
                .unwrap_err()
                .contains("`luck`")
        );
    }
}
