//! The settings of a vector quantisation, and its result.

use std::ops::ControlFlow;
use std::time::Instant;

use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::distances::Distances;
use super::lloyd::{self, VqProgress};
use super::start;
use crate::basis::{Basis, Shape};
use crate::communicator::propagate_error;
use crate::error::{Error, Result, StartError};
use crate::images::{Images, Reading, Shared};

/// The default maximum number of iterations.
pub const MAX_ITERATIONS: usize = 300;

/// The settings of a vector quantisation.
///
/// ```
/// use nmf_images::{ImageSet, Shape, Vq};
///
/// // Four points in two groups.
/// let points = ndarray::arr2(&[[0., 1.], [0., 2.], [8., 5.], [8., 6.]]);
/// let model = Vq::new(2).fit(&ImageSet::from_f32(Shape::new(1, 2), points)?)?;
/// assert_eq!(model.assignments[0], model.assignments[1]);
/// assert_eq!(model.sizes, [2, 2]);
/// assert!((model.inertia - 1.0).abs() < 1e-6);
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Vq {
    prototypes: usize,
    seed: u64,
    max_iterations: usize,
    tolerance: f64,
    start: Option<Array2<f32>>,
}

/// The prototypes, and the one of each image.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VqModel {
    /// The prototypes, (prototypes, pixels).
    pub prototypes: Basis,
    /// The index of the prototype of each image, (images); 0 for an image without known pixels.
    pub assignments: Vec<u32>,
    /// The relative error of each image, (images): 0 for a black image whose prototype is black, infinite for one whose
    /// prototype is not, NaN if no pixel is known.
    pub errors: Vec<f64>,
    /// ‖X − X̂‖ / ‖X‖ of the images of all processes.
    pub relative_error: f64,
    /// ‖X − X̂‖², the objective.
    pub inertia: f64,
    /// The number of iterations.
    pub iterations: usize,
    /// Whether the iterations ended because the prototypes came to rest.
    pub converged: bool,
    /// The number of images of each prototype, over all processes.
    pub sizes: Vec<usize>,
    /// The seed of the start.
    pub seed: u64,
    /// Seconds for the start and all iterations.
    pub seconds: f64,
}

impl Vq {
    /// Returns the default settings for so many prototypes: k-means++ from seed 0, at most 300 iterations, tolerance 1e-4.
    #[must_use]
    pub fn new(prototypes: usize) -> Self {
        Self {
            prototypes,
            seed: 0,
            max_iterations: MAX_ITERATIONS,
            tolerance: 1e-4,
            start: None,
        }
    }

    /// Sets the seed of the start.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the largest number of iterations.
    #[must_use]
    pub fn max_iterations(self, max_iterations: usize) -> Self {
        Self {
            max_iterations,
            ..self
        }
    }

    /// Sets the squared movement of all prototypes, relative to the mean variance of a pixel, at which iterations end; with
    /// 0 they end when no assignment changes.
    #[must_use]
    pub fn tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    /// Sets the first prototypes, (prototypes, pixels), in place of drawn ones.
    #[must_use]
    pub fn start(self, prototypes: Array2<f32>) -> Self {
        Self {
            start: Some(prototypes),
            ..self
        }
    }

    /// Finds prototypes of the pixels that are known in [`Images::mask`].
    ///
    /// # Errors
    /// If there are no prototypes or more of them than images, a given start has another shape or values that are negative
    /// or not finite, a known value is negative or not finite, or none is known.
    pub fn fit(&self, images: &impl Images) -> Result<VqModel> {
        self.fit_with(images, |_| ControlFlow::Continue(()))
    }

    /// Finds prototypes as [`Vq::fit`] does and calls `on_progress` after each iteration. If it breaks on any process, the
    /// iterations end and the prototypes so far are kept.
    ///
    /// # Errors
    /// As [`Vq::fit`].
    pub fn fit_with(
        &self,
        images: &impl Images,
        mut on_progress: impl FnMut(&VqProgress) -> ControlFlow<()>,
    ) -> Result<VqModel> {
        let began = Instant::now();
        let reading = Reading::new(images)?;
        let mut observe = |progress: &VqProgress| {
            if reading.has_failed() {
                return ControlFlow::Break(());
            }
            on_progress(progress)
        };
        let model = reading
            .shared()
            .and_then(|x| self.fit_shared(images.shape(), x, &mut observe));
        // A block that cannot be read counts as 0, which can cause an error of its own.
        propagate_error(images.communicator(), reading.check())?;
        Ok(VqModel {
            seconds: began.elapsed().as_secs_f64(),
            ..model?
        })
    }

    fn fit_shared(
        &self,
        shape: Shape,
        x: Shared,
        on_progress: &mut dyn FnMut(&VqProgress) -> ControlFlow<()>,
    ) -> Result<VqModel> {
        self.check(&x)?;
        let unit = x.x.unit();
        let distances = Distances::new(x);
        let start = if let Some(start) = &self.start {
            start.mapv(|value| (f64::from(value) * unit) as f32)
        } else {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            start::plus_plus(&distances, self.prototypes, &mut rng)
        };
        let stop = lloyd::Stop {
            max_iterations: self.max_iterations,
            tolerance: self.tolerance,
        };
        let found = lloyd::iterate(&distances, start, stop, on_progress);
        let squares = distances.squares_left(&found.prototypes, &found.assignments);
        let errors = distances.relative_errors(&squares);
        let inertia = x.images.sum(&squares);
        Ok(VqModel {
            relative_error: distances.relative(inertia),
            inertia: inertia / unit.powi(2),
            errors,
            sizes: distances.sizes(&found.assignments, self.prototypes),
            prototypes: Basis::new(
                shape,
                found.prototypes.mapv(|v| (f64::from(v) / unit) as f32),
            ),
            assignments: found.assignments,
            iterations: found.iterations,
            converged: found.converged,
            seed: self.seed,
            seconds: 0.0,
        })
    }

    /// Checks that these settings can be used for `x`.
    fn check(&self, x: &Shared) -> Result<()> {
        let (rank, images, pixels) = (self.prototypes, x.images.all, x.x.pixels);
        if rank == 0 || rank > images {
            return Err(Error::Prototypes {
                prototypes: rank,
                images,
            });
        }
        let Some(start) = &self.start else {
            return Ok(());
        };
        if start.dim() != (rank, pixels) {
            return Err(StartError::Shape {
                found: format!("{:?}", start.dim()),
                needed: format!("{:?}", (rank, pixels)),
                images,
                rank,
                pixels,
            }
            .into());
        }
        match start.iter().find(|v| !(v.is_finite() && **v >= 0.0)) {
            Some(&value) => Err(StartError::Value { value }.into()),
            None => Ok(()),
        }
    }
}

impl VqModel {
    /// Returns the fraction of ‖X‖² that the prototypes explain.
    #[must_use]
    pub fn explained(&self) -> f64 {
        1.0 - self.relative_error.powi(2)
    }
}
