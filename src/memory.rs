//! The memory that a run needs, from the sizes of its images and of what is learned: the sum of its largest buffers in each
//! phase. The largest sum is an upper bound of what the program holds at a time.
//!
//! With n images of p pixels and k parts, a set X has `n p` values of one byte or four, W has `n k` and H `k p` values of
//! four bytes. Rows are cut into panels of 64, so that sides are rounded up to multiples of 64.

mod clustering;
mod eigenimages;
mod fitting;
mod held_out;
mod pictures;
mod search;
mod size;

use crate::error::Reducible;

pub(crate) use self::eigenimages::{GUARD, LARGEST_GRAM, most_space};
pub use self::pictures::is_cheap_to_fit_again;
pub use self::size::{Held, LadderSize, SetSize};
pub(crate) use self::size::{MOST_TRIED_IMAGES, MOST_TRIED_PIXELS, PANEL, RUN};
use self::size::{PIECE, padded};

/// Images that each thread reads at a time for other sums.
pub(crate) const BLOCK: u64 = 256;
/// Bytes of a value of W or H.
const FACTOR: u64 = 4;
/// Bytes of a pixel that is scaled with a weight.
const FLOAT: u64 = 4;
/// Copies of fixed parts: as read, in the settings, in those of a start, and scaled.
const FIXED_COPIES: u64 = 4;
/// Bytes of the hashes of an image and its index, while copies are counted, and once more while they are collected.
const HASHES: u64 = 48;
/// Bytes of its residual and of its sum of squares, as the fit forms them and in the model of the fit.
const RESIDUAL: u64 = 32;
/// Bytes of its name and its errors in the model, and as text.
const NAME_IN_MODEL: u64 = 80;
/// Values of the rests from which priors are estimated, and the fewest and the most images that have them.
const RESTS: u64 = 1 << 21;
const FEWEST_RESTS: u64 = 8;
const MOST_RESTS: u64 = 128;
/// Bytes of the program itself, of its fonts, and of the smallest run.
const BASE: u64 = 28 << 20;
/// Bytes of each thread: its stack, and buffers of panels.
const THREAD: u64 = 5 << 20;
/// Bytes of a picture in each thread that draws one: the drawing, its text, and the encoded file.
const PICTURE: u64 = 60 << 20;
/// The most bytes of the recorded parts of a fit, and of the page that shows them.
pub(crate) const RECORDED: u64 = 128 << 20;
/// The most frames of recorded parts, that of the model included.
pub(crate) const FRAMES: u64 = 65;

/// What is done with the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// NMF and PCA, with pictures and a model.
    Learn,
    /// One fit after the other, VQ and PCA, of which some models are kept.
    Compare,
    /// A search for the rank.
    Ranks,
    /// Weights of new images in a model.
    Project,
    /// Writing them as one array.
    Pack,
}

impl Task {
    /// Returns what can be reduced so that a run needs less memory.
    #[must_use]
    pub const fn reducible(self) -> Reducible {
        match self {
            Self::Learn | Self::Compare | Self::Ranks => Reducible::ImagesAndRank,
            Self::Pack => Reducible::Images,
            // The model determines the size of the images and the rank.
            Self::Project => Reducible::Count,
        }
    }
}

/// What a run does, as far as its memory depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
// Each is a fact of its own, read in one place.
#[allow(clippy::struct_excessive_bools)]
pub struct Workload {
    /// What is done with the images.
    pub task: Task,
    /// The number of parts, or the largest that is tried.
    pub rank: u64,
    /// The number of threads.
    pub threads: u64,
    /// Copies of W and H that the learning rule holds.
    pub factor_copies: u64,
    /// Whether some parts are fixed.
    pub has_fixed_parts: bool,
    /// Whether pixels or images have weights.
    pub has_weights: bool,
    /// Models that are kept while another one is learned.
    pub kept_models: u64,
    /// The number of starts of a fit, whose parts are held until it ends.
    pub starts: u64,
    /// The number of starts whose parts are held until they are written.
    pub written_starts: u64,
    /// Whether checkpoints are written.
    pub keeps_checkpoints: bool,
    /// How many pictures are drawn.
    pub pictures: u64,
    /// What the ladder shows; `None` if it is not drawn.
    pub ladder: Option<LadderSize>,
    /// Whether the rank is searched first.
    pub searches_rank: bool,
    /// Whether images are held out.
    pub holds_out: bool,
    /// Copies of the images that are held without noise: 1 if noise is added, for which all images must be in memory.
    pub clean_copies: u64,
    /// Copies of W and H that are held besides those of the fit: of a given start, or of one that is saved.
    pub start_copies: u64,
    /// Bytes of memory; a set stays in its file, if it can, where it would need more.
    pub budget: u64,
    /// Bytes that are held besides, such as those of a model that was read.
    pub besides: u64,
    /// The most bytes that the run can use; a run that needs more is refused.
    pub most: u64,
}

