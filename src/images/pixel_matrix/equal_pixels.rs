//! Pixels that are 0 in every image, and pixels that are equal in every image.

use std::collections::HashMap;

use super::shared::Shared;
use crate::blocks;
use crate::communicator::{any_true, ordered_reduce};
use crate::images::set::evenly_spaced;
use crate::kernel::{Block, IMAGES_PER_TASK, Matrix};

/// Pixels per task that computes hashes.
const STRIP: usize = 64;

/// The most images that are hashed.
const HASHED: usize = 1024;

/// Which pixels are equal in the images of all processes.
pub(super) struct EqualPixels {
    /// For each pixel, whether it is 0 in every image.
    pub(super) is_dark: Vec<bool>,
    /// The earlier pixel that a pixel is equal to; pixels without one are absent.
    pub(super) earlier: HashMap<u32, u32>,
}

impl EqualPixels {
    /// Finds them: hashes over some images give candidates, which are compared in all images.
    pub(super) fn of(x: &Shared) -> Self {
        let hashes = PixelHashes::new(x);
        let is_dark = dark_pixels(x, &hashes);
        let earlier = equal_pixels(x, &hashes, &is_dark);
        Self { is_dark, earlier }
    }
}

/// A pixel that may be equal to an earlier one, or that may be 0 in every image.
#[derive(Clone, Copy)]
struct PixelCandidate {
    pixel: u32,
    /// `None` if the pixel is compared with 0.
    earlier: Option<u32>,
}

/// Returns for each pixel whether it is 0 in every image.
fn dark_pixels(x: &Shared, hashes: &PixelHashes) -> Vec<bool> {
    let mut candidates = Vec::new();
    for (pixel, &hash) in (0..).zip(&hashes.pixels) {
        if hash == hashes.dark {
            candidates.push(PixelCandidate {
                pixel,
                earlier: None,
            });
        }
    }
    let is_lit = any_true(x.images.communicator, &differ(&x.x, &candidates));
    let mut is_dark = vec![false; x.x.pixels];
    for (candidate, is_lit) in candidates.iter().zip(is_lit) {
        is_dark[candidate.pixel as usize] = !is_lit;
    }
    is_dark
}

/// Returns the earlier pixel that each pixel is equal to in every image; pixels without one are
/// absent.
fn equal_pixels(x: &Shared, hashes: &PixelHashes, is_dark: &[bool]) -> HashMap<u32, u32> {
    let mut first: HashMap<u64, u32> = HashMap::new();
    let mut candidates = Vec::new();
    for (pixel, &hash) in (0..).zip(&hashes.pixels) {
        if is_dark[pixel as usize] {
            continue;
        }
        let earlier = *first.entry(hash).or_insert(pixel);
        if earlier != pixel {
            candidates.push(PixelCandidate {
                pixel,
                earlier: Some(earlier),
            });
        }
    }
    let differ = any_true(x.images.communicator, &differ(&x.x, &candidates));
    let mut equal = HashMap::new();
    for (candidate, differs) in candidates.iter().zip(differ) {
        if let Some(earlier) = candidate.earlier
            && !differs
        {
            equal.insert(candidate.pixel, earlier);
        }
    }
    equal
}

/// Returns which candidates differ in any image of this process from what they are compared with.
fn differ(x: &Matrix, candidates: &[PixelCandidate]) -> Vec<bool> {
    let tasks = if candidates.is_empty() {
        0
    } else {
        x.images.div_ceil(IMAGES_PER_TASK)
    };
    let found = blocks::map_range(tasks, |task| {
        let mut differ = vec![false; candidates.len()];
        match x.block(task * IMAGES_PER_TASK..x.images.min((task + 1) * IMAGES_PER_TASK)) {
            Block::U8(bytes) => compare(&mut differ, &bytes, x.pixels, candidates),
            Block::F32(floats) => compare(&mut differ, &floats, x.pixels, candidates),
        }
        differ
    });
    (0..candidates.len())
        .map(|index| found.iter().any(|differ| differ[index]))
        .collect()
}

/// Sets those of `differ` whose candidate differs in any of the images.
fn compare<T: Copy + PartialEq + Default>(
    differ: &mut [bool],
    images: &[T],
    pixels: usize,
    candidates: &[PixelCandidate],
) {
    let is_lit = lit_pixels(images, pixels);
    for (differs, candidate) in differ.iter_mut().zip(candidates) {
        let pixel = candidate.pixel as usize;
        *differs |= match candidate.earlier {
            None => is_lit[pixel],
            Some(earlier) => {
                let mut images = images.chunks(pixels);
                images.any(|image| image[pixel] != image[earlier as usize])
            }
        };
    }
}

/// Returns for each pixel whether it is not 0 in any of the images.
fn lit_pixels<T: Copy + PartialEq + Default>(images: &[T], pixels: usize) -> Vec<bool> {
    let mut is_lit = vec![false; pixels];
    for image in images.chunks(pixels) {
        for (is_lit, &value) in is_lit.iter_mut().zip(image) {
            *is_lit |= value != T::default();
        }
    }
    is_lit
}

/// Hashes of the values of each pixel in some of the images.
struct PixelHashes {
    /// The hash of a pixel that is 0 in these images.
    dark: u64,
    pixels: Vec<u64>,
}

impl PixelHashes {
    /// Computes the hashes over evenly spread images of all processes, one image after the other.
    fn new(x: &Shared) -> Self {
        let (partition, pixels) = (x.images, x.x.pixels);
        let hashed = evenly_spaced(partition.all, HASHED);
        let own = partition.first..partition.first + partition.own;
        let mut images: Vec<Block> = Vec::new();
        for &image in &hashed {
            if own.contains(&image) {
                let place = image - partition.first;
                images.push(x.x.block(place..place + 1));
            }
        }
        let communicator = partition.communicator;
        let hashes = ordered_reduce(communicator, pixels, pixels, |_, hashes: &mut [u64]| {
            if communicator.rank() == 0 {
                hashes.fill(SEED);
            }
            blocks::map_chunks_mut(hashes, STRIP, |first, hashes| {
                add_images(hashes, &images, first);
            });
        });
        Self {
            dark: hashed.iter().fold(SEED, |sum, _| mix(sum, 0)),
            pixels: hashes,
        }
    }
}

/// Adds the values of the images, from the pixel `first` on, to the hashes.
fn add_images(hashes: &mut [u64], images: &[Block], first: usize) {
    for image in images {
        match image {
            Block::U8(bytes) => {
                for (hash, &byte) in hashes.iter_mut().zip(&bytes[first..]) {
                    *hash = mix(*hash, u64::from(byte));
                }
            }
            Block::F32(floats) => {
                for (hash, float) in hashes.iter_mut().zip(&floats[first..]) {
                    // Adding 0 makes -0 and 0 the same bits.
                    *hash = mix(*hash, (float + 0.0).to_bits().into());
                }
            }
        }
    }
}

/// The Fowler–Noll–Vo hash, one value at a time.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}
