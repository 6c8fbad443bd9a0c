//! The memory that the pictures of a run need, and what is recorded for them.

use super::size::{Held, LadderSize, SetSize};
use super::{FACTOR, FRAMES, NAME_IN_MODEL, PICTURE, RECORDED, Task, Workload, pixels_of};

/// The most images that a picture shows with their reconstructions.
const SHOWN: u64 = 8;
/// The largest product of images, pixels and rank with which a second fit, which the page shows, is cheap.
const CHEAP: u64 = 100_000_000;

/// Returns whether a second fit of `rank` parts to `images` of `pixels` each takes some tenths of a second at most: their
/// product does not exceed 10⁸.
#[must_use]
pub fn is_cheap_to_fit_again(images: u64, pixels: u64, rank: u64) -> bool {
    images.saturating_mul(pixels).saturating_mul(rank) <= CHEAP
}

impl Workload {
    /// The images of the ladder.
    pub(super) fn ladder_bytes(ladder: LadderSize, size: &SetSize) -> u64 {
        ladder.values() * FACTOR * size.pixels
    }

    /// While images are fitted at the ranks of the ladder: a fit, or the eigenimages.
    pub(super) fn fitting_ladder(&self, ladder: LadderSize, size: &SetSize, held: Held) -> u64 {
        let fit = Self {
            task: Task::Learn,
            rank: ladder.largest_rank,
            kept_models: u64::from(self.kept_models > 1),
            keeps_checkpoints: false,
            pictures: 0,
            ..*self
        };
        fit.fitting(size, held)
            .max(fit.finding_eigenimages(size, held))
    }

    /// The model that is held during the second fit of the page, if that is cheap, and the parts of both as they are drawn.
    pub(super) fn fitted_before(&self, size: &SetSize) -> u64 {
        let shows_page = self.task == Task::Learn && self.pictures > 0;
        if shows_page && is_cheap_to_fit_again(size.whole_images, size.pixels, self.rank_of(size)) {
            self.weights(size) + 2 * self.basis(size)
        } else {
            0
        }
    }

    /// The parts of each rule, the prototypes and the eigenimages as they are drawn, and those that are brought into order.
    pub(super) fn drawn_rules(&self, size: &SetSize) -> u64 {
        (self.kept_models + 4) * self.basis(size)
    }

    /// The parts that are recorded for the animation, one byte per value.
    pub(super) fn recorded(&self, size: &SetSize) -> u64 {
        if self.task == Task::Learn && self.pictures > 0 {
            (FRAMES * self.basis(size) / FACTOR).min(RECORDED)
        } else {
            0
        }
    }

    /// While pictures are drawn: the pixels, all models, the weights scaled, the basis images as they are drawn, and the pictures.
    pub(super) fn drawing(&self, size: &SetSize, held: Held) -> u64 {
        let drawn_at_a_time = self.pictures.min(self.threads);
        let sorted = 64 * size.images;
        // Those of both methods, of images with unknown pixels.
        let guesses = if size.is_masked { 2 } else { 0 };
        pixels_of(size, held)
            + size.mask_bytes()
            + (3 + guesses) * self.weights(size)
            + 8 * self.basis(size)
            // The prototype of each image, and its error.
            + 2 * FACTOR * size.images
            + 8 * size.pixels
            + sorted
            + NAME_IN_MODEL * size.images
            + drawn_at_a_time * (PICTURE + sample_bytes(size))
            + 2 * self.recorded(size)
            + self.fitted_before(size)
            + self.held_out_bases(size)
            + self.blocks(size)
    }

    /// While the ladder of a run is fitted: that, and both models.
    pub(super) fn fitting_ladder_of_run(&self, size: &SetSize, held: Held) -> u64 {
        let Some(ladder) = self.ladder else {
            return 0;
        };
        self.fitting_ladder(ladder, size, held)
            + 2 * (self.weights(size) + self.basis(size))
            + NAME_IN_MODEL * size.images
            + self.recorded(size)
    }
}

/// Returns the bytes of the images that a picture shows: each with the mean image and its reconstructions by both methods,
/// and one of them while it is reduced.
fn sample_bytes(size: &SetSize) -> u64 {
    let shown = size.images.min(SHOWN);
    (4 * FACTOR * shown + 6 * FACTOR) * size.pixels
}
