//! The pixel matrix minus its mean row: its Gram matrix, and its products with vectors.

use faer::Mat;

use crate::blocks;
use crate::communicator::{Communicator, Partition, ordered_sum};
use crate::kernel::{Factor, Lanes, Orientation, PanelMatrix, Selection, WIDTH};

/// X in both orientations, minus a mean row once [`CentredMatrix::centre`] was called.
pub(super) struct CentredMatrix<'a> {
    pub(super) images: Partition<'a>,
    /// The orientation whose rows are the smaller side; pixels, if images are distributed over ranks.
    pub(super) near: Orientation,
    pub(super) near_rows: PanelMatrix,
    far_rows: PanelMatrix,
    mean: Option<Vec<f64>>,
}

impl<'a> CentredMatrix<'a> {
    /// Copies the selection into panels.
    pub(super) fn new(selection: &Selection, images: Partition<'a>) -> Self {
        let by_images = images.communicator.size() == 1 && images.own <= selection.pixels.len();
        let (near, far) = if by_images {
            (Orientation::ImageRows, Orientation::PixelRows)
        } else {
            (Orientation::PixelRows, Orientation::ImageRows)
        };
        Self {
            images,
            near,
            near_rows: PanelMatrix::new(selection, near),
            far_rows: PanelMatrix::without_zero_columns(selection, far),
            mean: None,
        }
    }

    /// Subtracts a mean row from now on, that of each selected pixel over the images of all ranks, of
    /// values as in memory; `gram` becomes the inner products after the subtraction.
    pub(super) fn centre(&mut self, mean: Vec<f64>, gram: Option<&mut Mat<f64>>) {
        if let Some(gram) = gram {
            match self.near {
                Orientation::ImageRows => centre_both_sides(gram),
                Orientation::PixelRows => subtract_outer(gram, &mean, self.images.all as f64),
            }
        }
        self.mean = Some(mean);
    }

    /// Returns the inner products of all rows of the smaller side of X itself.
    pub(super) fn gram(&self) -> Mat<f64> {
        let rows = &self.near_rows;
        let tiles = blocks::map_range(rows.len(), |index| rows.gram_tiles(index));
        let mut gram = Mat::from_fn(rows.rows(), rows.rows(), |a, b| {
            let (a, b) = (a.min(b), a.max(b));
            tiles[a / WIDTH][b / WIDTH - a / WIDTH][b % WIDTH][a % WIDTH]
        });
        if self.near == Orientation::PixelRows {
            self.sum_over_ranks(&mut gram);
        }
        gram
    }

    /// Replaces sums over the images of this rank by those over the images of all ranks.
    fn sum_over_ranks(&self, sums: &mut Mat<f64>) {
        if self.images.communicator.size() == 1 {
            return;
        }
        let mut own = Vec::with_capacity(sums.nrows() * sums.ncols());
        for column in sums.col_iter() {
            own.extend(column.iter().copied());
        }
        let rows = sums.nrows();
        let all = ordered_sum(self.images.communicator, own.len(), &[own]);
        *sums = Mat::from_fn(rows, sums.ncols(), |i, j| all[j * rows + i]);
    }

    /// Returns the products with vectors over the smaller side: vectors over the larger one.
    pub(super) fn to_far(&self, near: &Mat<f64>) -> CentredProducts<'_> {
        self.times(&self.far_rows, self.near == Orientation::PixelRows, near)
    }

    /// Returns the products with vectors over the larger side: vectors over the smaller one.
    pub(super) fn to_near(&self, far: &Mat<f64>) -> CentredProducts<'_> {
        self.times(&self.near_rows, self.near == Orientation::ImageRows, far)
    }

    /// Returns the products of rows with `vectors`.
    fn times(
        &self,
        rows: &PanelMatrix,
        rows_are_images: bool,
        vectors: &Mat<f64>,
    ) -> CentredProducts<'_> {
        let rank = vectors.ncols();
        let mut factor = Factor::zeros(rank, &vec![1.0; vectors.nrows()]);
        factor.fill(|row, part| vectors[(row, part)] as f32);
        factor.pack_and_gram();
        let sums = blocks::map_range(rows.len(), |index| {
            let mut sums = vec![Lanes::ZERO; rank];
            rows.add_products(index, &factor.panels, rank, &mut sums);
            sums
        });
        let mean = self.mean.as_deref();
        let mut products = CentredProducts {
            sums,
            mean_products: mean_products(vectors, mean, rows_are_images),
            mean: if rows_are_images { None } else { mean },
            rows: rows.rows(),
            rank,
        };
        if !rows_are_images {
            products.sum_over_ranks(self.images.communicator);
        }
        products
    }
}

/// Returns the products of the mean row with each of the vectors over pixels; of a column of ones with
/// each of the vectors over images.
fn mean_products(vectors: &Mat<f64>, mean: Option<&[f64]>, rows_are_images: bool) -> Vec<f64> {
    let mut products = vec![0.0; vectors.ncols()];
    let Some(mean) = mean else {
        return products;
    };
    for (product, column) in products.iter_mut().zip(vectors.col_iter()) {
        let values = column.iter().map(|&value| round_to_f32(value));
        *product = if rows_are_images {
            values.zip(mean).map(|(value, mean)| value * mean).sum()
        } else {
            values.sum()
        };
    }
    products
}

/// Rounds a value as the kernel does, so that the contribution of the mean cancels exactly.
fn round_to_f32(value: f64) -> f64 {
    f64::from(value as f32)
}

/// Products of X minus its mean row with vectors, (rows, rank).
pub(super) struct CentredProducts<'a> {
    /// Products of X, panel by panel.
    sums: Vec<Vec<Lanes>>,
    /// The contribution of the mean row to each product; if rows are pixels, it is multiplied by `mean`.
    mean_products: Vec<f64>,
    mean: Option<&'a [f64]>,
    pub(super) rows: usize,
    rank: usize,
}

impl CentredProducts<'_> {
    /// Returns one product.
    pub(super) fn at(&self, row: usize, l: usize) -> f64 {
        let mean = self.mean.map_or(1.0, |mean| mean[row]);
        f64::from(self.sums[row / WIDTH][l].0[row % WIDTH]) - mean * self.mean_products[l]
    }

    /// Replaces sums over the images of this rank by those over the images of all ranks.
    fn sum_over_ranks(&mut self, communicator: &dyn Communicator) {
        let own = self
            .sums
            .iter()
            .flatten()
            .flat_map(|lanes| lanes.0)
            .collect();
        let all = ordered_sum(communicator, self.sums.len() * self.rank * WIDTH, &[own]);
        for (lanes, all) in self.sums.iter_mut().flatten().zip(all.as_chunks().0) {
            *lanes = Lanes(*all);
        }
        let own = std::mem::take(&mut self.mean_products);
        self.mean_products = ordered_sum(communicator, self.rank, &[own]);
    }

    /// Returns all products.
    pub(super) fn to_mat(&self) -> Mat<f64> {
        Mat::from_fn(self.rows, self.rank, |row, l| self.at(row, l))
    }
}

/// Turns the Gram matrix of rows into that of the rows minus their mean row.
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

/// Turns the Gram matrix of columns into that of the columns minus their means.
fn subtract_outer(gram: &mut Mat<f64>, mean: &[f64], images: f64) {
    for j in 0..gram.ncols() {
        for i in 0..gram.nrows() {
            gram[(i, j)] -= images * mean[i] * mean[j];
        }
    }
}
