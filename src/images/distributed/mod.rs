//! Sets of images that several processes hold together.

mod gather;
mod shard;

pub use shard::ImageShard;
