//! How well a rank predicts pixels that it has not seen: bi-cross-validation.
//!
//! Images and pixels are each cut into two halves by chance, X so into four blocks. Each block A is hidden in turn:
//! W and H are learned from the block D that shares neither image nor pixel with it; the hidden images get weights from
//! their other pixels, the block B, the hidden pixels get parts from the other images, the block C, both by exact least
//! squares over values of 0 or more; and their product is held against A.
//!
//! `X = (A B; C D)`, `D ≈ W H`, `B ≈ U H`, `C ≈ W V`, and the error is `‖A − U V‖`. What D's noise taught W and H does
//! not help to predict A: with too many parts the error stops falling, though that of a fit never does.
//!
//! **Cost** of all four: about that of one fit to all of X.
//!
//! **Why not single pixels hidden by chance** (S. Wold, *Cross-validatory estimation of the number of components in
//! factor and principal components models*, 1978): on planted ranks both led to the same choice, and five folds of these,
//! the hidden pixels filled in anew after every few iterations, took six times as long.
//!
//! **Source.** A. B. Owen, P. O. Perry, *Bi-cross-validation of the SVD and the nonnegative matrix factorization*, 2009.

use ndarray::{Array2, ArrayView2, s};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::sample::cut;
use crate::basis::{Basis, Weights};
use crate::error::Result;
use crate::images::{ImageSet, Images};
use crate::linalg::Nnls;

/// How often a block is hidden.
pub(super) const FOLDS: usize = 4;

/// X in four blocks.
#[derive(Debug)]
pub(super) struct Blocks([[HeldBlock; 2]; 2]);

#[derive(Debug)]
struct HeldBlock {
    images: ImageSet,
    /// The same values, (images, pixels).
    values: Array2<f32>,
    /// 1 where a pixel is known, 0 elsewhere; `None` where all are.
    known: Option<Array2<f32>>,
}

/// What was missed of a hidden block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Missed {
    /// ‖A − U V‖² over the known pixels.
    pub(super) squared: f64,
    /// ‖A‖² over the same.
    pub(super) norm: f64,
}

/// The block that is left to learn from while another is hidden, and what is done with the factors.
pub(super) struct Fold<'a> {
    hidden: &'a HeldBlock,
    same_images: &'a HeldBlock,
    same_pixels: &'a HeldBlock,
    rest: &'a HeldBlock,
}

impl Blocks {
    /// The halves that `seed` draws; there is nothing to halve of one image or one pixel.
    pub(super) fn new(images: &ImageSet, seed: u64) -> Result<Option<Self>> {
        let (count, pixels) = (images.len(), images.shape().pixels());
        if count.min(pixels) < 2 {
            return Ok(None);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (rows, columns) = (halves(count, &mut rng), halves(pixels, &mut rng));
        let block =
            |row: usize, column: usize| HeldBlock::new(images, &rows[row], &columns[column]);
        Ok(Some(Self([
            [block(0, 0)?, block(0, 1)?],
            [block(1, 0)?, block(1, 1)?],
        ])))
    }

    /// The highest rank that every block can have.
    pub(super) fn most(&self) -> usize {
        let (images, pixels) = self.0[0][0].values.dim();
        images.min(pixels)
    }

    /// Hides the block `index`, below [`FOLDS`].
    pub(super) fn fold(&self, index: usize) -> Fold<'_> {
        let (row, column) = (index / 2, index % 2);
        let [own, other] = [&self.0[row], &self.0[1 - row]];
        Fold {
            hidden: &own[column],
            same_images: &own[1 - column],
            same_pixels: &other[column],
            rest: &other[1 - column],
        }
    }
}

/// Two halves of the numbers below `count` in their order, the first the smaller one if need be.
fn halves(count: usize, rng: &mut ChaCha8Rng) -> [Vec<usize>; 2] {
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
        let one = |known: bool| if known { 1.0 } else { 0.0 };
        let known = images
            .mask
            .as_ref()
            .map(|mask| Array2::from_shape_fn(values.dim(), |(i, j)| one(mask.is_known(i, j))));
        Ok(Self {
            images,
            values,
            known,
        })
    }

    /// The sum of the squares of some values where the block's pixels are known.
    fn square(&self, values: &Array2<f32>) -> f64 {
        match &self.known {
            None => values.iter().map(|&v| f64::from(v).powi(2)).sum(),
            Some(known) => values
                .iter()
                .zip(known)
                .map(|(v, known)| f64::from(known * v).powi(2))
                .sum(),
        }
    }
}

