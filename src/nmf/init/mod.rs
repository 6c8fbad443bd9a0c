//! The initial W and H of a fit.

mod distinct_images;
mod factors;
mod nndsvd;
mod random;
mod uniform;

use std::fmt;
use std::str::FromStr;

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;

use crate::error::{Error, Result, StartError};
use crate::images::Shared;
use distinct_images::distinct_images;
pub(crate) use factors::InitialFactors;
use nndsvd::nndsvd;
use random::{NormalDraws, random};
use uniform::uniform;

/// The start of W and H, at the scale of normalised pixels (`u8 / 255`, other values as they are).
///
/// A multiplicative rule, such as `mu` and `local`, keeps zeros. For such a rule the zeros of every
/// start but a given one are replaced by the mean of the factor's other values. If only H is set,
/// they are replaced by half of the mean, and every weight is the one value with which ‖W H‖ = ‖X‖.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Init {
    /// H: distinct images, drawn at random; W follows from H.
    #[default]
    Images,
    /// The singular vectors, each with the smaller of its signs set to 0 (C. Boutsidis, E.
    /// Gallopoulos, *SVD based initialization: A head start for nonnegative matrix factorization*,
    /// 2008).
    Nndsvd,
    /// As `Nndsvd`, zeros replaced by the mean of X.
    Nndsvda,
    /// As `Nndsvd`, zeros replaced by small random values.
    Nndsvdar,
    /// Random values at the scale of X.
    Random,
    /// One value everywhere, with which W H is the mean of X. A multiplicative rule keeps all parts equal.
    Uniform,
    /// The given W and H, with their zeros. Pixels are merged ([`Nmf::merge_pixels`](super::Nmf::merge_pixels)) only if
    /// that does not change a step.
    Given {
        /// W, (images, rank).
        weights: Array2<f32>,
        /// H, (rank, pixels).
        basis: Array2<f32>,
    },
}

impl Init {
    /// The names of the starts.
    pub const NAMES: [&str; 6] = [
        "images", "nndsvd", "nndsvda", "nndsvdar", "random", "uniform",
    ];

    /// The names of the starts that depend on the seed.
    pub const RANDOM: [&str; 3] = ["images", "nndsvdar", "random"];

    /// Returns whether the start depends on the seed.
    pub(crate) fn is_random(&self) -> bool {
        Self::RANDOM.contains(&self.to_string().as_str())
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Nndsvd => "nndsvd",
            Self::Nndsvda => "nndsvda",
            Self::Nndsvdar => "nndsvdar",
            Self::Random => "random",
            Self::Uniform => "uniform",
            Self::Given { .. } => "given",
        })
    }
}

impl FromStr for Init {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "images" => Ok(Self::Images),
            "nndsvd" => Ok(Self::Nndsvd),
            "nndsvda" => Ok(Self::Nndsvda),
            "nndsvdar" => Ok(Self::Nndsvdar),
            "random" => Ok(Self::Random),
            "uniform" => Ok(Self::Uniform),
            _ => Err(Error::UnknownName {
                what: "start",
                found: text.to_owned(),
                known: Self::NAMES.join(", "),
            }),
        }
    }
}

impl Init {
    /// Returns the initial factors for `rank` parts of X.
    pub(crate) fn start(
        &self,
        x: &Shared,
        rank: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<InitialFactors> {
        match self {
            Self::Images => Ok(InitialFactors {
                weights: None,
                basis: distinct_images(x, rank, rng),
            }),
            Self::Nndsvd => nndsvd(x, rank, |_| 0.0),
            Self::Nndsvda => {
                let mean = x.mean() as f32;
                nndsvd(x, rank, |_| mean)
            }
            Self::Nndsvdar => {
                let mean = x.mean() as f32;
                let mut draws = NormalDraws::new(rng);
                nndsvd(x, rank, |place| (mean * draws.at(place) / 100.0).abs())
            }
            Self::Random => Ok(random(x, rank, rng)),
            Self::Uniform => Ok(uniform(x, rank)),
            Self::Given { weights, basis } => Ok(InitialFactors {
                weights: Some(weights.clone()),
                basis: basis.clone(),
            }),
        }
    }

    /// Checks the shape and the values of a given start.
    pub(super) fn check(&self, x: &Shared, rank: usize) -> Result<()> {
        match self {
            Self::Given { weights, basis } => check_given(x, rank, weights, basis),
            _ => Ok(()),
        }
    }
}

fn check_given(x: &Shared, rank: usize, weights: &Array2<f32>, basis: &Array2<f32>) -> Result<()> {
    let (images, pixels) = (x.images.own, x.x.pixels);
    if weights.dim() != (images, rank) || basis.dim() != (rank, pixels) {
        return Err(StartError::Shape {
            found: shapes(weights.dim(), basis.dim()),
            needed: shapes((images, rank), (rank, pixels)),
            images,
            rank,
            pixels,
        }
        .into());
    }
    let mut values = weights.iter().chain(basis);
    if let Some(&value) = values.find(|value| !value.is_finite() || **value < 0.0) {
        return Err(StartError::Value { value }.into());
    }
    Ok(())
}

fn shapes(w: (usize, usize), h: (usize, usize)) -> String {
    format!("W {} x {}, H {} x {}", w.0, w.1, h.0, h.1)
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use rand::SeedableRng;

    use super::*;
    use crate::communicator::{Partition, SingleProcess};
    use crate::kernel::{Matrix, Source};

    fn alone(x: Matrix<'_>) -> Shared<'_> {
        Shared {
            x,
            images: Partition::of(&SingleProcess, x.images),
        }
    }

    /// `tests/data/figures.json` is what scikit-learn gives, written by the script beside it.
    #[test]
    fn nndsvd_agrees_with_scikit_learn() {
        let figures: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/figures.json")).unwrap();
        let list = |value: &serde_json::Value| -> Vec<f32> {
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_f64().unwrap() as f32)
                .collect()
        };
        let pixels = list(&figures["x"]);
        let x = Matrix {
            source: Source::F32(&pixels),
            images: 24,
            pixels: 15,
            known: None,
            scratch: None,
        };
        for init in [Init::Nndsvd, Init::Nndsvda] {
            let start = init
                .start(&alone(x), 4, &mut ChaCha8Rng::seed_from_u64(0))
                .unwrap();
            let expected = &figures[init.to_string()];
            let expected = list(&expected["w"]).into_iter().chain(list(&expected["h"]));
            let weights = start.weights.unwrap();
            for (found, expected) in weights.iter().chain(&start.basis).zip(expected) {
                assert!(
                    (found - expected).abs() < 2e-4,
                    "{init}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn a_byte_set_starts_where_its_floats_would() {
        let bytes = [255u8, 0, 51, 102, 0, 255];
        let floats = bytes.map(|v| f32::from(v) / 255.0);
        let start = |source| {
            let x = Matrix {
                source,
                images: 3,
                pixels: 2,
                known: None,
                scratch: None,
            };
            let start = Init::Nndsvda
                .start(&alone(x), 2, &mut ChaCha8Rng::seed_from_u64(0))
                .unwrap();
            (start.weights.unwrap(), start.basis)
        };
        let (from_bytes, from_floats) = (start(Source::U8(&bytes)), start(Source::F32(&floats)));
        let same = |a: &Array2<f32>, b: &Array2<f32>| (a - b).iter().all(|v| v.abs() < 1e-4);
        assert!(same(&from_bytes.0, &from_floats.0) && same(&from_bytes.1, &from_floats.1));
        assert_ne!(from_bytes.1, arr2(&[[0.0, 0.0], [0.0, 0.0]]));
    }
}
