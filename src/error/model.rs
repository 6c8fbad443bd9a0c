//! Errors of models.

/// Why a model cannot be written, read or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// It could not be written.
    #[error("the model cannot be written: {0}")]
    Write(#[source] std::io::Error),
    /// The file is not an archive, or is damaged: why it cannot be opened.
    #[error("not a model ({0}): pass the model.npz of a run, or its folder")]
    Archive(String),
    /// The file has a format that this version does not support.
    #[error(
        "the model has format {found}, but this version reads format {known}: repeat the run with this version"
    )]
    Version {
        /// The format of the file.
        found: i64,
        /// The format that this version reads.
        known: i64,
    },
    /// A key is missing.
    #[error("not a model, because `{0}` is missing: pass the model.npz of a run")]
    Missing(&'static str),
    /// An array of the archive is stored in an unsupported way, or is truncated.
    #[error("`{key}` cannot be read: {source}")]
    Damaged {
        /// The key.
        key: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Values have the wrong type.
    #[error("`{key}` holds {found}; required is {needed}")]
    Type {
        /// The key.
        key: &'static str,
        /// The type, as spelled in the header.
        found: String,
        /// The required type.
        needed: &'static str,
    },
    /// The shape of an array does not match the other arrays.
    #[error("`{key}` has the shape {found:?}; required is {needed:?}, to match the other arrays")]
    Sides {
        /// The key.
        key: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that matches the other arrays.
        needed: Vec<usize>,
    },
    /// A value is out of range.
    #[error("`{key}` holds {found}; allowed are {allowed}")]
    Value {
        /// The key.
        key: &'static str,
        /// The first such value.
        found: String,
        /// The allowed values.
        allowed: &'static str,
    },
    /// Images differ in size from those of the model.
    #[error(
        "the images are {}x{}, those of the model {}x{}: both must have the same size",
        .found.0, .found.1, .known.0, .known.1
    )]
    Size {
        /// Width and height of the images.
        found: (usize, usize),
        /// Width and height of the parts.
        known: (usize, usize),
    },
}
