//! The images and pixels that take part in a computation, and the columns of their panels.

use super::columns::PanelColumns;
use super::known_bits::{ALL_KNOWN, KnownBits};
use super::layout::{Lanes, RUN, WIDTH};
use super::matrix::{Block, IMAGES_PER_TASK, Matrix};
use super::panel::Panel;
use super::pick::Chosen;
use super::transpose::Value;
use crate::blocks;

/// Images that are cut and used before the next ones: panels of them stay in the last-level cache.
const IMAGES_PER_BLOCK: usize = RUN;

/// What the rows of a panel matrix are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orientation {
    /// A row is an image, a column a pixel.
    ImageRows,
    /// A row is a pixel, a column an image.
    PixelRows,
}

/// The selected images and pixels of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) images: &'a [u32],
    pub(crate) pixels: &'a [u32],
}

impl Selection<'_> {
    /// Returns the number of rows and of columns.
    pub(super) fn size(&self, orientation: Orientation) -> (usize, usize) {
        match orientation {
            Orientation::ImageRows => (self.images.len(), self.pixels.len()),
            Orientation::PixelRows => (self.pixels.len(), self.images.len()),
        }
    }

    /// Returns panel `index` of the selection; `block` has all images of the matrix.
    pub(super) fn panel(&self, block: &Block, orientation: Orientation, index: usize) -> Panel {
        let known = self.known(orientation, index);
        let mut columns = self.columns(block, self.images, orientation, index);
        if let Some(known) = &known {
            columns.clear_unknown(known);
        }
        Panel::new(columns, known)
    }

    /// Returns the columns of panel `index`, from the given images of a block.
    pub(super) fn columns(
        &self,
        block: &Block,
        images: &[u32],
        orientation: Orientation,
        index: usize,
    ) -> PanelColumns<'static> {
        match block {
            Block::U8(bytes) => {
                PanelColumns::U8(self.gather(bytes, images, orientation, index).into())
            }
            Block::F32(floats) => {
                let columns = self.gather(floats, images, orientation, index);
                PanelColumns::F32(columns.into_iter().map(Lanes).collect())
            }
        }
    }

    /// Returns the known rows of each column of panel `index`, one bit per row; lanes without a row
    /// count as known. `None` if all values are known.
    pub(super) fn known(&self, orientation: Orientation, index: usize) -> Option<Vec<u64>> {
        let known = self.x.known?;
        Some(match orientation {
            Orientation::ImageRows => known_of_images(known, rows(self.images, index), self.pixels),
            Orientation::PixelRows => known_of_pixels(known, rows(self.pixels, index), self.images),
        })
    }

    /// Calls `work` with [`IMAGES_PER_BLOCK`] images after the other, which are in memory. All values
    /// must be known.
    pub(crate) fn for_each_block(&self, mut work: impl FnMut(&Selection)) {
        for images in self.images.chunks(IMAGES_PER_BLOCK) {
            let block = self.x.gathered(images);
            let all: Vec<u32> = (0..images.len() as u32).collect();
            work(&Selection {
                x: Matrix {
                    source: block.source(),
                    images: images.len(),
                    scratch: None,
                    ..self.x
                },
                images: &all,
                pixels: self.pixels,
            });
        }
    }

    /// Returns ‖X‖² of the selected images with all their pixels, of values as they are in memory, as
    /// partial sums of tasks.
    pub(crate) fn partial_squares(&self) -> Vec<f64> {
        let tasks: Vec<&[u32]> = self.images.chunks(IMAGES_PER_TASK).collect();
        blocks::map(&tasks, |_, images| {
            let squares = self.x.image_squares(images, &self.x.gathered(images));
            squares.iter().sum()
        })
    }

    /// Returns the number of known values of the selected images, over all their pixels.
    pub(crate) fn count(&self) -> usize {
        match self.x.known {
            None => self.images.len() * self.x.pixels,
            Some(known) => {
                let images = self.images.iter();
                images.map(|&i| known.image(i as usize).count()).sum()
            }
        }
    }

    /// Copies the columns of panel `index` from `values`, of which `images` are the selected ones.
    fn gather<T: Value>(
        &self,
        values: &[T],
        images: &[u32],
        orientation: Orientation,
        index: usize,
    ) -> Vec<[T; WIDTH]> {
        let pixels_per_image = self.x.pixels;
        match orientation {
            Orientation::ImageRows => {
                let images = rows(images, index);
                gather_images(values, pixels_per_image, images, self.pixels)
            }
            Orientation::PixelRows => {
                let pixels = rows(self.pixels, index);
                gather_pixels(values, pixels_per_image, images, pixels)
            }
        }
    }
}

/// Returns the items of the rows of panel `index`.
fn rows(items: &[u32], index: usize) -> &[u32] {
    let first = index * WIDTH;
    &items[first..items.len().min(first + WIDTH)]
}

/// Returns, for each pixel, one bit per image.
fn known_of_images(known: KnownBits, images: &[u32], pixels: &[u32]) -> Vec<u64> {
    let mut columns = vec![ALL_KNOWN; pixels.len()];
    for (row, &image) in images.iter().enumerate() {
        let image = known.image(image as usize);
        for (column, &pixel) in columns.iter_mut().zip(pixels) {
            *column ^= u64::from(!image.at(pixel as usize)) << row;
        }
    }
    columns
}

/// Returns, for each image, one bit per pixel.
fn known_of_pixels(known: KnownBits, pixels: &[u32], images: &[u32]) -> Vec<u64> {
    let mut columns = vec![ALL_KNOWN; images.len()];
    for (column, &image) in columns.iter_mut().zip(images) {
        let image = known.image(image as usize);
        for (row, &pixel) in pixels.iter().enumerate() {
            *column ^= u64::from(!image.at(pixel as usize)) << row;
        }
    }
    columns
}

/// Returns one column per pixel, with up to [`WIDTH`] images as rows.
fn gather_images<T: Value>(
    values: &[T],
    pixels_per_image: usize,
    images: &[u32],
    pixels: &[u32],
) -> Vec<[T; WIDTH]> {
    let mut columns = Vec::with_capacity(pixels.len());
    let mut rows = Vec::with_capacity(WIDTH);
    let mut transposed = [[T::default(); WIDTH]; WIDTH];
    for pixels in pixels.chunks(WIDTH) {
        let chosen = Chosen {
            values,
            pixels_per_image,
            images,
            pixels,
        };
        rows.clear();
        T::pick(&chosen, &mut rows);
        rows.resize(WIDTH, [T::default(); WIDTH]);
        let transposed = &mut transposed[..pixels.len()];
        if let Some(rows) = rows.first_chunk() {
            T::transpose(rows, transposed);
        }
        columns.extend_from_slice(transposed);
    }
    columns
}

/// Returns one column per image, with up to [`WIDTH`] pixels as rows.
fn gather_pixels<T: Value>(
    values: &[T],
    pixels_per_image: usize,
    images: &[u32],
    pixels: &[u32],
) -> Vec<[T; WIDTH]> {
    let mut columns = Vec::with_capacity(images.len());
    let chosen = Chosen {
        values,
        pixels_per_image,
        images,
        pixels,
    };
    T::pick(&chosen, &mut columns);
    columns
}
