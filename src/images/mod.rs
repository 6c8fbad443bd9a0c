//! Images as a source of blocks: reading, decoding, storage in memory or on disk, and sharing among processes.

mod concatenate;
mod decode;
mod distributed;
mod duplicates;
mod files;
mod format;
mod formats;
mod hold_out;
mod input;
mod input_files;
mod known_parts;
mod label_names;
mod load;
mod mask_notes;
mod masks;
mod memory_check;
mod min_count;
mod missing;
mod options;
mod outlier_note;
mod outliers;
mod pack;
mod pixel_matrix;
mod prepare;
mod read_set;
mod request;
mod row_size;
mod set;
mod survey;
pub mod synthetic;

pub use distributed::ImageShard;
pub use duplicates::count_different;
pub use format::Format;
pub use hold_out::{HoldOut, SplitShard, hold_out};
pub use input_files::files_read;
pub use known_parts::load_parts;
pub use load::{listed_files, load, load_listed, load_several, load_shard};
pub use missing::Missing;
pub use options::{LoadOptions, Order};
pub use pack::{Packed, ValueType, is_packed, pack, pack_listed};
pub(crate) use pixel_matrix::{Fill, Filled, Reading, Shared, mask};
pub(crate) use set::OUTLIER_GAP;
pub use set::{
    ArrayImages, Fit, ImageSet, Images, Labels, Mask, Memory, Outliers, Pixels, Skipped,
    StoredPixels, evenly_spaced, evenly_spaced_centres, select,
};

pub use crate::kernel::Block;
