//! The factors of a low-rank approximation with a mean row while it is fitted: their start, and their
//! orthonormal form at the end.

use std::ops::Range;

use faer::Mat;
use ndarray::{Array1, Array2, Axis, s};

use super::dense_eigen::{Eigen, all_pairs};
use super::linear_update::MIN_SQUARE;
use super::low_rank_model::{LowRank, ResidualSquares};
use super::mean_row::MeanRow;
use super::singular_vectors::fix_signs;
use super::subspace::orthonormalise;
use super::svd::svd;
use crate::communicator::{Partition, ordered_sum};
use crate::error::Result;
use crate::kernel::{Block, BlockReader, Factor, Matrix, Selection, Source};

/// The factors of `X ≈ [1 T] [m V]ᵀ`.
pub(super) struct AffineFactors {
    /// `[1 T]`, (images, 1 + rank).
    pub(super) scores: Factor,
    /// `[m V]`, (pixels, 1 + rank).
    pub(super) rows: Factor,
}

impl AffineFactors {
    /// Starts from the singular vectors of X with unknown values replaced by the mean of their pixel.
    pub(super) fn start(
        selection: &Selection,
        partition: Partition,
        means: &[f64],
        rank: usize,
    ) -> Result<Self> {
        let x = &selection.x;
        let filled = Matrix {
            source: Source::Stored(&MeanFilled { x: *x, means }),
            known: None,
            ..*x
        };
        let partials = filled.partial_pixel_sums();
        let mut means = ordered_sum(partition.communicator, x.pixels, &partials);
        for mean in &mut means {
            *mean /= partition.all as f64;
        }
        let mean = MeanRow {
            values: means,
            multiples: None,
        };
        let svd = svd(&filled, None, partition, rank, Some(&mean))?;
        let mut scores = Factor::zeros(1 + rank, &vec![1.0; selection.images.len()]);
        scores.fill(|row, column| {
            if column == 0 {
                return 1.0;
            }
            let l = column - 1;
            let left = f64::from(svd.left[[selection.images[row] as usize, l]]);
            (left * svd.values[l] * x.unit()) as f32
        });
        let mut rows = Factor::zeros(1 + rank, &vec![1.0; selection.pixels.len()]);
        rows.fill(|row, column| {
            let pixel = selection.pixels[row] as usize;
            if column == 0 {
                mean.values[pixel] as f32
            } else {
                svd.right[[column - 1, pixel]]
            }
        });
        scores.pack_and_gram();
        rows.pack_and_gram();
        Ok(Self { scores, rows })
    }

    /// Returns the same approximation with centred scores and orthonormal rows along its principal axes.
    pub(super) fn to_low_rank(
        &self,
        selection: &Selection,
        partition: Partition,
    ) -> Result<LowRank> {
        let x = &selection.x;
        let scores = self.scores.values().mapv(f64::from);
        let rows = self.rows.extrapolated().mapv(f64::from);
        let rank = rows.ncols() - 1;
        let centre = centre(&scores, partition);
        let mean = rows.dot(&centre);
        let scores = (&scores - &centre).slice_move(s![.., 1..]);
        let rows = rows.slice_move(s![.., 1..]);
        let basis = orthonormal(&rows);
        let scores = scores.dot(&rows.t().dot(&basis));
        let axes = PrincipalAxes::of(&scores, partition)?;
        let (scores, basis) = (scores.dot(&axes.rotation), basis.dot(&axes.rotation));
        let unit = x.unit();
        let mut model = LowRank {
            mean: vec![0.0; x.pixels],
            scores: Array2::zeros((x.images, rank)),
            rows: Array2::zeros((rank, x.pixels)),
            squares: axes.squares.iter().map(|v| v / unit.powi(2)).collect(),
            errors: ResidualSquares {
                squared_norm: partition.sum(&selection.partial_squares()) / unit.powi(2),
                squares: Vec::new(),
            },
        };
        for (values, &image) in scores.rows().into_iter().zip(selection.images) {
            let mut row = model.scores.row_mut(image as usize);
            row.assign(&values.mapv(|v| (v / unit) as f32));
        }
        for ((values, mean), &pixel) in basis.rows().into_iter().zip(mean).zip(selection.pixels) {
            let mut column = model.rows.column_mut(pixel as usize);
            column.assign(&values.mapv(|v| v as f32));
            model.mean[pixel as usize] = mean / unit;
        }
        fix_signs(&mut model.scores, &mut model.rows);
        let partials = model.partial_residual_squares(x);
        model.errors.squares = ordered_sum(partition.communicator, 1 + rank, &partials);
        Ok(model)
    }
}

