//! The low-rank matrix with a mean row that comes closest to the known values of another.

use std::ops::Range;

use faer::Mat;
use ndarray::{Array1, Array2, Axis, s};

use super::eigen::{self, Eigen};
use super::svd::{fix_signs, svd};
use crate::blocks;
use crate::communicator::{Communicator, Partition, SingleProcess, ordered_sum};
use crate::error::Result;
use crate::kernel::{
    Block, BlockReader, Factor, FixedFactor, Lanes, Matrix, Orientation, PanelMatrix, Selection,
    Source, WIDTH, gram_from_upper,
};

/// The most rounds, and the fewest over which the error must have moved less than this share of itself.
const ROUNDS: usize = 200;
const WINDOW: usize = 5;
const SETTLED: f64 = 1e-5;
/// How far beyond the last step the next one starts: at first, how that grows, and by what it is divided when the error
/// rises.
const FIRST_BETA: f64 = 0.5;
const GROWTH: f64 = 1.05;
const CUT: f64 = 1.5;
/// Directions whose square is below this share of the largest are taken for none.
const NONE: f64 = 1e-12;

/// A mean row, and scores of orthonormal rows about it.
pub(crate) struct LowRank {
    /// (pixels), values as they are meant; 0 where nothing is known.
    pub(crate) mean: Vec<f64>,
    /// (images, rank); 0 for an image of which nothing is known.
    pub(crate) scores: Array2<f32>,
    /// (rank, pixels), the largest scores first.
    pub(crate) rows: Array2<f32>,
    /// The sum of the squares of each row's scores.
    pub(crate) squares: Vec<f64>,
    /// What is left of the known values.
    pub(crate) errors: Errors,
}

/// What is left of the known values, which are as they are meant.
pub(crate) struct Errors {
    /// Of them with nothing taken off: ‖X‖².
    pub(crate) squared_norm: f64,
    /// ‖X − X̂‖² of the mean row alone, with the first row of scores, and so on.
    pub(crate) squares: Vec<f64>,
}

/// Finds it: what is unknown is filled with what scores and rows give, both are fitted to the filled matrix, and so on,
/// each step from beyond the last one's end, until the error on the known values has settled.
///
/// The error on the filled matrix is that on the known values and nowhere less, so that without the look ahead it never
/// rises; where it ends is a minimum of its neighbourhood (H. A. L. Kiers, *Weighted least squares fitting using ordinary
/// least squares algorithms*, 1997; N. Srebro, T. Jaakkola, *Weighted low-rank approximations*, 2003; T. Hastie and
/// others, *Matrix completion and low-rank SVD via fast alternating least squares*, 2015).
///
/// The images may be spread over several processes; `means` are those of the pixels of all, over the images that know them.
pub(crate) fn low_rank(
    x: &Matrix,
    spread: Partition,
    means: &[f64],
    rank: usize,
) -> Result<LowRank> {
    let images = x.known_images();
    // A pixel that is dark wherever it is known is 0 in every row.
    let lit = |(pixel, mean): (u32, &f64)| (*mean > 0.0).then_some(pixel);
    let pixels: Vec<u32> = (0..).zip(means).filter_map(lit).collect();
    let selection = Selection {
        x: *x,
        images: &images,
        pixels: &pixels,
    };
    let mut pair = Pair::start(&selection, spread, means, rank)?;
    let squared_norm = spread.sum(&selection.square_shares());
    let brightness = (squared_norm / spread.count(selection.count()) as f64).sqrt() as f32;
    let by_image = PanelMatrix::without_zero_columns(&selection, Orientation::ImageRows);
    let by_pixel = PanelMatrix::without_zero_columns(&selection, Orientation::PixelRows);
    let (mut errors, mut beta) = (Vec::new(), 0.0);
    loop {
        let fixed = FixedFactor::new(&pair.rows, brightness);
        let fit = Fit::of_scores(&pair.rows)?;
        fit.apply(&by_image, &mut pair.scores, &fixed, &SingleProcess);
        let error = spread
            .sum(&squared_residuals(&by_image, &pair.scores, &fixed))
            .sqrt();
        let rises = errors.last().is_some_and(|&last| error > last);
        errors.push(error);
        if has_settled(&errors) {
            return pair.turned(&selection, spread);
        }
        beta = match errors.len() {
            1 => FIRST_BETA,
            _ if rises => beta / CUT,
            _ => f64::min(GROWTH * beta, 1.0),
        };
        let ahead = if rises { 0.0 } else { beta as f32 };
        look_ahead(&mut pair.scores, ahead);
        let fit = Fit::of_rows(&pair.scores, spread.communicator)?;
        fit.apply(
            &by_pixel,
            &mut pair.rows,
            &FixedFactor::new(&pair.scores, brightness),
            spread.communicator,
        );
        look_ahead(&mut pair.rows, ahead);
    }
}

