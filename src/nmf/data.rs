//! The pixel matrix X as a fit reads it.

use ndarray::Array1;

use super::factors::Factors;
use super::half_step::{Half, HalfStep};
use crate::blocks;
use crate::communicator::Partition;
use crate::kernel::{
    Factor, FactorPanel, FixedFactor, Orientation, PackedGram, PanelMatrix, Selection,
};

/// The pixel matrix in both cuts: the images of this process, of all that are learned from.
pub(crate) struct Data<'a> {
    pub(crate) images: Partition<'a>,
    pub(crate) by_image: PanelMatrix,
    pub(crate) by_pixel: PanelMatrix,
    squared_norm: f64,
    /// The value that stands for 1.
    unit: f64,
    /// Images, and pixels with those that are left out.
    size: (usize, usize),
    /// How many pixels are known of all images.
    count: usize,
}

impl<'a> Data<'a> {
    /// Cuts the selected pixels both ways, of images that are spread so; the norm is that of the whole images.
    pub(crate) fn new(selection: &Selection, images: Partition<'a>) -> Self {
        let squared_norm = images.sum(&selection.square_shares());
        Self {
            images,
            by_image: PanelMatrix::without_zero_columns(selection, Orientation::ImageRows),
            by_pixel: PanelMatrix::without_zero_columns(selection, Orientation::PixelRows),
            squared_norm,
            unit: selection.x.unit(),
            size: (images.all, selection.x.pixels),
            count: images.count(selection.count()),
        }
    }

    /// ‖X‖² over the known pixels, in the units of the source.
    pub(crate) fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    /// ‖X‖² as it would be if unknown pixels were like the known ones.
    pub(crate) fn whole_squared_norm(&self) -> f64 {
        self.squared_norm * ((self.size.0 * self.size.1) as f64 / self.count as f64)
    }

    /// The value of X that stands for 1.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// What image `index` has beyond what is `rebuilt` of it, (chosen pixels); nothing where it is unknown.
    pub(crate) fn residual(&self, index: usize, rebuilt: &Array1<f32>) -> Vec<f32> {
        let pixels = self
            .by_pixel
            .column(index)
            .into_iter()
            .zip(rebuilt)
            .zip(self.by_pixel.known(index));
        pixels
            .map(|((x, rebuilt), known)| if known { x - rebuilt } else { 0.0 })
            .collect()
    }

    /// What stays while `half` of an iteration improves, against the `fixed` other factor.
    pub(crate) fn step<'s>(
        &'s self,
        half: Half,
        fixed: &'s Factor,
        gram: &'s PackedGram,
    ) -> HalfStep<'s> {
        let x = match half {
            Half::Weights => &self.by_image,
            Half::Basis => &self.by_pixel,
        };
        let (unit, size, squared_norm, images) =
            (self.unit, self.size, self.squared_norm, self.images);
        HalfStep {
            half,
            x,
            fixed,
            gram,
            unit,
            size,
            squared_norm,
            brightness: self.brightness(),
            images,
        }
    }

    /// Returns ‖X − W H‖², summed pixel by pixel over the known pixels; merged pixels count as often as they occur.
    pub(crate) fn squared_residual(&self, factors: &Factors) -> f64 {
        let basis = FixedFactor::new(&factors.basis, self.brightness());
        let residuals = blocks::map(&factors.weights.panels, |index, panel: &FactorPanel| {
            self.by_image.residual(index, &panel.values, &basis)
        });
        self.images.sum(&residuals)
    }

    /// The root mean square of the known pixels.
    fn brightness(&self) -> f32 {
        (self.squared_norm / self.count as f64).sqrt() as f32
    }
}