/// Returns the mean of each column over the images of all ranks.
fn centre(scores: &Array2<f64>, partition: Partition) -> Array1<f64> {
    let own = scores.sum_axis(Axis(0)).to_vec();
    let sum = ordered_sum(partition.communicator, own.len(), &[own]);
    Array1::from(sum) / partition.count(scores.nrows()) as f64
}

/// Returns an orthonormal basis of the columns.
fn orthonormal(columns: &Array2<f64>) -> Array2<f64> {
    let mut basis = Mat::from_fn(columns.nrows(), columns.ncols(), |i, l| columns[[i, l]]);
    orthonormalise(&mut basis);
    Array2::from_shape_fn(columns.dim(), |(i, l)| basis[(i, l)])
}

/// The principal axes of centred scores.
struct PrincipalAxes {
    /// The axes as columns, (rank, rank); 0 for axes without scores.
    rotation: Array2<f64>,
    /// The sum of squares along each axis, largest first.
    squares: Vec<f64>,
}

impl PrincipalAxes {
    /// Returns the principal axes of the scores of all ranks.
    fn of(scores: &Array2<f64>, partition: Partition) -> Result<Self> {
        let rank = scores.ncols();
        let own = scores.t().dot(scores).iter().copied().collect();
        let gram = ordered_sum(partition.communicator, rank * rank, &[own]);
        let gram = Mat::from_fn(rank, rank, |i, l| gram[i * rank + l]);
        let Eigen { values, vectors } = all_pairs(gram)?;
        let least = MIN_SQUARE * values.first().copied().unwrap_or_default();
        let mut is_kept = vec![0.0; rank];
        for (is_kept, &value) in is_kept.iter_mut().zip(&values) {
            *is_kept = f64::from(u8::from(value > least));
        }
        Ok(Self {
            rotation: Array2::from_shape_fn((rank, rank), |(i, l)| vectors[(i, l)] * is_kept[l]),
            squares: values
                .iter()
                .zip(&is_kept)
                .map(|(v, kept)| v * kept)
                .collect(),
        })
    }
}

/// X with each unknown value replaced by the mean of its pixel, rounded if values are bytes.
struct MeanFilled<'a> {
    x: Matrix<'a>,
    means: &'a [f64],
}

impl MeanFilled<'_> {
    fn fill<T: Copy>(&self, images: Range<usize>, values: &mut [T], round: impl Fn(f64) -> T) {
        let Some(known) = self.x.known else {
            return;
        };
        for (image, values) in images.zip(values.chunks_mut(self.x.pixels)) {
            let known = known.image(image);
            for (pixel, (value, &mean)) in values.iter_mut().zip(self.means).enumerate() {
                if !known.at(pixel) {
                    *value = round(mean);
                }
            }
        }
    }
}

impl BlockReader for MeanFilled<'_> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        let mut block = self.x.block(images.clone());
        match &mut block {
            Block::U8(bytes) => self.fill(images, bytes.to_mut(), |mean| mean.round() as u8),
            Block::F32(floats) => self.fill(images, floats.to_mut(), |mean| mean as f32),
        }
        block
    }
}
