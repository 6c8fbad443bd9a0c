//! Where a fit starts.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use ndarray::{Array1, Array2, ArrayView1};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

use crate::error::{Error, Result};
use crate::kernel::{Block, Matrix, Source, Stored};
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
            _ => Err(Error::UnknownName { what: "start", found: text.to_owned(), known: Self::NAMES.join(", ") }),
        }
    }
}

/// A start, in the values that pixels are meant to have.
pub(crate) struct Start {
    /// (images, rank); from zero where `None`.
    pub(crate) weights: Option<Array2<f32>>,
    /// (rank, pixels).
    pub(crate) basis: Array2<f32>,
}

impl Init {
    /// Makes the start for `rank` parts of X.
    pub(crate) fn start(&self, x: &Matrix, rank: usize, rng: &mut ChaCha8Rng) -> Result<Start> {
        match self {
            Self::Images => Ok(Start { weights: None, basis: distinct_images(x, rank, rng) }),
            Self::Nndsvd => nndsvd(x, rank, || 0.0),
            Self::Nndsvda => {
                let mean = mean(x) as f32;
                nndsvd(x, rank, || mean)
            }
            Self::Nndsvdar => {
                let mean = mean(x) as f32;
                nndsvd(x, rank, || (mean * normal(rng) / 100.0).abs())
            }
            Self::Random => Ok(random(x, rank, rng)),
            Self::Given { weights, basis } => given(x, rank, weights, basis),
        }
    }
}

fn given(x: &Matrix, rank: usize, weights: &Array2<f32>, basis: &Array2<f32>) -> Result<Start> {
    let shapes = |w: (usize, usize), h: (usize, usize)| format!("W {} x {}, H {} x {}", w.0, w.1, h.0, h.1);
    let (found, needed) = ((weights.dim(), basis.dim()), ((x.images, rank), (rank, x.pixels)));
    if found != needed {
        return Err(Error::StartShape {
            found: shapes(found.0, found.1),
            needed: shapes(needed.0, needed.1),
            images: x.images,
            rank,
            pixels: x.pixels,
        });
    }
    if let Some(&value) = weights.iter().chain(basis).find(|v| !v.is_finite() || **v < 0.0) {
        return Err(Error::StartValue { value });
    }
    Ok(Start { weights: Some(weights.clone()), basis: basis.clone() })
}

/// Rows of H: images drawn without repeating one that looks the same; random values once there are no more. What is
/// unknown of an image becomes the mean of the images that know it.
fn distinct_images(x: &Matrix, rank: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    let mut order: Vec<usize> = (0..x.images).collect();
    order.shuffle(rng);
    let mut seen = HashSet::new();
    let mut basis = Array2::zeros((rank, x.pixels));
    let mut rows = basis.rows_mut().into_iter();
    let fill = Fill::of(x);
    for image in order {
        let image = fill.image(x, image);
        if image.iter().any(|&v| v > 0.0) && seen.insert(image.iter().map(|v| (v + 0.0).to_bits()).collect::<Vec<_>>())
        {
            let Some(mut row) = rows.next() else { return basis };
            row.assign(&ArrayView1::from(&image));
        }
    }
    let mean = mean(x) as f32;
    for mut row in rows {
        row.mapv_inplace(|_| rng.random::<f32>() * mean);
    }
    basis
}

/// What stands for unknown pixels until something is learned of them: the mean of the images that know them.
struct Fill(Option<Vec<f32>>);

impl Fill {
    fn of(x: &Matrix) -> Self {
        Self(x.known.map(|_| x.pixel_means().into_iter().map(|mean| (mean / x.unit()) as f32).collect()))
    }

    /// One image without holes, values as they are meant.
    fn image(&self, x: &Matrix, index: usize) -> Vec<f32> {
        let mut image = x.image(index);
        if let (Some(means), Some(known)) = (&self.0, x.known) {
            let known = known.image(index);
            let unknown = image.iter_mut().zip(means).enumerate().filter(|(pixel, _)| !known.at(*pixel));
            unknown.for_each(|(_, (value, mean))| *value = *mean);
        }
        image
    }
}

/// Images without holes, values as they are meant.
struct Filled<'a> {
    x: Matrix<'a>,
    fill: Fill,
}

impl Stored for Filled<'_> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        Block::F32(images.flat_map(|index| self.fill.image(&self.x, index)).collect())
    }
}

/// The mean of all known pixels.
fn mean(x: &Matrix) -> f64 {
    x.pixel_sums().iter().sum::<f64>() / x.pixel_counts().iter().sum::<usize>() as f64 / x.unit()
}

fn random(x: &Matrix, rank: usize, rng: &mut ChaCha8Rng) -> Start {
    let scale = (mean(x) / rank as f64).sqrt() as f32;
    let mut draw = |shape| Array2::from_shape_simple_fn(shape, || (scale * normal(rng)).abs());
    let basis = draw((rank, x.pixels));
    Start { weights: Some(draw((x.images, rank))), basis }
}

