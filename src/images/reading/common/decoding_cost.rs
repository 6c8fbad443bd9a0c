//! What decoding an image takes, from its header.

use crate::basis::Shape;

/// What decoding an image takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecodingCost {
    /// The size of the decoded image.
    pub shape: Shape,
    /// Bytes of a pixel in a set.
    pub value_bytes: u64,
    /// Bytes of the file, and of what the decoder holds.
    pub bytes: u64,
    /// Bytes of the files that wait in memory to be decoded.
    pub waiting: u64,
}

impl DecodingCost {
    /// Returns the larger cost.
    pub(crate) fn max(self, other: Self) -> Self {
        let shape = if other.shape.pixels() > self.shape.pixels() {
            other.shape
        } else {
            self.shape
        };
        Self {
            shape,
            value_bytes: self.value_bytes.max(other.value_bytes),
            bytes: self.bytes.max(other.bytes),
            waiting: self.waiting.max(other.waiting),
        }
    }
}
