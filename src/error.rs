//! The error type of the library. Variants carry values; their messages state facts, and leave advice on the options of
//! the command to the command.

mod checkpoint;
mod communicator;
mod input;
mod mask;
mod model;
mod table;
mod words;

use crate::plural::by_count;
use std::path::PathBuf;

pub use checkpoint::CheckpointError;
pub use communicator::CommunicatorError;
pub use input::InputError;
pub use mask::MaskError;
pub use model::ModelError;
pub use table::TableError;
pub use words::{SizeCount, one_line};
use words::{and_more, and_others, least, mixed_sizes, seen, skipped_tail};

/// What a function of this crate returns when it can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can fail, each with what was found and what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rank is zero.
    #[error("rank 0 is not possible: a factorisation needs at least one part")]
    RankZero,
    /// The rank is above what the data allow.
    #[error("rank {rank} is too large: {images} images of {pixels} pixels allow at most {most}")]
    RankTooLarge {
        /// The rank that was asked for.
        rank: usize,
        /// How many images there are.
        images: usize,
        /// How many pixels each has.
        pixels: usize,
        /// The largest rank that is possible.
        most: usize,
    },
    /// A picture could not be drawn or encoded.
    #[error("cannot draw the picture: {reason}")]
    Picture {
        /// What stood in the way.
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
    /// A name that stands for nothing.
    #[error("no {what} is called `{found}`; there are: {known}")]
    UnknownName {
        /// What was to be named.
        what: &'static str,
        /// What was found.
        found: String,
        /// The names that exist, separated by commas.
        known: String,
    },
    /// A learning rule is set to what it cannot be.
    #[error("the setting `{found}` of the solver {rule} is not possible; allowed is {allowed}")]
    RuleSetting {
        /// The rule.
        rule: &'static str,
        /// The setting.
        found: String,
        /// What it may be, with an example.
        allowed: &'static str,
    },
    /// Penalties with a rule that has none.
    #[error("the solver {0} takes no penalties")]
    NoPenalties(String),
    /// A penalty has an impossible strength.
    #[error("{what} is {value:?}; allowed is {allowed}")]
    Penalty {
        /// Which.
        what: &'static str,
        /// What was found.
        value: f64,
        /// What is possible.
        allowed: &'static str,
    },
    /// A strength, or two, that cannot be read.
    #[error(
        "`{0}` is not an overlap penalty: allowed are a non-negative number, such as 0.01, or two to taper, such as 0.07:0"
    )]
    Overlap(String),
    /// Every pixel of every image is zero.
    #[error("every pixel of the {0} images is black: there is nothing to learn")]
    AllBlack(usize),
    /// Pixels are zero, and the rule has no finite distance from them.
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
    /// Something is wrong with what is said of unknown pixels.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// A set holds no image, or its images no pixel.
    #[error("there is no pixel to learn from")]
    NoPixels,
    /// A given start holds a value that a factor cannot have.
    #[error("the given start holds {value}; allowed are finite non-negative values")]
    StartValue {
        /// The first such value.
        value: f32,
    },
    /// A given start does not fit the data.
    #[error(
        "the given start is {found}, but {needed} is needed: {images} images, rank {rank}, {pixels} pixels"
    )]
    StartShape {
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
    /// Several starts were asked for, but the seed makes no difference.
    #[error(
        "{restarts} starts from `{init}` would all be the same; starts that differ with the seed are: {random}"
    )]
    SameStarts {
        /// How many were asked for.
        restarts: usize,
        /// The start.
        init: String,
        /// The starts that the seed makes a difference to, separated by commas.
        random: String,
    },
    /// The eigenvectors of a Gram matrix could not be found.
    #[error(
        "the eigenvectors of a matrix of size {size} could not be found; are all pixels finite numbers?"
    )]
    NoEigenvectors {
        /// Rows of the matrix.
        size: usize,
    },
    /// A model cannot be written, read, or used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A fit cannot go on from a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Processes cannot work together.
    #[error(transparent)]
    Communicator(#[from] CommunicatorError),
    /// There is nothing at the path.
    #[error("{path}: no such file or folder")]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// An input is nothing that images can be read from.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A table holds no rows of numbers.
    #[error(transparent)]
    Rows(#[from] TableError),
    /// A folder holds nothing that looks like an image.
    #[error("{path} holds no image (seen: {}); supported are {supported}", seen(.by_extension))]
    NoImages {
        /// The folder.
        path: PathBuf,
        /// What was there instead: extension (with its dot, or a description) and count.
        by_extension: Vec<(String, usize)>,
        /// The formats that can be read.
        supported: &'static str,
    },
    /// Fewer images could be used than are needed.
    #[error("{path}: {usable} usable, {} needed{}", least(*.needed), skipped_tail(*.skipped, .first.as_deref()))]
    TooFewImages {
        /// The folder or file.
        path: PathBuf,
        /// How many images could be used.
        usable: usize,
        /// How many are needed.
        needed: usize,
        /// How many files looked like images and could not be used.
        skipped: usize,
        /// The first of those with its reason.
        first: Option<String>,
    },
    /// The size asked for is empty or beyond what is held in memory.
    #[error("a size of {width}x{height} is not possible: each side is 1 to {most} pixels")]
    SizeOutOfRange {
        /// Columns asked for.
        width: usize,
        /// Rows asked for.
        height: usize,
        /// The longest side allowed.
        most: usize,
    },
    /// A swimmer is larger than its image.
    #[error("this swimmer needs an image of {}x{} or more, not {}x{}", .needed.0, .needed.1, .found.0, .found.1)]
    SwimmerTooLarge {
        /// Width and height that are enough.
        needed: (usize, usize),
        /// Width and height of the image.
        found: (usize, usize),
    },
    /// Limbs of a swimmer share pixels.
    #[error(
        "limbs of length {limb} and thickness {thickness} would meet: they need a torso of {}x{} or more",
        .needed.0, .needed.1
    )]
    LimbsMeet {
        /// The length asked for.
        limb: usize,
        /// The thickness asked for.
        thickness: usize,
        /// Width and height of the torso that keeps them apart.
        needed: (usize, usize),
    },
    /// More images are to be made than fit the memory.
    #[error("{images} images of this size are too many: at most {most} are made")]
    TooManyImages {
        /// How many were asked for.
        images: usize,
        /// The most of this size.
        most: usize,
    },
    /// Images of one set differ in size.
    #[error("{}", mixed_sizes(.sizes))]
    MixedSizes {
        /// The sizes found, the most frequent first; never fewer than two.
        sizes: Vec<SizeCount>,
    },
    /// A file looks like an image and could not be read, and nothing may be skipped.
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
    /// All pixels are too dark or the brightest are too bright to be counted with.
    #[error(
        "the largest value is {largest:e}; allowed are 1e-15 to 1e15: divide all values by the largest"
    )]
    LightOutOfRange {
        /// The largest value.
        largest: f32,
    },
    /// The rows of an array are not images of the shape given.
    #[error("a row of {columns} values is no image of {width}x{height}, which has {}", width * height)]
    RowLength {
        /// Values in a row.
        columns: usize,
        /// Columns of an image.
        width: usize,
        /// Rows of an image.
        height: usize,
    },
    /// A file that begins as .npy does has no sound header.
    #[error("the .npy header cannot be read; save the array again with numpy.save")]
    NpyHeader,
    /// The values of a .npy file are of a type that is not read: as the header spells it.
    #[error(
        "the array holds {0}; allowed are u8, u16, f32, f64 and bool: convert it with .astype(numpy.float32)"
    )]
    NpyType(String),
    /// The array of a .npy file is no list of images.
    #[error(
        "the array's shape is {shape:?}; allowed are (n, height, width), (n, height, width, 1) and (n, pixels)"
    )]
    NpyShape {
        /// The shape.
        shape: Vec<usize>,
    },
    /// A .npy file is shorter than its header says.
    #[error("cut short: shape {shape:?} needs {needed} bytes, the file holds {held}")]
    NpyShort {
        /// The shape.
        shape: Vec<usize>,
        /// Bytes of values the shape stands for.
        needed: u128,
        /// Bytes of values there are.
        held: u64,
    },
    /// A file of known parts holds none.
    #[error("the array holds no part; needed is (parts, height, width) or (parts, pixels)")]
    NoParts,
    /// A known part is black.
    #[error("part {0}, counted from 0, is black: leave it out")]
    BlackPart(usize),
    /// Known parts have another size than the images.
    #[error(
        "the known parts are {}x{}, the images {}x{}: bring both to one size",
        .found.0, .found.1, .images.0, .images.1
    )]
    PartsSize {
        /// Width and height of the parts.
        found: (usize, usize),
        /// Width and height of the images.
        images: (usize, usize),
    },
    /// The name of a file of known parts or features does not say which it is.
    #[error("{0} is neither a .npy file of known parts nor a .csv file of features")]
    UnknownTruth(PathBuf),
    /// The lines of a table cannot be read.
    #[error("{path}: {source}")]
    Table {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
    /// A table of features names no feature.
    #[error(
        "no feature: needed are a head, then a line an image with its name and, in each further column, its kind"
    )]
    NoFeatures,
    /// A table of features says nothing of some images.
    #[error(
        "no line for {}{}: the first column must name every image as the folder does",
        one_line(.image), and_more(*.others)
    )]
    NoRow {
        /// The first such image.
        image: String,
        /// How many more there are.
        others: usize,
    },
    /// A table of features says two things of one image.
    #[error("two lines for {}: keep one", one_line(.0))]
    TwoRows(String),
    /// An array could not be written.
    #[error("the array cannot be written: {0}")]
    Array(#[source] ndarray_npy::WriteNpyError),
    /// A comparison of no rule, or of more than fit one picture.
    #[error("a comparison takes 1 to {most} rules, not {count}")]
    RuleCount {
        /// How many were given.
        count: usize,
        /// The most that are possible.
        most: usize,
    },
    /// A comparison with one rule twice.
    #[error("the rule `{0}` is there twice; name each rule once")]
    RepeatedRule(String),
    /// A rule of a comparison could not learn.
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
    /// Something is wrong inside a file.
    #[error("{path}: {source}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<Error>,
    },
}
