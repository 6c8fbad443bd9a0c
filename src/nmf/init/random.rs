//! Initial factors of random values.

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;

use super::factors::InitialFactors;
use crate::deviates::normal;
use crate::images::Shared;

/// Returns absolute normal deviates for W and H, with which W H has about the mean of X.
pub(super) fn random(x: &Shared, rank: usize, rng: &mut ChaCha8Rng) -> InitialFactors {
    let scale = (x.mean() / rank as f64).sqrt() as f32;
    let (images, pixels) = (x.images, x.x.pixels);
    let mut draws = NormalDraws::new(rng);
    let basis = draws.matrix((rank, pixels), 0, scale);
    let first_weight = rank * pixels + images.first * rank;
    let weights = draws.matrix((images.own, rank), first_weight, scale);
    draws.skip_to(rank * (pixels + images.all));
    InitialFactors {
        weights: Some(weights),
        basis,
    }
}

/// Normal deviates by their index in the sequence of a seed, so that every process can draw its
/// own.
pub(super) struct NormalDraws<'a> {
    rng: &'a mut ChaCha8Rng,
    begin: u128,
    next: usize,
}

impl<'a> NormalDraws<'a> {
    /// The random words of 32 bits per deviate.
    const WORDS: u128 = 4;

    pub(super) fn new(rng: &'a mut ChaCha8Rng) -> Self {
        let begin = rng.get_word_pos();
        Self {
            rng,
            begin,
            next: 0,
        }
    }

    /// Returns the deviate with the index `place`.
    pub(super) fn at(&mut self, place: usize) -> f32 {
        if place != self.next {
            self.skip_to(place);
        }
        self.next = place + 1;
        normal(self.rng) as f32
    }

    /// Returns a matrix of absolute deviates times `scale`, row by row from the index `first` on.
    fn matrix(&mut self, dim: (usize, usize), first: usize, scale: f32) -> Array2<f32> {
        Array2::from_shape_fn(dim, |(row, column)| {
            (scale * self.at(first + row * dim.1 + column)).abs()
        })
    }

    /// Continues with the deviate with the index `count`.
    fn skip_to(&mut self, count: usize) {
        self.rng
            .set_word_pos(self.begin + Self::WORDS * count as u128);
        self.next = count;
    }
}
