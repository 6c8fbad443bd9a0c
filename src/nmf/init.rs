//! Where a fit starts.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use ndarray::{Array1, Array2, ArrayView1};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

use crate::communicator::{Communicator, Partition, ordered_reduce};
use crate::error::{Error, Result};
use crate::images::{Fill, Filled, Shared};
use crate::kernel::{Matrix, Source};
use crate::linalg;

/// The start of W and H.
///
/// A rule that multiplies, as `mu` and `local` do, keeps what is 0. For such a rule every start but a given one is lifted:
/// zeros become the mean of the factor's other values, or, where W follows from H, half of it, and such a W begins with
/// the one value with which ‖W H‖ = ‖X‖.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Init {
    /// H: as many distinct images, drawn at random; W follows from it.
    #[default]
    Images,
    /// From the singular vectors, their smaller sign set to 0; C. Boutsidis, E. Gallopoulos, *SVD based
    /// initialization: A head start for nonnegative matrix factorization*, 2008.
    Nndsvd,
    /// The same, zeros filled with the mean of X.
    Nndsvda,
    /// The same, zeros filled with small random values.
    Nndsvdar,
    /// Random values of the scale of X.
    Random,
    /// W (images, rank) and H (rank, pixels) as given.
    Given {
        /// Where W starts.
        weights: Array2<f32>,
        /// Where H starts.
        basis: Array2<f32>,
    },
}

impl Init {
    /// The starts that a name stands for.
    pub const NAMES: [&str; 5] = ["images", "nndsvd", "nndsvda", "nndsvdar", "random"];

    /// Those of them that another seed makes another start.
    pub const RANDOM: [&str; 3] = ["images", "nndsvdar", "random"];

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
            _ => Err(Error::UnknownName {
                what: "start",
                found: text.to_owned(),
                known: Self::NAMES.join(", "),
            }),
        }
    }
}

/// A start, in the values that pixels are meant to have.
pub(crate) struct Start {
    /// (images, rank), of the images of this process; from zero where `None`.
    pub(crate) weights: Option<Array2<f32>>,
    /// (rank, pixels).
    pub(crate) basis: Array2<f32>,
}

