//! L21 norm: each image counts by the length of its residual, not by its square.
//!
//! **Objective.** `Σ_i ‖x_i − w_i H‖` over the images `x_i` with their weights `w_i`, for `W, H ≥ 0`. A
//! length r up to ε counts `r² / 2ε`, a longer one `r − ε/2`, where ε is a hundredth of the root
//! mean square of the lengths of images: the plain sum has a kink where an image is reconstructed
//! exactly, from which reweighting does not leave.
//!
//! **Update.** The best weights of an image do not depend on what its residual counts: W is updated
//! by sweeps of coordinate descent as in `hals`, without extrapolation. In the update of H image i
//! counts `d_i = 1 / max(r_i, ε)` times: the same sweeps on Xᵀ with the products `Xᵀ D W` and the
//! Gram matrix `Wᵀ D W`. All `d_i` are multiplied by the root mean square of the residuals, which
//! changes no minimum. The source has the same `d_i` in multiplicative updates of W and H.
//!
//! **Guarantee.** The objective never rises, up to rounding: `d_i r² / 2` plus a constant bounds
//! what a length r counts from above, and is equal to it at the present length (iteratively
//! reweighted least squares).
//!
//! **Robust** against images that are damaged as a whole: the far ones count little. If every image
//! is damaged as much, all count the same, as in `hals`.
//!
//! **Start.** A few iterations of the default rule, after which no image is reconstructed exactly
//! because it is a part of the start.
//!
//! **Unknown pixels** are filled as in `hals`; the length is that of the known pixels.
//!
//! **Cost** per iteration: that of `hals` and `2 n p k` for the residuals. Bytes are multiplied as
//! floats.
//!
//! **Source.** D. Kong, C. Ding, H. Huang, *Robust nonnegative matrix factorization using
//! L21-norm*, 2011; N. Gillis, F. Glineur, *Accelerated multiplicative updates and hierarchical ALS
//! algorithms for nonnegative matrix factorization*, 2012 (sweeps).

use crate::kernel::{Factor, PackedGram, WIDTH, huber};
use crate::nmf::half_step::{Half, HalfStep};
use crate::nmf::loss::{Loss, LossSums};
use crate::nmf::rule::{RuleFacts, UpdateRule};

/// The length ε below which residuals count by their square, as a fraction of the root mean square
/// of the lengths of images.
const LEAST_RESIDUAL: f64 = 0.01;

/// The rule during a run. The rows of W represent as many columns of Xᵀ as their images count.
pub(crate) struct L21Rule;

impl UpdateRule for L21Rule {
    fn facts(&self) -> RuleFacts {
        RuleFacts {
            loss: Loss::L21,
            supports_masks: true,
            starts_with_default_rule: true,
            ..RuleFacts::default()
        }
    }

    fn half_step(&self, step: &HalfStep, own: &mut Factor) -> (LossSums, PackedGram) {
        let (loss, gram) = step.by_panel(own, |panel, products| {
            step.sweep(panel, products);
            LossSums::default()
        });
        match step.half {
            Half::Weights => {
                let loss = weigh_images(step, own);
                (loss, step.pack_and_gram(own))
            }
            Half::Basis => (loss, gram),
        }
    }

    fn resume(&self, step: &HalfStep, weights: &mut Factor) {
        weigh_images(step, weights);
        step.pack_and_gram(weights);
    }
}

/// Sets how much each image counts in the next update of the basis; returns the loss.
fn weigh_images(step: &HalfStep, weights: &mut Factor) -> LossSums {
    let images = step.images.all as f64;
    let least = LEAST_RESIDUAL * (step.squared_norm / images).sqrt();
    let squares = step.row_residuals(weights);
    let loss = step.sum_losses(&losses(&squares, least));
    let unit = (loss.squared / images).sqrt().max(least);
    weights.set_copies(|image| {
        let residual = squares[image / WIDTH][image % WIDTH].sqrt();
        (unit / residual.max(least)) as f32
    });
    LossSums {
        squared: loss.squared - step.squared_norm,
        ..loss
    }
}

/// Returns ‖X − W H‖² and the objective of each panel, from the squared residuals of its images.
fn losses(squares: &[[f64; WIDTH]], least: f64) -> Vec<LossSums> {
    let mut losses = Vec::with_capacity(squares.len());
    for squares in squares {
        losses.push(LossSums {
            squared: squares.iter().sum(),
            own: squares
                .iter()
                .map(|square| huber(square.sqrt(), least) / least)
                .sum(),
        });
    }
    losses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_counts_by_itself_and_a_short_one_by_its_square() {
        let mut squares = [0.0; WIDTH];
        squares[..3].copy_from_slice(&[9.0, 16.0, 0.25]);
        let [loss] = losses(&[squares], 1.0)[..] else {
            panic!("one panel")
        };
        // 3 − ½, 4 − ½, and 0.5² / 2.
        let expected = (25.25, 2.5 + 3.5 + 0.125);
        assert_eq!((loss.squared, loss.own), expected);
    }
}
