//! Whose pixel it is: the part that gives most of its light, in a colour unlike those of its neighbours. Not how it is
//! drawn.

use ndarray::Array2;
use palette::color_difference::EuclideanDistance;
use palette::{IntoColor, Oklab, Srgb};
use plotters::style::RGBColor;

use crate::basis::{Basis, Shape};
use crate::render::canvas::style::PALETTE;

/// Less than this share of the brightest pixel is no light: one grey of 255.
const DARK: f64 = 1.0 / 255.0;

/// Who owns each pixel.
pub(super) struct Owners {
    pub shape: Shape,
    /// For each pixel the part that gives most of its light; none where there is no light.
    pub owner: Vec<Option<usize>>,
    /// How much of the pixel's light its owner gives, 0..=1.
    pub share: Vec<f32>,
    /// For each part its pixels.
    pub pixels: Vec<usize>,
}

impl Owners {
    /// The owners of the pixels of `Σ use × part`, with one use a part.
    pub(super) fn of(basis: &Basis, uses: &[f32]) -> Self {
        let count = basis.shape().pixels();
        let (mut total, mut most) = (vec![0.0; count], vec![(0.0, 0); count]);
        for (part, (row, &weight)) in basis.rows().rows().into_iter().zip(uses).enumerate() {
            for (at, &value) in row.iter().enumerate() {
                let light = f64::from(weight) * f64::from(value);
                if light.is_finite() && light > 0.0 {
                    total[at] += light;
                    most[at] = if light > most[at].0 {
                        (light, part)
                    } else {
                        most[at]
                    };
                }
            }
        }
        let dark = DARK * total.iter().copied().fold(0.0, f64::max);
        let lit = |at: usize| (total[at] > dark).then_some(most[at]);
        let owner: Vec<Option<usize>> =
            (0..count).map(|at| lit(at).map(|(_, part)| part)).collect();
        let share = (0..count)
            .map(|at| lit(at).map_or(0.0, |(light, _)| (light / total[at]) as f32))
            .collect();
        let mut pixels = vec![0; basis.rank()];
        owner.iter().flatten().for_each(|&part| pixels[part] += 1);
        Self {
            shape: basis.shape(),
            owner,
            share,
            pixels,
        }
    }

    /// A colour for each part that owns a pixel.
    ///
    /// The largest is served first: with a colour that no neighbour has, among these with one that few have, among
    /// these with the one least like those of its neighbours.
    pub(super) fn colours(&self) -> Vec<Option<RGBColor>> {
        let (touch, unlike) = (
            self.neighbours(),
            PALETTE.map(|one| PALETTE.map(|other| difference(one, other))),
        );
        let mut served: [usize; PALETTE.len()] = [0; PALETTE.len()];
        let mut colours: Vec<Option<usize>> = vec![None; self.pixels.len()];
        let mut order: Vec<usize> = (0..colours.len())
            .filter(|&part| self.pixels[part] > 0)
            .collect();
        order.sort_by_key(|&part| std::cmp::Reverse(self.pixels[part]));
        for part in order {
            let near = (0..colours.len())
                .filter(|&other| touch[(part, other)])
                .filter_map(|other| colours[other]);
            let nearest = |colour: usize| {
                near.clone()
                    .map(|other| unlike[colour][other])
                    .fold(f32::INFINITY, f32::min)
            };
            let rank = |colour: usize| {
                (
                    nearest(colour) > 0.0,
                    std::cmp::Reverse(served[colour]),
                    nearest(colour),
                )
            };
            let better = |best, next| if rank(next) > rank(best) { next } else { best };
            let colour = (0..PALETTE.len()).fold(0, better);
            served[colour] += 1;
            colours[part] = Some(colour);
        }
        colours
            .into_iter()
            .map(|colour| colour.map(|colour| PALETTE[colour]))
            .collect()
    }