impl Workload {
    /// Returns the workload of one model of this rank, without pictures and checkpoints, and without a limit.
    #[must_use]
    pub fn new(task: Task, rank: u64, threads: u64) -> Self {
        Self {
            task,
            rank,
            threads,
            factor_copies: 3,
            has_fixed_parts: false,
            has_weights: false,
            kept_models: 0,
            starts: 1,
            written_starts: 0,
            keeps_checkpoints: false,
            pictures: 0,
            ladder: None,
            searches_rank: false,
            holds_out: false,
            clean_copies: 0,
            start_copies: 0,
            budget: u64::MAX,
            besides: 0,
            most: u64::MAX,
        }
    }

    /// Returns the bytes that the run needs at a time.
    #[must_use]
    pub fn needed(&self, size: &SetSize, held: Held) -> u64 {
        let search = if self.searches_rank || self.task == Task::Ranks {
            self.searching(&self.in_room(size, held))
        } else {
            0
        };
        let phases = match self.task {
            Task::Learn => [
                self.reading(size, held),
                self.fitting(size, held),
                self.finding_eigenimages(size, held)
                    .max(self.finding_prototypes(size, held)),
                self.drawing(size, held)
                    .max(self.estimating_priors(size, held))
                    .max(self.fitting_ladder_of_run(size, held))
                    .max(self.holding_out(size, held)),
            ],
            Task::Compare => [
                self.reading(size, held),
                self.fitting(size, held) + self.kept(size),
                // Beside the models of an earlier rank or noise.
                self.kept(size)
                    + self
                        .finding_eigenimages(size, held)
                        .max(self.finding_prototypes(size, held))
                        .max(self.clustering_scores(size, held)),
                self.kept(size) + self.drawn_rules(size) + PICTURE + pixels_of(size, held),
            ],
            // Beside the search, whose images are a part of these.
            Task::Ranks => [self.reading(size, held), 0, 0, 0],
            Task::Project => [
                self.reading(size, held),
                self.projecting(size, held),
                0,
                PICTURE,
            ],
            Task::Pack => [self.packing(size, held), 0, 0, 0],
        };
        let most = phases.into_iter().fold(search, u64::max);
        self.throughout(size) + most
    }

    /// Returns how many images are read at a time, up to those of `size`, to be packed with no more memory than can be used:
    /// at least one.
    #[must_use]
    pub fn packed_at_a_time(&self, size: &SetSize) -> u64 {
        most_that_fit(1, size.images, |images| {
            self.needed(&size.part(images), Held::InMemory) <= self.most
        })
    }

    /// Returns the bytes that are held from the beginning to the end of the run.
    fn throughout(&self, size: &SetSize) -> u64 {
        let ladder = self
            .ladder
            .map_or(0, |ladder| Self::ladder_bytes(ladder, size));
        BASE + self.threads * THREAD
            + self.besides
            + size.name_bytes()
            + ladder
            + self.clean_images(size)
            + self.start_copies * (self.weights(size) + self.basis(size))
            + self.fixed_parts(size)
            + self.kept_starts(size)
    }

    /// Returns the bytes of fixed parts, which are fewer than all.
    fn fixed_parts(&self, size: &SetSize) -> u64 {
        FIXED_COPIES * u64::from(self.has_fixed_parts) * self.basis(size)
    }

    /// Returns the bytes of the clean images, which are held with their marks and names from the time when noise is added.
    fn clean_images(&self, size: &SetSize) -> u64 {
        self.clean_copies * (size.bytes() + size.mask_bytes() + size.name_bytes())
    }

    /// Returns the bytes of W and H.
    fn factors(&self, size: &SetSize) -> u64 {
        (padded(size.images) + padded(size.pixels)) * self.rank_of(size) * FACTOR
    }

    /// Returns the bytes of W.
    fn weights(&self, size: &SetSize) -> u64 {
        size.images * self.rank_of(size) * FACTOR
    }

