//! Sets of images that several processes hold together.

mod gather;
mod reduce;
mod shard;

pub(crate) use reduce::{first_of, with_common_layout};
pub use shard::ImageShard;
