//! Image sets of a known rank.

use ndarray::Array2;
use nmf_images::{ImageSet, Shape};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Images of a planted rank, (images, pixels): W and H of gamma values (shape 1/2, so that most are near 0), and normal
/// noise of `noise` times the root mean square of their product, cut off at 0; the largest value is 1.
pub fn planted(seed: u64, (images, pixels): (usize, usize), rank: usize, noise: f64) -> ImageSet {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normals = |shape| Array2::from_shape_simple_fn(shape, || normal(&mut rng));
    // Half the square of a normal value has the gamma distribution of shape 1/2.
    let gamma = |normal: f64| normal * normal / 2.0;
    let x = normals((images, rank))
        .mapv(gamma)
        .dot(&normals((rank, pixels)).mapv(gamma));
    let scale = noise * (x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64).sqrt();
    let noisy = (x + normals((images, pixels)) * scale).mapv(|v| v.max(0.0));
    let largest = noisy.iter().copied().fold(0.0, f64::max);
    ImageSet::from_f32(Shape::new(1, pixels), noisy.mapv(|v| (v / largest) as f32)).unwrap()
}

/// A normal value, by Box and Muller.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}
