//! Huber's loss of a panel: products with values of X that are far from their reconstruction brought
//! closer to it, and the loss itself.

use super::fixed_factor::FixedFactor;
use super::known_bits::masks;
use super::layout::{ALL_PLACES, CHUNK, CHUNKS_PER_RUN, Lanes, WIDTH};
use super::panel_matrix::PanelMatrix;
use super::products::{add_lanes, product};
use super::rebuild::{RebuiltChunk, rebuild};

/// Returns Huber's loss of a residual: `½ r²` up to the threshold δ, and `δ (|r| − ½ δ)` beyond.
pub(crate) fn huber(residual: f64, threshold: f64) -> f64 {
    let size = residual.abs();
    if size <= threshold {
        0.5 * size * size
    } else {
        threshold * (size - 0.5 * threshold)
    }
}

impl PanelMatrix {
    /// Adds the products of panel `index` to `sums` as [`PanelMatrix::add_products`] does, with
    /// `m + clip(x − m, −threshold, threshold)` in place of each value x; m is the product of
    /// `factor`, (rank) entries, and the fixed factor, and takes the place of unknown values.
    pub(crate) fn add_clipped_products(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        threshold: f64,
        sums: &mut [Lanes],
    ) {
        for run in 0..self.runs() {
            add_lanes(
                sums,
                &self.clipped_run(run, index, factor, fixed, threshold),
            );
        }
    }

    /// Returns the sums of one run in [`PanelMatrix::add_clipped_products`], (rank) entries.
    pub(crate) fn clipped_run(
        &self,
        run: usize,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        threshold: f64,
    ) -> Vec<Lanes> {
        let rank = factor.len();
        let mut sums = vec![Lanes::ZERO; rank];
        let [mut buffer, mut rebuilt] = [[Lanes::ZERO; CHUNK]; 2];
        let values = fixed.values.chunks(CHUNK * rank);
        let chunks = self.chunks().zip(values).zip(fixed.panels);
        let view = self.view(index, self.run(run));
        for ((chunk, values), packed) in chunks.skip(run * CHUNKS_PER_RUN).take(CHUNKS_PER_RUN) {
            let x = view.columns(chunk.clone(), &mut buffer);
            let rebuilt = &mut rebuilt[..x.len()];
            rebuild(factor, values, &ALL_PLACES, rebuilt);
            let known = self.panels[index].known(chunk);
            add_clipped(x, known, threshold as f32, rebuilt);
            product(rebuilt, &ALL_PLACES, packed.floats(), &mut sums);
        }
        sums
    }

    /// Returns the sum of squares and that of Huber's loss over the residuals of the known values of
    /// panel `index`, with m as in [`PanelMatrix::add_clipped_products`]; merged columns count as
    /// often as they occur.
    pub(crate) fn huber_sums(
        &self,
        index: usize,
        factor: &[Lanes],
        fixed: &FixedFactor,
        threshold: f64,
    ) -> [f64; 2] {
        let mut sums = [[0.0; WIDTH]; 2];
        self.for_each_rebuilt(index, factor, fixed, |chunk| {
            let RebuiltChunk {
                x,
                rebuilt,
                known,
                copies,
            } = chunk;
            add_losses(x, rebuilt, known, copies, threshold, &mut sums);
        });
        sums.map(|rows| rows.iter().sum())
    }
}

dispatch! {
    /// Adds the known differences, at most `threshold` in magnitude:
    /// `rebuilt ← rebuilt + clip(x − rebuilt, −threshold, threshold)`.
    add_clipped = add_clipped_body(x: &[Lanes], known: &[u64], threshold: f32, rebuilt: &mut [Lanes])
}

#[inline(always)]
fn add_clipped_body<const L: usize, const FUSED: bool>(
    x: &[Lanes],
    known: &[u64],
    threshold: f32,
    rebuilt: &mut [Lanes],
) {
    for ((x, rebuilt), &known) in x.iter().zip(rebuilt).zip(known) {
        for lane in (0..WIDTH).step_by(L) {
            let masks = masks::<L>(known, lane);
            for l in 0..L {
                let m = rebuilt.0[lane + l];
                let difference = (x.0[lane + l] - m).clamp(-threshold, threshold);
                rebuilt.0[lane + l] = m + f32::from_bits(difference.to_bits() & masks[l]);
            }
        }
    }
}

dispatch! {
    /// Adds the squares of the known differences and their losses, in `f64`, row by row, each
    /// `copies[j]` times.
    add_losses = add_losses_body(x: &[Lanes], rebuilt: &[Lanes], known: &[u64], copies: &[f32], threshold: f64, sums: &mut [[f64; WIDTH]; 2])
}

#[inline(always)]
fn add_losses_body<const L: usize, const FUSED: bool>(
    x: &[Lanes],
    rebuilt: &[Lanes],
    known: &[u64],
    copies: &[f32],
    threshold: f64,
    sums: &mut [[f64; WIDTH]; 2],
) {
    for (((x, rebuilt), &known), &copies) in x.iter().zip(rebuilt).zip(known).zip(copies) {
        let copies = f64::from(copies);
        for lane in (0..WIDTH).step_by(L) {
            let masks = masks::<L>(known, lane);
            for l in 0..L {
                let difference = x.0[lane + l] - rebuilt.0[lane + l];
                let difference = f64::from(f32::from_bits(difference.to_bits() & masks[l]));
                sums[0][lane + l] += copies * difference * difference;
                sums[1][lane + l] += copies * huber(difference, threshold);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_up_to_the_threshold_count_by_their_square() {
        let losses = [0.0, 1.0, -2.0, 3.0, -5.0].map(|residual| huber(residual, 2.0));
        assert_eq!(losses.to_vec(), [0.0, 0.5, 2.0, 4.0, 8.0]);
    }

    #[test]
    fn far_values_are_brought_closer_and_unknown_ones_rebuilt() {
        let mut x = [Lanes::ZERO];
        x[0].0[..4].copy_from_slice(&[1.0, 3.0, -4.0, 9.0]);
        let mut rebuilt = [Lanes([1.5; WIDTH])];
        // The fourth value is unknown.
        add_clipped(&x, &[0b0111], 0.75, &mut rebuilt);
        assert_eq!(rebuilt[0].0[..4], [1.0, 2.25, 0.75, 1.5]);
    }
}