/// Whether the last rounds have moved the error no more than rounding and patience ask for.
fn has_settled(errors: &[f64]) -> bool {
    let (Some(&last), Some(&before)) = (errors.last(), errors.iter().rev().nth(WINDOW)) else {
        return false;
    };
    (before - last).abs() <= SETTLED * before || errors.len() >= ROUNDS
}

/// Scores and rows as they are fitted: `X ≈ [1 T] [m; V]`.
struct Pair {
    /// (images, 1 + rank), the first column 1.
    scores: Factor,
    /// (pixels, 1 + rank), the first column the mean.
    rows: Factor,
}

impl Pair {
    /// From the singular vectors of X with unknown values at their pixel's mean.
    fn start(selection: &Selection, spread: Partition, means: &[f64], rank: usize) -> Result<Self> {
        let x = &selection.x;
        let filled = Filled { x: *x, means };
        let whole = Matrix {
            source: Source::Stored(&filled),
            known: None,
            ..*x
        };
        let sums = ordered_sum(spread.communicator, x.pixels, &whole.pixel_sum_shares());
        let means: Vec<f64> = sums
            .into_iter()
            .map(|sum| sum / spread.all as f64)
            .collect();
        let svd = svd(&whole, spread, rank, Some(&means))?;
        let mut scores = Factor::zeros(1 + rank, &vec![1.0; selection.images.len()]);
        let mut rows = Factor::zeros(1 + rank, &vec![1.0; selection.pixels.len()]);
        let score =
            |image: usize, l: usize| f64::from(svd.left[[image, l]]) * svd.values[l] * x.unit();
        scores.fill(|row, l| {
            if l == 0 {
                1.0
            } else {
                score(selection.images[row] as usize, l - 1) as f32
            }
        });
        rows.fill(|row, l| {
            let pixel = selection.pixels[row] as usize;
            if l == 0 {
                means[pixel] as f32
            } else {
                svd.right[[l - 1, pixel]]
            }
        });
        scores.pack_and_gram();
        rows.pack_and_gram();
        Ok(Self { scores, rows })
    }

    /// The same matrix with the mean of the scores in the mean row, and rows turned to be orthonormal and apart.
    fn turned(&self, selection: &Selection, spread: Partition) -> Result<LowRank> {
        let x = &selection.x;
        let (scores, rows) = (wide(&self.scores.values()), wide(&self.rows.extrapolated()));
        let rank = rows.ncols() - 1;
        let sum = ordered_sum(
            spread.communicator,
            1 + rank,
            &[scores.sum_axis(Axis(0)).to_vec()],
        );
        let centre = Array1::from(sum) / spread.count(scores.nrows()) as f64;
        let mean = rows.dot(&centre);
        let scores = (&scores - &centre).slice_move(s![.., 1..]);
        let rows = rows.slice_move(s![.., 1..]);
        let mut basis = Mat::from_fn(rows.nrows(), rank, |i, l| rows[[i, l]]);
        eigen::orthonormalise(&mut basis);
        let basis = Array2::from_shape_fn(rows.dim(), |(i, l)| basis[(i, l)]);
        let scores = scores.dot(&rows.t().dot(&basis));
        let gram = ordered_sum(
            spread.communicator,
            rank * rank,
            &[scores.t().dot(&scores).iter().copied().collect()],
        );
        let turn = eigen::whole(Mat::from_fn(rank, rank, |i, l| gram[i * rank + l]))?;
        let least = NONE * turn.values.first().copied().unwrap_or_default();
        let kept = |l: usize| f64::from(u8::from(turn.values[l] > least));
        let turned = Array2::from_shape_fn((rank, rank), |(i, l)| turn.vectors[(i, l)] * kept(l));
        let (scores, basis) = (scores.dot(&turned), basis.dot(&turned));
        let mut found = LowRank {
            mean: vec![0.0; x.pixels],
            scores: Array2::zeros((x.images, rank)),
            rows: Array2::zeros((rank, x.pixels)),
            squares: (0..rank)
                .map(|l| turn.values[l] * kept(l) / x.unit().powi(2))
                .collect(),
            errors: Errors {
                squared_norm: spread.sum(&selection.square_shares()) / x.unit().powi(2),
                squares: Vec::new(),
            },
        };
        for (values, &image) in scores.rows().into_iter().zip(selection.images) {
            found
                .scores
                .row_mut(image as usize)
                .assign(&values.mapv(|v| (v / x.unit()) as f32));
        }
        for ((values, mean), &pixel) in basis.rows().into_iter().zip(mean).zip(selection.pixels) {
            found
                .rows
                .column_mut(pixel as usize)
                .assign(&values.mapv(|v| v as f32));
            found.mean[pixel as usize] = mean / x.unit();
        }
        fix_signs(&mut found.scores, &mut found.rows);
        found.errors.squares = ordered_sum(spread.communicator, 1 + rank, &found.left(x));
        Ok(found)
    }
}

