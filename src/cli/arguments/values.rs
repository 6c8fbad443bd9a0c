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
            text => at_least_one(text).map(Self::Given).map_err(|needed| needed + ", or auto"),
        }
    }
}

/// How often something is done in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Seconds(Duration),
    Iterations(usize),
    Never,
}

impl Every {
    /// A minute: that much is lost at most.
    pub const DEFAULT: Self = Self::Seconds(Duration::from_secs(60));
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "{}", seconds.as_secs_f64()),
            Self::Iterations(count) => write!(f, "{count}it"),
            Self::Never => f.write_str("off"),
        }
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let every = match (text, text.strip_suffix("it")) {
            ("off", _) => Some(Self::Never),
            (_, Some(count)) => at_least_one(count).ok().map(Self::Iterations),
            (_, None) => seconds(text).ok().map(Self::Seconds),
        };
        every.ok_or_else(|| {
            "a number of seconds is needed, such as 30, or of iterations, such as 100it, or off".to_owned()
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
    let number = text.parse().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    number.ok_or_else(|| "a number of seconds is needed, such as 30 or 0.5".to_owned())
}

pub fn size(text: &str) -> Result<Shape, String> {
    let sides = text.split_once(['x', 'X']).and_then(|(w, h)| Some((w.trim().parse().ok()?, h.trim().parse().ok()?)));
    match sides {
        Some((width, height)) if width > 0 && height > 0 => Ok(Shape::new(height, width)),
        _ => Err("width and height are needed, such as 48x64".to_owned()),
    }
}
