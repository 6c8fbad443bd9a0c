//! The images in four blocks, of which one at a time is held out.

use std::sync::Arc;

use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::sample::cut;
use crate::error::Result;
use crate::images::{ImageSet, Images, KeptMatrix};

/// The number of blocks, each of which is held out once.
pub(super) const FOLDS: usize = 4;

/// X in four blocks.
#[derive(Debug)]
pub(super) struct HeldOutBlocks([[HeldBlock; 2]; 2]);

/// The pixels of half of the images at half of their places.
#[derive(Debug)]
pub(super) struct HeldBlock {
    pub(super) images: ImageSet,
    /// The matrix that all fits to the block share.
    pub(super) kept: Arc<KeptMatrix>,
    /// The same values as floats, (images, pixels).
    pub(super) values: Array2<f32>,
    /// 1 for known pixels, 0 for unknown ones; `None` if all are known.
    pub(super) known: Option<Array2<f32>>,
    /// The sum of the squares of the known values.
    pub(super) squared_norm: f64,
}

/// The four blocks while one of them is held out.
pub(super) struct Fold<'a> {
    pub(super) held_out: &'a HeldBlock,
    /// The images of the held-out block with the other pixels.
    pub(super) same_images: &'a HeldBlock,
    /// The pixels of the held-out block in the other images.
    pub(super) same_pixels: &'a HeldBlock,
    /// The other pixels of the other images.
    pub(super) rest: &'a HeldBlock,
}

impl HeldOutBlocks {
    /// Splits images and pixels into random halves; `None` if there is only one image or pixel.
    pub(super) fn new(images: &ImageSet, seed: u64) -> Result<Option<Self>> {
        let (count, pixels) = (images.len(), images.shape().pixels());
        if count.min(pixels) < 2 {
            return Ok(None);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let [top, bottom] = halves(count, &mut rng);
        let [left, right] = halves(pixels, &mut rng);
        Ok(Some(Self([
            [
                HeldBlock::new(images, &top, &left)?,
                HeldBlock::new(images, &top, &right)?,
            ],
            [
                HeldBlock::new(images, &bottom, &left)?,
                HeldBlock::new(images, &bottom, &right)?,
            ],
        ])))
    }

    /// Returns the highest rank of a fit to the smallest block.
    pub(super) fn most_rank(&self) -> usize {
        let (images, pixels) = self.0[0][0].values.dim();
        images.min(pixels)
    }

    /// Holds out the block `index`, below [`FOLDS`].
    pub(super) fn fold(&self, index: usize) -> Fold<'_> {
        let (row, column) = (index / 2, index % 2);
        let [own, other] = [&self.0[row], &self.0[1 - row]];
        Fold {
            held_out: &own[column],
            same_images: &own[1 - column],
            same_pixels: &other[column],
            rest: &other[1 - column],
        }
    }
}

/// Returns random halves of the numbers below `count`, each sorted; the first is the smaller one.
pub(super) fn halves(count: usize, rng: &mut ChaCha8Rng) -> [Vec<usize>; 2] {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(rng);
    let (first, second) = order.split_at(count / 2);
    [first, second].map(|half| {
        let mut half = half.to_vec();
        half.sort_unstable();
        half
    })
}

impl HeldBlock {
    fn new(images: &ImageSet, rows: &[usize], columns: &[usize]) -> Result<Self> {
        let images = cut(images, rows, columns)?;
        let values = images.to_f32();
        let known = images.mask.as_ref().map(|mask| {
            Array2::from_shape_fn(values.dim(), |(i, j)| {
                f32::from(u8::from(mask.is_known(i, j)))
            })
        });
        Ok(Self {
            images,
            kept: Arc::default(),
            squared_norm: sum_of_squares(values.clone(), known.as_ref()),
            values,
            known,
        })
    }

    /// Returns the squared distance of `others` from the values, over the known pixels of the block.
    pub(super) fn squared_distance(&self, others: &Array2<f32>) -> f64 {
        sum_of_squares(&self.values - others, self.known.as_ref())
    }
}

/// Returns the sum of the squares of values, (images, pixels), without those that are not known.
fn sum_of_squares(mut values: Array2<f32>, known: Option<&Array2<f32>>) -> f64 {
    if let Some(known) = known {
        values *= known;
    }
    // Sums that do not wait for one another.
    let mut sums = [0.0; 8];
    for row in values.rows() {
        for (at, &value) in row.iter().enumerate() {
            sums[at % 8] += f64::from(value).powi(2);
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basis::Shape;

    fn set(x: Array2<f32>) -> ImageSet {
        ImageSet::from_f32(Shape::new(1, x.ncols()), x).expect("sound")
    }

    #[test]
    fn the_four_blocks_are_all_of_the_images_and_none_twice() {
        let x = Array2::from_shape_fn((5, 7), |(i, j)| (10 * i + j) as f32);
        let blocks = HeldOutBlocks::new(&set(x.clone()), 0)
            .expect("sound")
            .expect("large enough");
        assert_eq!(blocks.most_rank(), 2);
        let mut seen = Vec::new();
        for index in 0..FOLDS {
            let fold = blocks.fold(index);
            seen.extend(fold.held_out.values.iter().copied());
            let shared = |a: &HeldBlock, b: &HeldBlock| {
                let values = |block: &HeldBlock| {
                    block.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
                };
                values(a).iter().any(|v| values(b).contains(v))
            };
            assert!(
                !shared(fold.held_out, fold.rest) && !shared(fold.same_images, fold.same_pixels)
            );
            let image = |block: &HeldBlock| (block.values[[0, 0]] / 10.0) as usize;
            let pixel = |block: &HeldBlock| block.values[[0, 0]] as usize % 10;
            assert_eq!(
                (image(fold.held_out), pixel(fold.held_out)),
                (image(fold.same_images), pixel(fold.same_pixels))
            );
        }
        seen.sort_by(f32::total_cmp);
        assert_eq!(seen, x.iter().copied().collect::<Vec<_>>());
        assert!(
            HeldOutBlocks::new(&set(Array2::ones((1, 9))), 0)
                .expect("sound")
                .is_none(),
            "one image has no halves"
        );
    }
}