    /// Returns the bytes of H.
    fn basis(&self, size: &SetSize) -> u64 {
        size.pixels * self.rank_of(size) * FACTOR
    }

    /// Returns the rank, which no fit exceeds.
    fn rank_of(&self, size: &SetSize) -> u64 {
        self.rank.min(size.whole_images).min(size.pixels)
    }

    /// While images are read: their pixels, some of them several times, and what decoders hold.
    fn reading(&self, size: &SetSize, held: Held) -> u64 {
        let masks = if size.is_masked {
            size.mask_bytes() + size.images * size.pixels
        } else {
            0
        };
        let hashes = HASHES * size.whole_images.max(size.images);
        match held {
            Held::InMemory => {
                size.reading_copies * size.bytes()
                    + (self.threads * size.decoding).max(hashes)
                    + size.waiting
                    + masks
            }
            Held::InFile => self.blocks(size) + hashes + masks,
        }
    }

    /// The blocks that threads read at a time.
    fn blocks(&self, size: &SetSize) -> u64 {
        self.threads * size.block_bytes(BLOCK)
    }

    /// While prototypes are found: the pixels with their panels and, with unknown ones, the known pixels as bytes; the prototypes,
    /// transposed, packed and as sums; and for each image its squares, its nearest prototype and the draws of the start.
    fn finding_prototypes(&self, size: &SetSize, held: Held) -> u64 {
        let is_found = self.task == Task::Compare || self.task == Task::Learn && self.pictures > 0;
        if !is_found {
            return 0;
        }
        let (rank, known) = (self.rank_of(size), u64::from(size.is_masked));
        let draws = 2 + u64::from(rank.max(1).ilog2());
        self.matrix(size, held)
            + 2 * known * size.images * size.pixels
            + self.weights(size)
            + self.basis(size)
            + (56 + 36 * known) * rank * padded(size.pixels)
            + (72 + 16 * draws) * size.images
            + self.recorded(size)
    }

    /// While the priors of the models are estimated: the pixels, both models, the sums of each run of images, and the rests
    /// of some images in f64, with copies of them in f32.
    fn estimating_priors(&self, size: &SetSize, held: Held) -> u64 {
        let rank = self.rank_of(size);
        let sums = size.images.div_ceil(RUN) * 8 * (1 + rank).pow(2);
        let rests = images_with_rests(size.pixels) * (size.pixels + 1);
        pixels_of(size, held)
            + size.mask_bytes()
            + 2 * (self.weights(size) + self.basis(size))
            + sums
            + (8 + 4 * FACTOR) * rests
            + self.recorded(size)
            + self.blocks(size)
    }

    /// While new images are projected: their pixels, both models' bases in f64, and the weights, once while they are
    /// collected.
    fn projecting(&self, size: &SetSize, held: Held) -> u64 {
        pixels_of(size, held)
            + NAME_IN_MODEL * size.images
            + size.mask_bytes()
            + self.blocks(size)
            + 3 * self.weights(size)
            + 3 * self.basis(size)
    }

    /// While images are packed: those that are written at a time, or all of an array.
    fn packing(&self, size: &SetSize, held: Held) -> u64 {
        let read = match held {
            Held::InMemory => self.reading(size, held),
            Held::InFile => size.block_bytes(RUN),
        };
        // Bytes are turned into the written ones a piece at a time.
        read + 2 * PIECE
    }
}

/// Returns from how many images of so many pixels the rests are compared to estimate priors.
pub(crate) fn images_with_rests(pixels: u64) -> u64 {
    (RESTS / pixels.max(1)).clamp(FEWEST_RESTS, MOST_RESTS)
}

/// Returns the largest number from `least` to `most` that fits, and `least` if none does.
fn most_that_fit(least: u64, most: u64, fits: impl Fn(u64) -> bool) -> u64 {
    let (mut largest, mut exceeds) = (least, most + 1);
    while exceeds - largest > 1 {
        let number = largest.midpoint(exceeds);
        if fits(number) {
            largest = number;
        } else {
            exceeds = number;
        }
    }
    largest
}

/// Returns the bytes of pixels that are held besides their panels.
fn pixels_of(size: &SetSize, held: Held) -> u64 {
    match held {
        Held::InMemory => size.bytes(),
        Held::InFile => 0,
    }
}

#[cfg(test)]
mod tests;
