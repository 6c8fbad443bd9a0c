//! The pixel matrix as fits read it: cut into panels both ways.

use crate::communicator::{Partition, ordered_sum};
use crate::kernel::{PanelMatrix, Selection, cut_both_ways};

/// What is read of X in each iteration.
pub(crate) struct Panels {
    /// X in panels of images.
    pub(crate) by_image: PanelMatrix,
    /// X in panels of pixels.
    pub(crate) by_pixel: PanelMatrix,
    /// ‖x‖² of each selected image of this process over its known pixels, in the units of the source.
    pub(crate) image_squares: Vec<f64>,
    /// ‖X‖² of the selected images of all processes over their known pixels, in the units of the source.
    pub(crate) squared_norm: f64,
    /// The sum of each pixel over these images, selected or not, in the units of the source, (pixels).
    pub(crate) pixel_sums: Vec<f64>,
    /// The value of X that stands for 1.
    pub(crate) unit: f64,
    /// All images, and all pixels, those included that are not selected.
    pub(crate) size: (usize, usize),
    /// How many values of X are known.
    pub(crate) count: usize,
    /// Whether values are bytes.
    pub(crate) is_bytes: bool,
}

impl Panels {
    /// Cuts the selected pixels of this process's images; the norm is that of all pixels of the
    /// images of all processes.
    pub(crate) fn new(selection: &Selection, images: Partition) -> Self {
        let cuts = cut_both_ways(selection);
        let pixels = selection.x.pixels;
        Self {
            squared_norm: images.sum(&cuts.partial_squares()),
            pixel_sums: ordered_sum(images.communicator, pixels, &cuts.pixel_sums),
            by_image: cuts.by_image,
            by_pixel: cuts.by_pixel,
            image_squares: cuts.image_squares,
            unit: selection.x.unit(),
            size: (images.all, pixels),
            count: images.count(selection.count()),
            is_bytes: selection.x.is_bytes(),
        }
    }
}
