//! The Swimmer, a standard test of NMF.

use ndarray::{Array2, ArrayViewMut1, s};

use super::{Synthetic, check_size, sums_of_parts};
use crate::basis::Shape;
use crate::error::{Error, Result};

/// A corner of the torso where a limb begins.
#[derive(Clone, Copy)]
struct Joint {
    is_right: bool,
    /// Whether it is a hip rather than a shoulder.
    is_below: bool,
}

/// The direction of a limb.
#[derive(Clone, Copy)]
struct LimbDirection {
    /// Steps away from the vertical axis of the torso.
    outwards: isize,
    /// Steps away from the waist.
    away: isize,
}

/// The shoulders and hips.
const JOINTS: [Joint; 4] = [
    Joint::new(false, false),
    Joint::new(true, false),
    Joint::new(false, true),
    Joint::new(true, true),
];
/// The directions of a limb: up or down, diagonally, sideways, and diagonally back.
const DIRECTIONS: [LimbDirection; 4] = [
    LimbDirection::new(0, 1),
    LimbDirection::new(1, 1),
    LimbDirection::new(1, 0),
    LimbDirection::new(1, -1),
];
/// The number of poses.
const POSES: usize = DIRECTIONS.len().pow(JOINTS.len() as u32);

impl Joint {
    const fn new(is_right: bool, is_below: bool) -> Self {
        Self { is_right, is_below }
    }
}

impl LimbDirection {
    const fn new(outwards: isize, away: isize) -> Self {
        Self { outwards, away }
    }
}

/// The Swimmer: images of a central torso and four limbs, each in one of four positions. Each of the 256 poses is drawn
/// once, with pixels 0 and 255.
///
/// The 17 parts are the torso and the 16 positions of the limbs. A limb begins beside its joint, a corner of the torso,
/// and points up (an arm) or down (a leg), outwards, or along one of the two diagonals beside these. No two parts share a
/// pixel.
///
/// Source: D. Donoho, V. Stodden, *When does non-negative matrix factorization give a correct decomposition
/// into parts?*, 2003.
///
/// ```
/// use nmf_images::images::Images;
/// use nmf_images::images::synthetic::Swimmer;
///
/// let swimmer = Swimmer::default().draw()?;
/// assert_eq!((swimmer.images.len(), swimmer.parts.rank()), (256, 17));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swimmer {
    /// The size of an image.
    pub shape: Shape,
    /// The size of the torso.
    pub torso: Shape,
    /// The length of a limb in squares.
    pub limb: usize,
    /// The side of a square in pixels.
    pub thickness: usize,
}

impl Default for Swimmer {
    /// 32x32, with a torso of 2x12 and limbs of 5 pixels beside the joint.
    fn default() -> Self {
        Self {
            shape: Shape::new(32, 32),
            torso: Shape::new(12, 2),
            limb: 5,
            thickness: 1,
        }
    }
}

impl Swimmer {
    /// Draws all poses.
    ///
    /// # Errors
    /// If a side is 0 or too long, the swimmer does not fit into the image, or its limbs would meet.
    pub fn draw(&self) -> Result<Synthetic> {
        self.check()?;
        let mut parts = Array2::zeros((1 + JOINTS.len() * DIRECTIONS.len(), self.shape.pixels()));
        self.fill(parts.row_mut(0), self.corner(), self.torso);
        let limbs = JOINTS
            .iter()
            .flat_map(|&joint| DIRECTIONS.iter().map(move |&direction| (joint, direction)));
        let square = Shape::new(self.thickness, self.thickness);
        for ((joint, direction), mut part) in limbs.zip(parts.rows_mut().into_iter().skip(1)) {
            for steps in 1..=self.limb {
                let corner = self.square(joint, direction, steps);
                self.fill(part.view_mut(), corner, square);
            }
        }
        let poses: Vec<Vec<usize>> = (0..POSES).map(parts_of_pose).collect();
        sums_of_parts(self.shape, &parts, 255, &poses)
    }

    /// Checks that the swimmer fits into the image, and that its limbs do not meet.
    fn check(&self) -> Result<()> {
        let Self {
            shape,
            torso,
            limb,
            thickness,
        } = *self;
        check_size(shape, POSES)?;
        if torso.pixels() == 0 || limb == 0 || thickness == 0 {
            return Err(Error::NoPixels);
        }
        let reach = limb.saturating_mul(thickness);
        let both = reach.saturating_mul(2);
        let needed = (
            torso.width.saturating_add(both),
            torso.height.saturating_add(both),
        );
        if needed.0 > shape.width || needed.1 > shape.height {
            return Err(Error::SwimmerTooLarge {
                needed,
                found: (shape.width, shape.height),
            });
        }
        let needed = (2 * thickness, 2 * (reach + thickness));
        if torso.width < needed.0 || torso.height < needed.1 {
            return Err(Error::LimbsMeet {
                limb,
                thickness,
                needed,
            });
        }
        Ok(())
    }

    /// Returns the upper left corner of the torso, (x, y).
    fn corner(&self) -> (usize, usize) {
        (
            (self.shape.width - self.torso.width) / 2,
            (self.shape.height - self.torso.height) / 2,
        )
    }

