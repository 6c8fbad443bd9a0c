//! The error type of the library. Variants carry values, and their messages state facts. Hints about options are added by
//! the command.

mod array;
mod checkpoint;
mod communicator;
mod fixed;
mod input;
mod mask;
mod model;
mod noise;
mod start;
mod table;
mod truth;
mod weights;
mod words;

use crate::plural::by_count;
use array::{allowed_shapes, unsupported_type};
use std::path::PathBuf;

pub use checkpoint::CheckpointError;
pub use communicator::CommunicatorError;
pub use fixed::FixedError;
pub use input::{InputError, Reducible};
pub use mask::MaskError;
pub use model::ModelError;
pub use noise::NoiseError;
pub use start::StartError;
pub use table::TableError;
pub use truth::TruthError;
pub use weights::WeightsError;
pub(crate) use words::PART_OF_ZIP;
pub use words::{SizeCount, common_no_intensity, list_names, no_intensity, one_line};
use words::{and_others, ignored_tail, least, mixed_sizes, seen, skipped_tail};

/// The result of a fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// All errors of this crate, each with what was found and what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rank is zero.
    #[error("rank 0 is not possible: a factorisation needs at least one part")]
    RankZero,
    /// The rank is above what the data allow.
    #[error("rank {rank} is too large: {images} images of {pixels} pixels allow at most {most}")]
    RankTooLarge {
        /// The requested rank.
        rank: usize,
        /// How many images there are.
        images: usize,
        /// How many pixels each has.
        pixels: usize,
        /// The largest possible rank.
        most: usize,
    },
    /// The number of prototypes is zero, or above the number of images.
    #[error("{prototypes} prototypes are not possible: {images} images allow 1 to {images}")]
    Prototypes {
        /// The requested number.
        prototypes: usize,
        /// How many images there are.
        images: usize,
    },
    /// A picture could not be drawn or encoded.
    #[error("cannot draw the picture: {reason}")]
    Picture {
        /// The reason.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A name is unknown.
    #[error("unknown {what} `{found}`; available: {known}")]
    UnknownName {
        /// The kind of thing that is named.
        what: &'static str,
        /// What was found.
        found: String,
        /// The names that exist, separated by commas.
        known: String,
    },
    /// A setting of a learning rule is out of range.
    #[error("invalid setting `{found}` of the solver {rule}; allowed is {allowed}")]
    RuleSetting {
        /// The rule.
        rule: &'static str,
        /// The setting.
        found: String,
        /// The allowed settings, with an example.
        allowed: &'static str,
    },
    /// Penalties are set for a rule that does not support them.
    #[error("the solver {0} does not support penalties")]
    NoPenalties(String),
    /// The strength of a penalty is out of range.
    #[error("{what} is {value:?}; allowed is {allowed}")]
    Penalty {
        /// Which.
        what: &'static str,
        /// What was found.
        value: f64,
        /// The allowed values.
        allowed: &'static str,
    },
    /// An overlap penalty cannot be parsed.
    #[error(
        "`{0}` is not an overlap penalty: allowed are a non-negative number such as 0.01, or two such as 0.07:0"
    )]
    Overlap(String),
    /// Every pixel of every image is zero.
    #[error("every pixel of the {0} images is black: there is nothing to learn")]
    AllBlack(usize),
    /// Pixels are zero, and the loss of the rule is infinite there.
    #[error(
        "{zeros} of the {values} pixel values are 0, and `{solver}` allows only values above 0"
    )]
    BlackPixels {
        /// How many values are zero.
        zeros: usize,
        /// How many values there are.
        values: usize,
        /// The rule as it is spelled.
        solver: String,
    },
    /// A mask, or another selection of unknown pixels, is invalid.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// Noise cannot be added to images.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// A set has no images, or its images have no pixels.
    #[error("the set has no pixels")]
    NoPixels,
    /// A start cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The eigenvectors of a Gram matrix could not be computed.
    #[error(
        "the eigenvectors of a {size}x{size} matrix could not be computed; check that all pixels are finite"
    )]
    NoEigenvectors {
        /// Rows of the matrix.
        size: usize,
    },
    /// A model cannot be written, read or used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A fit cannot be continued from a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Parts cannot be kept fixed.
    #[error(transparent)]
    Fixed(#[from] FixedError),
    /// Weights of pixels or images cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Processes cannot work together.
    #[error(transparent)]
    Communicator(#[from] CommunicatorError),
    /// The path does not exist.
    #[error("{path}: no such file or folder")]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// No images can be read from an input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A table has no rows of numbers.
    #[error(transparent)]
    Rows(#[from] TableError),
    /// A folder contains no images.
    #[error("{path} contains no images (found: {}); supported are {supported}", seen(.by_extension))]
    NoImages {
        /// The folder.
        path: PathBuf,
        /// The extensions that were found (with the dot, or a description), with their counts.
        by_extension: Vec<(String, usize)>,
        /// The formats that can be read.
        supported: &'static str,
    },
    /// Fewer images could be used than are needed.
    #[error(
        "{path}: {usable} usable, {} needed{}{}",
        least(*.needed), skipped_tail(*.skipped, .first.as_deref()), ignored_tail(.ignored)
    )]
    TooFewImages {
        /// The folder or file.
        path: PathBuf,
        /// How many images could be used.
        usable: usize,
        /// How many are needed.
        needed: usize,
        /// How many image files were skipped.
        skipped: usize,
        /// The first skipped file, with its reason.
        first: Option<String>,
        /// The extensions of files that are not images, with their counts.
        ignored: Vec<(String, usize)>,
    },
    /// The requested image size is empty or too large.
    #[error("the size {width}x{height} is out of range: each side must be 1 to {most} pixels")]
    SizeOutOfRange {
        /// The requested number of columns.
        width: usize,
        /// The requested number of rows.
        height: usize,
        /// The longest side allowed.
        most: usize,
    },
    /// A Swimmer is larger than its image.
    #[error("this Swimmer needs images of at least {}x{}, not {}x{}", .needed.0, .needed.1, .found.0, .found.1)]
    SwimmerTooLarge {
        /// The smallest sufficient width and height.
        needed: (usize, usize),
        /// Width and height of the image.
        found: (usize, usize),
    },
    /// Limbs of a Swimmer share pixels.
    #[error(
        "limbs of length {limb} and thickness {thickness} would overlap: they need a torso of at least {}x{}",
        .needed.0, .needed.1
    )]
    LimbsMeet {
        /// The requested length.
        limb: usize,
        /// The requested thickness.
        thickness: usize,
        /// The smallest width and height of a torso that keeps the limbs apart.
        needed: (usize, usize),
    },
    /// More synthetic images are requested than fit into memory.
    #[error("{images} images of this size are too many: at most {most} are possible")]
    TooManyImages {
        /// The requested number.
        images: usize,
        /// The maximum number of images of this size.
        most: usize,
    },
    /// Images of one set differ in size.
    #[error("{}", mixed_sizes(.sizes))]
    MixedSizes {
        /// The sizes found, the most frequent first; at least two.
        sizes: Vec<SizeCount>,
    },
    /// An image file could not be read, and no file may be skipped.
    #[error("{}: {reason}{}", one_line(.name), and_others(*.others))]
    Unreadable {
        /// The file, below the input folder.
        name: String,
        /// Why.
        reason: String,
        /// How many more files failed.
        others: usize,
    },
    /// Pixels are NaN or infinite.
    #[error(
        "{count} {} NaN or infinite, the first at image {image}, row {row}, column {column} \
        (counted from 0)", by_count(*.count, "value is", "values are")
    )]
    NotFinite {
        /// How many values.
        count: usize,
        /// Image of the first, counted from 0.
        image: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// Pixels are below zero.
    #[error(
        "{count} negative {} down to {minimum}, the first at image {image}, row {row}, column {column} \
        (counted from 0): parts need non-negative values; shift all values up, clip them at 0 or mask them",
        by_count(*.count, "value", "values")
    )]
    Negative {
        /// How many values.
        count: usize,
        /// The smallest.
        minimum: f32,
        /// Image of the first, counted from 0.
        image: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// The largest pixel value is too small or too large for single precision.
    #[error(
        "the largest value is {largest:e}; allowed are 1e-15 to 1e15: divide all values by the largest"
    )]
    LightOutOfRange {
        /// The largest value.
        largest: f32,
    },
    /// The rows of an array are not images of the given shape.
    #[error("a row of {columns} values is not an image of {width}x{height}, which has {}", width * height)]
    RowLength {
        /// Values in a row.
        columns: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
    },
    /// The header of a .npy file is invalid.
    #[error("the .npy header cannot be read; save the array again with numpy.save")]
    NpyHeader,
    /// The type of the values of a .npy file is not supported; as spelled in the header.
    #[error("the array holds {}", unsupported_type(.0))]
    NpyType(String),
    /// The array of a .npy file does not have the shape of a list of images.
    #[error("the array's shape is {shape:?}; {}", allowed_shapes(.shape))]
    NpyShape {
        /// The shape.
        shape: Vec<usize>,
    },
    /// A .npy file is shorter than its header states.
    #[error("truncated: shape {shape:?} needs {needed} bytes, the file holds {held}")]
    NpyShort {
        /// The shape.
        shape: Vec<usize>,
        /// Bytes of values that the shape requires.
        needed: u128,
        /// Bytes of values in the file.
        held: u64,
    },
    /// A file of known parts or features cannot be used.
    #[error(transparent)]
    Truth(#[from] TruthError),
    /// An array could not be written.
    #[error("the array cannot be written: {0}")]
    Array(#[source] std::io::Error),
    /// A comparison has no rules, or more than fit into one picture.
    #[error("a comparison takes 1 to {most} rules, not {count}")]
    RuleCount {
        /// How many were given.
        count: usize,
        /// The maximum number of rules.
        most: usize,
    },
    /// A comparison lists a rule twice.
    #[error("the rule `{0}` is listed twice; list each rule once")]
    RepeatedRule(String),
    /// The fit of a rule of a comparison failed.
    #[error("{rule}: {source}")]
    InRule {
        /// The rule.
        rule: String,
        /// Why.
        source: Box<Error>,
    },
    /// An array of an archive cannot be read.
    #[error("`{}`: {source}", one_line(.key))]
    InArray {
        /// The name of the array.
        key: String,
        /// Why.
        source: Box<Error>,
    },
    /// The content of a file is invalid.
    #[error("{path}: {source}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// The error.
        source: Box<Error>,
    },
}
