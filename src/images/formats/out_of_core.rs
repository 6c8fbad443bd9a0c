//! Arrays of bytes or floats: read into memory, or left in their file if memory does not hold them.

use std::path::Path;
use std::sync::Arc;

use super::rows;
use crate::basis::Shape;
use crate::disk::Disk;
use crate::error::{Error, InputError, Result};
use crate::images::options::{LoadOptions, Order};
use crate::images::read_set::ReadSet;
use crate::images::set::{
    ImageSet, Images, Layout, Memory, Pixels, StoredPixels, check_images, select,
};

/// Some images of an array in a file.
pub(super) struct ArrayImages<'a> {
    pub path: &'a Path,
    pub shape: Shape,
    /// Where the values lie; `None` if they are not stored as they are used.
    pub layout: Option<Layout>,
    /// The indices of the images among all of the array.
    pub chosen: &'a [usize],
}

/// Returns the images in their file if they exceed the memory of the options, or else as `read` reads them.
///
/// # Errors
/// If an option needs all images in memory, if a value is negative or not finite, and if `read` fails.
pub(super) fn stored_or_read(
    images: &ArrayImages,
    options: &LoadOptions,
    read: impl FnOnce() -> Result<ImageSet>,
) -> Result<ReadSet> {
    if let Some((layout, memory)) = images.exceeding(options) {
        let bytes = layout.bytes_of(images.chosen.len());
        check_options(images.shape, bytes, memory, options)?;
        let set = images
            .stored(layout, memory)
            .map_err(|error| with_index_in_file(error, images.chosen))?;
        return Ok(ReadSet::of_array(set, bytes));
    }
    let set = read()?;
    let names = images.chosen.iter().map(ToString::to_string).collect();
    Ok(rows::resized(ImageSet { names, ..set }, options))
}

impl ArrayImages<'_> {
    /// Returns where the images lie, and the memory that they exceed.
    fn exceeding<'a>(&self, options: &'a LoadOptions) -> Option<(Layout, &'a Memory)> {
        let (layout, memory) = (self.layout?, options.memory.as_ref()?);
        memory
            .is_exceeded_by(layout.bytes_of(self.chosen.len()))
            .then_some((layout, memory))
    }

    /// Returns the images in their file, once all values were checked.
    fn stored(&self, layout: Layout, memory: &Memory) -> Result<ImageSet> {
        let disk = Arc::new(Disk::open(self.path)?);
        let pixels = StoredPixels::new(disk, layout, memory.clone());
        let mut set = ImageSet::named_by_index(self.shape, Pixels::Stored(pixels));
        if self.chosen.len() < layout.images {
            set = select(&set, self.chosen);
        }
        check_images(&set, set.mask())?;
        set.check()?;
        Ok(set)
    }
}

/// Checks that no option needs all images in memory.
fn check_options(shape: Shape, bytes: u64, memory: &Memory, options: &LoadOptions) -> Result<()> {
    let needed_in_memory = [
        (options.size.is_some_and(|size| size != shape), "--size"),
        (options.missing.is_some(), "--missing"),
        (options.order == Order::Column, "--order column"),
    ];
    for (is_asked, asked) in needed_in_memory {
        if is_asked {
            return Err(InputError::LargerThanMemory {
                bytes,
                memory: memory.bytes,
                asked,
            }
            .into());
        }
    }
    Ok(())
}

/// Returns an error about one of the chosen images with the index of that image in its file.
pub(super) fn with_index_in_file(mut error: Error, chosen: &[usize]) -> Error {
    if let Error::NotFinite { image, .. } | Error::Negative { image, .. } = &mut error {
        *image = chosen[*image];
    }
    error
}
