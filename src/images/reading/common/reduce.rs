//! What all processes have in common: a size, a kind of pixels, the first of some names.

use ndarray::Array2;

use super::common_size::{SameSize, common_size};
use crate::basis::Shape;
use crate::communicator::{Communicator, Partition, all_gather, any_true};
use crate::error::{Result, SizeCount};
use crate::images::set::{ImageSet, Images, Pixels};
use crate::kernel::Block;

/// Returns the text of the first process that has one, on all processes.
pub(crate) fn first_of(communicator: &dyn Communicator, own: Option<String>) -> Option<String> {
    if communicator.size() == 1 {
        return own;
    }
    let own = serde_json::to_vec(&own).unwrap_or_default();
    all_gather(communicator, own).iter().find_map(|text| {
        serde_json::from_slice::<Option<String>>(text)
            .ok()
            .flatten()
    })
}

/// Returns the set with pixels of the size and kind that all processes have in common.
///
/// # Errors
/// If sizes differ, on all processes.
pub(crate) fn with_common_layout(mut set: ImageSet, images: Partition) -> Result<ImageSet> {
    if images.communicator.size() == 1 {
        return Ok(set);
    }
    set.shape = shape_of_all(&set, images)?;
    if set.pixels.images() == 0 {
        set.pixels = Pixels::U8(Array2::zeros((0, set.shape.pixels())));
    }
    let is_of_floats = matches!(set.block(0..0), Block::F32(_));
    if any_true(images.communicator, &[is_of_floats])[0] && !is_of_floats {
        set.pixels = Pixels::F32(set.to_f32());
    }
    Ok(set)
}

/// Returns the size of the images of all processes.
fn shape_of_all(set: &ImageSet, images: Partition) -> Result<Shape> {
    let own = set.names.first().map(|name| SizeCount {
        width: set.shape.width,
        height: set.shape.height,
        count: images.own,
        examples: vec![name.clone()],
    });
    let own = serde_json::to_vec(&own).unwrap_or_default();
    let sizes: Vec<SizeCount> = all_gather(images.communicator, own)
        .iter()
        .filter_map(|size| {
            serde_json::from_slice::<Option<SizeCount>>(size)
                .ok()
                .flatten()
        })
        .collect();
    common_size(sizes.iter().map(|size| SameSize {
        shape: Shape::new(size.height, size.width),
        count: size.count,
        example: size.examples.first().map_or("", String::as_str),
    }))
}