/// Images whose errors one task sums.
const IMAGES_PER_TASK: usize = 256;

impl LowRank {
    /// ‖X − X̂‖² over the known values of the mean row alone, with the first row of scores, and so on: the shares of runs of
    /// images.
    fn left(&self, x: &Matrix) -> Vec<Vec<f64>> {
        blocks::map_range(x.images.div_ceil(IMAGES_PER_TASK), |task| {
            let mut sums = vec![0.0; 1 + self.rows.nrows()];
            for image in task * IMAGES_PER_TASK..x.images.min((task + 1) * IMAGES_PER_TASK) {
                self.add_left(x, image, &mut sums);
            }
            sums
        })
    }

    fn add_left(&self, x: &Matrix, image: usize, sums: &mut [f64]) {
        let mut counts = vec![1.0; x.pixels];
        if let Some(known) = x.known {
            known.image(image).clear_unknown(&mut counts);
        }
        let mean = self.mean.iter().map(|&mean| mean as f32);
        let mut left: Vec<f32> = x
            .image(image)
            .into_iter()
            .zip(mean)
            .map(|(x, mean)| x - mean)
            .collect();
        sums[0] += squares(&left, &counts);
        for ((sum, row), score) in sums[1..]
            .iter_mut()
            .zip(self.rows.rows())
            .zip(self.scores.row(image))
        {
            left.iter_mut()
                .zip(row)
                .for_each(|(left, row)| *left -= score * row);
            *sum += squares(&left, &counts);
        }
    }
}

/// The sum of the squares of the values that count, in runs that f32 can sum.
fn squares(values: &[f32], counts: &[f32]) -> f64 {
    let run = |(values, counts): (&[f32], &[f32])| {
        let mut sums = [0.0; 16];
        for (values, counts) in values.chunks(16).zip(counts.chunks(16)) {
            for ((sum, value), count) in sums.iter_mut().zip(values).zip(counts) {
                *sum += count * value * value;
            }
        }
        sums.iter().map(|&sum| f64::from(sum)).sum::<f64>()
    };
    values.chunks(1024).zip(counts.chunks(1024)).map(run).sum()
}

/// X with its pixel's mean in place of each unknown value, rounded where values are bytes.
struct Filled<'a> {
    x: Matrix<'a>,
    means: &'a [f64],
}

impl Filled<'_> {
    fn fill<T: Copy>(&self, images: Range<usize>, values: &mut [T], mean: impl Fn(f64) -> T) {
        for (image, values) in images.zip(values.chunks_mut(self.x.pixels)) {
            let known = |pixel: usize| {
                self.x
                    .known
                    .is_none_or(|known| known.image(image).at(pixel))
            };
            let values = values.iter_mut().zip(self.means).enumerate();
            values
                .filter(|(pixel, _)| !known(*pixel))
                .for_each(|(_, (value, &of))| *value = mean(of));
        }
    }
}

impl BlockReader for Filled<'_> {
    fn read(&self, images: Range<usize>) -> Block<'_> {
        let mut block = self.x.block(images.clone());
        match &mut block {
            Block::U8(bytes) => self.fill(images, bytes.to_mut(), |mean| mean.round() as u8),
            Block::F32(floats) => self.fill(images, floats.to_mut(), |mean| mean as f32),
        }
        block
    }
}

/// The new values of one factor as a linear function of the products with the other: `constant + shares products`.
struct Fit {
    /// (1 + rank), of each new column.
    constant: Vec<f64>,
    /// (1 + rank, 1 + rank): of each new column, how much of each product it takes.
    shares: Array2<f64>,
}

