//! The nouns of the room: a set of images with its pixels, names, labels and mask. Nothing here reads a format.

mod array_images;
mod construct;
mod evenly_spaced;
mod fit;
mod image_set;
mod input_hashes;
mod labels;
mod mask;
pub(super) mod natural_order;
mod outliers;
mod pixel_type;
pub(super) mod source;
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "only reading stores pixels in a file")
)]
pub(super) mod stored_pixels;
pub(super) mod unit;
mod validate;

pub use array_images::ArrayImages;
pub use evenly_spaced::{evenly_spaced, evenly_spaced_centres};
pub use fit::Fit;
pub use image_set::{ImageSet, Pixels, Skipped, select};
pub use input_hashes::InputHashes;
pub use labels::Labels;
pub(crate) use labels::labels_of;
pub use mask::Mask;
pub use outliers::Outliers;
pub use pixel_type::PixelType;
pub use source::Images;
pub(crate) use source::map_blocks;
pub use stored_pixels::{Memory, StoredPixels};
pub(crate) use validate::{check_images, check_values};