impl Init {
    /// Makes the start for `rank` parts of X.
    pub(crate) fn start(&self, x: &Shared, rank: usize, rng: &mut ChaCha8Rng) -> Result<Start> {
        match self {
            Self::Images => Ok(Start {
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
                let mut draws = Draws::new(rng);
                nndsvd(x, rank, |place| (mean * draws.at(place) / 100.0).abs())
            }
            Self::Random => Ok(random(x, rank, rng)),
            Self::Given { weights, basis } => given(x, rank, weights, basis),
        }
    }
}

fn given(x: &Shared, rank: usize, weights: &Array2<f32>, basis: &Array2<f32>) -> Result<Start> {
    let shapes =
        |w: (usize, usize), h: (usize, usize)| format!("W {} x {}, H {} x {}", w.0, w.1, h.0, h.1);
    let (images, pixels) = (x.images.own, x.x.pixels);
    let (found, needed) = (
        (weights.dim(), basis.dim()),
        ((images, rank), (rank, pixels)),
    );
    if found != needed {
        return Err(Error::StartShape {
            found: shapes(found.0, found.1),
            needed: shapes(needed.0, needed.1),
            images,
            rank,
            pixels,
        });
    }
    if let Some(&value) = weights
        .iter()
        .chain(basis)
        .find(|v| !v.is_finite() || **v < 0.0)
    {
        return Err(Error::StartValue { value });
    }
    Ok(Start {
        weights: Some(weights.clone()),
        basis: basis.clone(),
    })
}

/// Rows of H: images drawn without repeating one that looks the same; random values once there are no more. What is
/// unknown of an image becomes the mean of the images that know it.
fn distinct_images(x: &Shared, rank: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    let order = order(x, rng);
    let mut seen = HashSet::new();
    let mut basis = Array2::zeros((rank, x.x.pixels));
    let fill = Fill::of(x);
    let mut found = 0;
    for place in 0..x.images.all {
        let mut next = [order.get(place).copied().unwrap_or_default()];
        x.images.broadcast_from_first(&mut next);
        let image = x.image(next[0] as usize, &fill);
        if image.iter().any(|&v| v > 0.0)
            && seen.insert(
                image
                    .iter()
                    .map(|v| (v + 0.0).to_bits())
                    .collect::<Vec<_>>(),
            )
        {
            basis.row_mut(found).assign(&ArrayView1::from(&image));
            found += 1;
            if found == rank {
                return basis;
            }
        }
    }
    let mean = x.mean() as f32;
    let mut rest: Vec<f32> = (found * x.x.pixels..basis.len())
        .map(|_| rng.random::<f32>() * mean)
        .collect();
    x.images.broadcast_from_first(&mut rest);
    basis
        .iter_mut()
        .skip(found * x.x.pixels)
        .zip(rest)
        .for_each(|(value, drawn)| *value = drawn);
    basis
}

/// All images in a random order, four bytes each: the first process's alone.
fn order(x: &Shared, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let is_first = x.images.communicator.rank() == 0;
    let mut order: Vec<u32> = if is_first {
        (0..x.images.all as u32).collect()
    } else {
        Vec::new()
    };
    order.shuffle(rng);
    order
}

fn random(x: &Shared, rank: usize, rng: &mut ChaCha8Rng) -> Start {
    let scale = (x.mean() / rank as f64).sqrt() as f32;
    let (images, pixels) = (x.images, x.x.pixels);
    let mut draws = Draws::new(rng);
    let mut draw = |(rows, columns): (usize, usize), first: usize| {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            (scale * draws.at(first + row * columns + column)).abs()
        })
    };
    let basis = draw((rank, pixels), 0);
    let weights = draw((images.own, rank), rank * pixels + images.first * rank);
    draws.leave(rank * (pixels + images.all));
    Start {
        weights: Some(weights),
        basis,
    }
}

/// Normal deviates by their place in the one sequence that a seed gives, so that every process draws its own.
struct Draws<'a> {
    rng: &'a mut ChaCha8Rng,
    begin: u128,
    next: usize,
}

impl<'a> Draws<'a> {
    /// Words of 32 bits that one of them takes.
    const WORDS: u128 = 4;

    fn new(rng: &'a mut ChaCha8Rng) -> Self {
        let begin = rng.get_word_pos();
        Self {
            rng,
            begin,
            next: 0,
        }
    }

    fn at(&mut self, place: usize) -> f32 {
        if place != self.next {
            self.leave(place);
        }
        self.next = place + 1;
        normal(self.rng)
    }

    /// Goes on behind so many.
    fn leave(&mut self, count: usize) {
        self.rng
            .set_word_pos(self.begin + Self::WORDS * count as u128);
        self.next = count;
    }
}

