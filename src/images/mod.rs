//! Images as a source of blocks: reading, decoding, storage in memory or on disk, and sharing among processes.

mod concatenate;
mod decode;
mod distributed;
mod files;
mod format;
mod formats;
mod input;
mod known_parts;
mod load;
mod masks;
mod missing;
mod options;
mod pack;
mod pixel_matrix;
mod prepare;
mod set;
pub mod synthetic;

pub use distributed::{ImageShard, load_shard};
pub use files::is_called_as_own;
pub use format::Format;
pub use known_parts::load_parts;
pub use load::{load, load_listed, load_several};
pub use missing::Missing;
pub use options::{LoadOptions, Order};
pub use pack::{Packed, pack, pack_listed};
pub(crate) use pixel_matrix::{Fill, Filled, Reading, Shared, mask};
pub(crate) use set::evenly_spaced as spread;
pub use set::{Fit, ImageSet, Images, Labels, Mask, Memory, Pixels, Skipped, StoredPixels};

pub use crate::kernel::Block;
