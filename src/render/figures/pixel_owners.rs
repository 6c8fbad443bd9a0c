//! The dominant part of each pixel, and where the pixels of a part are.

use std::cmp::Reverse;

use ndarray::Array2;

use crate::basis::{Basis, Shape};

/// Pixels below this fraction of the brightest one have no owner: one grey level of 255.
const DARK: f64 = 1.0 / 255.0;

/// The owner of each pixel: the part that contributes most to its intensity.
pub(super) struct PixelOwners {
    pub shape: Shape,
    /// For each pixel, its owner; `None` where there is no intensity.
    pub owner: Vec<Option<usize>>,
    /// For each pixel, the fraction of its intensity from its owner, 0..=1.
    pub fraction: Vec<f32>,
    /// For each part, the number of its pixels.
    pub pixels: Vec<usize>,
}

impl PixelOwners {
    /// Returns the owners of the pixels of `Σ use × part`, with one use per part.
    pub(super) fn of(basis: &Basis, uses: &[f32]) -> Self {
        let count = basis.shape().pixels();
        let mut total = vec![0.0; count];
        let mut largest = vec![(0.0, 0); count];
        for (part, (row, &weight)) in basis.rows().rows().into_iter().zip(uses).enumerate() {
            for (at, &value) in row.iter().enumerate() {
                let intensity = f64::from(weight) * f64::from(value);
                if intensity.is_finite() && intensity > 0.0 {
                    total[at] += intensity;
                    if intensity > largest[at].0 {
                        largest[at] = (intensity, part);
                    }
                }
            }
        }
        let dark = DARK * total.iter().copied().fold(0.0, f64::max);
        let mut owners = Self {
            shape: basis.shape(),
            owner: vec![None; count],
            fraction: vec![0.0; count],
            pixels: vec![0; basis.rank()],
        };
        for at in 0..count {
            if total[at] > dark {
                let (intensity, part) = largest[at];
                owners.owner[at] = Some(part);
                owners.fraction[at] = (intensity / total[at]) as f32;
                owners.pixels[part] += 1;
            }
        }
        owners
    }

    /// Returns the parts that own a pixel, those with the most pixels first.
    pub(super) fn dominant(&self) -> Vec<usize> {
        let parts = 0..self.pixels.len();
        let mut parts: Vec<usize> = parts.filter(|&part| self.pixels[part] > 0).collect();
        parts.sort_by_key(|&part| Reverse(self.pixels[part]));
        parts
    }

    /// Returns the largest fraction that each part contributes to one of its pixels, (rank).
    pub(super) fn largest_fractions(&self) -> Vec<f32> {
        let mut largest = vec![0.0f32; self.pixels.len()];
        for (owner, &fraction) in self.owner.iter().zip(&self.fraction) {
            if let Some(part) = *owner {
                largest[part] = largest[part].max(fraction);
            }
        }
        largest
    }

    /// Returns the median of the fractions that owners contribute to their pixels; `None` if no
    /// pixel has an owner.
    pub(super) fn median_fraction(&self) -> Option<f64> {
        let mut fractions = Vec::new();
        for (owner, &fraction) in self.owner.iter().zip(&self.fraction) {
            if owner.is_some() {
                fractions.push(fraction);
            }
        }
        fractions.sort_by(f32::total_cmp);
        let upper = *fractions.get(fractions.len() / 2)?;
        let lower = fractions[(fractions.len() - 1) / 2];
        Some(f64::midpoint(lower.into(), upper.into()))
    }

    /// Returns the lines between pixels of different owners, each from and to a corner (column,
    /// row) of the pixel grid; none at pixels without an owner.
    pub(super) fn border_lines(&self) -> Vec<[(usize, usize); 2]> {
        let Shape { height, width } = self.shape;
        let mut lines = Vec::new();
        for y in 1..height {
            for (from, to) in runs(width, |x| self.differ((x, y - 1), (x, y))) {
                lines.push([(from, y), (to, y)]);
            }
        }
        for x in 1..width {
            for (from, to) in runs(height, |y| self.differ((x - 1, y), (x, y))) {
                lines.push([(x, from), (x, to)]);
            }
        }
        lines
    }

    /// Returns whether two pixels (column, row) have different owners.
    fn differ(&self, one: (usize, usize), other: (usize, usize)) -> bool {
        let [one, other] = [one, other].map(|(x, y)| self.owner[y * self.shape.width + x]);
        one.is_some() && other.is_some() && one != other
    }

    /// Returns the centre (column, row) of the largest box of pixels of a part alone that contains
    /// a box of `width` × `height` pixels, or `None` if not even the latter fits.
    pub(super) fn place(&self, part: usize, (width, height): (usize, usize)) -> Option<(f64, f64)> {
        let sums = self.summed_area(part);
        let mut found = self.box_centre(&sums, (width, height))?;
        let mut fits = 0;
        let mut too_large = self.shape.width.min(self.shape.height);
        while fits + 1 < too_large {
            let more = usize::midpoint(fits, too_large);
            match self.box_centre(&sums, (width + more, height + more)) {
                Some(centre) => (fits, found) = (more, centre),
                None => too_large = more,
            }
        }
        Some(found)
    }

