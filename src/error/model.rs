//! What can be wrong with a model that is written, read, or given images.

/// Why a model cannot be written, read, or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// It could not be written.
    #[error("the model cannot be written: {0}")]
    Write(#[from] ndarray_npy::WriteNpzError),
    /// The file is no archive, or a damaged one.
    #[error("this is no model ({0}): pass the model.npz of a run, or the folder that holds it")]
    Archive(zip::result::ZipError),
    /// The file's layout is another than this version knows.
    #[error(
        "the model has format {found}, but this version reads format {known}: learn it again with this version"
    )]
    Version {
        /// The format of the file.
        found: i64,
        /// The format that is read.
        known: i64,
    },
    /// A key is not there.
    #[error(
        "there is no `{0}`: pass the model.npz of a run; other archives of arrays are no models"
    )]
    Missing(&'static str),
    /// The archive holds an array in a way that is not read, or not whole.
    #[error("`{key}` cannot be read: {source}")]
    Damaged {
        /// The key.
        key: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Values are of another type than they must be.
    #[error("`{key}` holds {found}; needed is {needed}")]
    Type {
        /// The key.
        key: &'static str,
        /// The type as the header spells it.
        found: String,
        /// What is read.
        needed: &'static str,
    },
    /// An array has a shape that does not go with the others.
    #[error("`{key}` has the shape {found:?}; needed is {needed:?}, as the other arrays say")]
    Sides {
        /// The key.
        key: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that goes with the other arrays.
        needed: Vec<usize>,
    },
    /// A value is what it cannot be.
    #[error("`{key}` holds {found}; allowed are {allowed}")]
    Value {
        /// The key.
        key: &'static str,
        /// The first such value.
        found: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// Images are of another size than those of the model.
    #[error(
        "the images are {}x{}, those of the model {}x{}: bring both to one size",
        .found.0, .found.1, .known.0, .known.1
    )]
    Size {
        /// Width and height of the images.
        found: (usize, usize),
        /// Width and height of the parts.
        known: (usize, usize),
    },
}
