//! Errors of starts: W and H that are given, or in a file.

use super::words::list_names;

/// The ways in which a start cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A given start contains a value that a factor cannot have.
    #[error("the given start contains {value}; allowed are finite non-negative values")]
    Value {
        /// The first such value.
        value: f32,
    },
    /// A given start has another shape than the data require.
    #[error(
        "the given start is {found}, but {needed} is needed: {images} images, rank {rank}, {pixels} pixels"
    )]
    Shape {
        /// The shape that was given.
        found: String,
        /// The shape that fits.
        needed: String,
        /// How many images there are.
        images: usize,
        /// The rank of the factorisation.
        rank: usize,
        /// How many pixels an image has.
        pixels: usize,
    },
    /// Several starts are requested from an initialisation that does not depend on the seed.
    #[error(
        "{restarts} starts from `{init}` would be identical; starts that depend on the seed are: {random}"
    )]
    Same {
        /// The requested number.
        restarts: usize,
        /// The start.
        init: String,
        /// The initialisations that depend on the seed, separated by commas.
        random: String,
    },
    /// The file is not an archive, or is damaged: why it cannot be opened.
    #[error(
        "not an .npz archive ({0}): save W and H with numpy.savez, or pass the model.npz of a run"
    )]
    Archive(String),
    /// The archive has neither factor.
    #[error(
        "neither `W` nor `H` is in this archive, {}: save them with numpy.savez(FILE, W=W, H=H)",
        held(.0)
    )]
    NoFactors(Vec<String>),
    /// A factor has another number of sides, or an empty one.
    #[error("`{key}` has the shape {found:?}; required is {needed}")]
    Sides {
        /// The key.
        key: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The required shape.
        needed: &'static str,
    },
    /// W and H have another rank.
    #[error("`W` has {weights} columns and `H` {parts} rows: both must be the number of parts")]
    Ranks {
        /// Columns of W.
        weights: usize,
        /// Rows of H.
        parts: usize,
    },
    /// W has another number of images.
    #[error(
        "`W` has {found} rows, but there are {images} images to learn from: it must have one row per image, or be left out"
    )]
    Images {
        /// Rows of W.
        found: usize,
        /// The number of images.
        images: usize,
    },
    /// Parts have another number of pixels.
    #[error(
        "a part has {found} pixels, but the images are {}x{}, which are {}",
        .size.0, .size.1, .size.0 * .size.1
    )]
    Pixels {
        /// Pixels of a part.
        found: usize,
        /// Width and height of the images.
        size: (usize, usize),
    },
    /// Parts have another height and width.
    #[error(
        "parts are {}x{}, but the images {}x{}: both must have the same size",
        .found.0, .found.1, .size.0, .size.1
    )]
    Size {
        /// Width and height of the parts.
        found: (usize, usize),
        /// Width and height of the images.
        size: (usize, usize),
    },
    /// The product of the largest values is above the largest allowed pixel value.
    #[error(
        "the largest values of `W` and `H`, {weight:e} and {part:e}, have a product above {most:e}: W H must be at the scale of \
         the pixels"
    )]
    TooLarge {
        /// The largest value of W.
        weight: f32,
        /// The largest value of H.
        part: f32,
        /// The largest product allowed.
        most: f32,
    },
    /// Pixels are unknown, and H is missing.
    #[error("`H` is missing, which cannot be found for images with unknown pixels: add it")]
    NeedsParts,
}

/// Returns what an archive holds instead.
fn held(keys: &[String]) -> String {
    if keys.is_empty() {
        "which is empty".to_owned()
    } else {
        format!("which has {}", list_names(keys))
    }
}
