//! Colours for the regions of parts that differ between neighbours.

use std::cmp::Reverse;

use ndarray::Array2;
use plotters::style::RGBColor;

use super::pixel_owners::PixelOwners;
use crate::render::canvas::colour_difference::difference;
use crate::render::canvas::style::PALETTE;

/// How often every part is given a colour.
const SWEEPS: usize = 6;

impl PixelOwners {
    /// Returns a colour for each part that owns a pixel.
    ///
    /// Greedy colouring from the largest part to the smallest, repeated with the colours of all
    /// others. Each gets, in order of preference, the colour with which it shares the shortest
    /// border (none, while there is one that no neighbour has), one of the least used, and the one
    /// least similar to those of its neighbours.
    pub(super) fn colours(&self) -> Vec<Option<RGBColor>> {
        let borders = self.borders();
        let mut used: [usize; PALETTE.len()] = [0; PALETTE.len()];
        let mut colours: Vec<Option<usize>> = vec![None; self.pixels.len()];
        for part in self.dominant().repeat(SWEEPS) {
            if let Some(own) = colours[part].take() {
                used[own] -= 1;
            }
            let mut near = [0; PALETTE.len()];
            for (other, colour) in colours.iter().enumerate() {
                if let Some(colour) = *colour {
                    near[colour] += borders[(part, other)];
                }
            }
            let mut best = 0;
            let mut best_rank = colour_rank(0, &near, &used);
            for colour in 1..PALETTE.len() {
                let rank = colour_rank(colour, &near, &used);
                if rank > best_rank {
                    (best, best_rank) = (colour, rank);
                }
            }
            used[best] += 1;
            colours[part] = Some(best);
        }
        colours
            .into_iter()
            .map(|colour| colour.map(|colour| PALETTE[colour]))
            .collect()
    }

    /// Returns the length of the border between the pixels of each pair of parts, (rank, rank).
    fn borders(&self) -> Array2<usize> {
        let mut borders = Array2::zeros((self.pixels.len(), self.pixels.len()));
        let width = self.shape.width;
        for (at, owner) in self.owner.iter().enumerate() {
            let right = if (at + 1) % width > 0 {
                self.owner.get(at + 1)
            } else {
                None
            };
            for other in [right, self.owner.get(at + width)].into_iter().flatten() {
                if let (Some(one), Some(other)) = (*owner, *other)
                    && one != other
                {
                    borders[(one, other)] += 1;
                    borders[(other, one)] += 1;
                }
            }
        }
        borders
    }
}

/// Returns how suitable a colour is, given the length of the border with each colour and how often
/// each is used; larger is better.
fn colour_rank(
    colour: usize,
    near: &[usize],
    used: &[usize],
) -> (Reverse<usize>, Reverse<usize>, f32) {
    let mut nearest = f32::INFINITY;
    for other in (0..near.len()).filter(|&other| near[other] > 0) {
        nearest = nearest.min(difference(PALETTE[colour], PALETTE[other]));
    }
    (Reverse(near[colour]), Reverse(used[colour]), nearest)
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::{Basis, Shape};
    use crate::render::canvas::colour_difference::vision::least_difference;

    #[test]
    fn borders_are_counted_across_sides_and_not_around_the_edge() {
        // A A B
        // C C C
        let owner = [0, 0, 1, 2, 2, 2].map(Some).to_vec();
        let owners = PixelOwners {
            shape: Shape::new(2, 3),
            owner,
            fraction: vec![1.; 6],
            pixels: vec![2, 1, 3],
        };
        let borders = owners.borders();
        assert_eq!(borders, arr2(&[[0, 1, 2], [1, 0, 1], [2, 1, 0]]));
        let ends = PixelOwners {
            shape: Shape::new(2, 2),
            owner: vec![None, Some(0), Some(1), None],
            ..owners
        };
        assert_eq!(
            ends.borders()[(0, 1)],
            0,
            "the end of one row and the beginning of the next"
        );
    }

    #[test]
    fn neighbours_differ_in_colour_and_all_do_while_colours_last() {
        let stripes = |count: usize| {
            let rows = Array2::from_shape_fn((count + 1, count), |(part, at)| {
                f32::from(u8::from(part == at))
            });
            let basis = Basis::new(Shape::new(1, count), rows);
            PixelOwners::of(&basis, &vec![1.; count + 1]).colours()
        };
        let few = stripes(PALETTE.len());
        assert_eq!(few.last(), Some(&None), "no pixel, no colour");
        assert!((0..few.len()).all(|one| (0..one).all(|other| few[one] != few[other])));
        let many = stripes(60);
        assert!(
            many[..60]
                .windows(2)
                .all(|pair| pair[0].is_some() && pair[0] != pair[1])
        );
        for colour in PALETTE {
            let times = many.iter().filter(|found| **found == Some(colour)).count();
            assert!(
                (60 / PALETTE.len()..=60 / PALETTE.len() + 1).contains(&times),
                "{colour:?}: {times}"
            );
        }
    }

    #[test]
    fn colours_are_distinct_with_colour_vision_deficiency() {
        // Greys a tenth of the way from black to white are 0.1 apart; the colours of Okabe and Ito
        // are 0.076.
        let apart = 0.12;
        for (at, one) in PALETTE.into_iter().enumerate() {
            for other in &PALETTE[..at] {
                let least = least_difference(one, *other);
                assert!(least > apart, "{one:?} and {other:?}: {least}");
            }
        }
    }
}
