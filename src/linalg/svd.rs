//! The truncated singular value decomposition of the pixel matrix, through the smaller side.

use faer::Mat;
use ndarray::Array2;

use super::centred_matrix::{CentredMatrix, NearSide};
use super::change::BothSpectra;
use super::dense_eigen::{Eigen, all_values};
use super::eigen::leading;
use super::mean_row::MeanRow;
use super::singular_vectors::{far_vectors, fix_signs, near_vectors};
use super::subspace::{Wanted, subspace};
use crate::communicator::Partition;
use crate::error::{Error, Result};
use crate::kernel::{CutPixels, Matrix, Orientation, PanelMatrix, Selection};

/// The residual that products in single precision allow.
const SINGLE_PRECISION: f64 = 1e-6;

/// The leading singular triplets of a matrix, largest first.
pub(crate) struct Svd {
    /// Left vectors, (images, rank).
    pub(crate) left: Array2<f32>,
    /// Singular values, at least `rank`, and the following ones if they were found too; 0 for a
    /// direction below the rounding error, whose vectors are 0 as well.
    pub(crate) values: Vec<f64>,
    /// Right vectors, (rank, pixels).
    pub(crate) right: Array2<f32>,
    /// ‖X‖² of the matrix that was decomposed.
    pub(crate) squared_norm: f64,
    /// The singular values of X before a mean row was subtracted, at least `rank`.
    pub(crate) uncentred_values: Vec<f64>,
    /// ‖x − m‖² of each image of this rank, of values as in memory, if X was cut before and they are known without more work.
    pub(crate) centred_squares: Option<Vec<f64>>,
}

/// Returns the `rank` leading singular triplets of X, or of X minus a mean row. The left vectors are those of this rank's
/// images. `cut` has X in panels if it was cut before.
///
/// Uses the eigenvectors of the Gram matrix of the smaller side, exact up to rounding. If both sides
/// exceed 4,000, uses subspace iteration with X itself, to residuals of
/// [`SINGLE_PRECISION`] of the largest square. Signs are normalised: the value of largest magnitude of
/// each right vector (the first, if several are equal) is positive.
///
/// # Errors
/// [`Error::NoEigenvectors`] if the eigenvalue decomposition does not converge.
pub(crate) fn svd(
    x: &Matrix,
    cut: Option<CutPixels>,
    partition: Partition,
    rank: usize,
    mean: Option<&MeanRow>,
) -> Result<Svd> {
    let images: Vec<u32> = (0..x.images as u32).collect();
    let pixels = directions(x, mean.map(|mean| &mean.values[..]));
    let selection = Selection {
        x: *x,
        images: &images,
        pixels: &pixels,
    };
    let mean = mean.map(|mean| mean.of_pixels(&pixels));
    let cut = cut.filter(|cut| cut.pixels == pixels);
    let squared_norm = match cut {
        Some(cut) => cut.squared_norm,
        None => partition.sum(&selection.partial_squares()),
    };
    let mut centred = CentredMatrix::new(selection, cut, partition);
    let Spectra {
        eigen,
        values,
        uncentred_values,
        mean_square,
    } = spectra(&mut centred, mean, rank, x.pixels)?;
    let near = near_vectors(&centred, &eigen, &values, rank);
    let far = far_vectors(&centred, &near, &values, cut.map(|cut| cut.image_squares));
    let near = Array2::from_shape_fn((near.nrows(), rank), |(i, l)| near[(i, l)] as f32);
    let (mut left, nonzero) = match centred.near {
        Orientation::ImageRows => (near, far.vectors),
        Orientation::PixelRows => (far.vectors, near),
    };
    let mut right = Array2::zeros((rank, x.pixels));
    for (&j, values) in pixels.iter().zip(nonzero.rows()) {
        right.column_mut(j as usize).assign(&values);
    }
    fix_signs(&mut left, &mut right);
    Ok(Svd {
        left,
        values: values.iter().map(|v| v / x.unit()).collect(),
        right,
        squared_norm: (squared_norm - mean_square).max(0.0) / x.unit().powi(2),
        uncentred_values: uncentred_values.iter().map(|v| v / x.unit()).collect(),
        centred_squares: far.centred_squares,
    })
}

/// Returns the pixels that can differ from 0 in a direction: not those that are 0 in every image.
fn directions(x: &Matrix, mean: Option<&[f64]>) -> Vec<u32> {
    (0..x.pixels as u32)
        .filter(|&j| mean.is_none_or(|mean| mean[j as usize] > 0.0))
        .collect()
}

/// Returns the squares of all singular values of X minus `mean` (of values as in memory) in every row, as
/// fractions of their sum, largest first. The smaller side should be short: its Gram matrix is decomposed.
///
/// # Errors
/// [`Error::NoEigenvectors`] if the eigenvalue decomposition does not converge.
pub(crate) fn explained_fractions(
    x: &Matrix,
    partition: Partition,
    mean: &[f64],
) -> Result<Vec<f64>> {
    let images: Vec<u32> = (0..x.images as u32).collect();
    let pixels = directions(x, Some(mean));
    let selection = Selection {
        x: *x,
        images: &images,
        pixels: &pixels,
    };
    let mean = MeanRow {
        values: pixels.iter().map(|&j| mean[j as usize]).collect(),
        multiples: None,
    };
    let mean_square = mean.squared_norm(partition.all);
    let variance = partition.sum(&selection.partial_squares()) - mean_square;
    let mut centred = CentredMatrix::with_gram(selection, None, partition);
    let rounding = rounding(&centred, x.pixels);
    centred.centre(mean);
    let rank = x.images.min(x.pixels);
    let values = match &centred.near_side {
        NearSide::Gram(gram) => all_values(gram.clone())?,
        NearSide::Rows(rows) => search_by_products(&centred, rows, rank, None)?.values,
    };
    let values = singular_values(&values, rank, rounding, mean_square);
    let fraction = |value: f64| {
        if variance > 0.0 {
            value * value / variance
        } else {
            0.0
        }
    };
    Ok(values.into_iter().map(fraction).collect())
}

