//! Errors of weights of pixels and images.

use super::one_line;

/// Why weights of pixels or images cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// There are more or fewer of them than pixels or images.
    #[error("{found} weights of {what} for {needed} {what}: each needs one")]
    Count {
        /// `pixels` or `images`.
        what: &'static str,
        /// The number of weights.
        found: usize,
        /// The number of pixels or images.
        needed: usize,
    },
    /// Weights of pixels have another size than the images.
    #[error("the weights of pixels are {}x{}, the images {}x{}: both must have the same size", .found.0, .found.1, .images.0, .images.1)]
    Size {
        /// Width and height of the weights.
        found: (usize, usize),
        /// Width and height of the images.
        images: (usize, usize),
    },
    /// A weight is negative or not finite.
    #[error(
        "weight {index} of the {what} (counted from 0) is {value}; allowed are finite non-negative numbers"
    )]
    Value {
        /// `pixels` or `images`.
        what: &'static str,
        /// The index of the first such weight.
        index: usize,
        /// Its value.
        value: f32,
    },
    /// No weight is above 0.
    #[error("all weights of the {what} are 0: at least one must be above 0")]
    AllZero {
        /// `pixels` or `images`.
        what: &'static str,
    },
    /// A weight is so small that the scaled values would lose their digits.
    #[error(
        "weight {index} of the {what} (counted from 0) is {value}, and the largest is {largest}; allowed are 0 and weights of \
        at least 1e-12 of the largest"
    )]
    TooSmall {
        /// `pixels` or `images`.
        what: &'static str,
        /// The index of the first such weight.
        index: usize,
        /// Its value.
        value: f32,
        /// The largest weight.
        largest: f32,
    },
    /// A line of a text file is not a number.
    #[error("the weight of image {index} (counted from 0) is not a number: {}", one_line(.text))]
    Number {
        /// The image.
        index: usize,
        /// What its line has.
        text: String,
    },
    /// An array has another shape than one weight per image.
    #[error(
        "the array has the shape {0:?}; weights of images are an array (images), with one for each"
    )]
    ImageShape(Vec<usize>),
    /// An array has another shape than one weight per pixel.
    #[error("the array has the shape {0:?}; weights of pixels are an array (height, width)")]
    PixelShape(Vec<usize>),
    /// A file of weights of pixels is no picture.
    #[error("{0}; weights of pixels are a .npy array (height, width) or a grey picture")]
    Picture(String),
    /// The learning rule does not support weights.
    #[error(
        "the solver {0} does not support weights of pixels or images; hals without penalties and mu do"
    )]
    Solver(String),
    /// Weights cannot be combined with another setting.
    #[error("weights of pixels or images cannot be combined with {0}")]
    Combination(&'static str),
    /// Some pixels are unknown.
    #[error(
        "some pixels are unknown, which cannot be combined with weights of pixels or images; a pixel that is unknown in all \
        images can have the weight 0 instead"
    )]
    UnknownPixels,
    /// Nothing is left to learn from.
    #[error(
        "all pixels of weight above 0 are 0 in all images of weight above 0: no part can be learned"
    )]
    Black,
}
