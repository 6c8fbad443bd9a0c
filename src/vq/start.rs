//! k-means++: images far from one another as the first prototypes.

use ndarray::{Array2, ArrayView1};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::distances::Distances;
use crate::communicator::{Partition, ordered_reduce};
use crate::images::Fill;
use crate::kernel::WIDTH;

/// Returns the first prototypes, (prototypes, pixels): images of which each is drawn in proportion to its squared distance
/// from the nearest one before it, and the best of several such draws is taken. Once every image equals a prototype,
/// the others are drawn uniformly.
pub(super) fn plus_plus(
    distances: &Distances,
    prototypes: usize,
    rng: &mut ChaCha8Rng,
) -> Array2<f32> {
    let images = distances.x.images;
    let fill = Fill::of(&distances.x);
    let draws = draws(prototypes);
    let mut found = Array2::zeros((prototypes, distances.x.x.pixels));
    // Before the first one, no image is near.
    let mut left = vec![f64::INFINITY; images.own];
    for (index, mut prototype) in found.rows_mut().into_iter().enumerate() {
        let drawn: Vec<f64> = (0..draws).map(|_| rng.random()).collect();
        let drawn = if index == 0 {
            vec![uniform(images.all, drawn[0])]
        } else {
            draw(images, &left, &drawn)
        };
        let mut candidates = Array2::zeros((drawn.len(), distances.x.x.pixels));
        for (mut row, image) in candidates.rows_mut().into_iter().zip(drawn) {
            row.assign(&ArrayView1::from(&distances.image(image, &fill)));
        }
        let best = best(distances, &left, &candidates);
        prototype.assign(&candidates.row(best.candidate));
        left = best.left;
    }
    found
}

/// Returns the number of draws per prototype.
fn draws(prototypes: usize) -> usize {
    2 + (prototypes as f64).ln() as usize
}

/// Returns the image that a number below 1 draws uniformly.
fn uniform(images: usize, drawn: f64) -> usize {
    ((images as f64 * drawn) as usize).min(images - 1)
}

/// Returns the image that each of the numbers below 1 draws in proportion to `left`, uniformly if nothing is left.
fn draw(images: Partition, left: &[f64], drawn: &[f64]) -> Vec<usize> {
    let mut before = 0.0;
    let total = ordered_reduce(images.communicator, 1, 1, |_, total: &mut [f64]| {
        before = total[0];
        for left in left {
            total[0] += left;
        }
    })[0];
    if total <= 0.0 {
        let uniform = drawn.iter().map(|&drawn| uniform(images.all, drawn));
        return uniform.collect();
    }
    // Sums up to an image rise from rank to rank, so that exactly one image takes each number.
    let found = ordered_reduce(
        images.communicator,
        drawn.len(),
        drawn.len(),
        |_, found: &mut [u64]| {
            for (found, drawn) in found.iter_mut().zip(drawn) {
                let target = (drawn * total).min(total.next_down());
                let mut sum = before;
                for (image, left) in left.iter().enumerate() {
                    let next = sum + left;
                    if sum <= target && target < next {
                        *found = (images.first + image) as u64;
                    }
                    sum = next;
                }
            }
        },
    );
    found.into_iter().map(|image| image as usize).collect()
}

/// A candidate for the next prototype.
struct Candidate {
    candidate: usize,
    /// The squared distance of each image of this process from the nearest prototype, with this one.
    left: Vec<f64>,
}

/// Returns the candidate that leaves the least, the first of equal ones.
fn best(distances: &Distances, left: &[f64], candidates: &Array2<f32>) -> Candidate {
    let panels = distances.map_scores(candidates, |panel, scores| {
        let mut found = Vec::with_capacity(scores.len());
        for scores in scores {
            let left = distances.lanes(panel).map(|lane| {
                let image = panel * WIDTH + lane;
                left[image].min(distances.distance(image, scores.0[lane]))
            });
            found.push(left.collect::<Vec<f64>>());
        }
        found
    });
    let mut best = Candidate {
        candidate: 0,
        left: Vec::new(),
    };
    let mut least = f64::INFINITY;
    for candidate in 0..candidates.nrows() {
        let left: Vec<f64> = panels
            .iter()
            .flat_map(|panel| panel[candidate].iter().copied())
            .collect();
        let total = distances.x.images.sum(&left);
        if candidate == 0 || total < least {
            least = total;
            best = Candidate { candidate, left };
        }
    }
    best
}
