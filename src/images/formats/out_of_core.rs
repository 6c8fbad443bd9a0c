//! Pixels that stay in their file and are read block by block; where that file is one array of bytes or floats.

use std::path::Path;
use std::sync::Arc;

use crate::basis::Shape;
use crate::disk::Disk;
use crate::error::{InputError, Result};
use crate::images::options::{LoadOptions, Order};
use crate::images::set::{ImageSet, Images, Layout, Pixels, StoredPixels, check_images, select};

/// The set of an array that is to stay in its file; none where it fits memory.
///
/// # Errors
/// If what is asked for can only be done in memory, and if a value is negative or not finite.
pub(crate) fn set(
    path: &Path,
    shape: Shape,
    layout: Layout,
    options: &LoadOptions,
) -> Result<Option<ImageSet>> {
    let Some(memory) = options
        .memory
        .as_ref()
        .filter(|memory| memory.is_exceeded_by(layout.bytes()))
    else {
        return Ok(None);
    };
    let asked = [
        (options.size.is_some_and(|size| size != shape), "--size"),
        (options.missing.is_some(), "--missing"),
        (options.order == Order::Column, "--order column"),
    ];
    if let Some((_, asked)) = asked.iter().find(|(is_asked, _)| *is_asked) {
        return Err(InputError::LargerThanMemory {
            bytes: layout.bytes(),
            memory: memory.bytes,
            asked,
        }
        .into());
    }
    let disk = Arc::new(Disk::open(path)?);
    let pixels = StoredPixels::new(disk, layout, memory.clone());
    Ok(Some(ImageSet::named_by_index(
        shape,
        Pixels::Stored(pixels),
    )))
}

/// The set of some of its images, which are to stay in the file; none where they fit memory.
///
/// # Errors
/// As [`set`].
pub(crate) fn some(
    path: &Path,
    shape: Shape,
    layout: Layout,
    chosen: &[usize],
    options: &LoadOptions,
) -> Result<Option<ImageSet>> {
    let bytes = Layout {
        images: chosen.len(),
        ..layout
    }
    .bytes();
    if !options
        .memory
        .as_ref()
        .is_some_and(|memory| memory.is_exceeded_by(bytes))
    {
        return Ok(None);
    }
    let set = set(path, shape, layout, options)?.map(|set| select(&set, chosen));
    set.map(|set| in_memory_if_it_fits(set, options))
        .transpose()
}

/// The set in memory where there is room for what is left of it; otherwise it is checked where it is, and says so.
pub(crate) fn in_memory_if_it_fits(set: ImageSet, options: &LoadOptions) -> Result<ImageSet> {
    let (Pixels::Stored(stored), Some(memory)) = (&set.pixels, &options.memory) else {
        return Ok(set);
    };
    let layout = stored.layout();
    if !memory.is_exceeded_by(layout.bytes()) {
        return set.into_memory();
    }
    check_images(&set, set.mask())?;
    set.check()?;
    let note = format!(
        "{:.1} GB of pixels stay in the file and are read block by block",
        layout.bytes() as f64 / 1e9
    );
    Ok(ImageSet {
        notes: [set.notes, vec![note]].concat(),
        ..set
    })
}
