//! Errors of checkpoints.

/// Why a fit cannot be continued from a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file is not an archive, or is damaged: why it cannot be opened.
    #[error("not a checkpoint ({0}): start a new fit")]
    Archive(String),
    /// A key is missing.
    #[error("not a checkpoint, because `{0}` is missing: start a new fit")]
    Missing(&'static str),
    /// The file has a format that this version does not support.
    #[error(
        "the checkpoint has format {found}, but this version reads format {known}: continue with the version that wrote it"
    )]
    Version {
        /// The format of the file.
        found: i64,
        /// The format that this version reads.
        known: i64,
    },
    /// A setting differs from that of the original fit.
    #[error(
        "the fit was started with {name} {then}, but this one has {now}: use the same setting, or start a new fit"
    )]
    Setting {
        /// Which.
        name: String,
        /// The original value.
        then: String,
        /// The present value.
        now: String,
    },
    /// The images differ from those of the original fit.
    #[error(
        "these {images} images are not those of the original fit, or were read with other settings: pass the same, or \
        start a new fit"
    )]
    OtherImages {
        /// The present number of images.
        images: usize,
    },
    /// Its arrays are valid but do not belong together.
    #[error(
        "the checkpoint does not match the images and settings that it was made from: start a new fit"
    )]
    Inconsistent,
}