/// A normal deviate (G. Box, M. Muller, *A note on the generation of random normal deviates*, 1958).
fn normal(rng: &mut impl Rng) -> f32 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    ((-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as f32
}

/// Values below this are taken for 0 in a singular vector's share, as scikit-learn does; less where all are small.
const TINY: f32 = 1e-6;

fn nndsvd(x: &Matrix, rank: usize, mut fill: impl FnMut() -> f32) -> Result<Start> {
    if x.known.is_some() {
        let filled = Filled { x: *x, fill: Fill::of(x) };
        return nndsvd(&Matrix { source: Source::Stored(&filled), known: None, ..*x }, rank, fill);
    }
    let svd = linalg::svd(x, rank, None)?;
    let (mut weights, mut basis) = (Array2::zeros((x.images, rank)), Array2::zeros((rank, x.pixels)));
    for part in 0..rank {
        let (left, right) = dominant_sign(&svd.left.column(part), &svd.right.row(part), part == 0);
        let (left_norm, right_norm) = (norm(&left), norm(&right));
        let scale = (svd.values[part] * f64::from(left_norm * right_norm)).sqrt() as f32;
        if scale > 0.0 {
            weights.column_mut(part).assign(&(left * (scale / left_norm)));
            basis.row_mut(part).assign(&(right * (scale / right_norm)));
        }
    }
    let tiny = TINY * (svd.values[0].sqrt() as f32).min(1.0);
    let mut settle = |v: f32| if v < tiny { fill() } else { v };
    Ok(Start { weights: Some(weights.mapv(&mut settle)), basis: basis.mapv(settle) })
}

/// The parts of both vectors that have the sign which carries more; the first pair has only one sign.
fn dominant_sign(left: &ArrayView1<f32>, right: &ArrayView1<f32>, first: bool) -> (Array1<f32>, Array1<f32>) {
    if first {
        return (left.mapv(f32::abs), right.mapv(f32::abs));
    }
    let positive = (left.mapv(|v| v.max(0.0)), right.mapv(|v| v.max(0.0)));
    let negative = (left.mapv(|v| (-v).max(0.0)), right.mapv(|v| (-v).max(0.0)));
    let weight = |pair: &(Array1<f32>, Array1<f32>)| norm(&pair.0) * norm(&pair.1);
    if weight(&positive) > weight(&negative) { positive } else { negative }
}

fn norm(vector: &Array1<f32>) -> f32 {
    vector.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt() as f32
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use rand::SeedableRng;

    use super::*;

    /// `tests/data/figures.json` is what scikit-learn gives, written by the script beside it.
    #[test]
    fn nndsvd_agrees_with_scikit_learn() {
        let figures: serde_json::Value = serde_json::from_str(include_str!("../../tests/data/figures.json")).unwrap();
        let list = |value: &serde_json::Value| -> Vec<f32> {
            value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
        };
        let pixels = list(&figures["x"]);
        let x = Matrix { source: Source::F32(&pixels), images: 24, pixels: 15, known: None, scratch: None };
        for init in [Init::Nndsvd, Init::Nndsvda] {
            let start = init.start(&x, 4, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
            let expected = &figures[init.to_string()];
            let expected = list(&expected["w"]).into_iter().chain(list(&expected["h"]));
            let weights = start.weights.unwrap();
            for (found, expected) in weights.iter().chain(&start.basis).zip(expected) {
                assert!((found - expected).abs() < 2e-4, "{init}: {found} for {expected}");
            }
        }
    }

    #[test]
    fn images_are_drawn_without_repeats_and_without_black_ones() {
        let pixels = [1u8, 0, 1, 0, 0, 0, 0, 1, 1, 1];
        let x = Matrix { source: Source::U8(&pixels), images: 5, pixels: 2, known: None, scratch: None };
        for seed in 0..20 {
            let basis = distinct_images(&x, 3, &mut ChaCha8Rng::seed_from_u64(seed)).mapv(|v| v * 255.0);
            let mut rows: Vec<Vec<f32>> = basis.rows().into_iter().map(|row| row.to_vec()).collect();
            rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
            assert_eq!(rows, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        }
    }

    #[test]
    fn a_byte_set_starts_where_its_floats_would() {
        let bytes = [255u8, 0, 51, 102, 0, 255];
        let floats = bytes.map(|v| f32::from(v) / 255.0);
        let start = |source| {
            let x = Matrix { source, images: 3, pixels: 2, known: None, scratch: None };
            let start = Init::Nndsvda.start(&x, 2, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
            (start.weights.unwrap(), start.basis)
        };
        let (from_bytes, from_floats) = (start(Source::U8(&bytes)), start(Source::F32(&floats)));
        let same = |a: &Array2<f32>, b: &Array2<f32>| (a - b).iter().all(|v| v.abs() < 1e-4);
        assert!(same(&from_bytes.0, &from_floats.0) && same(&from_bytes.1, &from_floats.1));
        assert_ne!(from_bytes.1, arr2(&[[0.0, 0.0], [0.0, 0.0]]));
    }
}
