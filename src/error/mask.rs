//! What can be wrong with masks, and with pixels that they hide.

/// What can be wrong with what is said of unknown pixels.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// Pixels are unknown, and the rule needs all of them.
    #[error(
        "{unknown} {} unknown, and the solver {solver} needs all: hals and mu (mu:kl, mu:is, mu:BETA) do without",
        if *.unknown == 1 { "pixel is" } else { "pixels are" }
    )]
    NeedsAllPixels {
        /// How many are unknown.
        unknown: usize,
        /// The rule as it is spelled.
        solver: String,
    },
    /// No pixel of any image is known.
    #[error("every pixel of the {images} images is unknown: there is nothing to learn; is white known in the mask?")]
    NothingKnown {
        /// How many images there are.
        images: usize,
    },
    /// A mask is of another number or size of images.
    #[error(
        "the mask is of {} images of {} pixels, the set of {} images of {} pixels: both must agree",
        .found.0, .found.1, .needed.0, .needed.1
    )]
    Shape {
        /// Images and pixels of the mask.
        found: (usize, usize),
        /// Images and pixels of the set.
        needed: (usize, usize),
    },
}
