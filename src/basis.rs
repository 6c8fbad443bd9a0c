//! The types that every method shares: the shape of an image, a basis, weights.

use std::fmt;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The size of every image of a set, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shape {
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

impl Shape {
    /// Returns a shape of `height` rows and `width` columns.
    #[must_use]
    pub const fn new(height: usize, width: usize) -> Self {
        Self { height, width }
    }

    /// Returns the number of pixels.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }
}

impl fmt::Display for Shape {
    /// Writes the width first, as usual for image sizes: `92x112`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Basis images as rows, (rank, pixels): parts (NMF) or eigenimages (PCA).
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    shape: Shape,
    rows: Array2<f32>,
}

impl Basis {
    /// Returns a basis whose rows are images of `shape`.
    ///
    /// # Panics
    /// If a row does not have `shape.pixels()` values.
    #[must_use]
    pub fn new(shape: Shape, rows: Array2<f32>) -> Self {
        assert_eq!(
            rows.ncols(),
            shape.pixels(),
            "a basis image of {shape} has {} pixels",
            shape.pixels()
        );
        Self { shape, rows }
    }

    /// Returns the size of a basis image.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the number of basis images.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rows.nrows()
    }

    /// Returns all basis images, (rank, pixels).
    #[must_use]
    pub fn rows(&self) -> ArrayView2<'_, f32> {
        self.rows.view()
    }

    /// Returns one basis image, (pixels), row by row.
    #[must_use]
    pub fn row(&self, index: usize) -> ArrayView1<'_, f32> {
        self.rows.row(index)
    }

    /// Returns the sum of the basis images, each times its weight, (pixels).
    pub(crate) fn combine(&self, weights: &ArrayView1<f32>) -> Array1<f32> {
        assert_eq!(weights.len(), self.rank(), "one weight per basis image");
        let mut sum = Array1::zeros(self.shape.pixels());
        for (&weight, row) in weights.iter().zip(self.rows.rows()) {
            sum.scaled_add(weight, &row);
        }
        sum
    }

    /// Returns the cosine of each row of this basis with each row of another, (rank, other rank); 0
    /// if one of the rows is 0.
    ///
    /// # Panics
    /// If the two have different shapes.
    #[must_use]
    pub fn cosines(&self, other: &Self) -> Array2<f64> {
        directions(self.rows.mapv(f64::from)).dot(&directions(other.rows.mapv(f64::from)).t())
    }
}

/// Returns the rows scaled to length 1; rows of 0 stay 0.
pub(crate) fn directions(mut rows: Array2<f64>) -> Array2<f64> {
    for mut row in rows.rows_mut() {
        let norm = row.dot(&row).sqrt();
        if norm > 0.0 {
            row /= norm;
        }
    }
    rows
}

/// The weight of each basis image in each image, (images, rank).
pub type Weights = Array2<f32>;

/// Checks that a rank is positive, and at most the number of images and of pixels.
pub(crate) fn check_rank(rank: usize, images: usize, pixels: usize) -> Result<()> {
    let most = images.min(pixels);
    match rank {
        0 => Err(Error::RankZero),
        _ if rank > most => Err(Error::RankTooLarge {
            rank,
            images,
            pixels,
            most,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn cosines_see_the_direction_of_rows_and_not_their_length() {
        let basis = |rows| Basis::new(Shape::new(1, 2), rows);
        let ours = basis(arr2(&[[3., 4.], [0., 0.]]));
        let theirs = basis(arr2(&[[6., 8.], [2., 0.], [0., -1.]]));
        let expected = arr2(&[[1., 0.6, -0.8], [0., 0., 0.]]);
        assert!(
            (ours.cosines(&theirs) - expected)
                .iter()
                .all(|difference| difference.abs() < 1e-12)
        );
    }
}
