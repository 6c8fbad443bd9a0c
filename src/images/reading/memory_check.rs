//! Checks, before pixels are read and again before they are used, that the run keeps to the memory that it can use.

use super::common::DecodingCost;
use crate::error::{InputError, Result};
use crate::images::options::LoadOptions;
use crate::images::set::{ImageSet, Images, Pixels};
use crate::kernel::Block;
use crate::memory::{Held, SetSize, Workload};

/// The most images of a folder that are decoded at a time to be packed.
pub(super) const MOST_READ_AT_A_TIME: usize = 2048;

/// Decides where the pixels of an array are held; `can_stay` = they can stay in their file.
///
/// # Errors
/// If the run needs more memory than it can use wherever they are.
pub(super) fn held(size: &SetSize, can_stay: bool, options: &LoadOptions) -> Result<Held> {
    let Some(memory) = &options.memory else {
        return Ok(Held::InMemory);
    };
    let Some(workload) = &options.workload else {
        let is_exceeded = memory.is_exceeded_by(size.images * size.pixels * size.stored_bytes);
        return Ok(if can_stay && is_exceeded {
            Held::InFile
        } else {
            Held::InMemory
        });
    };
    let can_stay = can_stay && workload.clean_copies == 0;
    let in_memory = workload.needed(size, Held::InMemory);
    if in_memory <= memory.bytes {
        return Ok(Held::InMemory);
    }
    let in_file = can_stay.then(|| workload.needed(size, Held::InFile));
    let least = in_file.map_or(in_memory, |in_file| in_file.min(in_memory));
    check(size, least, options)?;
    Ok(match in_file {
        Some(needed) if needed <= workload.most => Held::InFile,
        _ => Held::InMemory,
    })
}

/// Checks the images of a set that was read.
///
/// # Errors
/// If the run needs more memory than it can use.
pub(super) fn check_set(set: &ImageSet, whole_images: usize, options: &LoadOptions) -> Result<()> {
    let Some(workload) = &options.workload else {
        return Ok(());
    };
    let size = SetSize {
        whole_images: whole_images as u64,
        ..set.size()
    };
    check(&size, workload.needed(&size, set.held()), options)
}

/// Returns the options with which the next input is read while these sets are held.
pub(super) fn beside(sets: &[ImageSet], options: &LoadOptions) -> LoadOptions {
    let in_memory = sets.iter().filter(|set| set.held() == Held::InMemory);
    let held: u64 = in_memory.map(|set| set.size().bytes()).sum();
    let workload = options.workload.map(|workload| Workload {
        besides: workload.besides.saturating_add(held),
        ..workload
    });
    LoadOptions {
        workload,
        ..options.clone()
    }
}

/// Checks sets that are held in memory, and once more as one set.
///
/// # Errors
/// If the run needs more memory than it can use.
pub(super) fn check_joined(sets: &[ImageSet], options: &LoadOptions) -> Result<()> {
    let [_, _, ..] = sets else {
        return Ok(());
    };
    let sizes: Vec<SetSize> = sets.iter().map(ImageSet::size).collect();
    let images = sizes.iter().map(|size| size.images).sum();
    let largest = |of: fn(&SetSize) -> u64| sizes.iter().map(of).max().unwrap_or_default();
    let size = SetSize {
        images,
        whole_images: images,
        pixels: largest(|size| size.pixels),
        value_bytes: largest(|size| size.value_bytes),
        stored_bytes: largest(|size| size.stored_bytes),
        reading_copies: 2,
        is_masked: sizes.iter().any(|size| size.is_masked),
        ..SetSize::default()
    };
    held(&size, false, options).map(drop)
}

/// Checks that so many bytes can be used.
fn check(size: &SetSize, needed: u64, options: &LoadOptions) -> Result<()> {
    match &options.workload {
        Some(workload) if needed > workload.most => Err(InputError::MemoryTooSmall {
            images: size.images,
            pixels: size.pixels,
            needed,
            usable: workload.most,
            reducible: workload.task.reducible(),
        }
        .into()),
        _ => Ok(()),
    }
}

