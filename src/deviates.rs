//! Random numbers of the distributions that `rand` leaves to another crate.

use rand::{Rng, RngExt};

/// Returns a normal deviate (G. Box, M. Muller, *A note on the generation of random normal deviates*, 1958).
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// Returns a Laplace deviate of scale 1: an exponential deviate with a random sign.
pub(crate) fn laplace(rng: &mut impl Rng) -> f64 {
    let magnitude = -(1.0 - rng.random::<f64>()).ln();
    if rng.random() { magnitude } else { -magnitude }
}