/// Eigenpairs and singular values, of values as in memory.
struct Spectra {
    /// The leading eigenpairs of the inner products of the smaller side.
    eigen: Eigen,
    /// The singular values that belong to them.
    values: Vec<f64>,
    /// The singular values of X before a mean row was subtracted.
    uncentred_values: Vec<f64>,
    /// The part of ‖X‖² that the mean row has; 0 without one.
    mean_square: f64,
}

/// Subtracts the mean row, if there is one, and decomposes the matrix before and after that.
fn spectra(
    matrix: &mut CentredMatrix,
    mean: Option<MeanRow>,
    rank: usize,
    pixels: usize,
) -> Result<Spectra> {
    let rounding = rounding(matrix, pixels);
    let images = matrix.images.all;
    let mean_square = mean.as_ref().map_or(0.0, |mean| mean.squared_norm(images));
    let BothSpectra { eigen, changed } = both_spectra(matrix, mean, rank)?;
    Ok(Spectra {
        values: singular_values(&eigen.values, rank, rounding, mean_square),
        uncentred_values: singular_values(&changed, rank, rounding, 0.0),
        eigen,
        mean_square,
    })
}

/// Subtracts the mean row, if there is one, and returns the leading eigenpairs of the inner products of the smaller side
/// after that, and the eigenvalues before.
fn both_spectra(
    matrix: &mut CentredMatrix,
    mean: Option<MeanRow>,
    rank: usize,
) -> Result<BothSpectra> {
    let before = match &matrix.near_side {
        NearSide::Rows(rows) if mean.is_some() => {
            Some(search_by_products(matrix, rows, rank, None)?)
        }
        _ => None,
    };
    let change = mean.and_then(|mean| matrix.centre(mean));
    match &matrix.near_side {
        NearSide::Gram(gram) => leading(gram, change.as_ref(), rank.min(gram.nrows())),
        NearSide::Rows(rows) => {
            let (changed, start) = before.map(|found| (found.values, found.vectors)).unzip();
            let eigen = search_by_products(matrix, rows, rank, start)?;
            let changed = changed.unwrap_or_else(|| eigen.values.clone());
            Ok(BothSpectra { eigen, changed })
        }
    }
}

/// Returns the rounding error of a square, as a fraction of the largest square before the mean is
/// subtracted, which cancels digits.
fn rounding(matrix: &CentredMatrix, pixels: usize) -> f64 {
    if matches!(matrix.near_side, NearSide::Gram(_)) {
        let sum = f64::EPSILON * matrix.images.all.max(pixels) as f64;
        sum.max(f64::from(f32::EPSILON).powi(2))
    } else {
        f64::from(f32::EPSILON)
    }
}

/// Returns at least `rank` singular values, of values as in memory; 0 below the rounding error.
fn singular_values(squares: &[f64], rank: usize, rounding: f64, mean_square: f64) -> Vec<f64> {
    let mut squares = squares.to_vec();
    squares.resize(squares.len().max(rank), 0.0);
    let floor = (squares[0] + mean_square) * rounding;
    squares
        .iter()
        .map(|&v| if v > floor { v.sqrt() } else { 0.0 })
        .collect()
}

/// Returns the leading eigenpairs of the inner products of `near_rows`, by products with X alone.
fn search_by_products(
    centred: &CentredMatrix,
    near_rows: &PanelMatrix,
    rank: usize,
    start: Option<Mat<f64>>,
) -> Result<Eigen> {
    let size = near_rows.rows();
    let wanted = Wanted {
        rank,
        tolerance: SINGLE_PRECISION,
        start,
    };
    let found = subspace(size, wanted, |vectors| {
        let far = centred.to_far(vectors).to_mat();
        centred.to_near(near_rows, &far).to_mat()
    })?;
    if found.residual > SINGLE_PRECISION {
        return Err(Error::NoEigenvectors { size });
    }
    Ok(found.eigen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::{SingleProcess, ordered_sum};
    use crate::kernel::Source;

    #[test]
    fn subspace_iteration_agrees_with_the_gram_matrix() {
        // The last ones are cut into two blocks of images.
        for (images, pixels) in [(70, 90), (90, 70), (5000, 66)] {
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
            let sums = ordered_sum(&SingleProcess, pixels, &x.partial_pixel_sums());
            let mean = MeanRow {
                values: sums.iter().map(|sum| sum / images as f64).collect(),
                multiples: None,
            };
            let (rows, columns): (Vec<u32>, Vec<u32>) =
                ((0..images as u32).collect(), (0..pixels as u32).collect());
            let selection = Selection {
                x,
                images: &rows,
                pixels: &columns,
            };
            let partition = Partition::of(&SingleProcess, images);
            let mut with_gram = CentredMatrix::with_gram(selection, None, partition);
            let mut with_rows = CentredMatrix::with_rows(&selection, partition);
            let exact = both_spectra(&mut with_gram, Some(mean.clone()), 6).unwrap();
            let found = both_spectra(&mut with_rows, Some(mean), 6).unwrap();
            for (found, exact) in [
                (found.eigen.values, exact.eigen.values),
                (found.changed, exact.changed),
            ] {
                for (l, (found, exact)) in found.iter().zip(&exact).take(6).enumerate() {
                    assert!(
                        (found / exact - 1.0).abs() < 1e-5,
                        "{images} x {pixels}, {l}: {found} for {exact}"
                    );
                }
            }
        }
    }
}