/// Checks images that are decoded one by one, of which `decoding` is what some of them take.
///
/// # Errors
/// If the run needs more memory than it can use.
pub(super) fn check_decoding(
    images: usize,
    whole_images: usize,
    largest: Option<DecodingCost>,
    options: &LoadOptions,
) -> Result<()> {
    let (Some(largest), Some(_)) = (largest, &options.workload) else {
        return Ok(());
    };
    let size = SetSize {
        whole_images: whole_images as u64,
        ..size_of_decoded(largest, images, options)
    };
    held(&size, false, options).map(drop)
}

/// Returns how many images of a folder are decoded at a time to be packed.
///
/// # Errors
/// If one image at a time needs more memory than can be used.
pub(super) fn run_length(largest: Option<DecodingCost>, options: &LoadOptions) -> Result<usize> {
    check_decoding(1, 1, largest, options)?;
    let (Some(largest), Some(workload)) = (largest, &options.workload) else {
        return Ok(MOST_READ_AT_A_TIME);
    };
    let size = size_of_decoded(largest, MOST_READ_AT_A_TIME, options);
    Ok(workload.packed_at_a_time(&size) as usize)
}

/// Returns the size of a set of so many images.
fn size_of_decoded(cost: DecodingCost, images: usize, options: &LoadOptions) -> SetSize {
    let resized = options.size.filter(|&size| size != cost.shape);
    let pixels = resized.unwrap_or(cost.shape).pixels() as u64;
    // A resized picture is held in f32, once whole and once reduced along one side.
    let resizing = resized.map_or(0, |_| 8 * cost.shape.pixels() as u64);
    SetSize {
        images: images as u64,
        whole_images: images as u64,
        pixels,
        value_bytes: cost.value_bytes,
        stored_bytes: cost.value_bytes,
        reading_copies: 2,
        decoding: cost.bytes + resizing,
        waiting: cost.waiting,
        is_masked: options.mask.is_some() || options.missing.is_some(),
    }
}

impl ImageSet {
    /// Returns the size of the set, with all of its images in this process.
    #[must_use]
    pub fn size(&self) -> SetSize {
        let value_bytes = match self.block(0..0) {
            Block::U8(_) => 1,
            Block::F32(_) => 4,
        };
        SetSize {
            images: self.len() as u64,
            whole_images: self.len() as u64,
            pixels: self.shape.pixels() as u64,
            value_bytes,
            stored_bytes: match &self.pixels {
                Pixels::Stored(stored) => stored.value_bytes(),
                _ => value_bytes,
            },
            reading_copies: 1,
            is_masked: self.mask.is_some(),
            ..SetSize::default()
        }
    }

    /// Returns where the pixels are.
    #[must_use]
    pub fn held(&self) -> Held {
        match self.pixels {
            Pixels::Stored(_) => Held::InFile,
            _ => Held::InMemory,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::images::set::Memory;
    use crate::memory::Task;

    #[test]
    fn images_that_get_noise_do_not_stay_in_their_file() {
        let size = SetSize {
            images: 100_000,
            whole_images: 100_000,
            pixels: 784,
            value_bytes: 1,
            stored_bytes: 1,
            reading_copies: 1,
            ..SetSize::default()
        };
        let found = |clean_copies, most| {
            let workload = Workload {
                clean_copies,
                most,
                ..Workload::new(Task::Learn, 4, 1)
            };
            let options = LoadOptions {
                memory: Some(Memory {
                    bytes: 150_000_000,
                    scratch: PathBuf::new(),
                }),
                workload: Some(workload),
                ..LoadOptions::default()
            };
            held(&size, true, &options).ok()
        };
        assert_eq!(found(0, 200_000_000), Some(Held::InFile));
        assert_eq!(found(1, 200_000_000), None);
        assert_eq!(found(1, 1_000_000_000), Some(Held::InMemory));
    }
}
