//! Squared distances between images and prototypes, over the known pixels.
//!
//! They are sums in single precision, measured from the mean image m: with `d = c − m` for a prototype c,
//! `‖x − c‖² = ‖x − m‖² + 2 (½ ‖d‖² + m·d − x·d)`. Where the contrast of the images is small beside their
//! mean, products of x and c themselves would cancel all digits.

use std::ops::Range;

use ndarray::{Array2, ArrayView1};

use super::clusters::{Clusters, NONE};
use crate::blocks;
use crate::communicator::ordered_sum;
use crate::images::{Fill, Shared};
use crate::kernel::{
    Block, BlockReader, Factor, IMAGES_PER_TASK, KnownBits, Lanes, Matrix, Orientation,
    PanelMatrix, Selection, Source, WIDTH, least,
};

/// Panels per task: a chunk of the prototypes is used for all of them while it is in the cache.
const PANELS_PER_TASK: usize = 8;
/// A squared distance below this fraction of ‖x‖ ‖x − m‖ is rounding.
const ROUNDING: f64 = 1e-6;

/// The prototype of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    pub(super) prototype: u32,
    /// The squared distance to it, 0 if it is not above rounding.
    pub(super) distance: f64,
}

/// The images of this process, arranged for distances. All values have the unit of the pixels in memory.
pub(super) struct Distances<'a> {
    pub(super) x: Shared<'a>,
    /// X in panels of images; unknown values are 0.
    panels: PanelMatrix,
    /// 1 for known values and 0 for others, likewise; `None` if all are known.
    known: Option<PanelMatrix>,
    /// The mean of the known values of each pixel, of the images of all processes.
    centre: Vec<f32>,
    /// ‖x‖² and ‖x − m‖² of each image of this process.
    squares: Vec<f64>,
    spreads: Vec<f64>,
    squared_norm: f64,
}

impl<'a> Distances<'a> {
    /// Arranges the images.
    pub(super) fn new(x: Shared<'a>) -> Self {
        let images: Vec<u32> = (0..x.x.images as u32).collect();
        let pixels: Vec<u32> = (0..x.x.pixels as u32).collect();
        let panels = |x: Matrix| {
            let selection = Selection {
                x,
                images: &images,
                pixels: &pixels,
            };
            PanelMatrix::without_zero_columns(&selection, Orientation::ImageRows)
        };
        let known = x.x.known.map(|known| {
            panels(Matrix {
                source: Source::Stored(&KnownBytes {
                    known,
                    pixels: x.x.pixels,
                }),
                known: None,
                ..x.x
            })
        });
        let squares_from = |origin: &[f32]| {
            per_image(&x.x, |image, values| {
                squared_distance(&x.x, image, values, origin)
            })
        };
        let centre = centre(x);
        let squares = squares_from(&vec![0.0; x.x.pixels]);
        Self {
            panels: panels(x.x),
            known,
            squared_norm: x.images.sum(&squares),
            spreads: squares_from(&centre),
            squares,
            centre,
            x,
        }
    }

    /// Returns ‖X‖² of the images of all processes.
    pub(super) fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    /// Returns the relative error of the images of all processes, of which so much is left; 0 if all are black.
    pub(super) fn relative(&self, left: f64) -> f64 {
        if self.squared_norm > 0.0 {
            (left / self.squared_norm).sqrt()
        } else {
            0.0
        }
    }

    /// Returns an image of any process, with unknown pixels filled with their means.
    pub(super) fn image(&self, index: usize, fill: &Fill) -> Vec<f32> {
        let unit = self.x.x.unit() as f32;
        let image = self.x.image(index, fill);
        image.into_iter().map(|value| value * unit).collect()
    }

    /// Calls `work` with each panel of [`WIDTH`] images and their scores for each prototype: half the squared distance,
    /// without that from the mean image.
    pub(super) fn map_scores<R: Send>(
        &self,
        prototypes: &Array2<f32>,
        work: impl Fn(usize, &[Lanes]) -> R + Sync,
    ) -> Vec<R> {
        let rank = prototypes.nrows();
        let centre = &self.centre;
        let linear = factor(prototypes, |pixel, value| centre[pixel] - value);
        let quadratic = self.known.as_ref().map(|known| {
            let value = |pixel, value| half_square(centre[pixel], value) as f32;
            (known, factor(prototypes, value))
        });
        let rows = prototypes.rows().into_iter();
        let halves: Vec<Lanes> = rows.map(|row| half_squares(centre, &row)).collect();
        let tasks = blocks::map_range(self.panels.len().div_ceil(PANELS_PER_TASK), |task| {
            let first = task * PANELS_PER_TASK;
            let count = PANELS_PER_TASK.min(self.panels.len() - first);
            let mut scores = match &quadratic {
                None => halves.repeat(count),
                Some(_) => vec![Lanes::ZERO; count * rank],
            };
            if let Some((known, quadratic)) = &quadratic {
                known.add_products(first, &quadratic.panels, rank, &mut scores);
            }
            self.panels
                .add_products(first, &linear.panels, rank, &mut scores);
            let panels = (first..).zip(scores.chunks(rank));
            panels
                .map(|(panel, scores)| work(panel, scores))
                .collect::<Vec<R>>()
        });
        tasks.into_iter().flatten().collect()
    }

    /// Returns the nearest prototype of each image of this process, the first of equally near ones.
    pub(super) fn nearest(&self, prototypes: &Array2<f32>) -> Vec<Nearest> {
        let panels = self.map_scores(prototypes, |panel, scores| {
            let least = least(scores);
            let nearest = |lane: usize| Nearest {
                prototype: least.index[lane],
                distance: self.distance(panel * WIDTH + lane, least.score.0[lane]),
            };
            self.lanes(panel).map(nearest).collect::<Vec<_>>()
        });
        panels.concat()
    }

