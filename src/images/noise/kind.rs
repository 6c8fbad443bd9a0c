//! Kinds of noise, and their text form.

use std::fmt;
use std::str::FromStr;

use crate::basis::Shape;
use crate::error::{Error, NoiseError, Result};

/// A kind of noise with its strength, on a scale on which white is 1.
///
/// ```
/// use nmf_images::images::{BlockSize, NoiseKind};
///
/// assert_eq!("gaussian:0.1".parse::<NoiseKind>()?, NoiseKind::Gaussian(0.1));
/// assert_eq!("block:10%".parse::<NoiseKind>()?, NoiseKind::Block(BlockSize::Percent(10.0)));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum NoiseKind {
    /// Normal deviates of this standard deviation, above 0 and up to 1, are added.
    Gaussian(f64),
    /// Laplace deviates of this scale b, above 0 and up to 1, are added: their mean magnitude is b, their standard deviation
    /// √2 b.
    Laplace(f64),
    /// Each pixel becomes black or white, with equal probability, with this probability, above 0 and up to 1.
    Salt(f64),
    /// A square at a random place within the image becomes white.
    Block(BlockSize),
}

/// The size of a square block.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum BlockSize {
    /// Its side in pixels, at least 1.
    Side(usize),
    /// Its share of the area of an image in percent, above 0 and up to 100; the side is rounded to at least 1 pixel.
    Percent(f64),
}

impl BlockSize {
    /// Returns the side of the block in images of this shape, in pixels.
    #[must_use]
    pub fn side(self, shape: Shape) -> usize {
        match self {
            Self::Side(side) => side,
            Self::Percent(percent) => {
                let area = percent / 100.0 * shape.pixels() as f64;
                (area.sqrt().round() as usize).max(1)
            }
        }
    }
}

impl fmt::Display for NoiseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gaussian(deviation) => write!(f, "gaussian:{deviation}"),
            Self::Laplace(scale) => write!(f, "laplace:{scale}"),
            Self::Salt(share) => write!(f, "salt:{share}"),
            Self::Block(BlockSize::Side(side)) => write!(f, "block:{side}"),
            Self::Block(BlockSize::Percent(percent)) => write!(f, "block:{percent}%"),
        }
    }
}

impl FromStr for NoiseKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let kind = match text.split_once(':') {
            Some(("gaussian", value)) => up_to(1.0, value).map(Self::Gaussian),
            Some(("laplace", value)) => up_to(1.0, value).map(Self::Laplace),
            Some(("salt", value)) => up_to(1.0, value).map(Self::Salt),
            Some(("block", value)) => block_size(value).map(Self::Block),
            _ => None,
        };
        kind.ok_or_else(|| NoiseError::Kind(text.to_owned()).into())
    }
}

/// Parses a number above 0 and up to `most`.
fn up_to(most: f64, text: &str) -> Option<f64> {
    let value = text.parse().ok()?;
    (value > 0.0 && value <= most).then_some(value)
}

fn block_size(text: &str) -> Option<BlockSize> {
    if let Some(percent) = text.strip_suffix('%') {
        return up_to(100.0, percent).map(BlockSize::Percent);
    }
    let side = text.parse().ok()?;
    (side > 0).then_some(BlockSize::Side(side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_area_is_a_square_of_at_least_a_pixel() {
        let shape = Shape::new(50, 40);
        for (percent, side) in [(50.0, 32), (0.01, 1), (100.0, 45)] {
            assert_eq!(BlockSize::Percent(percent).side(shape), side);
        }
        assert_eq!(BlockSize::Side(7).side(shape), 7);
    }

    #[test]
    fn kinds_are_written_as_they_are_read() {
        for text in [
            "gaussian:0.1",
            "laplace:1",
            "salt:0.05",
            "block:8",
            "block:12.5%",
        ] {
            assert_eq!(text.parse::<NoiseKind>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "gaussian",
            "gaussian:",
            "gaussian:0",
            "gaussian:-0.1",
            "gaussian:1.1",
            "gaussian:nan",
            "laplace:inf",
            "salt:2",
            "salt:10%",
            "block:0",
            "block:1.5",
            "block:0%",
            "block:101%",
            "block:-3",
            "poisson:1",
            "gaussian:0,1",
            "Gaussian:0.1",
        ] {
            assert!(text.parse::<NoiseKind>().is_err(), "{text}");
        }
    }
}
