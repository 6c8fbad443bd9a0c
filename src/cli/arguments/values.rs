//! Parsers of single values. Errors state what is allowed.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use nmf_images::Shape;
use nmf_images::images::HoldOut;

use super::rank_list::RankList;

/// The most ranks that one run learns: as many as the ladder has columns for.
const MOST_RANKS: usize = 10;

/// The number of parts to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rank {
    Given(usize),
    /// Two or more, in ascending order.
    Several(Vec<usize>),
    /// Chosen by a short search.
    Auto,
}

impl FromStr for Rank {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            text if is_list(text) => Self::of_list(text),
            text => {
                let rank = text.parse().ok().filter(|&rank| rank > 0);
                let needed = "a positive whole number is needed, a list such as 4,9,16, or auto";
                rank.map(Self::Given).ok_or_else(|| needed.to_owned())
            }
        }
    }
}

impl Rank {
    /// Parses a list of ranks, each of which is learned once.
    fn of_list(text: &str) -> Result<Self, String> {
        let list: RankList = text.parse()?;
        let mut ranks = BTreeSet::new();
        for rank in list.ranks() {
            ranks.insert(rank);
            if ranks.len() > MOST_RANKS {
                return Err(format!(
                    "at most {MOST_RANKS} ranks are learned in one run; to compare more, run `nmf-images ranks INPUT -k {text}`"
                ));
            }
        }
        let ranks: Vec<usize> = ranks.into_iter().collect();
        Ok(match ranks[..] {
            [rank] => Self::Given(rank),
            _ => Self::Several(ranks),
        })
    }
}

/// Parses the rank of `compare`, which has another option for several.
pub fn one_rank(text: &str) -> Result<usize, String> {
    if is_list(text) {
        return Err(ranks_of_compare(text));
    }
    at_least_one(text)
}

/// Returns the message that names the option of `compare` for several ranks.
pub fn ranks_of_compare(list: &str) -> String {
    format!("one rank is needed; to learn with several, pass --ranks {list}")
}

/// Checks whether a text is a list of ranks rather than one rank.
fn is_list(text: &str) -> bool {
    text.parse::<usize>().is_err() && text.parse::<RankList>().is_ok()
}

/// Returns the message that names the command for several ranks.
pub fn several_ranks(list: &str) -> String {
    format!("one rank is needed; to try several, run `nmf-images ranks INPUT -k {list}`")
}

/// How often a checkpoint is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointInterval {
    Seconds(Duration),
    Iterations(usize),
    Never,
}

impl CheckpointInterval {
    /// A crash loses at most a minute.
    pub const DEFAULT: Self = Self::Seconds(Duration::from_secs(60));
}

impl fmt::Display for CheckpointInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{}", seconds.as_secs_f64()),
            Self::Iterations(count) => write!(f, "{count}it"),
            Self::Never => f.write_str("off"),
        }
    }
}

impl FromStr for CheckpointInterval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let every = match (text, text.strip_suffix("it")) {
            ("off", _) => Some(Self::Never),
            (_, Some(count)) => at_least_one(count).ok().map(Self::Iterations),
            (_, None) => seconds(text).ok().map(Self::Seconds),
        };
        every.ok_or_else(|| {
            "a number of seconds is needed, such as 30, or of iterations, such as 100it, or off"
                .to_owned()
        })
    }
}

/// Returns what is needed, and that a list is not.
fn needed(what: &str, text: &str) -> String {
    let hint = if text.contains(',') {
        ", not a list"
    } else {
        ""
    };
    format!("{what} is needed{hint}")
}

/// Returns the number that is needed, and how decimals are written.
fn needed_decimal(what: &str, text: &str) -> String {
    let hint = if text.contains(',') {
        ": one number, with a decimal point"
    } else {
        ""
    };
    format!("{what} is needed{hint}")
}

pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(needed("a positive whole number", text)),
    }
}

/// Parses a non-negative whole number.
pub fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| needed("a non-negative whole number, such as 7,", text))
}

/// Parses how many images are held out: a fraction of them below 1, or a positive whole number.
pub fn hold_out(text: &str) -> Result<HoldOut, String> {
    if let Ok(count) = text.parse()
        && count > 0
    {
        return Ok(HoldOut::Count(count));
    }
    match text.parse() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(HoldOut::Share(share)),
        _ => Err(needed_decimal(
            "a share of the images above 0 and below 1, such as 0.1, or a positive whole number of them, such as 40,",
            text,
        )),
    }
}

/// Parses a grey level of 8 bits.
pub fn grey(text: &str) -> Result<u8, String> {
    text.parse()
        .map_err(|_| needed("a grey level from 0 (black) to 255 (white)", text))
}

