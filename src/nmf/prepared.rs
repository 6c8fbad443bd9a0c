//! Images that are prepared once for several fits.

use std::sync::{Arc, Mutex, PoisonError};

use super::data::Panels;
use super::distinct_pixels::DistinctPixels;
use crate::error::Result;
use crate::images::{Images, Reading, Shared};

/// The images of several fits: how they are read, and the pixel matrix of the latest fit.
pub(crate) struct PreparedImages<'a, I> {
    pub(crate) images: &'a I,
    pub(crate) reading: Reading<'a, I>,
    pub(super) kept: &'a KeptMatrix,
}

impl<'a, I: Images> PreparedImages<'a, I> {
    /// Prepares reading on all processes; `kept` is that of earlier fits to the same images, or empty.
    ///
    /// # Errors
    /// If a process cannot make its temporary file.
    pub(crate) fn new(images: &'a I, kept: &'a KeptMatrix) -> Result<Self> {
        Ok(Self {
            images,
            reading: Reading::new(images)?,
            kept,
        })
    }
}

/// The images and pixels of X that a fit works on.
pub(super) struct ChosenPixels {
    /// Whether pixels that are equal in every image are merged.
    pub(super) are_merged: bool,
    /// The images of this process with at least one known pixel.
    pub(super) known: Vec<u32>,
    pub(super) pixels: DistinctPixels,
}

impl ChosenPixels {
    /// Chooses the images and pixels of X.
    pub(super) fn of(x: &Shared, are_merged: bool) -> Self {
        let pixels = match (x.x.known, are_merged) {
            (Some(_), merge) => DistinctPixels::known(x, merge),
            (None, true) => DistinctPixels::of(x),
            (None, false) => DistinctPixels::all(x.x.pixels),
        };
        Self {
            are_merged,
            known: x.x.known_images(),
            pixels,
        }
    }
}

/// The pixel matrix of a fit, cut both ways.
#[derive(Clone)]
pub(super) struct CutMatrix {
    pub(super) chosen: Arc<ChosenPixels>,
    pub(super) panels: Arc<Panels>,
}

/// The pixel matrix of the latest fit, for the next one to the same images.
///
/// A fit whose start is learned on samples leaves nothing, since these take memory beside the matrix.
#[derive(Default)]
pub(crate) struct KeptMatrix(Mutex<Option<CutMatrix>>);

impl KeptMatrix {
    /// Returns the matrix if its pixels are merged as wanted; forgets it if not, so that there are never
    /// two.
    pub(super) fn merged_as(&self, are_merged: bool) -> Option<CutMatrix> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|matrix| matrix.chosen.are_merged != are_merged);
        kept.clone()
    }

    /// Keeps the matrix of a fit.
    pub(super) fn keep(&self, matrix: CutMatrix) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(matrix);
    }
}

impl std::fmt::Debug for KeptMatrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptMatrix").finish_non_exhaustive()
    }
}
