//! Initial parts that are images of the set.

use std::collections::HashSet;

use ndarray::{Array2, ArrayView1};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::images::{Fill, Shared};

/// Returns H, (rank, pixels), of images drawn at random, no two of them equal and none of them black; random values once
/// there are no more. Unknown pixels are the mean of the images in which they are known.
pub(super) fn distinct_images(x: &Shared, rank: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    let order = order(x, rng);
    let mut seen = HashSet::new();
    let mut basis = Array2::zeros((rank, x.x.pixels));
    let fill = Fill::of(x);
    let mut found = 0;
    for place in 0..x.images.all {
        let mut next = [order.get(place).copied().unwrap_or_default()];
        x.images.broadcast_from_first(&mut next);
        let image = x.image(next[0] as usize, &fill);
        // Adding 0 makes -0 and 0 the same bits.
        let bits: Vec<u32> = image.iter().map(|v| (v + 0.0).to_bits()).collect();
        if image.iter().any(|&v| v > 0.0) && seen.insert(bits) {
            basis.row_mut(found).assign(&ArrayView1::from(&image));
            found += 1;
            if found == rank {
                return basis;
            }
        }
    }
    let mean = x.mean() as f32;
    let first = found * x.x.pixels;
    let mut rest = Vec::with_capacity(basis.len() - first);
    for _ in first..basis.len() {
        rest.push(rng.random::<f32>() * mean);
    }
    x.images.broadcast_from_first(&mut rest);
    for (value, drawn) in basis.iter_mut().skip(first).zip(rest) {
        *value = drawn;
    }
    basis
}

/// Returns the indices of all images in random order, on the first process only: they take four bytes per image.
fn order(x: &Shared, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut order = Vec::new();
    if x.images.communicator.rank() == 0 {
        order.extend(0..x.images.all as u32);
    }
    order.shuffle(rng);
    order
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::communicator::{Partition, SingleProcess};
    use crate::kernel::{Matrix, Source};

    #[test]
    fn images_are_drawn_without_repeats_and_without_black_ones() {
        let pixels = [1u8, 0, 1, 0, 0, 0, 0, 1, 1, 1];
        let x = Matrix {
            source: Source::U8(&pixels),
            images: 5,
            pixels: 2,
            known: None,
            scratch: None,
        };
        let x = Shared {
            x,
            images: Partition::of(&SingleProcess, x.images),
        };
        for seed in 0..20 {
            let basis =
                distinct_images(&x, 3, &mut ChaCha8Rng::seed_from_u64(seed)).mapv(|v| v * 255.0);
            let mut rows: Vec<Vec<f32>> =
                basis.rows().into_iter().map(|row| row.to_vec()).collect();
            rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
            assert_eq!(rows, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        }
    }
}