pub fn fraction(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..1.0).contains(&number) => Ok(number),
        _ => Err(needed_decimal(
            "a number from 0 to less than 1, such as 0.05,",
            text,
        )),
    }
}

pub fn non_negative(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..f64::INFINITY).contains(&number) => Ok(number),
        _ => Err(needed_decimal(
            "a non-negative number, such as 0.001,",
            text,
        )),
    }
}

pub fn zero_to_one(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err(needed_decimal("a number from 0 to 1, such as 0.5,", text)),
    }
}

pub fn seconds(text: &str) -> Result<Duration, String> {
    let number = text
        .parse()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number).ok());
    number.ok_or_else(|| needed_decimal("a number of seconds, such as 30 or 0.5,", text))
}

/// Parses a number of bytes, such as 2GB, 500 MB or 100000.
pub fn bytes(text: &str) -> Result<u64, String> {
    let needed = || "a number of bytes is needed, such as 2GB or 500MB".to_owned();
    let text = text.to_ascii_uppercase();
    let digits = text
        .find(|sign: char| sign.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let unit = match text[digits..].trim() {
        "" | "B" => 1.0,
        "K" | "KB" => 1e3,
        "M" | "MB" => 1e6,
        "G" | "GB" => 1e9,
        "T" | "TB" => 1e12,
        _ => return Err(needed()),
    };
    match text[..digits].trim().parse::<f64>() {
        Ok(number) if (0.0..1e18).contains(&(number * unit)) => Ok((number * unit) as u64),
        _ => Err(needed()),
    }
}

pub fn size(text: &str) -> Result<Shape, String> {
    let (width, height) = sides(text).ok_or("width and height are needed, such as 48x64")?;
    Ok(Shape::new(height, width))
}

pub fn height_and_width(text: &str) -> Result<Shape, String> {
    let (height, width) = sides(text).ok_or("height and width are needed, such as 64x48")?;
    Ok(Shape::new(height, width))
}

/// Parses two positive integers separated by x.
fn sides(text: &str) -> Option<(usize, usize)> {
    let (first, second) = text.split_once(['x', 'X'])?;
    let side = |text: &str| text.trim().parse().ok().filter(|&side| side > 0);
    Some((side(first)?, side(second)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_ranks_names_the_option_that_takes_it() {
        for list in ["4,9", "1..20", "1..60:4"] {
            assert_eq!(one_rank(list), Err(ranks_of_compare(list)), "{list}");
        }
        assert!(
            one_rank("10%")
                .unwrap_err()
                .contains("a positive whole number")
        );
    }

    #[test]
    fn several_ranks_are_learned_in_ascending_order_and_each_once() {
        let several = |ranks: &[usize]| Ok(Rank::Several(ranks.to_vec()));
        assert_eq!("9,4, 9,16".parse(), several(&[4, 9, 16]));
        assert_eq!("1..9:4".parse(), several(&[1, 5, 9]));
        assert_eq!("1..10".parse::<Rank>().map(|_| ()), Ok(()));
        assert_eq!("16".parse(), Ok(Rank::Given(16)));
        assert_eq!("7,7".parse(), Ok(Rank::Given(7)));
        for list in ["1..11", "1..99999999999"] {
            let message = list.parse::<Rank>().unwrap_err();
            assert!(message.starts_with("at most 10 ranks"), "{message}");
            assert!(message.ends_with(&format!("-k {list}`")), "{message}");
        }
        for text in ["0", "4,", "4,0", "9..4", "x"] {
            assert!(text.parse::<Rank>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_number_is_needed_where_a_list_is_given() {
        assert!(at_least_one("1,2").unwrap_err().ends_with("not a list"));
        assert!(whole::<u64>("1,2").unwrap_err().ends_with("not a list"));
        assert!(fraction("0,5").unwrap_err().ends_with("decimal point"));
        assert_eq!(whole::<u64>("0"), Ok(0));
    }

    #[test]
    fn images_are_held_out_by_share_or_by_number() {
        assert_eq!(hold_out("0.1"), Ok(HoldOut::Share(0.1)));
        assert_eq!(hold_out(".25"), Ok(HoldOut::Share(0.25)));
        assert_eq!(hold_out("1"), Ok(HoldOut::Count(1)));
        assert_eq!(hold_out("40"), Ok(HoldOut::Count(40)));
        for text in [
            "0", "0.0", "1.0", "1.5", "-3", "-0.1", "10%", "nan", "inf", "", "0,1",
        ] {
            assert!(hold_out(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_are_read_with_and_without_a_unit() {
        let cases = [
            ("2GB", 2_000_000_000),
            ("1.5 gb", 1_500_000_000),
            ("500M", 500_000_000),
            ("0", 0),
            ("70000", 70_000),
        ];
        for (text, expected) in cases {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "GB", "-1", "2 XB", "nan", "inf", "1e30TB", "2GBs"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
