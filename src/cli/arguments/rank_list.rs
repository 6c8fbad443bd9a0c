//! Lists of ranks: numbers and ranges, separated by commas.

use std::fmt;
use std::str::FromStr;

use super::number_range::{Allowed, NumberRange};

/// Ranks to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankList(Vec<NumberRange>);

const NEEDED: &str =
    "positive ranks are needed, such as 4,9,16 or 1..20 or 1..60:4 (every fourth, and the last)";

impl RankList {
    /// Returns a range of ranks, which is not empty.
    pub fn range(first: usize, last: usize, step: usize) -> Self {
        Self(vec![NumberRange { first, last, step }])
    }

    /// Returns the largest rank.
    pub fn largest(&self) -> usize {
        self.0.iter().map(|range| range.last).max().unwrap_or(1)
    }

    /// Returns all ranks, in the order of the list.
    pub fn ranks(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|range| range.numbers())
    }
}

impl FromStr for RankList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = Allowed {
            least: 1,
            needed: NEEDED,
            name: "rank",
        };
        NumberRange::list(text, &allowed).map(Self)
    }
}

impl fmt::Display for RankList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&ranges.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(text: &str) -> Result<Vec<usize>, String> {
        text.parse().map(|list: RankList| list.ranks().collect())
    }

    #[test]
    fn numbers_and_ranges_are_ranks() {
        let sorted = |text| {
            ranks(text).map(|mut ranks| {
                ranks.sort_unstable();
                ranks.dedup();
                ranks
            })
        };
        assert_eq!(sorted("16"), Ok(vec![16]));
        assert_eq!(sorted("4, 9,16"), Ok(vec![4, 9, 16]));
        assert_eq!(sorted("2..4"), Ok(vec![2, 3, 4]));
        assert_eq!(sorted("1..12:4"), Ok(vec![1, 5, 9, 12]));
        assert_eq!(sorted("8,2..3,1..1"), Ok(vec![1, 2, 3, 8]));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "", "0", "-1", "4,", "a", "1..", "..4", "1..4:0", "2.5", "1-4", "1..4..6",
        ] {
            assert_eq!(ranks(text), Err(NEEDED.to_owned()), "{text}");
        }
        assert!(ranks("5..4").unwrap_err().contains("5..4 is empty"));
    }

    #[test]
    fn a_list_is_written_as_it_is_read() {
        for text in ["4,9,16", "1..20", "1..60:4", "3,5..9:2"] {
            let list: RankList = text.parse().unwrap();
            assert_eq!(list.to_string(), text);
        }
        assert_eq!(RankList::range(2, 2, 5).to_string(), "2");
    }
}
