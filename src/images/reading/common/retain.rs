//! Selection of images that are read.

use crate::images::set::{ImageSet, select};

/// Returns the set with only the chosen images, without a copy if these are all.
pub(crate) fn retain(set: ImageSet, chosen: &[usize]) -> ImageSet {
    if chosen.len() == set.names.len() {
        set
    } else {
        select(&set, chosen)
    }
}
