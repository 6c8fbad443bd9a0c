//! The pixel matrix as fits read it: cut into panels both ways.

use crate::communicator::Partition;
use crate::kernel::{PanelMatrix, Selection, cut_both_ways};

/// What is read of X in each iteration.
pub(crate) struct Panels {
    /// X in panels of images.
    pub(crate) by_image: PanelMatrix,
    /// X in panels of pixels.
    pub(crate) by_pixel: PanelMatrix,
    /// ‖X‖² over the known pixels, in the units of the source.
    pub(crate) squared_norm: f64,
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
        let squared_norm = images.sum(&selection.partial_squares());
        let (by_image, by_pixel) = cut_both_ways(selection);
        Self {
            by_image,
            by_pixel,
            squared_norm,
            unit: selection.x.unit(),
            size: (images.all, selection.x.pixels),
            count: images.count(selection.count()),
            is_bytes: selection.x.is_bytes(),
        }
    }
}
