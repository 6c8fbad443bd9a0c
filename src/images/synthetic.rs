//! Images made of known parts, to see whether a method finds them: the Swimmer and the bars.

use ndarray::{Array2, ArrayViewMut1, s};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::set::ImageSet;
use crate::basis::{Basis, Shape};
use crate::error::{Error, Result};

/// The longest side of an image that is made.
const MOST_SIDE: usize = 1024;
/// The most pixels that all images of a set have together.
const MOST_PIXELS: usize = 1 << 30;
/// The joints of a swimmer, as (right, below): two shoulders, two hips.
const JOINTS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];
/// The ways of a limb, as steps (away from the torso's middle line, away from the waist).
const WAYS: [(isize, isize); 4] = [(0, 1), (1, 1), (1, 0), (1, -1)];

/// Images with the parts that they are sums of.
#[derive(Debug, Clone)]
pub struct Synthetic {
    /// The images, 8-bit.
    pub images: ImageSet,
    /// The parts, (parts, pixels), of 0 and 1.
    pub parts: Basis,
}

/// The Swimmer: a torso in the middle of every image and four limbs, each in one of four positions; every one of the 256
/// poses once, of pixels 0 and 255.
///
/// Its 17 parts are the torso and the 16 positions of the limbs. A limb begins beside its joint, a corner of the torso,
/// and goes up (an arm) or down (a leg), out, or along one of the diagonals between and beyond: no two parts share a
/// pixel. **Source.** D. Donoho, V. Stodden, *When does non-negative matrix factorization give a correct decomposition
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
    /// How many squares a limb is long.
    pub limb: usize,
    /// The side of such a square in pixels.
    pub thickness: usize,
}

/// The bars: each image a sum of full rows and columns, each there by chance.
///
/// Where a row and a column cross, their light adds up: a bar is 127, a crossing 254. (In the source a crossing is no
/// brighter than a bar, which no sum of parts can rebuild.) **Source.** P. Földiák, *Forming sparse representations by
/// local anti-Hebbian learning*, 1990.
///
/// ```
/// use nmf_images::images::Images;
/// use nmf_images::images::synthetic::Bars;
///
/// let bars = Bars { images: 100, ..Bars::default() }.draw()?;
/// assert_eq!((bars.images.len(), bars.parts.rank()), (100, 16));
/// # Ok::<(), nmf_images::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bars {
    /// The size of an image; it has a part for each row, then one for each column.
    pub shape: Shape,
    /// How many images.
    pub images: usize,
    /// The probability of each bar, 0 to 1.
    pub density: f64,
    /// The seed of the choice.
    pub seed: u64,
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
        let mut parts = Array2::zeros((1 + JOINTS.len() * WAYS.len(), self.shape.pixels()));
        let (left, top) = self.corner();
        self.fill(parts.row_mut(0), (left, top), self.torso);
        let limbs = JOINTS
            .iter()
            .flat_map(|&joint| WAYS.iter().map(move |&way| (joint, way)));
        for ((joint, way), mut part) in limbs.zip(parts.rows_mut().into_iter().skip(1)) {
            for square in 1..=self.limb {
                let corner = self.square(joint, way, square);
                self.fill(
                    part.view_mut(),
                    corner,
                    Shape::new(self.thickness, self.thickness),
                );
            }
        }
        let pose = |pose: usize| -> Vec<usize> {
            let limbs = (0..JOINTS.len())
                .map(|joint| 1 + joint * WAYS.len() + (pose >> (2 * joint)) % WAYS.len());
            std::iter::once(0).chain(limbs).collect()
        };
        let poses: Vec<Vec<usize>> = (0..WAYS.len().pow(JOINTS.len() as u32)).map(pose).collect();
        add_up(self.shape, &parts, 255, &poses)
    }

    fn check(&self) -> Result<()> {
        let Self {
            shape,
            torso,
            limb,
            thickness,
        } = *self;
        check_size(shape, WAYS.len().pow(JOINTS.len() as u32))?;
        if torso.pixels() == 0 || limb == 0 || thickness == 0 {
            return Err(Error::NoPixels);
        }
        let reach = limb.saturating_mul(thickness);
        let along = |side: usize| side.saturating_add(reach.saturating_mul(2));
        let needed = (along(torso.width), along(torso.height));
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

    /// The upper left corner of the torso.
    fn corner(&self) -> (usize, usize) {
        (
            (self.shape.width - self.torso.width) / 2,
            (self.shape.height - self.torso.height) / 2,
        )
    }

    /// The upper left corner of the square `steps` from a joint.
    fn square(
        &self,
        (right, below): (bool, bool),
        (out, away): (isize, isize),
        steps: usize,
    ) -> (usize, usize) {
        let (left, top) = self.corner();
        let side = |far: bool, at: usize, length: usize, way: isize| {
            let joint = if far {
                at + length - self.thickness
            } else {
                at
            };
            let outwards = if far { way } else { -way };
            joint.saturating_add_signed(outwards * (steps * self.thickness).cast_signed())
        };
        (
            side(right, left, self.torso.width, out),
            side(below, top, self.torso.height, away),
        )
    }

    /// Lights a rectangle of a part.
    fn fill(&self, part: ArrayViewMut1<u8>, (x, y): (usize, usize), size: Shape) {
        let Shape { height, width } = self.shape;
        if let Ok(mut picture) = part.into_shape_with_order((height, width)) {
            picture
                .slice_mut(s![y..y + size.height, x..x + size.width])
                .fill(1);
        }
    }
}