    /// Returns the upper left corner, (x, y), of the square `steps` from a joint.
    fn square(&self, joint: Joint, direction: LimbDirection, steps: usize) -> (usize, usize) {
        let (mut x, mut y) = self.corner();
        let length = (steps * self.thickness).cast_signed();
        let mut outwards = -direction.outwards;
        if joint.is_right {
            x += self.torso.width - self.thickness;
            outwards = -outwards;
        }
        let mut away = -direction.away;
        if joint.is_below {
            y += self.torso.height - self.thickness;
            away = -away;
        }
        (
            x.saturating_add_signed(outwards * length),
            y.saturating_add_signed(away * length),
        )
    }

    /// Sets a rectangle of a part to 1.
    fn fill(&self, part: ArrayViewMut1<u8>, (x, y): (usize, usize), size: Shape) {
        let Shape { height, width } = self.shape;
        if let Ok(mut picture) = part.into_shape_with_order((height, width)) {
            picture
                .slice_mut(s![y..y + size.height, x..x + size.width])
                .fill(1);
        }
    }
}

/// Returns the indices of the parts of a pose: the torso, and a direction of each limb.
fn parts_of_pose(pose: usize) -> Vec<usize> {
    let limbs = (0..JOINTS.len())
        .map(|joint| 1 + joint * DIRECTIONS.len() + (pose >> (2 * joint)) % DIRECTIONS.len());
    std::iter::once(0).chain(limbs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::synthetic::tests::bytes;

    /// Returns the image as text, one line per row.
    fn drawn(image: &[u8], width: usize) -> Vec<String> {
        let sign = |&value: &u8| if value == 0 { '.' } else { '#' };
        image
            .chunks(width)
            .map(|row| row.iter().map(sign).collect())
            .collect()
    }

    #[test]
    fn the_first_pose_has_limbs_straight_up_and_down_and_the_last_crosses_inwards() {
        let swimmer = Swimmer {
            shape: Shape::new(12, 8),
            torso: Shape::new(6, 2),
            limb: 2,
            thickness: 1,
        };
        let images = swimmer.draw().unwrap().images;
        let first = bytes(&images).row(0).to_vec();
        let straight = [
            "........", "...##...", "...##...", "...##...", "...##...", "...##...",
        ];
        assert_eq!(drawn(&first, 8)[..6], straight);
        assert_eq!(
            drawn(&first, 8)[6..],
            straight
                .map(str::to_owned)
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
        );
        let last = bytes(&images).row(255).to_vec();
        let inwards = [
            "........", "........", "........", "...##...", "..####..", ".#.##.#.",
        ];
        assert_eq!(drawn(&last, 8)[..6], inwards);
    }

    #[test]
    fn no_two_parts_of_a_swimmer_share_a_pixel_whatever_the_geometry() {
        let other = Swimmer {
            shape: Shape::new(64, 48),
            torso: Shape::new(25, 7),
            limb: 5,
            thickness: 2,
        };
        for swimmer in [Swimmer::default(), other] {
            let Synthetic { images, parts } = swimmer.draw().unwrap();
            assert!(
                parts
                    .rows()
                    .sum_axis(ndarray::Axis(0))
                    .iter()
                    .all(|&count| count <= 1.0),
                "{swimmer:?}"
            );
            let sizes: Vec<usize> = parts
                .rows()
                .sum_axis(ndarray::Axis(1))
                .iter()
                .map(|&size| size as usize)
                .collect();
            assert_eq!(sizes[0], swimmer.torso.pixels());
            assert_eq!(sizes[1..], [swimmer.limb * swimmer.thickness.pow(2); 16]);
            let mut poses: Vec<Vec<u8>> = bytes(&images)
                .rows()
                .into_iter()
                .map(|row| row.to_vec())
                .collect();
            poses.sort();
            poses.dedup();
            assert_eq!(poses.len(), 256, "every pose once");
        }
    }

    #[test]
    fn a_swimmer_that_cannot_be_is_refused() {
        let swimmer = Swimmer::default();
        let refused = |swimmer: Swimmer| swimmer.draw().unwrap_err().to_string();
        assert_eq!(
            refused(Swimmer {
                shape: Shape::new(32, 11),
                ..swimmer
            }),
            "this Swimmer needs images of at least 12x22, not 11x32"
        );
        assert_eq!(
            refused(Swimmer { limb: 6, ..swimmer }),
            "limbs of length 6 and thickness 1 would overlap: they need a torso of at least 2x14"
        );
        assert!(
            refused(Swimmer {
                limb: usize::MAX,
                ..swimmer
            })
            .contains(", not 32x32")
        );
        assert!(
            refused(Swimmer {
                shape: Shape::new(9999, 32),
                ..swimmer
            })
            .contains("1 to 1024")
        );
        for (torso, limb, thickness) in [
            (swimmer.torso, 0, 1),
            (swimmer.torso, 5, 0),
            (Shape::new(0, 2), 5, 1),
        ] {
            assert!(matches!(
                Swimmer {
                    torso,
                    limb,
                    thickness,
                    ..swimmer
                }
                .draw(),
                Err(Error::NoPixels)
            ));
        }
    }
}
