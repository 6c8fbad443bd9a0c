//! Held-out images, which several processes may share, in terms of the bases of the training images.

use ndarray::{Array1, Array2};

use super::onto;
use crate::basis::{Basis, Weights};
use crate::communicator::{Partition, propagate_error};
use crate::decomposition::{Decomposition, PerMethod};
use crate::error::Result;
use crate::images::Images;
use crate::metrics::{PixelSubset, Squares, squares};

/// Held-out images expressed in the basis of each method.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HeldOutProjection {
    /// What each method learned, with the weights and errors of the held-out images of this process.
    pub decompositions: Vec<Decomposition>,
    /// The number of held-out images of all processes.
    pub images: usize,
    /// ‖X − X̂‖ / ‖X‖ of each method over the known pixels of all these images together.
    pub errors: PerMethod<f64>,
    /// The same of the mean image of the training images, which does not depend on the image: that of the PCA, which
    /// is the mean of all of them if every pixel is known.
    pub mean_image_error: f64,
}

impl HeldOutProjection {
    /// Expresses images in the decompositions by plain least squares: exact non-negative weights for parts, without the
    /// constraints and penalties that those of the training images may have, and scores of the orthogonal projection for
    /// eigenimages. All processes call this together.
    ///
    /// ```
    /// use nmf_images::communicator::SingleProcess;
    /// use nmf_images::images::{HoldOut, ImageShard, hold_out, synthetic::Bars};
    /// use nmf_images::{Model, NMF, Nmf, projection::HeldOutProjection};
    ///
    /// let bars = ImageShard::new(Bars::default().draw()?.images, &SingleProcess);
    /// let split = hold_out(&bars, HoldOut::Count(100), 0)?;
    /// let model = Model::of_nmf(&split.training.set, &Nmf::new(16).fit(&split.training)?);
    /// let held_out = HeldOutProjection::of(&split.held_out, &model.decompositions)?;
    /// assert!(held_out.errors[&NMF] < held_out.mean_image_error);
    /// # Ok::<(), nmf_images::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`onto_parts`](super::onto_parts), on all processes.
    pub fn of(images: &impl Images, learned: &[Decomposition]) -> Result<Self> {
        let communicator = images.communicator();
        let decompositions = learned.iter().map(|learned| of_method(images, learned));
        let decompositions = propagate_error(communicator, decompositions.collect::<Result<_>>())?;
        let whole = Partition::of(communicator, images.len());
        let error = |weights: &Weights, basis: &Basis, mean: Option<&Array1<f32>>| {
            let squares = squares(images, weights, basis, mean, PixelSubset::Known);
            Squares::whole_sum(&squares, whole).relative_error()
        };
        let errors = |of: &Decomposition| error(&of.weights, &of.basis, of.mean.as_ref());
        let methods: &Vec<Decomposition> = &decompositions;
        let errors = methods.iter().map(|of| (of.method, errors(of))).collect();
        let mean = learned.iter().find_map(|learned| learned.mean.as_ref());
        let nothing = Basis::new(images.shape(), Array2::zeros((0, images.shape().pixels())));
        let no_weights = Array2::zeros((images.len(), 0));
        Ok(Self {
            images: whole.all,
            errors,
            mean_image_error: error(&no_weights, &nothing, mean),
            decompositions,
        })
    }
}

fn of_method(images: &impl Images, learned: &Decomposition) -> Result<Decomposition> {
    let projected = onto(images, learned, None)?;
    let errors = projected.errors.into_iter().map(|error| error as f32);
    Ok(Decomposition {
        method: learned.method,
        basis: learned.basis.clone(),
        weights: projected.weights,
        mean: learned.mean.clone(),
        errors: errors.collect(),
    })
}
