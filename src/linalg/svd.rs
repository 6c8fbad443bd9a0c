//! The truncated singular value decomposition of the pixel matrix, through the smaller side.

use faer::Mat;
use ndarray::{Array2, ArrayView1};

use super::eigen::{self, Eigen};
use crate::blocks;
use crate::communicator::{Communicator, Partition, ordered_sum};
use crate::error::{Error, Result};
use crate::kernel::{Factor, Lanes, Matrix, Orientation, PanelMatrix, Selection, WIDTH};

/// The largest side whose Gram matrix is formed; beyond it only products with X are.
const LARGEST_GRAM: usize = 4000;
/// Residuals that products in single precision allow.
const SINGLE: f64 = 1e-6;

/// The leading singular triples of a matrix, largest first.
pub(crate) struct Svd {
    /// Left vectors, (images, rank).
    pub(crate) left: Array2<f32>,
    /// Singular values, at least `rank`, and those that follow where they were found by the way; 0 for a direction that
    /// drowns in rounding, whose vectors are 0 too.
    pub(crate) values: Vec<f64>,
    /// Right vectors, (rank, pixels).
    pub(crate) right: Array2<f32>,
    /// ‖X‖² of the matrix that was decomposed.
    pub(crate) squared_norm: f64,
}

/// The `rank` leading singular triples of X, whose images may be spread over several processes, or of X less `mean` (as in
/// memory) in every row; the left vectors are those of this process's images.
///
/// Through the eigenvectors of the Gram matrix of the smaller side, exact up to rounding; where both sides are beyond
/// [`LARGEST_GRAM`], by subspace iteration with X itself, to residuals of [`SINGLE`] of the largest square. Signs are fixed on the right vectors: the value of largest
/// magnitude, the first of equals, is positive.
pub(crate) fn svd(x: &Matrix, spread: Partition, rank: usize, mean: Option<&[f64]>) -> Result<Svd> {
    let images: Vec<u32> = (0..x.images as u32).collect();
    // A pixel that is dark in every image is 0 in every direction.
    let lit = |j: &u32| mean.is_none_or(|mean| mean[*j as usize] > 0.0);
    let pixels: Vec<u32> = (0..x.pixels as u32).filter(lit).collect();
    let mean: Option<Vec<f64>> =
        mean.map(|mean| pixels.iter().map(|&j| mean[j as usize]).collect());
    let selection = Selection {
        x: *x,
        images: &images,
        pixels: &pixels,
    };
    let centre = mean.as_ref().map_or(0.0, |mean| {
        spread.all as f64 * mean.iter().map(|m| m * m).sum::<f64>()
    });
    let squared_norm =
        (spread.sum(&selection.square_shares()) - centre).max(0.0) / x.unit().powi(2);
    let sides = Sides::new(&selection, spread, mean);
    let size = sides.near_rows.rows();
    let Eigen {
        values: mut squares,
        vectors,
    } = if size <= LARGEST_GRAM {
        eigen::leading(&sides.gram(), rank.min(size))?
    } else {
        let apply = |vectors: &Mat<f64>| sides.to_near(&sides.to_far(vectors).to_mat()).to_mat();
        let found = eigen::subspace(size, rank, SINGLE, apply)?;
        if found.residual > SINGLE {
            return Err(Error::NoEigenvectors { size });
        }
        found.eigen
    };
    squares.resize(squares.len().max(rank), 0.0);
    // Centring cancels: what rounding leaves is a share of the square before it. Products are in single precision.
    let lost =
        (f64::EPSILON * spread.all.max(x.pixels) as f64).max(f64::from(f32::EPSILON).powi(2));
    let floor = (squares[0] + centre)
        * if size <= LARGEST_GRAM {
            lost
        } else {
            f64::from(f32::EPSILON)
        };
    let values: Vec<f64> = squares
        .iter()
        .map(|&v| if v > floor { v.sqrt() } else { 0.0 })
        .collect();
    let mut near = Mat::from_fn(size, rank, |i, l| {
        if values[l] > 0.0 {
            vectors[(i, l)]
        } else {
            0.0
        }
    });
    // Processors of another kind may round otherwise.
    (0..rank).for_each(|l| spread.broadcast_from_first(near.col_as_slice_mut(l)));
    let far = match sides.near {
        // Components: products in single precision leave them a little askew, at low contrast more than a little.
        Orientation::ImageRows => {
            let mut far = sides.to_far(&near).to_mat();
            eigen::orthonormalise(&mut far);
            Array2::from_shape_fn((far.nrows(), rank), |(i, l)| far[(i, l)] as f32)
        }
        Orientation::PixelRows => {
            let (far, scale) = (sides.to_far(&near), |l: usize| {
                if values[l] > 0.0 {
                    1.0 / values[l]
                } else {
                    0.0
                }
            });
            Array2::from_shape_fn((far.rows, rank), |(i, l)| (far.at(i, l) * scale(l)) as f32)
        }
    };
    let near = Array2::from_shape_fn((size, rank), |(i, l)| near[(i, l)] as f32);
    let (mut left, lit) = if sides.near == Orientation::ImageRows {
        (near, far)
    } else {
        (far, near)
    };
    let mut right = Array2::zeros((rank, x.pixels));
    for (&j, values) in pixels.iter().zip(lit.rows()) {
        right.column_mut(j as usize).assign(&values);
    }
    fix_signs(&mut left, &mut right);
    Ok(Svd {
        left,
        values: values.iter().map(|v| v / x.unit()).collect(),
        right,
        squared_norm,
    })
}

