//! The memory that a search for the rank needs, and how many images of a set in its file it can read.

use super::size::{Held, LadderSize, SetSize};
use super::{PICTURE, Task, Workload, most_that_fit};

/// The most bases that the gallery of ranks keeps.
const GALLERY: u64 = 4;

impl Workload {
    /// Returns how many images of a set in its file are read into memory to search for a rank: as many as the budget holds
    /// with what is done with them, and at least two and as many as the largest rank.
    #[must_use]
    pub fn room(&self, size: &SetSize) -> u64 {
        let least = self.rank_of(size).max(2).min(size.images);
        most_that_fit(least, size.images, |images| {
            self.throughout(size) + self.searching(&size.part(images)) <= self.budget
        })
    }

    /// Returns the size of the images on which ranks are tried.
    pub(super) fn in_room(&self, size: &SetSize, held: Held) -> SetSize {
        let images = match held {
            Held::InMemory => size.images,
            Held::InFile => self.room(size),
        };
        size.part(images)
    }

    /// While a rank is searched among images in memory: these with their names while they are read; fits of a part of them;
    /// and, for the pictures of `ranks`, fits of all, beside that part.
    pub(super) fn searching(&self, size: &SetSize) -> u64 {
        let copied = SetSize {
            reading_copies: size.reading_copies.max(2),
            ..*size
        };
        let pictures = if self.task == Task::Ranks {
            tried_bytes(size) + self.drawing_gallery(size)
        } else {
            0
        };
        let most = self.reading(&copied, Held::InMemory);
        size.name_bytes() + most.max(pictures).max(self.trying_ranks(size))
    }

    /// Returns whether the fits of the ladder, whose ranks can be higher than those that are tried, need no more memory than
    /// can be used.
    #[must_use]
    pub fn has_room_for_ladder(&self, size: &SetSize) -> bool {
        let kept = tried_bytes(size) + GALLERY * self.basis(size);
        let ladder = LadderSize::USUAL;
        let needed = self.fitting_ladder(ladder, size, Held::InMemory)
            + Self::ladder_bytes(ladder, size)
            + kept;
        self.throughout(size) + size.name_bytes() + needed <= self.most
    }

    /// While the gallery of ranks is drawn: the images; a fit; and the parts of each rank, once more as they are drawn.
    fn drawing_gallery(&self, size: &SetSize) -> u64 {
        let fit = self.fitting(size, Held::InMemory);
        let pictures = size.bytes() + 2 * PICTURE + GALLERY * self.basis(size);
        GALLERY * self.basis(size) + fit.max(pictures)
    }

    /// While ranks are tried: the images and a part of them; fits in all threads with the models of all starts; the Gram
    /// matrix of the part.
    fn trying_ranks(&self, size: &SetSize) -> u64 {
        let part = size.tried();
        let fit = Workload {
            task: Task::Compare,
            keeps_checkpoints: false,
            ..*self
        };
        let fits = self.threads.max(1) * fit.fitting(&part, Held::InMemory) + self.kept(&part);
        size.bytes() + tried_bytes(size) + fits.max(fit.finding_eigenimages(&part, Held::InMemory))
    }
}

/// Returns the bytes of the part on which ranks are tried and of its blocks, and of the panels of both.
fn tried_bytes(size: &SetSize) -> u64 {
    let part = size.tried();
    2 * (part.bytes() + part.panel_bytes() + part.mask_bytes())
}
