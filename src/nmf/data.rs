//! The pixel matrix X as a fit reads it.

use std::sync::Arc;

use ndarray::Array1;

use super::factors::Factors;
use super::half_step::{Half, HalfStep};
use crate::communicator::Partition;
use crate::images::Panels;
use crate::kernel::{Factor, FixedFactor, PackedGram, Selection, WIDTH};

/// X cut both ways: of all images, those of this process.
pub(crate) struct Data<'a> {
    pub(crate) images: Partition<'a>,
    panels: Arc<Panels>,
}

impl<'a> Data<'a> {
    /// Cuts the selected pixels of this process's images, as [`Panels::new`].
    pub(crate) fn new(selection: &Selection, images: Partition<'a>) -> Self {
        Self::of(Arc::new(Panels::new(selection, images)), images)
    }

    /// Returns X from its panels, which other fits can share.
    pub(crate) fn of(panels: Arc<Panels>, images: Partition<'a>) -> Self {
        Self { images, panels }
    }

    /// Returns the panels of both kinds.
    pub(crate) fn panels(&self) -> &Arc<Panels> {
        &self.panels
    }

    /// Returns ‖X‖² over the known pixels, in the units of the source.
    pub(crate) fn squared_norm(&self) -> f64 {
        self.panels.squared_norm
    }

    /// Returns ‖x‖² of each image over its known pixels, in the units of the source.
    pub(crate) fn image_squares(&self) -> &[f64] {
        &self.panels.image_squares
    }

    /// Returns whether all values of X are known bytes.
    pub(crate) fn has_known_bytes(&self) -> bool {
        self.panels.is_bytes && !self.panels.by_image.has_unknown()
    }

    /// Returns ‖X‖² extrapolated from the known pixels to all of them.
    pub(crate) fn whole_squared_norm(&self) -> f64 {
        self.panels.squared_norm
            * ((self.panels.size.0 * self.panels.size.1) as f64 / self.panels.count as f64)
    }

    /// Returns the value of X that stands for 1.
    pub(crate) fn unit(&self) -> f64 {
        self.panels.unit
    }

    /// Returns image `index` minus its reconstruction, (chosen pixels); 0 where a pixel is unknown.
    pub(crate) fn residual(&self, index: usize, reconstruction: &Array1<f32>) -> Vec<f32> {
        let known = self.panels.by_pixel.known(index);
        let pixels = self.panels.by_pixel.column(index);
        let mut residual = Vec::with_capacity(reconstruction.len());
        for ((x, reconstructed), known) in pixels.into_iter().zip(reconstruction).zip(known) {
            residual.push(if known { x - reconstructed } else { 0.0 });
        }
        residual
    }

    /// Returns the input of a half step that updates the factor `half` against the `fixed` other
    /// one.
    pub(crate) fn step<'s>(
        &'s self,
        half: Half,
        fixed: &'s Factor,
        gram: &'s PackedGram,
    ) -> HalfStep<'s> {
        HalfStep {
            half,
            x: match half {
                Half::Weights => &self.panels.by_image,
                Half::Basis => &self.panels.by_pixel,
            },
            fixed,
            gram,
            unit: self.panels.unit,
            size: self.panels.size,
            squared_norm: self.panels.squared_norm,
            brightness: self.brightness(),
            images: self.images,
        }
    }

    /// Returns ‖X − W H‖², summed pixel by pixel over the known pixels; merged pixels count as
    /// often as they occur.
    pub(crate) fn squared_residual(&self, factors: &Factors) -> f64 {
        self.squared_residual_of(&self.row_residuals(factors))
    }

    /// Returns [`Data::squared_residual`] from those of the rows of each panel.
    pub(crate) fn squared_residual_of(&self, rows: &[[f64; WIDTH]]) -> f64 {
        let residuals: Vec<f64> = rows.iter().map(|rows| rows.iter().sum()).collect();
        self.images.sum(&residuals)
    }

    /// Returns ‖x − x̂‖² of the images of each panel, as [`Data::squared_residual`] sums them.
    pub(crate) fn row_residuals(&self, factors: &Factors) -> Vec<[f64; WIDTH]> {
        let basis = FixedFactor::new(&factors.basis, self.brightness());
        let x = &self.panels.by_image;
        x.all_row_residuals(&factors.weights, &basis)
    }

    /// Returns the root mean square of the known pixels.
    fn brightness(&self) -> f32 {
        (self.panels.squared_norm / self.panels.count as f64).sqrt() as f32
    }
}