    /// Returns the centre of a box of pixels of the part alone: of all such boxes, the one nearest
    /// to their mean.
    fn box_centre(
        &self,
        sums: &Array2<usize>,
        (width, height): (usize, usize),
    ) -> Option<(f64, f64)> {
        let mut boxes = Vec::new();
        for y in 0..(self.shape.height + 1).saturating_sub(height) {
            for x in 0..(self.shape.width + 1).saturating_sub(width) {
                let (right, below) = (x + width, y + height);
                let own = sums[(below, right)] + sums[(y, x)] - sums[(y, right)] - sums[(below, x)];
                if own == width * height {
                    boxes.push((x, y));
                }
            }
        }
        let count = boxes.len() as f64;
        let mean_x = boxes.iter().map(|corner| corner.0).sum::<usize>() as f64 / count;
        let mean_y = boxes.iter().map(|corner| corner.1).sum::<usize>() as f64 / count;
        let mut nearest = None;
        let mut nearest_distance = f64::INFINITY;
        for (x, y) in boxes {
            let distance = (x as f64 - mean_x).powi(2) + (y as f64 - mean_y).powi(2);
            if distance < nearest_distance {
                (nearest, nearest_distance) = (Some((x, y)), distance);
            }
        }
        let (left, top) = nearest?;
        Some((
            left as f64 + width as f64 / 2.0,
            top as f64 + height as f64 / 2.0,
        ))
    }

    /// Returns the summed-area table of a part's pixels: at each corner of the pixel grid, the
    /// number of them above and left of it.
    fn summed_area(&self, part: usize) -> Array2<usize> {
        let Shape { height, width } = self.shape;
        let mut sums = Array2::zeros((height + 1, width + 1));
        for (at, owner) in self.owner.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            let own = usize::from(*owner == Some(part));
            sums[(y + 1, x + 1)] = own + sums[(y, x + 1)] + sums[(y + 1, x)] - sums[(y, x)];
        }
        sums
    }
}

/// Returns the runs of consecutive indices below `count` for which `is` holds, as start and end.
fn runs(count: usize, is: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for at in 0..=count {
        match (start, at < count && is(at)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    fn basis(width: usize, rows: Array2<f32>) -> Basis {
        Basis::new(Shape::new(rows.ncols() / width, width), rows)
    }

    #[test]
    fn a_pixel_belongs_to_the_part_that_contributes_most_to_it() {
        let parts = basis(4, arr2(&[[1., 1., 0., 0.], [0., 1., 0.5, 0.]]));
        let owners = PixelOwners::of(&parts, &[1., 3.]);
        assert_eq!(owners.owner, [Some(0), Some(1), Some(1), None]);
        assert_eq!(owners.fraction, [1., 0.75, 1., 0.]);
        assert_eq!(owners.pixels, [1, 2]);
    }

    #[test]
    fn a_pixel_darker_than_one_grey_has_no_owner() {
        let owners = PixelOwners::of(&basis(3, arr2(&[[255., 1.5, 0.9]])), &[1.]);
        assert_eq!(owners.owner, [Some(0), Some(0), None]);
        let black = PixelOwners::of(
            &basis(2, arr2(&[[0., f32::NAN], [f32::INFINITY, -1.]])),
            &[1., 0.],
        );
        assert_eq!((black.owner, black.pixels), (vec![None, None], vec![0, 0]));
    }

    #[test]
    fn lines_separate_owners_and_the_largest_and_the_median_fraction_are_found() {
        // A A B
        // C C .
        let owners = PixelOwners {
            shape: Shape::new(2, 3),
            owner: vec![Some(0), Some(0), Some(1), Some(2), Some(2), None],
            fraction: vec![0.5, 1.0, 0.75, 0.25, 0.125, 0.0],
            pixels: vec![2, 1, 2, 0],
        };
        assert_eq!(
            owners.border_lines(),
            [[(0, 1), (2, 1)], [(2, 0), (2, 1)]],
            "none at the pixel without an owner"
        );
        assert_eq!(owners.largest_fractions(), [1.0, 0.75, 0.25, 0.0]);
        assert_eq!(owners.median_fraction(), Some(0.5));
        assert_eq!(
            owners.dominant(),
            [0, 2, 1],
            "not part 3, which has no pixel"
        );
        let black = PixelOwners::of(&basis(1, arr2(&[[0.0]])), &[1.0]);
        assert_eq!(black.median_fraction(), None);
    }

    #[test]
    fn a_box_is_placed_deep_inside_and_only_where_it_lies_on_the_part_alone() {
        // A thin arm, and a body of 4 by 4 at its right.
        let rows = ["......####", "......####", "AAAAAA####", "......####"];
        let light: Vec<f32> = rows
            .concat()
            .chars()
            .map(|sign| if sign == '.' { 0. } else { 1. })
            .collect();
        let owners = PixelOwners::of(
            &basis(
                10,
                Array2::from_shape_vec((1, 40), light).expect("40 pixels"),
            ),
            &[1.],
        );
        assert_eq!(
            owners.place(0, (2, 2)),
            Some((8., 2.)),
            "the middle of the body"
        );
        assert_eq!(owners.place(0, (1, 1)), Some((8., 2.)));
        assert_eq!(owners.place(0, (6, 1)), Some((5., 2.5)), "nowhere else");
        assert_eq!(owners.place(0, (5, 2)), None);
        assert_eq!(owners.place(0, (11, 1)), None, "wider than the image");
    }
}
