//! Whether basis images are parts of the images or faint copies of whole ones.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::partness::Partness;

/// A judgement of basis images by their sparsity and their overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Each covers few pixels, and mostly others than the rest: parts.
    #[serde(rename = "parts")]
    Parts,
    /// Each covers many pixels, and mostly the same as the others: ghosts of whole images.
    #[serde(rename = "faint whole images")]
    WholeImages,
    /// Only one of the two figures is that of parts.
    #[serde(rename = "in between")]
    Between,
}

impl Display for Verdict {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Parts => "parts",
            Self::WholeImages => "faint whole images",
            Self::Between => "in between",
        })
    }
}

impl Partness {
    /// The sparsity below which basis images may look like faint whole images.
    pub const WHOLE_SPARSITY: f64 = 0.5;
    /// The overlap above which they do, if their sparsity is that low.
    pub const WHOLE_OVERLAP: f64 = 0.35;

    /// Judges the basis images: they are parts if neither figure reaches its threshold, and look like faint whole images if
    /// both do.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let covers_many = self.sparsity < Self::WHOLE_SPARSITY;
        let covers_the_same = self.overlap > Self::WHOLE_OVERLAP;
        match (covers_many, covers_the_same) {
            (false, false) => Verdict::Parts,
            (true, true) => Verdict::WholeImages,
            _ => Verdict::Between,
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::{Basis, Shape};

    #[test]
    fn basis_images_that_cover_the_same_pixels_look_like_wholes() {
        let of = |rows: Array2<f32>| {
            let weights = Array2::ones((3, rows.nrows()));
            let parts = Partness::of(&Basis::new(Shape::new(1, 4), rows), &weights, None);
            (parts.sparsity, parts.overlap, parts.verdict())
        };
        let faint = of(arr2(&[[1., 1., 1., 0.5], [1., 0.5, 1., 1.]]));
        assert_eq!(faint.2, Verdict::WholeImages, "{faint:?}");
        let single = of(arr2(&[[1., 0., 0., 0.], [0., 1., 0., 0.]]));
        assert_eq!(single.2, Verdict::Parts, "{single:?}");
        // Thirds are not sparse, and share no pixel; spots in one place overlap, and are sparse.
        let halves = of(arr2(&[[1., 1., 1., 0.], [0., 0., 0., 1.]]));
        assert_eq!((halves.1, halves.2), (0.0, Verdict::Parts), "{halves:?}");
        let spots = of(arr2(&[[1., 0., 0., 0.], [1., 0.1, 0., 0.]]));
        assert_eq!(spots.2, Verdict::Between, "{spots:?}");
    }
}