impl Fold<'_> {
    /// What W and H are to be learned from.
    pub(super) fn rest(&self) -> &ImageSet {
        &self.rest.images
    }

    /// What is missed where nothing is predicted.
    pub(super) fn all_missed(&self) -> Missed {
        let Fold { hidden, .. } = self;
        let norm = hidden.square(&hidden.values);
        Missed {
            squared: norm,
            norm,
        }
    }

    /// What W, (images, rank), and H, (rank, pixels), of the rest miss of the hidden block.
    pub(super) fn missed(&self, weights: &Weights, basis: &Basis) -> Missed {
        let (beside, above) = (self.same_images, self.same_pixels);
        let known = |block: &HeldBlock| block.known.as_ref().map(|known| known.t().to_owned());
        let own_weights =
            least_squares(&beside.values.view(), beside.known.as_ref(), &basis.rows());
        let own_parts = least_squares(&above.values.t(), known(above).as_ref(), &weights.t());
        let rest = &self.hidden.values - &own_weights.dot(&own_parts.t());
        Missed {
            squared: self.hidden.square(&rest),
            ..self.all_missed()
        }
    }
}

/// The weights of 0 or more, (rows, rank), with which `basis`, (rank, columns), comes closest to the known `values`,
/// (rows, columns).
fn least_squares(
    values: &ArrayView2<f32>,
    known: Option<&Array2<f32>>,
    basis: &ArrayView2<f32>,
) -> Array2<f32> {
    let Some(known) = known else {
        return solve(values, basis);
    };
    let mut weights = Array2::zeros((values.nrows(), basis.nrows()));
    for (row, mut weights) in weights.rows_mut().into_iter().enumerate() {
        let values = values.slice(s![row..=row, ..]);
        weights.assign(&solve(&values, &(basis * &known.row(row)).view()).row(0));
    }
    weights
}

