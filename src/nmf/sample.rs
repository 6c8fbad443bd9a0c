//! A start learned on few images before all are looked at.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::driver::{self, Data, Factors};
use super::rows::sample;
use super::solver::Solver;
use super::stop::StopRule;
use crate::error::Result;
use crate::kernel::{Factor, Selection};
use crate::team::Spread;

/// The first sample: images a part, and the least.
const IMAGES_A_PART: usize = 30;
const LEAST_IMAGES: usize = 600;
/// Each sample is this many times the one before, and at most the same share of all images.
const GROWTH: usize = 4;
/// Starts on the first sample, where there are images enough that a better one is worth it.
const STARTS: usize = 4;
/// Iterations of each start, and of each later sample.
const START_ITERATIONS: usize = 20;
const SAMPLE_ITERATIONS: usize = 40;

/// How many images each sample has: none where a sample would not be a small share of all.
pub(crate) fn sizes(images: usize, rank: usize) -> Vec<usize> {
    let first = LEAST_IMAGES.max(IMAGES_A_PART * rank);
    std::iter::successors(Some(first), |size| Some(size * GROWTH)).take_while(|size| size * GROWTH <= images).collect()
}

/// What is sampled, and how a sample is learned.
pub(crate) struct Sampling<'a> {
    pub(crate) selection: &'a Selection<'a>,
    /// The selected images among those of all processes.
    pub(crate) images: Spread<'a>,
    pub(crate) solver: &'a Solver,
    pub(crate) rank: usize,
    /// When the whole fit began, and how long it may take.
    pub(crate) began: Instant,
    pub(crate) time_limit: Option<Duration>,
}

impl Sampling<'_> {
    /// Learns a basis on samples of the selection of the given [`sizes`], at least one, from the best of a few starts
    /// that `draw` makes.
    pub(crate) fn learn(&self, sizes: &[usize], mut draw: impl FnMut() -> Result<Factor>) -> Result<Factor> {
        let (first, later) = (sizes[0], &sizes[1..]);
        let starts = if later.is_empty() { 1 } else { STARTS };
        let data = sample(self.selection, self.images, first);
        let mut best = self.fit(&data, START_ITERATIONS, draw()?);
        for _ in 1..starts {
            let next = self.fit(&data, START_ITERATIONS, draw()?);
            if next.0 < best.0 {
                best = next;
            }
        }
        let mut basis = best.1;
        for &size in later {
            basis = self.fit(&sample(self.selection, self.images, size), SAMPLE_ITERATIONS, basis).1;
        }
        Ok(basis)
    }

    /// A short fit: the objective it ends with, and its basis.
    fn fit(&self, data: &Data, iterations: usize, basis: Factor) -> (f64, Factor) {
        let time_limit = self.time_limit;
        let stop = StopRule { max_iterations: iterations, tolerance: 0.0, target_error: None, time_limit };
        let mut factors = Factors { weights: Factor::zeros(self.rank, &vec![1.0; data.images.own]), basis };
        let mut rule = self.solver.rule();
        if rule.keeps_zeros() {
            factors.lift_zeros(data.whole_squared_norm(), &data.images);
        }
        let run = driver::run(data, &mut *rule, &mut factors, &stop, self.began, |_, _| ControlFlow::Continue(()));
        (run.trace.last().map_or(f64::INFINITY, |last| last.objective), factors.basis)
    }
}
