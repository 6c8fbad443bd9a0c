//! Images that are prepared once for several fits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::distinct_pixels::DistinctPixels;
use super::panels::Panels;
use super::reading::Reading;
use super::shared::Shared;
use crate::error::Result;
use crate::images::set::Images;
use crate::images::weighting::{WeightedImages, Weighting};
use crate::kernel::CutPixels;

/// Images that are read, and arranged as the pixel matrix, once for several fits.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use nmf_images::images::PreparedImages;
/// use nmf_images::images::synthetic::Swimmer;
/// use nmf_images::nmf::FitProgress;
/// use nmf_images::{Nmf, Pca};
///
/// let images = Swimmer::default().draw()?.images;
/// let prepared = PreparedImages::new(&images)?;
/// let go_on = &mut |_: &FitProgress| ControlFlow::Continue(());
/// let parts = Nmf::new(17).fit_prepared(&prepared, None, go_on)?;
/// let eigenimages = Pca::new(17).fit_prepared(&prepared)?;
/// assert_eq!(parts.basis.rank(), eigenimages.basis.rank());
/// # Ok::<(), nmf_images::Error>(())
/// ```
pub struct PreparedImages<'a, I> {
    pub(crate) images: &'a I,
    pub(crate) reading: Reading<'a, I>,
    pub(crate) kept: Arc<KeptMatrix>,
    /// The weights that the images are scaled with, if they are.
    pub(crate) weighting: Option<&'a dyn Weighting>,
}

impl<'a, 'b, I: Images> PreparedImages<'a, WeightedImages<'b, I>> {
    /// Prepares reading of scaled images.
    ///
    /// # Errors
    /// As [`PreparedImages::new`].
    pub(crate) fn weighted(images: &'a WeightedImages<'b, I>) -> Result<Self> {
        Ok(Self {
            weighting: Some(images),
            ..Self::new(images)?
        })
    }
}

impl<'a, I: Images> PreparedImages<'a, I> {
    /// Prepares reading on all processes.
    ///
    /// # Errors
    /// If a process cannot make its temporary file.
    pub fn new(images: &'a I) -> Result<Self> {
        Self::sharing(images, &Arc::default())
    }

    /// Prepares reading on all processes; `kept` is that of earlier fits to the same images.
    ///
    /// # Errors
    /// As [`PreparedImages::new`].
    pub(crate) fn sharing(images: &'a I, kept: &Arc<KeptMatrix>) -> Result<Self> {
        Ok(Self {
            images,
            reading: Reading::new(images)?,
            kept: Arc::clone(kept),
            weighting: None,
        })
    }
}

/// The images and pixels of X that a fit works on.
pub(crate) struct ChosenPixels {
    /// Whether pixels that are equal in every image are merged.
    pub(crate) are_merged: bool,
    /// The images of this process with at least one known pixel.
    pub(crate) known: Vec<u32>,
    pub(crate) pixels: DistinctPixels,
}

impl ChosenPixels {
    /// Chooses the images and pixels of X, whose pixels are multiplied by `roots`, if there are any.
    pub(crate) fn of(x: &Shared, are_merged: bool, roots: Option<&Vec<f32>>) -> Self {
        let pixels = match (x.x.known, are_merged) {
            (Some(_), merge) => DistinctPixels::known(x, merge),
            (None, true) => DistinctPixels::of(x),
            (None, false) => DistinctPixels::all(x.x.pixels),
        };
        Self {
            are_merged,
            known: x.x.known_images(),
            pixels: pixels.with_roots(roots.cloned()),
        }
    }
}

/// The pixel matrix of a fit, cut both ways.
#[derive(Clone)]
pub(crate) struct CutMatrix {
    pub(crate) chosen: Arc<ChosenPixels>,
    pub(crate) panels: Arc<Panels>,
}

impl CutMatrix {
    /// Returns the panels, if every image and every pixel that is not 0 throughout has a place of its own in them.
    pub(crate) fn of_all_images(&self, images: usize) -> Option<CutPixels<'_>> {
        let ChosenPixels { known, pixels, .. } = &*self.chosen;
        let is_whole = known.len() == images && !self.panels.by_image.has_unknown();
        (is_whole && pixels.are_distinct()).then(|| CutPixels {
            by_image: &self.panels.by_image,
            by_pixel: &self.panels.by_pixel,
            pixels: &pixels.chosen,
            image_squares: &self.panels.image_squares,
            squared_norm: self.panels.squared_norm,
            pixel_sums: &self.panels.pixel_sums,
        })
    }
}

/// The pixel matrix of the latest fit, for the next one to the same images.
#[derive(Default)]
pub(crate) struct KeptMatrix(Mutex<Option<CutMatrix>>);

impl KeptMatrix {
    /// Returns the matrix if its pixels are merged as wanted; forgets it if not, so that there are never
    /// two.
    pub(crate) fn merged_as(&self, are_merged: bool) -> Option<CutMatrix> {
        let mut kept = self.kept();
        kept.take_if(|matrix| matrix.chosen.are_merged != are_merged);
        kept.clone()
    }

    /// Returns the matrix if it has [all images](CutMatrix::of_all_images); forgets it if not, since it is of no use beside
    /// them.
    pub(crate) fn with_all_images(&self, images: usize) -> Option<CutMatrix> {
        let mut kept = self.kept();
        kept.take_if(|matrix| matrix.of_all_images(images).is_none());
        kept.clone()
    }

    /// Keeps the matrix of a fit.
    pub(crate) fn keep(&self, matrix: CutMatrix) {
        *self.kept() = Some(matrix);
    }

    /// Forgets the matrix: samples that a start is learned on take memory beside it.
    pub(crate) fn forget(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> MutexGuard<'_, Option<CutMatrix>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for KeptMatrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptMatrix").finish_non_exhaustive()
    }
}
