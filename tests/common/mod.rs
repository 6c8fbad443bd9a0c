//! Small data sets and the reference figures, shared by several test files.

#![allow(dead_code, reason = "each test file uses its share")]

use std::collections::BTreeMap;

use ndarray::Array2;
use nmf_images::{ImageSet, Shape};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;

/// A matrix as a set of images of one row.
pub fn set(x: Array2<f32>) -> ImageSet {
    ImageSet::from_f32(Shape::new(1, x.ncols()), x).unwrap()
}

/// ‖X − W H‖ / ‖X‖ in f64.
pub fn relative_error(x: &Array2<f32>, w: &Array2<f32>, h: &Array2<f32>) -> f64 {
    let wide = |m: &Array2<f32>| m.mapv(f64::from);
    let rest = wide(x) - wide(w).dot(&wide(h));
    (rest.iter().map(|v| v * v).sum::<f64>() / x.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>())
        .sqrt()
}

/// Seeded random matrices.
pub struct Noise(ChaCha8Rng);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn matrix(&mut self, rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || self.0.random())
    }

    pub fn bytes(&mut self, rows: usize, columns: usize) -> Array2<u8> {
        Array2::from_shape_simple_fn((rows, columns), || self.0.random())
    }
}

/// `data/figures.json`, made by `data/make_figures.py`.
#[derive(Deserialize)]
pub struct Figures {
    pub images: usize,
    pub pixels: usize,
    pub rank: usize,
    x: Vec<f32>,
    w0: Vec<f32>,
    h0: Vec<f32>,
    hals_objective: BTreeMap<usize, f64>,
    mu_objective: BTreeMap<String, BTreeMap<usize, f64>>,
    /// What is added to X for rules that need pixels above 0.
    pub lift: f32,
    pub pca: PcaFigures,
    pub kmeans: Vec<KMeansFigures>,
    pub clustering: Vec<ClusteringFigures>,
}

/// How well clusters agree with labels, by scikit-learn.
#[derive(Debug, Deserialize)]
pub struct ClusteringFigures {
    pub clusters: Vec<usize>,
    pub labels: Vec<usize>,
    pub accuracy: f64,
    pub nmi: f64,
}

/// scikit-learn's k-means from some of the images as centres.
#[derive(Deserialize)]
pub struct KMeansFigures {
    pub centres: Vec<usize>,
    pub tolerance: f64,
    pub inertia: f64,
    pub iterations: usize,
    pub labels: Vec<u32>,
    pub prototypes: Vec<f64>,
}

#[derive(Deserialize)]
pub struct PcaFigures {
    pub components: Vec<f64>,
    pub explained_variance_ratio: Vec<f64>,
    pub relative_error: f64,
}

impl Figures {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../data/figures.json")).unwrap()
    }

    pub fn x(&self) -> Array2<f32> {
        Array2::from_shape_vec((self.images, self.pixels), self.x.clone()).unwrap()
    }

    /// scikit-learn's objective by rule, after so many iterations.
    pub fn objective(&self, rule: &str) -> &BTreeMap<usize, f64> {
        if rule == "hals" {
            &self.hals_objective
        } else {
            &self.mu_objective[rule]
        }
    }

    pub fn w0(&self) -> Array2<f32> {
        Array2::from_shape_vec((self.images, self.rank), self.w0.clone()).unwrap()
    }

    pub fn h0(&self) -> Array2<f32> {
        Array2::from_shape_vec((self.rank, self.pixels), self.h0.clone()).unwrap()
    }
}
