//! Symmetric eigenvectors and the truncated singular value decomposition, on top of faer. Not NMF, not PCA.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd;
use faer::{Mat, Par, Spec};
use ndarray::Array2;

use crate::blocks;
use crate::error::{Error, Result};
use crate::kernel::{Cut, Factor, Matrix, Panels, Row, Selection, WIDTH};

/// One setting on every machine, whatever the number of threads: faer's last bits follow it.
const PARALLELISM: usize = 8;

/// The leading singular triples of a matrix, largest first.
pub(crate) struct Svd {
    /// Left vectors, (images, rank).
    pub(crate) left: Array2<f32>,
    /// Singular values; 0 for a direction that drowns in rounding, whose vectors are 0 too.
    pub(crate) values: Vec<f64>,
    /// Right vectors, (rank, pixels).
    pub(crate) right: Array2<f32>,
    /// ‖X‖² of the matrix that was decomposed.
    pub(crate) squared_norm: f64,
}

/// The `rank` leading singular triples of X, or of X less `mean` (as in memory) in every row, through the Gram matrix of the smaller
/// side. Signs are fixed on the right vectors: the value of largest magnitude, the first of equals, is positive.
pub(crate) fn svd(x: &Matrix, rank: usize, mean: Option<&[f64]>) -> Result<Svd> {
    let images: Vec<u32> = (0..x.images as u32).collect();
    let pixels: Vec<u32> = (0..x.pixels as u32).collect();
    let selection = Selection { x: *x, images: &images, pixels: &pixels, keep_bytes: true };
    let (own, other) = if x.images <= x.pixels { (Cut::Images, Cut::Pixels) } else { (Cut::Pixels, Cut::Images) };
    let mut gram = gram(&Panels::new(&selection, own), x.images.min(x.pixels));
    if let Some(mean) = mean {
        match own {
            Cut::Images => centre_both_sides(&mut gram),
            Cut::Pixels => subtract_outer(&mut gram, mean, x.images as f64),
        }
    }
    let squared_norm = (0..gram.nrows()).map(|i| gram[(i, i)]).sum::<f64>();
    let (eigenvalues, vectors) = symmetric_eigen(gram)?;
    let floor = eigenvalues[0] * f64::EPSILON * x.images.max(x.pixels) as f64;
    let values: Vec<f64> = eigenvalues[..rank].iter().map(|&v| if v > floor { v.sqrt() } else { 0.0 }).collect();
    let near =
        Array2::from_shape_fn((eigenvalues.len(), rank), |(i, l)| if values[l] > 0.0 { vectors[(i, l)] } else { 0.0 });
    let far = far_side(&Panels::new(&selection, other), &near, &values, own, mean);
    let (mut left, mut right) = match own {
        Cut::Images => (near.mapv(|v| v as f32), far),
        Cut::Pixels => (far, near.mapv(|v| v as f32)),
    };
    fix_signs(&mut left, &mut right);
    Ok(Svd {
        left,
        values: values.iter().map(|v| v / x.unit()).collect(),
        right: right.reversed_axes().as_standard_layout().into_owned(),
        squared_norm: squared_norm / x.unit().powi(2),
    })
}

/// Inner products of all rows.
fn gram(rows: &Panels, count: usize) -> Mat<f64> {
    let tiles = blocks::map_range(rows.len(), |index| rows.gram_tiles(index));
    Mat::from_fn(count, count, |a, b| {
        let (a, b) = (a.min(b), a.max(b));
        tiles[a / WIDTH][b / WIDTH - a / WIDTH][b % WIDTH][a % WIDTH]
    })
}

/// The Gram matrix of rows from which their common mean row is taken.
fn centre_both_sides(gram: &mut Mat<f64>) {
    let n = gram.nrows();
    let means: Vec<f64> = (0..n).map(|j| (0..n).map(|i| gram[(i, j)]).sum::<f64>() / n as f64).collect();
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

/// Eigenvalues, largest first, and their vectors as columns.
fn symmetric_eigen(mut matrix: Mat<f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let n = matrix.nrows();
    // faer takes values for equal that differ by less than the rounding of 1, however small they are: bring the largest
    // near 1. A power of two changes no digit.
    let largest = (0..n).map(|i| matrix[(i, i)]).fold(f64::MIN_POSITIVE, f64::max);
    let unit = largest.log2().floor().exp2();
    for j in 0..n {
        for i in 0..n {
            matrix[(i, j)] /= unit;
        }
    }
    let par = Par::rayon(PARALLELISM);
    let (mut values, mut vectors) = (Diag::zeros(n), Mat::zeros(n, n));
    let scratch = evd::self_adjoint_evd_scratch::<f64>(n, evd::ComputeEigenvectors::Yes, par, Spec::default());
    evd::self_adjoint_evd(
        matrix.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        par,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NoEigenvectors { size: n })?;
    let values: Vec<f64> = (0..n).rev().map(|l| values[l] * unit).collect();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(Error::NoEigenvectors { size: n });
    }
    Ok((values, Mat::from_fn(n, n, |i, l| vectors[(i, n - 1 - l)])))
}

/// The singular vectors of the other side, (rows, rank): X (or its transpose) times `near`, over the values.
fn far_side(rows: &Panels, near: &Array2<f64>, values: &[f64], own: Cut, mean: Option<&[f64]>) -> Array2<f32> {
    let rank = values.len();
    let mut factor = Factor::zeros(rank, &vec![1.0; near.nrows()]);
    factor.fill(|row, part| near[[row, part]] as f32);
    let products = blocks::map_range(rows.len(), |index| {
        let mut sums = vec![Row::ZERO; rank];
        rows.add_products(index, &factor.panels, rank, &mut sums);
        sums
    });
    // What the mean row adds to every product; with vectors of centred images it adds Σ u = 0 times the mean.
    let shift: Vec<f64> = match (own, mean) {
        (Cut::Pixels, Some(mean)) => near.columns().into_iter().map(|v| dot(v.iter(), mean)).collect(),
        _ => vec![0.0; rank],
    };
    let count = rows.rows();
    Array2::from_shape_fn((count, rank), |(row, l)| {
        let product = f64::from(products[row / WIDTH][l].0[row % WIDTH]) - shift[l];
        if values[l] > 0.0 { (product / values[l]) as f32 } else { 0.0 }
    })
}

fn dot<'a>(a: impl Iterator<Item = &'a f64>, b: &[f64]) -> f64 {
    a.zip(b).map(|(a, b)| a * b).sum()
}

/// `right` is (pixels, rank) here.
fn fix_signs(left: &mut Array2<f32>, right: &mut Array2<f32>) {
    for (mut left, mut right) in left.columns_mut().into_iter().zip(right.columns_mut()) {
        let largest = right.iter().fold(0.0f32, |best, &v| if v.abs() > best.abs() { v } else { best });
        if largest < 0.0 {
            left.mapv_inplace(|v| -v);
            right.mapv_inplace(|v| -v);
        }
    }
}