    /// Returns the lanes of a panel that have an image.
    pub(super) fn lanes(&self, panel: usize) -> Range<usize> {
        0..WIDTH.min(self.squares.len() - panel * WIDTH)
    }

    /// Returns the squared distance of an image from the prototype for which it has this score.
    pub(super) fn distance(&self, image: usize, score: f32) -> f64 {
        let (square, spread) = (self.squares[image], self.spreads[image]);
        let distance = spread + 2.0 * f64::from(score);
        if distance > ROUNDING * (square * spread).sqrt() {
            distance
        } else {
            0.0
        }
    }

    /// Returns the squared distance of each image of this process from its prototype, in f64.
    pub(super) fn squares_left(&self, prototypes: &Array2<f32>, assignments: &[u32]) -> Vec<f64> {
        per_image(&self.x.x, |image, values| {
            let prototype = prototypes.row(assignments[image] as usize);
            squared_distance(&self.x.x, image, values, &prototype.to_vec())
        })
    }

    /// Returns the relative errors of the images of this process, of which these squares are left.
    pub(super) fn relative_errors(&self, squares_left: &[f64]) -> Vec<f64> {
        let known = |image: usize| {
            let known = self.x.x.known;
            known.is_none_or(|known| known.image(image).count() > 0)
        };
        let pairs = squares_left.iter().zip(&self.squares).enumerate();
        pairs
            .map(|(image, (&left, &square))| match (known(image), square) {
                (false, _) => f64::NAN,
                (true, 0.0) if left == 0.0 => 0.0,
                _ => (left / square).sqrt(),
            })
            .collect()
    }

    /// Returns the number of images of all processes that each prototype has.
    pub(super) fn sizes(&self, assignments: &[u32], prototypes: usize) -> Vec<usize> {
        let mut own = vec![0u64; prototypes];
        for &prototype in assignments {
            own[prototype as usize] += 1;
        }
        ordered_sum(self.x.images.communicator, prototypes, &[own])
            .into_iter()
            .map(|size| size as usize)
            .collect()
    }
}

/// Returns the mean of the known values of each pixel, of the images of all processes, from exact sums.
fn centre(x: Shared) -> Vec<f32> {
    let mut all = Clusters::new(x, 1);
    let own = x.images.own;
    all.reassign(&vec![NONE; own], &vec![0; own]);
    all.means(&Array2::zeros((1, x.x.pixels)))
        .into_raw_vec_and_offset()
        .0
}

/// Returns the transposed prototypes, (pixels, prototypes), with `value` of pixel and value, packed for products.
fn factor(prototypes: &Array2<f32>, value: impl Fn(usize, f32) -> f32) -> Factor {
    let mut factor = Factor::zeros(prototypes.nrows(), &vec![1.0; prototypes.ncols()]);
    factor.fill(|pixel, prototype| value(pixel, prototypes[[prototype, pixel]]));
    factor.pack_and_gram();
    factor
}

/// Returns `½ d² + m d` of a pixel, `d` beyond the mean m.
fn half_square(mean: f32, value: f32) -> f64 {
    let (mean, beyond) = (f64::from(mean), f64::from(value) - f64::from(mean));
    (0.5 * beyond + mean) * beyond
}

/// Returns `½ ‖d‖² + m·d` of a prototype, for each lane.
fn half_squares(centre: &[f32], prototype: &ArrayView1<f32>) -> Lanes {
    let pixels = centre.iter().zip(prototype);
    let sum: f64 = pixels.map(|(&mean, &value)| half_square(mean, value)).sum();
    Lanes([sum as f32; WIDTH])
}

/// Calls `work` with each image of this process and its values as they are in memory.
fn per_image<R: Send + Clone>(x: &Matrix, work: impl Fn(usize, &[f32]) -> R + Sync) -> Vec<R> {
    let tasks = blocks::map_range(x.images.div_ceil(IMAGES_PER_TASK), |task| {
        let first = task * IMAGES_PER_TASK;
        let images = first..x.images.min(first + IMAGES_PER_TASK);
        let block = x.block(images.clone());
        let mut results = Vec::with_capacity(images.len());
        let mut buffer = vec![0.0; x.pixels];
        for (row, image) in images.enumerate() {
            let range = row * x.pixels..(row + 1) * x.pixels;
            match &block {
                Block::U8(bytes) => {
                    for (value, &byte) in buffer.iter_mut().zip(&bytes[range]) {
                        *value = f32::from(byte);
                    }
                    results.push(work(image, &buffer));
                }
                Block::F32(floats) => results.push(work(image, &floats[range])),
            }
        }
        results
    });
    tasks.concat()
}

/// Returns the squared distance of the known values of an image from a prototype.
fn squared_distance(x: &Matrix, image: usize, values: &[f32], prototype: &[f32]) -> f64 {
    let square = |(&value, &other): (&f32, &f32)| (f64::from(value) - f64::from(other)).powi(2);
    match x.known {
        None => values.iter().zip(prototype).map(square).sum(),
        Some(known) => {
            let pairs = known.image(image).of(values.iter().zip(prototype));
            pairs.map(square).sum()
        }
    }
}

/// The known values of X as bytes: 1 if known.
struct KnownBytes<'a> {
    known: KnownBits<'a>,
    pixels: usize,
}

impl BlockReader for KnownBytes<'_> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        let mut bytes = Vec::with_capacity(images.len() * self.pixels);
        for image in images {
            let known = self.known.image(image);
            bytes.extend((0..self.pixels).map(|pixel| u8::from(known.at(pixel))));
        }
        Block::U8(bytes.into())
    }
}
