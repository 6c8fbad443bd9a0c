//! The nouns of the room: a set of images with its pixels, names, labels and mask. Nothing here reads a format.

mod common_size;
mod construct;
mod decoding_cost;
mod errors;
mod evenly_spaced;
mod image_set;
mod labels;
mod mask;
mod mask_values;
mod names_file;
mod natural_order;
mod picture;
mod resize;
mod source;
mod stored_pixels;
mod validate;

pub(crate) use common_size::{SameSize, common_size};
pub(crate) use decoding_cost::DecodingCost;
pub(crate) use errors::{in_file, io_error};
pub use evenly_spaced::{evenly_spaced, evenly_spaced_centres};
pub use image_set::{ImageSet, Pixels, Skipped};
pub(crate) use image_set::{retain, select};
pub use labels::Labels;
pub(crate) use labels::{labels_below_common_folder, labels_by_folder, labels_of};
pub use mask::Mask;
pub(crate) use mask_values::{MaskLevels, MaskValues};
pub(crate) use names_file::{has_names_file, with_names_file};
pub(crate) use natural_order::natural;
pub(crate) use picture::{DecodedPicture, MOST_SIDE, PixelValues, mask_of, unit};
pub use resize::Fit;
pub use source::Images;
pub(crate) use source::map_blocks;
pub(crate) use stored_pixels::Layout;
pub use stored_pixels::{Memory, StoredPixels};
pub(crate) use validate::{check_images, check_values};
