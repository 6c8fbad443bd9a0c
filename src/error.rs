//! The one error type of the library. Variants carry values; the sentences are made here.

use std::path::PathBuf;

/// What a function of this crate returns when it can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Everything that can go wrong, each with what was found, what is allowed and what to try.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rank is zero.
    #[error("rank 0 is not possible; a factorisation needs at least one part: pass -k 1 or more")]
    RankZero,
    /// The rank is above what the data allow.
    #[error(
        "rank {rank} is too large: {images} images of {pixels} pixels allow at most {most}; pass -k {most} or less"
    )]
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
    /// Every pixel of every image is zero.
    #[error("every pixel of the {images} images is black: there is nothing to learn; is the folder the right one?")]
    AllBlack {
        /// How many images there are.
        images: usize,
    },
    /// A set holds no image, or its images no pixel.
    #[error("there is no pixel to learn from")]
    NoPixels,
    /// A given start holds a value that a factor cannot have.
    #[error("the given start holds {value}; allowed are finite values of 0 or more")]
    StartValue {
        /// The first such value.
        value: f32,
    },
    /// A given start does not fit the data.
    #[error("the given start is {found}, but {needed} is needed: {images} images, rank {rank}, {pixels} pixels")]
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
    #[error("{restarts} starts from `{init}` would all be the same; starts that differ with the seed are: {random}")]
    SameStarts {
        /// How many were asked for.
        restarts: usize,
        /// The start.
        init: String,
        /// The starts that the seed makes a difference to, separated by commas.
        random: String,
    },
    /// The eigenvectors of a Gram matrix could not be found.
    #[error("the eigenvectors of a matrix of size {size} could not be found; are all pixels finite numbers?")]
    NoEigenvectors {
        /// Rows of the matrix.
        size: usize,
    },
    /// The model could not be written.
    #[error("the model cannot be written: {source}")]
    Model {
        /// Why.
        source: ndarray_npy::WriteNpzError,
    },
    /// There is nothing at the path.
    #[error("{path}: no such file or folder")]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// The input is a single image.
    #[error("{path} is one image, not a folder of images: pass the folder that holds it")]
    OneImage {
        /// The file.
        path: PathBuf,
    },
    /// The input is nothing that images can be read from.
    #[error("{path} is neither a folder of images nor a .npy file")]
    UnknownInput {
        /// The file.
        path: PathBuf,
    },
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
    /// Fewer than two images could be used.
    #[error("{path}: {usable} usable, at least 2 images are needed{}", skipped_tail(*.skipped, .first.as_deref()))]
    TooFewImages {
        /// The folder or file.
        path: PathBuf,
        /// How many images could be used.
        usable: usize,
        /// How many files looked like images and could not be used.
        skipped: usize,
        /// The first of those with its reason.
        first: Option<String>,
    },
    /// The limit leaves fewer than two images.
    #[error("a limit of {limit} is too small: at least 2 images are needed; pass --limit 2 or more")]
    LimitTooSmall {
        /// The limit that was asked for.
        limit: usize,
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
    /// Images of one set differ in size.
    #[error("{}", mixed_sizes(.sizes))]
    MixedSizes {
        /// The sizes found, the most frequent first; never fewer than two.
        sizes: Vec<SizeCount>,
    },
    /// A file looks like an image and could not be read, and nothing may be skipped.
    #[error("{}: {reason}{}; without --strict it is skipped", one_line(.name), and_others(*.others))]
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
        "{count} {} NaN or infinite, the first at image {image}, row {row}, column {column} (counted from 0): \
        replace or mask them first", if *.count == 1 { "value is" } else { "values are" }
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
        (counted from 0): parts need values of 0 or more; shift all values up, clip them at 0 or mask them",
        if *.count == 1 { "value" } else { "values" }
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
    #[error("the largest value is {largest:e}; allowed are 1e-15 to 1e15: divide all values by the largest")]
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
    /// The values of a .npy file are of a type that is not read.
    #[error("the array holds {descr}; allowed are u8, u16, f32, f64 and bool: convert it with .astype(numpy.float32)")]
    NpyType {
        /// The type as the header spells it.
        descr: String,
    },
    /// The array of a .npy file is no list of images.
    #[error("the array's shape is {shape:?}; allowed are (n, height, width), (n, height, width, 1) and (n, pixels)")]
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
    /// A comparison of no rule, or of more than fit one picture.
    #[error("a comparison takes 1 to {most} rules, not {count}")]
    RuleCount {
        /// How many were given.
        count: usize,
        /// The most that are possible.
        most: usize,
    },
    /// A comparison with one rule twice.
    #[error("the rule `{rule}` is there twice; name each rule once")]
    RepeatedRule {
        /// The rule.
        rule: String,
    },
    /// A rule of a comparison could not learn.
    #[error("{rule}: {source}")]
    InRule {
        /// The rule.
        rule: String,
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

/// One of several sizes found among the images of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeCount {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// How many images have this size.
    pub count: usize,
    /// The first few of them.
    pub examples: Vec<String>,
}

/// A file name as it can stand within one line: control characters are escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, sign| {
        if sign.is_control() {
            line.extend(sign.escape_default());
        } else {
            line.push(sign);
        }
        line
    })
}

fn mixed_sizes(sizes: &[SizeCount]) -> String {
    let Some(most) = sizes.first() else {
        return String::new();
    };
    let advice = format!("pass --size {}x{} to resize", most.width, most.height);
    if let [most, odd] = sizes
        && odd.count == 1
        && most.count > 1
    {
        return format!(
            "{} is {}x{}, the other {} images are {}x{}; {advice}",
            examples(odd),
            odd.width,
            odd.height,
            most.count,
            most.width,
            most.height
        );
    }
    let listed: Vec<String> = sizes
        .iter()
        .take(4)
        .map(|size| {
            let verb = if size.count == 1 { "is" } else { "are" };
            format!("{} {verb} {}x{} ({})", size.count, size.width, size.height, examples(size))
        })
        .collect();
    let rest = match sizes.len().saturating_sub(4) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("the images have {} sizes: {}{rest}; {advice}", sizes.len(), listed.join(", "))
}

fn examples(size: &SizeCount) -> String {
    let names: Vec<String> = size.examples.iter().map(|name| one_line(name)).collect();
    let more = if size.count > names.len() { ", …" } else { "" };
    names.join(", ") + more
}

fn seen(by_extension: &[(String, usize)]) -> String {
    if by_extension.is_empty() {
        return "nothing".to_owned();
    }
    let kinds: Vec<String> =
        by_extension.iter().take(8).map(|(extension, count)| format!("{count} {}", one_line(extension))).collect();
    kinds.join(", ") + if by_extension.len() > 8 { ", …" } else { "" }
}

fn skipped_tail(skipped: usize, first: Option<&str>) -> String {
    first.map_or_else(String::new, |first| format!("; {skipped} skipped, the first: {}", one_line(first)))
}

fn and_others(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " (and 1 file more)".to_owned(),
        _ => format!(" (and {count} files more)"),
    }
}
