//! A start that is learned on samples of the images before all of them are read.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::data::Data;
use super::driver::Run;
use super::factors::Factors;
use super::sample_rows::sample;
use super::solver::Solver;
use super::stop::{Iteration, StopRule};
use crate::communicator::Partition;
use crate::kernel::{Factor, Selection};

/// Images per part of the first sample, and its least size.
const IMAGES_PER_PART: usize = 30;
const LEAST_IMAGES: usize = 600;
/// Each sample is this many times the size of the one before; the largest is at most this fraction
/// of all images.
const GROWTH: usize = 4;
/// Iterations on the same images. Other images then take their place: a basis learned on a few
/// images only settles in a minimum that suits these, and the fit to all images does not leave it.
const ITERATIONS: usize = 10;
/// How often a sample is drawn: the first of several, which is cheap beside the later ones; a later
/// one; the only one.
const FIRST_DRAWS: usize = 8;
const LATER_DRAWS: usize = 4;
const ONLY_DRAWS: usize = 2;

/// Returns the number of images of each sample; empty if a sample would not be a small fraction of
/// all images.
pub(crate) fn sizes(images: usize, rank: usize) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut size = LEAST_IMAGES.max(IMAGES_PER_PART * rank);
    while size * GROWTH <= images {
        sizes.push(size);
        size *= GROWTH;
    }
    sizes
}

/// What is sampled, and how a sample is learned.
pub(crate) struct SampleStart<'a> {
    pub(crate) selection: &'a Selection<'a>,
    /// The selected images among those of all processes.
    pub(crate) images: Partition<'a>,
    pub(crate) solver: &'a Solver,
    pub(crate) rank: usize,
    /// When the whole fit began, and how long it can take.
    pub(crate) began: Instant,
    pub(crate) time_limit: Option<Duration>,
}

/// A fit to a sample between the two updates of an iteration.
#[derive(Clone, Copy)]
pub(crate) struct SampleView<'a> {
    /// Number of images of the sample.
    pub(crate) images: usize,
    /// The iteration, counted over all samples, and its errors on this one.
    pub(crate) at: Iteration,
    pub(crate) basis: &'a Factor,
}

impl SampleStart<'_> {
    /// Learns a basis on samples of the given [`sizes`], at least one, one after the other, and
    /// calls `on_iteration` in each iteration.
    pub(crate) fn learn(
        &self,
        sizes: &[usize],
        mut basis: Factor,
        on_iteration: &mut dyn FnMut(&SampleView),
    ) -> Factor {
        let mut iteration = 0;
        for (index, &size) in sizes.iter().enumerate() {
            let draws = match index {
                0 if sizes.len() == 1 => ONLY_DRAWS,
                0 => FIRST_DRAWS,
                _ => LATER_DRAWS,
            };
            for draw in 0..draws {
                let offset = draw * self.images.all / draws;
                let images = drawn(self.images.all, size, offset);
                let data = sample(self.selection, self.images, &images);
                basis = self.fit(&data, basis, |at, basis| {
                    iteration += 1;
                    let at = Iteration { iteration, ..at };
                    on_iteration(&SampleView {
                        images: size,
                        at,
                        basis,
                    });
                });
            }
        }
        basis
    }

    /// Returns the basis after a short fit to `data`.
    fn fit(
        &self,
        data: &Data,
        basis: Factor,
        mut on_iteration: impl FnMut(Iteration, &Factor),
    ) -> Factor {
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
        let mut rule = if self.solver.facts().starts_with_default_rule {
            Solver::default().rule()
        } else {
            self.solver.rule()
        };
        if rule.facts().keeps_zeros {
            factors.lift_zeros(data.whole_squared_norm(), &data.images);
        }
        let run = Run::new(data, &mut *rule, &mut factors, self.began);
        run.iterate(None, &stop, |view| {
            on_iteration(view.at(), &view.factors.basis);
            ControlFlow::Continue(())
        });
        factors.basis
    }
}

/// Returns `size` indices below `all`, evenly spread, so that a folder sorted by label gives some
/// images of each label.
///
/// `offset`, below `all`, moves each index by that fraction of the distance between two indices.
fn drawn(all: usize, size: usize, offset: usize) -> Vec<usize> {
    (0..size).map(|i| (i * all + offset) / size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_share_no_image_where_there_are_enough() {
        let draws: Vec<Vec<usize>> = (0..4).map(|draw| drawn(400, 100, 100 * draw)).collect();
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