    /// Which parts own pixels beside one another, (rank, rank).
    fn neighbours(&self) -> Array2<bool> {
        let mut touch = Array2::from_elem((self.pixels.len(), self.pixels.len()), false);
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
                    touch[(one, other)] = true;
                    touch[(other, one)] = true;
                }
            }
        }
        touch
    }

    /// The centre (column, row) of the place deepest inside a part's pixels, if a box of `width` x `height` pixels lies
    /// on these alone there.
    pub(super) fn place(&self, part: usize, (width, height): (usize, usize)) -> Option<(f64, f64)> {
        let sums = self.summed(part);
        let larger = |more: usize| self.middle(&sums, (width + more, height + more));
        let (mut fits, mut found) = (0, larger(0)?);
        let mut too_large = self.shape.width.min(self.shape.height);
        while fits + 1 < too_large {
            let more = usize::midpoint(fits, too_large);
            match larger(more) {
                Some(place) => (fits, found) = (more, place),
                None => too_large = more,
            }
        }
        Some(found)
    }

    /// The centre of the box that lies on a part's pixels alone and nearest to the middle of all boxes that do.
    fn middle(&self, sums: &Array2<usize>, (width, height): (usize, usize)) -> Option<(f64, f64)> {
        let Shape {
            height: rows,
            width: columns,
        } = self.shape;
        let inside = |&(x, y): &(usize, usize)| {
            let (right, below) = (x + width, y + height);
            sums[(below, right)] + sums[(y, x)] - sums[(y, right)] - sums[(below, x)]
                == width * height
        };
        let corners = (0..(rows + 1).saturating_sub(height))
            .flat_map(|y| (0..(columns + 1).saturating_sub(width)).map(move |x| (x, y)));
        let boxes: Vec<(usize, usize)> = corners.filter(inside).collect();
        let (x, y) = boxes
            .iter()
            .fold((0, 0), |sum, corner| (sum.0 + corner.0, sum.1 + corner.1));
        let mean = |sum: usize| sum as f64 / boxes.len() as f64;
        let far = |&(left, top): &(usize, usize)| {
            (left as f64 - mean(x)).powi(2) + (top as f64 - mean(y)).powi(2)
        };
        let (left, top) = boxes
            .iter()
            .copied()
            .min_by(|a, b| far(a).total_cmp(&far(b)))?;
        Some((
            left as f64 + width as f64 / 2.0,
            top as f64 + height as f64 / 2.0,
        ))
    }

    /// For each corner of the pixel grid, how many pixels of the part lie above and left of it.
    fn summed(&self, part: usize) -> Array2<usize> {
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

/// How unlike two colours look.
fn difference(one: RGBColor, other: RGBColor) -> f32 {
    let even = |RGBColor(red, green, blue)| -> Oklab {
        Srgb::new(red, green, blue).into_format().into_color()
    };
    even(one).distance(even(other))
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use palette::LinSrgb;

    use super::*;

    fn basis(width: usize, rows: Array2<f32>) -> Basis {
        Basis::new(Shape::new(rows.ncols() / width, width), rows)
    }

    #[test]
    fn a_pixel_belongs_to_the_part_that_gives_most_of_its_light() {
        let parts = basis(4, arr2(&[[1., 1., 0., 0.], [0., 1., 0.5, 0.]]));
        let owners = Owners::of(&parts, &[1., 3.]);
        assert_eq!(owners.owner, [Some(0), Some(1), Some(1), None]);
        assert_eq!(owners.share, [1., 0.75, 1., 0.]);
        assert_eq!(owners.pixels, [1, 2]);
    }

    #[test]
    fn what_is_darker_than_one_grey_is_nobodys() {
        let owners = Owners::of(&basis(3, arr2(&[[255., 1.5, 0.9]])), &[1.]);
        assert_eq!(owners.owner, [Some(0), Some(0), None]);
        let black = Owners::of(
            &basis(2, arr2(&[[0., f32::NAN], [f32::INFINITY, -1.]])),
            &[1., 0.],
        );
        assert_eq!((black.owner, black.pixels), (vec![None, None], vec![0, 0]));
    }

    #[test]
    fn parts_touch_across_sides_and_not_around_the_edge() {
        // A A B
        // C C C
        let owner = [0, 0, 1, 2, 2, 2].map(Some).to_vec();
        let owners = Owners {
            shape: Shape::new(2, 3),
            owner,
            share: vec![1.; 6],
            pixels: vec![2, 1, 3],
        };
        let touch = owners.neighbours();
        assert!(touch[(0, 1)] && touch[(1, 0)] && touch[(0, 2)] && touch[(1, 2)]);
        let ends = Owners {
            shape: Shape::new(2, 2),
            owner: vec![None, Some(0), Some(1), None],
            ..owners
        };
        assert!(
            !ends.neighbours()[(0, 1)],
            "the end of one row and the beginning of the next"
        );
    }

    #[test]
    fn neighbours_differ_in_colour_and_all_do_while_colours_last() {
        let stripes = |count: usize| {
            let rows = Array2::from_shape_fn((count + 1, count), |(part, at)| {
                f32::from(u8::from(part == at))
            });
            Owners::of(&basis(count, rows), &vec![1.; count + 1]).colours()
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
    fn a_box_is_placed_deep_inside_and_only_where_it_lies_on_the_part_alone() {
        // A thin arm, and a body of 4 by 4 at its right.
        let rows = ["......####", "......####", "AAAAAA####", "......####"];
        let light: Vec<f32> = rows
            .concat()
            .chars()
            .map(|sign| if sign == '.' { 0. } else { 1. })
            .collect();
        let owners = Owners::of(
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

    /// What people without the cones for red and for green see of linear light (G. Machado, M. Oliveira, L. Fernandes,
    /// *A physiologically-based model for simulation of color vision deficiency*, 2009, severity 1).
    const PROTANOPIA: [[f32; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    const DEUTERANOPIA: [[f32; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];

    fn seen(RGBColor(red, green, blue): RGBColor, sight: [[f32; 3]; 3]) -> Oklab {
        let light: LinSrgb = Srgb::new(red, green, blue).into_linear();
        let cones = |row: [f32; 3]| {
            (row[0] * light.red + row[1] * light.green + row[2] * light.blue).clamp(0.0, 1.0)
        };
        let [red, green, blue] = sight.map(cones);
        LinSrgb::new(red, green, blue).into_color()
    }

    #[test]
    fn colours_are_told_apart_by_colour_blind_eyes() {
        // Greys a tenth of the way from black to white are 0.1 apart; the colours of Okabe and Ito are 0.076.
        let apart = 0.12;
        for (at, one) in PALETTE.into_iter().enumerate() {
            for other in &PALETTE[..at] {
                assert!(difference(one, *other) > apart, "{one:?} and {other:?}");
                for sight in [PROTANOPIA, DEUTERANOPIA] {
                    let distance = seen(one, sight).distance(seen(*other, sight));
                    assert!(
                        distance > apart,
                        "{one:?} and {other:?} are {distance} apart"
                    );
                }
            }
        }
    }
}
