//! The largest image that is decoded.

/// The most bytes of one image, as a file and decoded.
pub(crate) const MOST_BYTES: u64 = 256 << 20;
