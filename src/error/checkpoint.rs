//! What can be wrong with a checkpoint that a fit is to go on from.

/// Why a fit cannot go on from a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file is no archive, or a damaged one.
    #[error("this is no checkpoint ({0}): learn from the beginning")]
    Archive(zip::result::ZipError),
    /// A key is not there.
    #[error("there is no `{0}`: this is no checkpoint, learn from the beginning")]
    Missing(&'static str),
    /// The file's layout is another than this version knows.
    #[error(
        "the checkpoint has format {found}, but this version reads format {known}: go on with the version that wrote it"
    )]
    Version {
        /// The format of the file.
        found: i64,
        /// The format that is read.
        known: i64,
    },
    /// A setting is another than the fit was begun with.
    #[error(
        "the fit was begun with {name} {then}, this one has {now}: go on with the same, or learn from the beginning"
    )]
    Setting {
        /// Which.
        name: String,
        /// As it was.
        then: String,
        /// As it is now.
        now: String,
    },
    /// The images are others than the fit was begun with.
    #[error(
        "these {images} images are not those that the fit was begun with, or are read in another way: pass the same, or \
        learn from the beginning"
    )]
    OtherImages {
        /// How many there are now.
        images: usize,
    },
    /// Its arrays do not go together, though each is sound.
    #[error(
        "the checkpoint does not fit the images and settings that it was made of: learn from the beginning"
    )]
    Inconsistent,
}