/// X less its mean row, cut both ways.
struct Sides<'a> {
    images: Partition<'a>,
    /// The smaller side; the pixels, where images are spread.
    near: Orientation,
    near_rows: PanelMatrix,
    far_rows: PanelMatrix,
    mean: Option<Vec<f64>>,
}

impl<'a> Sides<'a> {
    fn new(selection: &Selection, images: Partition<'a>, mean: Option<Vec<f64>>) -> Self {
        let by_images = images.communicator.size() == 1 && images.own <= selection.pixels.len();
        let (near, far) = if by_images {
            (Orientation::ImageRows, Orientation::PixelRows)
        } else {
            (Orientation::PixelRows, Orientation::ImageRows)
        };
        let (near_rows, far_rows) = (
            PanelMatrix::new(selection, near),
            PanelMatrix::without_zero_columns(selection, far),
        );
        Self {
            images,
            near,
            near_rows,
            far_rows,
            mean,
        }
    }

    /// Inner products of all rows of the smaller side.
    fn gram(&self) -> Mat<f64> {
        let (rows, count) = (&self.near_rows, self.near_rows.rows());
        let tiles = blocks::map_range(rows.len(), |index| rows.gram_tiles(index));
        let mut gram = Mat::from_fn(count, count, |a, b| {
            let (a, b) = (a.min(b), a.max(b));
            tiles[a / WIDTH][b / WIDTH - a / WIDTH][b % WIDTH][a % WIDTH]
        });
        if self.near == Orientation::PixelRows {
            self.add_up_columns(&mut gram);
        }
        match (self.near, &self.mean) {
            (Orientation::ImageRows, Some(_)) => centre_both_sides(&mut gram),
            (Orientation::PixelRows, Some(mean)) => {
                subtract_outer(&mut gram, mean, self.images.all as f64)
            }
            (_, None) => {}
        }
        gram
    }

    /// Sums over the images of this process become those over all.
    fn add_up_columns(&self, sums: &mut Mat<f64>) {
        if self.images.communicator.size() == 1 {
            return;
        }
        let own: Vec<f64> = sums
            .col_iter()
            .flat_map(|column| column.iter().copied().collect::<Vec<_>>())
            .collect();
        let rows = sums.nrows();
        let all = ordered_sum(self.images.communicator, own.len(), &[own]);
        *sums = Mat::from_fn(rows, sums.ncols(), |i, j| all[j * rows + i]);
    }

    /// From vectors over the smaller side to vectors over the larger one.
    fn to_far(&self, near: &Mat<f64>) -> Products<'_> {
        self.times(&self.far_rows, self.near == Orientation::PixelRows, near)
    }

    /// From vectors over the larger side to vectors over the smaller one.
    fn to_near(&self, far: &Mat<f64>) -> Products<'_> {
        self.times(&self.near_rows, self.near == Orientation::ImageRows, far)
    }

    /// The rows' products with `vectors`.
    fn times(&self, rows: &PanelMatrix, rows_are_images: bool, vectors: &Mat<f64>) -> Products<'_> {
        let rank = vectors.ncols();
        let mut factor = Factor::zeros(rank, &vec![1.0; vectors.nrows()]);
        factor.fill(|row, part| vectors[(row, part)] as f32);
        factor.pack_and_gram();
        let sums = blocks::map_range(rows.len(), |index| {
            let mut sums = vec![Lanes::ZERO; rank];
            rows.add_products(index, &factor.panels, rank, &mut sums);
            sums
        });
        let share = |l: usize, mean: &[f64]| -> f64 {
            let column = vectors.col(l);
            if rows_are_images {
                column.iter().zip(mean).map(|(v, m)| single(*v) * m).sum()
            } else {
                column.iter().map(|v| single(*v)).sum()
            }
        };
        let mean = self.mean.as_deref();
        let shares = (0..rank)
            .map(|l| mean.map_or(0.0, |mean| share(l, mean)))
            .collect();
        let products = Products {
            sums,
            shares,
            mean: if rows_are_images { None } else { mean },
            rows: rows.rows(),
            rank,
        };
        if rows_are_images {
            products
        } else {
            products.over(self.images.communicator)
        }
    }
}