impl Default for Bars {
    /// 500 images of 8x8, each bar with probability 1/8 as in the source.
    fn default() -> Self {
        Self {
            shape: Shape::new(8, 8),
            images: 500,
            density: 0.125,
            seed: 0,
        }
    }
}

impl Bars {
    /// Draws the images.
    ///
    /// # Errors
    /// If there is nothing to draw, or a side is too long or the images are too many for the memory.
    pub fn draw(&self) -> Result<Synthetic> {
        let Shape { height, width } = self.shape;
        check_size(self.shape, self.images)?;
        let lit = |part: usize, pixel: usize| {
            if part < height {
                pixel / width == part
            } else {
                pixel % width == part - height
            }
        };
        let parts = Array2::from_shape_fn((height + width, height * width), |(part, pixel)| {
            lit(part, pixel).into()
        });
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut draw = || {
            (0..height + width)
                .filter(|_| rng.random::<f64>() < self.density)
                .collect()
        };
        let images: Vec<Vec<usize>> = (0..self.images).map(|_| draw()).collect();
        add_up(self.shape, &parts, 127, &images)
    }
}

fn check_size(shape: Shape, images: usize) -> Result<()> {
    let Shape { width, height } = shape;
    if !(1..=MOST_SIDE).contains(&width) || !(1..=MOST_SIDE).contains(&height) {
        return Err(Error::SizeOutOfRange {
            width,
            height,
            most: MOST_SIDE,
        });
    }
    let most = MOST_PIXELS / shape.pixels();
    match images {
        0 => Err(Error::NoPixels),
        images if images > most => Err(Error::TooManyImages { images, most }),
        _ => Ok(()),
    }
}

/// Each image the sum of the parts that it names, a part of 0 and 1 as bright as `light`.
fn add_up(shape: Shape, parts: &Array2<u8>, light: u8, images: &[Vec<usize>]) -> Result<Synthetic> {
    let mut pixels = Array2::zeros((images.len(), shape.pixels()));
    for (mut image, chosen) in pixels.rows_mut().into_iter().zip(images) {
        for &part in chosen {
            image.scaled_add(light, &parts.row(part));
        }
    }
    Ok(Synthetic {
        images: ImageSet::from_u8(shape, pixels)?,
        parts: Basis::new(shape, parts.mapv(f32::from)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::Pixels;

    fn bytes(images: &ImageSet) -> &Array2<u8> {
        match &images.pixels {
            Pixels::U8(bytes) => bytes,
            _ => panic!("images of 8 bit"),
        }
    }

    /// The image as text, a line a row.
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
            "this swimmer needs an image of 12x22 or more, not 11x32"
        );
        assert_eq!(
            refused(Swimmer { limb: 6, ..swimmer }),
            "limbs of length 6 and thickness 1 would meet: they need a torso of 2x14 or more"
        );
        assert!(
            refused(Swimmer {
                limb: usize::MAX,
                ..swimmer
            })
            .contains("or more, not 32x32")
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

    #[test]
    fn bars_add_up_where_they_cross() {
        let bars = Bars {
            shape: Shape::new(2, 3),
            images: 1,
            density: 1.0,
            seed: 0,
        };
        let Synthetic { images, parts } = bars.draw().unwrap();
        assert_eq!(bytes(&images).row(0).to_vec(), [254; 6]);
        assert_eq!(parts.row(1).to_vec(), [0., 0., 0., 1., 1., 1.]);
        assert_eq!(parts.row(4).to_vec(), [0., 0., 1., 0., 0., 1.]);
    }

    #[test]
    fn each_bar_is_there_as_often_as_asked_for_and_alone_in_some_image() {
        let Synthetic { images, parts } = Bars::default().draw().unwrap();
        let share = bytes(&images).mapv(f64::from).mean().unwrap() / 127.0;
        assert!(
            (share - 2.0 * 0.125).abs() < 0.02,
            "two bars meet in each pixel, an eighth of the time: {share}"
        );
        for part in parts.rows().rows() {
            let alone = |row: ndarray::ArrayView1<u8>| {
                row.iter().zip(part).all(|(&v, &lit)| v == 127 * lit as u8)
            };
            assert!(bytes(&images).rows().into_iter().any(alone));
        }
        let again = |seed| {
            bytes(
                &Bars {
                    seed,
                    ..Bars::default()
                }
                .draw()
                .unwrap()
                .images,
            )
            .clone()
        };
        assert_eq!(again(0), bytes(&images));
        assert_ne!(again(1), bytes(&images));
        assert!(matches!(
            Bars {
                images: 1 << 31,
                ..Bars::default()
            }
            .draw(),
            Err(Error::TooManyImages { .. })
        ));
        assert!(matches!(
            Bars {
                images: 0,
                ..Bars::default()
            }
            .draw(),
            Err(Error::NoPixels)
        ));
    }
}
