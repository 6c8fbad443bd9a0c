//! The hashes by which a run states its input.

use serde::{Deserialize, Serialize};

/// The hashes of the images of a run, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputHashes {
    /// How the hashes are formed.
    pub method: String,
    /// The hash of the number of images, of their size and of all pixels, unknown ones included.
    pub pixels: String,
    /// The hash of the names.
    pub names: String,
    /// The hash of the mask; `None` if all pixels are known.
    pub mask: Option<String>,
}

impl InputHashes {
    /// Returns which of these hashes differ from `others`: `pixels`, `names`, `mask`.
    #[must_use]
    pub fn different(&self, others: &Self) -> Vec<&'static str> {
        let pairs = [
            ("pixels", self.pixels == others.pixels),
            ("names", self.names == others.names),
            ("mask", self.mask == others.mask),
        ];
        let different = pairs.into_iter().filter(|(_, are_equal)| !are_equal);
        different.map(|(name, _)| name).collect()
    }
}