/// The same where all values are known, or the basis is 0 where they are not.
fn solve(values: &ArrayView2<f32>, basis: &ArrayView2<f32>) -> Array2<f32> {
    let mut weights = Array2::zeros((values.nrows(), basis.nrows()));
    let wide = basis.mapv(f64::from);
    Nnls::new(&wide.dot(&wide.t())).solve(&values.dot(&basis.t()).mapv(f64::from), &mut weights);
    weights.mapv(|weight| weight as f32)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::basis::Shape;
    use crate::images::Mask;

    fn noise(seed: u64, shape: (usize, usize)) -> Array2<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn(shape, || rng.random())
    }

    fn set(x: Array2<f32>) -> ImageSet {
        ImageSet::from_f32(Shape::new(1, x.ncols()), x).expect("sound")
    }

    /// The best of all weights of 0 or more for two parts, by trying each set of parts, in f64.
    fn twin(values: &[f64], basis: &[Vec<f64>]) -> [f64; 2] {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (a, b, c) = (
            dot(&basis[0], &basis[0]),
            dot(&basis[0], &basis[1]),
            dot(&basis[1], &basis[1]),
        );
        let (x, y) = (dot(values, &basis[0]), dot(values, &basis[1]));
        let all = a * c - b * b;
        let candidates = [
            [0.0, 0.0],
            [x / a, 0.0],
            [0.0, y / c],
            [(c * x - b * y) / all, (a * y - b * x) / all],
        ];
        let error = |w: &[f64; 2]| {
            let rest = values
                .iter()
                .enumerate()
                .map(|(j, v)| v - w[0] * basis[0][j] - w[1] * basis[1][j]);
            rest.map(|rest| rest * rest).sum::<f64>()
        };
        let possible = candidates
            .into_iter()
            .filter(|w| w[0] >= 0.0 && w[1] >= 0.0);
        possible
            .min_by(|a, b| error(a).total_cmp(&error(b)))
            .expect("0 is always possible")
    }

    /// ‖A − U V‖² and ‖A‖² of the known pixels, value by value in f64.
    fn twin_missed(
        x: &Array2<f32>,
        known: impl Fn(usize, usize) -> bool,
        fold: &TwinFold,
    ) -> (f64, f64) {
        let TwinFold {
            rows,
            columns,
            other_rows,
            other_columns,
            weights,
            basis,
        } = fold;
        let value = |i: usize, j: usize| f64::from(x[[i, j]]);
        let of_image = |&i: &usize| {
            let there: Vec<usize> = (0..other_columns.len())
                .filter(|&b| known(i, other_columns[b]))
                .collect();
            let part = |l: usize| there.iter().map(|&b| f64::from(basis[[l, b]])).collect();
            twin(
                &there
                    .iter()
                    .map(|&b| value(i, other_columns[b]))
                    .collect::<Vec<_>>(),
                &[part(0), part(1)],
            )
        };
        let of_pixel = |&j: &usize| {
            let there: Vec<usize> = (0..other_rows.len())
                .filter(|&a| known(other_rows[a], j))
                .collect();
            let part = |l: usize| there.iter().map(|&a| f64::from(weights[[a, l]])).collect();
            twin(
                &there
                    .iter()
                    .map(|&a| value(other_rows[a], j))
                    .collect::<Vec<_>>(),
                &[part(0), part(1)],
            )
        };
        let (u, v): (Vec<_>, Vec<_>) = (
            rows.iter().map(of_image).collect(),
            columns.iter().map(of_pixel).collect(),
        );
        let mut sums = (0.0, 0.0);
        for (a, &i) in rows.iter().enumerate() {
            for (b, &j) in columns.iter().enumerate().filter(|&(_, &j)| known(i, j)) {
                sums.0 += (value(i, j) - u[a][0] * v[b][0] - u[a][1] * v[b][1]).powi(2);
                sums.1 += value(i, j).powi(2);
            }
        }
        sums
    }

    struct TwinFold {
        rows: Vec<usize>,
        columns: Vec<usize>,
        other_rows: Vec<usize>,
        other_columns: Vec<usize>,
        weights: Weights,
        basis: Array2<f32>,
    }

    #[test]
    fn what_is_missed_is_that_of_a_plain_twin_with_and_without_a_mask() {
        let x = noise(1, (15, 12));
        for hidden in [0, 5] {
            let known = |i: usize, j: usize| (7 * i + 11 * j) % 9 >= hidden;
            let mut images = set(x.clone());
            images.mask = Mask::new(15, 12, known);
            assert_eq!(images.mask.is_some(), hidden > 0);
            let blocks = Blocks::new(&images, 3)
                .expect("sound")
                .expect("large enough");
            // The same draws in the same order.
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let (rows, columns) = (halves(15, &mut rng), halves(12, &mut rng));
            for index in 0..FOLDS {
                let (a, b) = (index / 2, index % 2);
                let (weights, basis) = (
                    noise(7, (rows[1 - a].len(), 2)),
                    noise(8, (2, columns[1 - b].len())),
                );
                let model = Basis::new(Shape::new(1, basis.ncols()), basis.clone());
                let missed = blocks.fold(index).missed(&weights, &model);
                let fold = TwinFold {
                    rows: rows[a].clone(),
                    columns: columns[b].clone(),
                    other_rows: rows[1 - a].clone(),
                    other_columns: columns[1 - b].clone(),
                    weights,
                    basis,
                };
                let (squared, norm) = twin_missed(&x, known, &fold);
                assert!(
                    (missed.squared - squared).abs() < 1e-5 * squared,
                    "{index}: {missed:?} is not {squared}"
                );
                assert!(
                    (missed.norm - norm).abs() < 1e-6 * norm,
                    "{index}: {missed:?} is not {norm}"
                );
                assert_eq!(
                    blocks.fold(index).all_missed(),
                    Missed {
                        squared: missed.norm,
                        norm: missed.norm
                    }
                );
            }
        }
    }

    #[test]
    fn the_four_blocks_are_all_of_the_images_and_none_twice() {
        let x = Array2::from_shape_fn((5, 7), |(i, j)| (10 * i + j) as f32);
        let blocks = Blocks::new(&set(x.clone()), 0)
            .expect("sound")
            .expect("large enough");
        assert_eq!(blocks.most(), 2);
        let mut seen = Vec::new();
        for index in 0..FOLDS {
            let fold = blocks.fold(index);
            seen.extend(fold.hidden.values.iter().copied());
            let shared = |a: &HeldBlock, b: &HeldBlock| {
                let values = |block: &HeldBlock| {
                    block.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
                };
                values(a).iter().any(|v| values(b).contains(v))
            };
            assert!(!shared(fold.hidden, fold.rest) && !shared(fold.same_images, fold.same_pixels));
            let image = |block: &HeldBlock| (block.values[[0, 0]] / 10.0) as usize;
            let pixel = |block: &HeldBlock| block.values[[0, 0]] as usize % 10;
            assert_eq!(
                (image(fold.hidden), pixel(fold.hidden)),
                (image(fold.same_images), pixel(fold.same_pixels))
            );
        }
        seen.sort_by(f32::total_cmp);
        assert_eq!(seen, x.iter().copied().collect::<Vec<_>>());
        assert!(
            Blocks::new(&set(Array2::ones((1, 9))), 0)
                .expect("sound")
                .is_none(),
            "one image has no halves"
        );
    }
}
