//! Parts that a fit does not change, such as a background: the first rows of H.

use ndarray::{Array2, Axis, concatenate, s};
use rand::rngs::ChaCha8Rng;

use super::init::{Init, InitialFactors};
use super::part_scale::to_maximum_of_one;
use super::solver::{Solver, names_of};
use crate::communicator::check_same;
use crate::error::{FixedError, Result};
use crate::images::{Shared, hash_of_values};

/// Parts as they were given, (parts, pixels), at any scale.
#[derive(Debug, Clone)]
pub(super) struct FixedParts(pub(super) Array2<f32>);

impl FixedParts {
    /// Returns the parts as a fit holds them, each scaled to a maximum of 1 as those of a model.
    pub(super) fn scaled(&self) -> Array2<f32> {
        let mut parts = self.0.clone();
        for part in parts.rows_mut() {
            to_maximum_of_one(part);
        }
        parts
    }

    /// Returns their number and a hash of their values, for checkpoints.
    pub(super) fn as_text(&self) -> String {
        format!("{} (hash {:016x})", self.0.nrows(), hash_of_values(&self.0))
    }

    /// Checks that the parts can be some of `rank` parts with so many pixels.
    fn check_values(&self, rank: usize, pixels: usize) -> std::result::Result<(), FixedError> {
        let (fixed, found) = self.0.dim();
        if fixed == 0 {
            return Err(FixedError::NoParts);
        }
        if found != pixels {
            return Err(FixedError::Pixels {
                found,
                needed: pixels,
            });
        }
        let is_allowed = |value: f32| value.is_finite() && value >= 0.0;
        let mut values = self.0.indexed_iter();
        if let Some(((part, pixel), &value)) = values.find(|(_, value)| !is_allowed(**value)) {
            return Err(FixedError::Value { part, pixel, value });
        }
        let mut parts = self.0.rows().into_iter();
        if let Some(black) = parts.position(|part| part.iter().all(|&value| value == 0.0)) {
            return Err(FixedError::Black(black));
        }
        if fixed >= rank {
            return Err(FixedError::NoneLearned { fixed, rank });
        }
        Ok(())
    }

    /// Checks that `solver` can keep the parts fixed among `rank` parts of `x`, and that they are the
    /// same on all processes.
    pub(super) fn check(&self, solver: &Solver, rank: usize, x: &Shared) -> Result<()> {
        if !solver.facts().keeps_fixed_parts {
            return Err(FixedError::Solver {
                solver: solver.to_string(),
                others: names_of(|facts| facts.keeps_fixed_parts),
            }
            .into());
        }
        self.check_values(rank, x.x.pixels)?;
        let hash = hash_of_values(&self.0);
        check_same(x.images.communicator, "array of fixed parts", hash)
    }

    /// Returns the initial factors of `rank` parts, the fixed ones first. A start other than a given one
    /// is that of the other parts, and has no weights of the fixed ones.
    pub(super) fn start(
        &self,
        init: &Init,
        x: &Shared,
        rank: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<InitialFactors> {
        let (parts, count) = (self.scaled(), self.0.nrows());
        if let Init::Given { .. } = init {
            let mut start = init.start(x, rank, rng)?;
            start.basis.slice_mut(s![..count, ..]).assign(&parts);
            return Ok(start);
        }
        let learned = init.start(x, rank - count, rng)?;
        let beside = |axis, fixed: &Array2<f32>, learned: &Array2<f32>| {
            concatenate(axis, &[fixed.view(), learned.view()]).expect("sides of one length")
        };
        Ok(InitialFactors {
            basis: beside(Axis(0), &parts, &learned.basis),
            weights: learned.weights.map(|weights| {
                let none = Array2::zeros((weights.nrows(), count));
                beside(Axis(1), &none, &weights)
            }),
        })
    }
}
