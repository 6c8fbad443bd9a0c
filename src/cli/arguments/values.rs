//! How single values are read: what is allowed, said where something else was found.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use nmf_images::Shape;

/// How many parts to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    Given(usize),
    /// As many as a short search chooses.
    Auto,
}

impl FromStr for Rank {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            text => at_least_one(text)
                .map(Self::Given)
                .map_err(|needed| needed + ", or auto"),
        }
    }
}

/// How often something is done in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointInterval {
    Seconds(Duration),
    Iterations(usize),
    Never,
}

impl CheckpointInterval {
    /// A minute: that much is lost at most.
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

pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a whole number of 1 or more is needed".to_owned()),
    }
}

pub fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..1.0).contains(&number) => Ok(number),
        _ => Err("a number from 0 to less than 1 is needed, such as 0.05".to_owned()),
    }
}

pub fn strength(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..f64::INFINITY).contains(&number) => Ok(number),
        _ => Err("a number of 0 or more is needed, such as 0.001".to_owned()),
    }
}

pub fn mixture(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("a number from 0 to 1 is needed, such as 0.5".to_owned()),
    }
}

pub fn seconds(text: &str) -> Result<Duration, String> {
    let number = text
        .parse()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number).ok());
    number.ok_or_else(|| "a number of seconds is needed, such as 30 or 0.5".to_owned())
}

/// Bytes, spelled as 2GB, 500 MB or 100000.
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

/// Two whole numbers of 1 or more.
fn sides(text: &str) -> Option<(usize, usize)> {
    let (first, second) = text.split_once(['x', 'X'])?;
    let side = |text: &str| text.trim().parse().ok().filter(|&side| side > 0);
    Some((side(first)?, side(second)?))
}

#[cfg(test)]
mod tests {
    use super::*;

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
