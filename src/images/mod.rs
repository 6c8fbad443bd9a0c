//! Images as a source of blocks: in memory or on disk, and shared among processes. With the feature `formats`, also reading of
//! files.

mod distributed;
mod fingerprint;
mod format;
mod hold_out;
mod missing;
mod noise;
mod options;
mod pixel_matrix;
#[cfg(feature = "formats")]
mod reading;
mod set;
pub mod synthetic;
mod weighting;

pub use distributed::ImageShard;
pub(crate) use fingerprint::{fingerprint, fingerprint_of_start, hash_of_values};
pub use format::Format;
pub use hold_out::{HoldOut, SplitShard, hold_out};
pub use missing::Missing;
pub use noise::{BlockSize, NoiseKind, NoisyShard, add_noise, check_noise};
pub use options::{LoadOptions, Order};
pub use pixel_matrix::PreparedImages;
pub(crate) use pixel_matrix::{
    ChosenPixels, CutMatrix, DistinctPixels, Fill, Filled, KeptMatrix, Panels, Reading, Shared,
};
#[cfg(feature = "formats")]
pub use reading::{
    Packed, ValueType, count_different, files_read, input_hashes, is_packed, listed_files, load,
    load_image_weights, load_listed, load_parts, load_pixel_weights, load_several, load_shard,
    pack, pack_listed,
};
pub(crate) use set::map_blocks;
pub use set::{
    ArrayImages, Fit, ImageSet, Images, InputHashes, Labels, Mask, Memory, Outliers, PixelType,
    Pixels, Skipped, StoredPixels, evenly_spaced, evenly_spaced_centres, select,
};

pub use weighting::Weighted;
pub(crate) use weighting::{ErrorWeights, Roots, Weighting};

pub use crate::kernel::Block;
