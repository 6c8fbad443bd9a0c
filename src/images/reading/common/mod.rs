//! What every reader uses: pictures in memory, their sizes, masks and labels, errors, and checks of options.

mod common_size;
mod decoding_cost;
mod errors;
mod folder_labels;
mod format_facts;
mod mask_values;
mod missing_pixels;
mod names_file;
mod option_checks;
mod picture;
mod reduce;
mod resize;
mod retain;

pub(super) use common_size::{SameSize, common_size};
pub(super) use decoding_cost::DecodingCost;
pub(super) use errors::{archive_error, in_file, io_error};
pub(super) use folder_labels::{labels_below_common_folder, labels_by_folder};
pub(super) use mask_values::{MaskLevels, MaskValues};
pub(super) use names_file::{has_names_file, with_names_file};
pub(super) use option_checks::check;
pub(super) use picture::{DecodedPicture, MOST_SIDE, PixelValues, mask_of};
pub(super) use reduce::{first_of, with_common_layout};
pub(super) use retain::retain;
