//! What is to be cut into panels, and which way. Not where the panels are kept.

use super::columns::Columns;
use super::known_bits::{ALL_KNOWN, Known};
use super::layout::{CHUNK, Row, WIDTH};
use super::matrix::{Block, IMAGES_A_TASK, Matrix, runs};
use super::panel::Panel;
use crate::blocks;

/// Which way a matrix is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A row is an image, a column a pixel.
    Images,
    /// A row is a pixel, a column an image.
    Pixels,
}

/// What is to be cut: the chosen images and pixels of a source.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a> {
    pub(crate) x: Matrix<'a>,
    pub(crate) images: &'a [u32],
    pub(crate) pixels: &'a [u32],
}

impl Selection<'_> {
    /// How many rows and columns it has.
    pub(super) fn size(&self, cut: Cut) -> (usize, usize) {
        match cut {
            Cut::Images => (self.images.len(), self.pixels.len()),
            Cut::Pixels => (self.pixels.len(), self.images.len()),
        }
    }

    /// Cuts out one panel of a matrix of which all images are in `block`.
    pub(super) fn panel(&self, block: &Block, cut: Cut, index: usize) -> Panel {
        let known = self.known(cut, index);
        let mut columns = self.columns((block, self.images), cut, index);
        if let Some(known) = &known {
            columns.clear_unknown(known);
        }
        Panel::new(columns, known)
    }

    /// The columns of one panel, of the `images` of a block.
    pub(super) fn columns(
        &self,
        (block, images): (&Block, &[u32]),
        cut: Cut,
        index: usize,
    ) -> Columns<'static> {
        match block {
            Block::U8(bytes) => Columns::U8(self.gather(bytes, images, cut, index).into()),
            Block::F32(floats) => Columns::F32(
                self.gather(floats, images, cut, index)
                    .into_iter()
                    .map(Row)
                    .collect(),
            ),
        }
    }

    /// What is known of each column of one panel, a bit a row; rows beyond the last count as known. All where there is
    /// none.
    pub(super) fn known(&self, cut: Cut, index: usize) -> Option<Vec<u64>> {
        let known = self.x.known?;
        let first = index * WIDTH;
        let of = |list: &'_ [u32]| first..list.len().min(first + WIDTH);
        Some(match cut {
            Cut::Images => {
                let mut columns = vec![ALL_KNOWN; self.pixels.len()];
                for (row, &image) in self.images[of(self.images)].iter().enumerate() {
                    let image = known.image(image as usize);
                    for (column, &pixel) in columns.iter_mut().zip(self.pixels) {
                        *column ^= u64::from(!image.at(pixel as usize)) << row;
                    }
                }
                columns
            }
            Cut::Pixels => {
                let pixels = &self.pixels[of(self.pixels)];
                let column = |&image: &u32| {
                    let image = known.image(image as usize);
                    let unknown =
                        |(row, &pixel): (usize, &u32)| u64::from(!image.at(pixel as usize)) << row;
                    pixels
                        .iter()
                        .enumerate()
                        .map(unknown)
                        .fold(ALL_KNOWN, |column, unknown| column ^ unknown)
                };
                self.images.iter().map(column).collect()
            }
        })
    }

    /// ‖X‖² of the selected images with all their pixels, values as they are in memory, as the shares of runs of images.
    pub(crate) fn square_shares(&self) -> Vec<f64> {
        let tasks: Vec<&[u32]> = self.images.chunks(IMAGES_A_TASK).collect();
        let share = |_, images: &&[u32]| runs(images).map(|run| self.x.squares(run)).sum::<f64>();
        blocks::map(&tasks, share)
    }

    /// How many pixels of the selected images are known, those included that are not selected.
    pub(crate) fn count(&self) -> usize {
        let known = |known: Known| {
            self.images
                .iter()
                .map(|&i| known.image(i as usize).count())
                .sum()
        };
        self.x
            .known
            .map_or(self.images.len() * self.x.pixels, known)
    }

    fn gather<T: Copy + Default>(
        &self,
        values: &[T],
        images: &[u32],
        cut: Cut,
        index: usize,
    ) -> Vec<[T; WIDTH]> {
        let first = index * WIDTH;
        let image = |i: u32| &values[i as usize * self.x.pixels..][..self.x.pixels];
        match cut {
            Cut::Images => {
                let images = &images[first..images.len().min(first + WIDTH)];
                let mut columns = vec![[T::default(); WIDTH]; self.pixels.len()];
                for (pixels, columns) in self.pixels.chunks(CHUNK).zip(columns.chunks_mut(CHUNK)) {
                    for (lane, &i) in images.iter().enumerate() {
                        let image = image(i);
                        if neighbours(pixels) {
                            let run = &image[pixels[0] as usize..][..pixels.len()];
                            columns
                                .iter_mut()
                                .zip(run)
                                .for_each(|(column, &value)| column[lane] = value);
                        } else {
                            for (&j, column) in pixels.iter().zip(&mut *columns) {
                                column[lane] = image[j as usize];
                            }
                        }
                    }
                }
                columns
            }
            Cut::Pixels => {
                let pixels = &self.pixels[first..self.pixels.len().min(first + WIDTH)];
                let runs: Vec<&[u32]> = pixels.chunk_by(|a, b| a + 1 == *b).collect();
                let column = |&i: &u32| {
                    let image = image(i);
                    let mut column = [T::default(); WIDTH];
                    if runs.len() <= FEW_RUNS {
                        let mut rest = &mut column[..];
                        for run in &runs {
                            let (cells, after) = rest.split_at_mut(run.len());
                            cells.copy_from_slice(&image[run[0] as usize..][..run.len()]);
                            rest = after;
                        }
                    } else {
                        column
                            .iter_mut()
                            .zip(pixels)
                            .for_each(|(cell, &j)| *cell = image[j as usize]);
                    }
                    column
                };
                images.iter().map(column).collect()
            }
        }
    }
}

/// Up to so many runs of neighbours in a panel are copied run by run, several times as fast as pixel by pixel.
const FEW_RUNS: usize = 8;

/// Whether the indices follow one another: such pixels are read as one run, several times as fast.
fn neighbours(pixels: &[u32]) -> bool {
    pixels.windows(2).all(|pair| pair[0] + 1 == pair[1])
}
