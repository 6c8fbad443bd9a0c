//! Arrays of bytes or floats: read into memory, or left in their file if memory does not hold them.

use std::path::Path;
use std::sync::Arc;

use super::array_part::ArrayPart;
use super::rows;
use crate::basis::Shape;
use crate::disk::Disk;
use crate::error::{Error, InputError, Result};
use crate::images::options::{LoadOptions, Order};
use crate::images::reading::memory_check::held;
use crate::images::reading::read_set::ReadSet;
use crate::images::set::stored_pixels::Layout;
use crate::images::set::{ImageSet, Images, Memory, Pixels, StoredPixels, check_images, select};
use crate::memory::Held;

/// Some images of an array in a file.
pub(super) struct ArrayImages<'a> {
    pub path: &'a Path,
    /// Where the values lie; `None` if an image is not one run of values.
    pub layout: Option<Layout>,
    /// The indices of the images among all of the array.
    pub chosen: &'a [usize],
    pub part: ArrayPart,
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
    if let Some((layout, memory)) = images.staying(options)? {
        let bytes = layout.bytes_of(images.chosen.len());
        check_options(images.part.shape, bytes, memory, options)?;
        let set = images
            .stored(layout, memory, options)
            .map_err(|error| with_index_in_file(error, images.chosen))?;
        return Ok(ReadSet::of_array(set, bytes));
    }
    let set = read()?;
    let names = images.chosen.iter().map(ToString::to_string).collect();
    Ok(rows::resized(ImageSet { names, ..set }, options))
}

impl ArrayImages<'_> {
    /// Returns where the images lie, and the memory that they exceed; `None` if they are read into memory.
    ///
    /// # Errors
    /// If the run needs more memory than it can use.
    fn staying<'a>(&self, options: &'a LoadOptions) -> Result<Option<(Layout, &'a Memory)>> {
        let can_stay = self.layout.is_some()
            && (options.workload.is_none() || option_in_memory(self.part.shape, options).is_none());
        let held = held(&self.part.size(options), can_stay, options)?;
        let stays = self.layout.zip(options.memory.as_ref());
        Ok(stays.filter(|_| held == Held::InFile))
    }

    /// Returns how many of the images memory holds with what is done with them.
    fn room(&self, memory: &Memory, options: &LoadOptions) -> usize {
        let size = self.part.size(options);
        match &options.workload {
            Some(workload) => workload.room(&size) as usize,
            None => memory.room(size.pixels * size.value_bytes.max(size.stored_bytes)),
        }
    }

    /// Returns the images in their file, once all values were checked.
    fn stored(&self, layout: Layout, memory: &Memory, options: &LoadOptions) -> Result<ImageSet> {
        let disk = Arc::new(Disk::open(self.path)?);
        let room = self.room(memory, options);
        let pixels = StoredPixels::new(disk, layout, memory.clone(), room);
        let mut set = ImageSet::named_by_index(self.part.shape, Pixels::Stored(pixels));
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
    match option_in_memory(shape, options) {
        Some(asked) => Err(InputError::LargerThanMemory {
            bytes,
            memory: memory.bytes,
            asked,
        }
        .into()),
        None => Ok(()),
    }
}

/// Returns the first option that needs all images in memory.
fn option_in_memory(shape: Shape, options: &LoadOptions) -> Option<&'static str> {
    let needed_in_memory = [
        (options.size.is_some_and(|size| size != shape), "--size"),
        (options.missing.is_some(), "--missing"),
        (options.order == Order::Column, "--order column"),
    ];
    let mut asked = needed_in_memory
        .into_iter()
        .filter(|(is_asked, _)| *is_asked);
    asked.next().map(|(_, option)| option)
}

/// Returns an error about one of the chosen images with the index of that image in its file.
pub(super) fn with_index_in_file(mut error: Error, chosen: &[usize]) -> Error {
    if let Error::NotFinite { image, .. } | Error::Negative { image, .. } = &mut error {
        *image = chosen[*image];
    }
    error
}