impl Fit {
    /// `T ← (X V − 1 mᵀ V) (Vᵀ V)⁻¹` beside the column of 1 that stays, from the products X [m V].
    fn of_scores(rows: &Factor) -> Result<Self> {
        let gram = rows.gram();
        let size = gram.nrows();
        let inner = inverse(&gram.slice(s![1.., 1..]).to_owned())?;
        let mut shares = Array2::zeros((size, size));
        shares.slice_mut(s![1.., 1..]).assign(&inner);
        let mut constant = (-shares.dot(&gram.row(0))).to_vec();
        constant[0] = 1.0;
        Ok(Self { constant, shares })
    }

    /// `[m V] ← ([1 T]ᵀ [1 T])⁻¹ [1 T]ᵀ X`, from the products Xᵀ [1 T].
    fn of_rows(scores: &Factor, communicator: &dyn Communicator) -> Result<Self> {
        let rank = scores.rank();
        let shares = inverse(&gram_from_upper(
            rank,
            &ordered_sum(communicator, rank * rank, &scores.gram_shares()),
        ))?;
        Ok(Self {
            constant: vec![0.0; shares.nrows()],
            shares,
        })
    }

    /// Gives `own` new leads, from the products of the filled X with the fixed factor, whose rows a team shares.
    fn apply(
        &self,
        x: &PanelMatrix,
        own: &mut Factor,
        fixed: &FixedFactor,
        communicator: &dyn Communicator,
    ) {
        let (rank, rows) = (own.rank(), own.rows());
        let shares = x.run_shares(1, communicator.rank() == 0, |run, panels| {
            let index = panels.start;
            x.filled_run(run, index, &own.panels[index].lead, fixed)
        });
        let products = ordered_sum(communicator, own.panels.len() * rank * WIDTH, &shares);
        blocks::map_chunks_mut(&mut own.panels, 1, |index, panels| {
            let products = &products[index * rank * WIDTH..][..rank * WIDTH];
            for ((lead, constant), shares) in panels[0]
                .lead
                .iter_mut()
                .zip(&self.constant)
                .zip(self.shares.rows())
            {
                let mut sums = [*constant; WIDTH];
                for (product, share) in products.chunks(WIDTH).zip(shares) {
                    sums.iter_mut()
                        .zip(product)
                        .for_each(|(sum, &value)| *sum += share * f64::from(value));
                }
                *lead = Lanes::ZERO;
                lead.0
                    .iter_mut()
                    .zip(sums)
                    .take(rows - index * WIDTH)
                    .for_each(|(lead, sum)| *lead = sum as f32);
            }
        });
    }
}

/// The lead goes on beyond the step from the values to it, which becomes the values.
fn look_ahead(factor: &mut Factor, beta: f32) {
    for panel in &mut factor.panels {
        for (lead, values) in panel.lead.iter_mut().zip(&mut panel.values) {
            for (lead, value) in lead.0.iter_mut().zip(&mut values.0) {
                (*lead, *value) = (*lead + beta * (*lead - *value), *lead);
            }
        }
    }
    factor.pack_and_gram();
}

fn squared_residuals(x: &PanelMatrix, own: &Factor, fixed: &FixedFactor) -> Vec<f64> {
    blocks::map(&own.panels, |index, panel| {
        x.residual(index, &panel.lead, fixed)
    })
}

/// The inverse of a Gram matrix, on the directions that it has.
fn inverse(gram: &Array2<f64>) -> Result<Array2<f64>> {
    let scale: Vec<f64> = gram
        .diag()
        .iter()
        .map(|&d| if d > 0.0 { 1.0 / d.sqrt() } else { 0.0 })
        .collect();
    let size = gram.nrows();
    let Eigen { values, vectors } = eigen::whole(Mat::from_fn(size, size, |a, b| {
        gram[[a, b]] * scale[a] * scale[b]
    }))?;
    let least = NONE * values.first().copied().unwrap_or_default();
    let half = Array2::from_shape_fn((size, size), |(a, l)| {
        if values[l] > least {
            scale[a] * vectors[(a, l)] / values[l].sqrt()
        } else {
            0.0
        }
    });
    Ok(half.dot(&half.t()))
}

fn wide(values: &Array2<f32>) -> Array2<f64> {
    values.mapv(f64::from)
}