/// As the kernel sees a value: what the mean adds must be taken off just as it was added.
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// Products of X less its mean row with vectors, (rows, rank).
struct Products<'a> {
    /// Products of X itself, panel by panel.
    sums: Vec<Vec<Lanes>>,
    /// What the mean row adds to each; times the mean, where the rows are pixels.
    shares: Vec<f64>,
    mean: Option<&'a [f64]>,
    rows: usize,
    rank: usize,
}

impl Products<'_> {
    fn at(&self, row: usize, l: usize) -> f64 {
        let mean = self.mean.map_or(1.0, |mean| mean[row]);
        f64::from(self.sums[row / WIDTH][l].0[row % WIDTH]) - mean * self.shares[l]
    }

    /// The same with sums over the images of all processes.
    fn over(mut self, communicator: &dyn Communicator) -> Self {
        let own = self.sums.iter().flatten().flat_map(|row| row.0).collect();
        let all = ordered_sum(communicator, self.sums.len() * self.rank * WIDTH, &[own]);
        let rows = self.sums.iter_mut().flatten().zip(all.as_chunks().0);
        rows.for_each(|(row, all)| *row = Lanes(*all));
        self.shares = ordered_sum(communicator, self.rank, &[self.shares]);
        self
    }

    fn to_mat(&self) -> Mat<f64> {
        Mat::from_fn(self.rows, self.rank, |row, l| self.at(row, l))
    }
}

/// The Gram matrix of rows from which their common mean row is taken.
fn centre_both_sides(gram: &mut Mat<f64>) {
    let n = gram.nrows();
    let means: Vec<f64> = (0..n)
        .map(|j| (0..n).map(|i| gram[(i, j)]).sum::<f64>() / n as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / n as f64;
    for j in 0..n {
        for i in 0..n {
            gram[(i, j)] += mean - means[i] - means[j];
        }
    }
}

/// The Gram matrix of columns from each of which its mean is taken.
fn subtract_outer(gram: &mut Mat<f64>, mean: &[f64], images: f64) {
    for j in 0..gram.ncols() {
        for i in 0..gram.nrows() {
            gram[(i, j)] -= images * mean[i] * mean[j];
        }
    }
}

pub(super) fn fix_signs(left: &mut Array2<f32>, right: &mut Array2<f32>) {
    let largest = |row: ArrayView1<f32>| {
        row.iter().fold(
            0.0f32,
            |best, &v| if v.abs() > best.abs() { v } else { best },
        )
    };
    let signs: Vec<f32> = right
        .rows()
        .into_iter()
        .map(|row| if largest(row) < 0.0 { -1.0 } else { 1.0 })
        .collect();
    for mut row in left.rows_mut() {
        row.iter_mut().zip(&signs).for_each(|(v, sign)| *v *= sign);
    }
    for (mut row, sign) in right.rows_mut().into_iter().zip(signs) {
        row.mapv_inplace(|v| v * sign);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::SingleProcess;
    use crate::kernel::Source;

    /// Products with X alone find what the Gram matrix does, on either side and with the mean taken off.
    #[test]
    fn the_way_of_large_matrices_agrees_with_the_gram_matrix() {
        for (images, pixels) in [(70, 90), (90, 70)] {
            let bytes: Vec<u8> = (0..images * pixels)
                .map(|i| (i * i % 251) as u8 / (1 + (i % 7) as u8))
                .collect();
            let x = Matrix {
                source: Source::U8(&bytes),
                images,
                pixels,
                known: None,
                scratch: None,
            };
            let mean: Vec<f64> = ordered_sum(&SingleProcess, pixels, &x.pixel_sum_shares())
                .iter()
                .map(|sum| sum / images as f64)
                .collect();
            let (rows, columns): (Vec<u32>, Vec<u32>) =
                ((0..images as u32).collect(), (0..pixels as u32).collect());
            let selection = Selection {
                x,
                images: &rows,
                pixels: &columns,
            };
            let sides = Sides::new(
                &selection,
                Partition::of(&SingleProcess, images),
                Some(mean),
            );
            let exact = eigen::whole(sides.gram()).unwrap();
            let found = eigen::subspace(70, 6, SINGLE, |v| {
                sides.to_near(&sides.to_far(v).to_mat()).to_mat()
            })
            .unwrap();
            assert!(found.residual <= SINGLE, "{}", found.residual);
            for l in 0..6 {
                let (found, exact) = (found.eigen.values[l], exact.values[l]);
                assert!(
                    (found / exact - 1.0).abs() < 1e-5,
                    "{images} x {pixels}, {l}: {found} for {exact}"
                );
            }
        }
    }
}