/// A normal deviate (G. Box, M. Muller, *A note on the generation of random normal deviates*, 1958).
fn normal(rng: &mut impl Rng) -> f32 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    ((-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
}

/// Values below this are taken for 0 in a singular vector's share, as scikit-learn does; less where all are small.
const TINY: f32 = 1e-6;

/// `fill` gives what a zero becomes, from how many there are before it: first all of W, then H.
fn nndsvd(x: &Shared, rank: usize, mut fill: impl FnMut(usize) -> f32) -> Result<Start> {
    let means = Fill::of(x);
    if means.is_needed() {
        let filled = Filled {
            x: x.x,
            fill: means,
        };
        let whole = Matrix {
            source: Source::Stored(&filled),
            known: None,
            ..x.x
        };
        return nndsvd(&Shared { x: whole, ..*x }, rank, fill);
    }
    let svd = linalg::svd(&x.x, x.images, rank, None)?;
    let (mut weights, mut basis) = (
        Array2::zeros((x.x.images, rank)),
        Array2::zeros((rank, x.x.pixels)),
    );
    for (part, left_norms) in left_norms(&svd.left, x.images.communicator)
        .into_iter()
        .enumerate()
    {
        let right = svd.right.row(part);
        let norms = Sign::ALL.map(|sign| (left_norms[sign as usize], norm(&sign.of(&right))));
        let sign = Sign::dominant(norms, part == 0);
        let (left_norm, right_norm) = norms[sign as usize];
        let scale = (svd.values[part] * f64::from(left_norm * right_norm)).sqrt() as f32;
        if scale > 0.0 {
            weights
                .column_mut(part)
                .assign(&(sign.of(&svd.left.column(part)) * (scale / left_norm)));
            basis
                .row_mut(part)
                .assign(&(sign.of(&right) * (scale / right_norm)));
        }
    }
    let tiny = TINY * (svd.values[0].sqrt() as f32).min(1.0);
    let zeros = Partition::of(
        x.images.communicator,
        weights.iter().filter(|&&v| v < tiny).count(),
    );
    let mut settle = |values: &mut Array2<f32>, before: usize| {
        values
            .iter_mut()
            .filter(|v| **v < tiny)
            .zip(before..)
            .for_each(|(value, place)| *value = fill(place));
    };
    settle(&mut weights, zeros.first);
    settle(&mut basis, zeros.all);
    Ok(Start {
        weights: Some(weights),
        basis,
    })
}

/// Which part of a singular vector is looked at.
#[derive(Clone, Copy)]
enum Sign {
    Positive,
    Negative,
    /// Of the first pair, which has only one sign.
    Both,
}

impl Sign {
    const ALL: [Self; 3] = [Self::Positive, Self::Negative, Self::Both];

    fn of_value(self, value: f32) -> f32 {
        match self {
            Self::Positive => value.max(0.0),
            Self::Negative => (-value).max(0.0),
            Self::Both => value.abs(),
        }
    }

    fn of(self, vector: &ArrayView1<f32>) -> Array1<f32> {
        vector.mapv(|value| self.of_value(value))
    }

    /// The sign which carries more, by the norms of both vectors of a pair.
    fn dominant(norms: [(f32, f32); 3], first: bool) -> Self {
        let [positive, negative, _] = norms.map(|(left, right)| left * right);
        match first {
            true => Self::Both,
            false if positive > negative => Self::Positive,
            false => Self::Negative,
        }
    }
}

/// The norms of the left vectors by [`Sign`], each summed image by image over all processes.
fn left_norms(left: &Array2<f32>, communicator: &dyn Communicator) -> Vec<[f32; 3]> {
    let signs = Sign::ALL.len();
    let squares = ordered_reduce(
        communicator,
        left.ncols() * signs,
        1,
        |place, sum: &mut [f64]| {
            let sign = Sign::ALL[place % signs];
            let squares = left.column(place / signs);
            sum[0] = squares
                .iter()
                .fold(sum[0], |sum, &v| sum + f64::from(sign.of_value(v)).powi(2));
        },
    );
    squares
        .as_chunks()
        .0
        .iter()
        .map(|squares: &[f64; 3]| squares.map(|square| square.sqrt() as f32))
        .collect()
}

fn norm(vector: &Array1<f32>) -> f32 {
    vector
        .iter()
        .map(|&v| f64::from(v).powi(2))
        .sum::<f64>()
        .sqrt() as f32
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use rand::SeedableRng;

    use super::*;
    use crate::communicator::SingleProcess;

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
            serde_json::from_str(include_str!("../../tests/data/figures.json")).unwrap();
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
    fn images_are_drawn_without_repeats_and_without_black_ones() {
        let pixels = [1u8, 0, 1, 0, 0, 0, 0, 1, 1, 1];
        let x = Matrix {
            source: Source::U8(&pixels),
            images: 5,
            pixels: 2,
            known: None,
            scratch: None,
        };
        for seed in 0..20 {
            let basis = distinct_images(&alone(x), 3, &mut ChaCha8Rng::seed_from_u64(seed))
                .mapv(|v| v * 255.0);
            let mut rows: Vec<Vec<f32>> =
                basis.rows().into_iter().map(|row| row.to_vec()).collect();
            rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
            assert_eq!(rows, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
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
