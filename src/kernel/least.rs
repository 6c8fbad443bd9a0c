//! The least of several scores, for every row of a panel at once.

use super::layout::{Lanes, WIDTH};

/// The least score of each row of a panel.
pub(crate) struct Least {
    /// Which score it is, the first of equal ones.
    pub(crate) index: [u32; WIDTH],
    pub(crate) score: Lanes,
}

dispatch! {
    /// Returns the least score of each row and its index.
    least = least_body(scores: &[Lanes]) -> Least
}

#[inline(always)]
fn least_body<const L: usize, const FUSED: bool>(scores: &[Lanes]) -> Least {
    let mut least = Least {
        index: [0; WIDTH],
        score: Lanes([f32::INFINITY; WIDTH]),
    };
    for (index, scores) in (0..).zip(scores) {
        for l in 0..WIDTH {
            let is_less = scores.0[l] < least.score.0[l];
            least.index[l] = if is_less { index } else { least.index[l] };
            least.score.0[l] = if is_less {
                scores.0[l]
            } else {
                least.score.0[l]
            };
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_scores_is_the_least() {
        let mut scores = [
            Lanes([2.0; WIDTH]),
            Lanes([1.0; WIDTH]),
            Lanes([1.0; WIDTH]),
        ];
        scores[0].0[3] = -4.0;
        scores[2].0[63] = 0.5;
        let found = least(&scores);
        assert_eq!((found.index[0], found.index[3], found.index[63]), (1, 0, 2));
        assert_eq!(found.score.0[3].to_bits(), (-4.0f32).to_bits());
    }
}
