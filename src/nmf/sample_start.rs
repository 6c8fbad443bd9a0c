//! A start learned on few images before all are looked at.

use std::time::{Duration, Instant};

use super::data::Data;
use super::driver::Run;
use super::factors::Factors;
use super::sample_rows::sample;
use super::solver::Solver;
use super::stop::StopRule;
use crate::communicator::Partition;
use crate::kernel::{Factor, Selection};

/// The first sample: images a part, and the least.
const IMAGES_A_PART: usize = 30;
const LEAST_IMAGES: usize = 600;
/// Each sample is this many times the one before, and at most the same share of all images.
const GROWTH: usize = 4;
/// Iterations on the same images. Others of the same number then take their place: a basis learned on a few of them alone
/// settles for what suits these, and all images do not lead it away again.
const ITERATIONS: usize = 10;
/// How many times the first sample is drawn where a larger one follows, beside which it is cheap; how many times a larger
/// one, and how many times one that is alone.
const FIRST_DRAWS: usize = 8;
const LATER_DRAWS: usize = 4;
const LONE_DRAWS: usize = 2;

/// How many images each sample has: none where a sample would not be a small share of all.
pub(crate) fn sizes(images: usize, rank: usize) -> Vec<usize> {
    let first = LEAST_IMAGES.max(IMAGES_A_PART * rank);
    std::iter::successors(Some(first), |size| Some(size * GROWTH))
        .take_while(|size| size * GROWTH <= images)
        .collect()
}

/// What is sampled, and how a sample is learned.
pub(crate) struct Sampling<'a> {
    pub(crate) selection: &'a Selection<'a>,
    /// The selected images among those of all processes.
    pub(crate) images: Partition<'a>,
    pub(crate) solver: &'a Solver,
    pub(crate) rank: usize,
    /// When the whole fit began, and how long it may take.
    pub(crate) began: Instant,
    pub(crate) time_limit: Option<Duration>,
}

impl Sampling<'_> {
    /// Learns a basis on samples of the selection of the given [`sizes`], at least one, one after the other.
    pub(crate) fn learn(&self, sizes: &[usize], basis: Factor) -> Factor {
        let (first, later) = (sizes[0], &sizes[1..]);
        let basis = self.learn_size(
            first,
            if later.is_empty() {
                LONE_DRAWS
            } else {
                FIRST_DRAWS
            },
            basis,
        );
        later.iter().fold(basis, |basis, &size| {
            self.learn_size(size, LATER_DRAWS, basis)
        })
    }

    fn learn_size(&self, size: usize, draws: usize, basis: Factor) -> Factor {
        let places = |draw| drawn(self.images.all, size, (draw, draws));
        (0..draws).fold(basis, |basis, draw| {
            self.fit(&sample(self.selection, self.images, &places(draw)), basis)
        })
    }

    /// The basis after a short fit to some images.
    fn fit(&self, data: &Data, basis: Factor) -> Factor {
        let stop = StopRule {
            max_iterations: ITERATIONS,
            tolerance: 0.0,
            target_error: None,
            time_limit: self.time_limit,
        };
        let mut factors = Factors {
            weights: Factor::zeros(self.rank, &vec![1.0; data.images.own]),
            basis,
        };
        let mut rule = self.solver.rule();
        if rule.facts().keeps_zeros {
            factors.lift_zeros(data.whole_squared_norm(), &data.images);
        }
        Run::new(data, &mut *rule, &mut factors, self.began).to_end(&stop);
        factors.basis
    }
}

/// The places of so many among all images, evenly spread, so that a folder sorted by label gives a bit of each; every draw
/// begins a little further on.
fn drawn(all: usize, size: usize, (draw, draws): (usize, usize)) -> Vec<usize> {
    let offset = draw * all / draws;
    (0..size).map(|i| (i * all + offset) / size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_share_no_image_where_there_are_enough() {
        let draws: Vec<Vec<usize>> = (0..4).map(|draw| drawn(400, 100, (draw, 4))).collect();
        assert_eq!(draws[0][..3], [0, 4, 8]);
        assert_eq!(draws[3][97..], [391, 395, 399]);
        let mut all = draws.concat();
        all.sort_unstable();
        assert_eq!(all, (0..400).collect::<Vec<_>>());
    }

    #[test]
    fn a_sample_is_at_most_a_quarter_of_what_it_is_drawn_from() {
        assert_eq!(sizes(2399, 3), [0; 0]);
        assert_eq!(sizes(2400, 3), [600]);
        assert_eq!(sizes(60_000, 49), [1470, 5880]);
    }
}
