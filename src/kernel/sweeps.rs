//! Updates of the rows of a factor panel, once the products with the fixed factor are known.

use super::dispatch::{add_scaled, load, multiply_add, positive, total};
use super::gram::PackedGram;
use super::layout::{Group, Lanes, WIDTH, groups};

dispatch! {
    /// `parts[l] ← scales[l] parts[l]`.
    scale = scale_body(parts: &mut [Lanes], scales: &[f32])
}

#[inline(always)]
fn scale_body<const L: usize, const FUSED: bool>(parts: &mut [Lanes], scales: &[f32]) {
    for (part, scale) in parts.iter_mut().zip(scales) {
        for l in 0..WIDTH {
            part.0[l] *= scale;
        }
    }
}

dispatch! {
    /// `parts[l] ← parts[l] − amount`.
    lower = lower_body(parts: &mut [Lanes], amount: f32)
}

#[inline(always)]
fn lower_body<const L: usize, const FUSED: bool>(parts: &mut [Lanes], amount: f32) {
    for part in parts {
        for l in 0..WIDTH {
            part.0[l] -= amount;
        }
    }
}

dispatch! {
    /// Performs one sweep of coordinate descent over a panel of a factor, part by part:
    /// `w_l ← max(0, w_l + a_l − Σ_j G_lj / G_ll w_j)`, with the Gram matrix G of the fixed factor and
    /// `scaled`, the products divided by `G_ll`, as a. Returns the sum of squared changes.
    sweep = sweep_body(factor: &mut [Lanes], scaled: &[Lanes], gram: &PackedGram) -> f32
}

#[inline(always)]
fn sweep_body<const L: usize, const FUSED: bool>(
    factor: &mut [Lanes],
    scaled: &[Lanes],
    gram: &PackedGram,
) -> f32 {
    let mut changes = Lanes::ZERO;
    // Lanes do not mix: one block of them after the other stays in the first-level cache.
    for lane in (0..WIDTH).step_by(L) {
        for group in groups(factor.len()) {
            for_group!(
                group.len,
                sweep_group,
                L,
                FUSED,
                (
                    factor,
                    scaled,
                    gram.group(group),
                    group.start,
                    lane,
                    &mut changes
                )
            );
        }
    }
    total(&changes)
}

/// Sweeps one group in L lanes: first adds the contributions of all parts to all parts of the group at
/// once, then updates the parts one by one and adds the contribution of each change to the remaining
/// ones.
#[inline(always)]
fn sweep_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &mut [Lanes],
    scaled: &[Lanes],
    gram: &[f32],
    start: usize,
    lane: usize,
    changes: &mut Lanes,
) {
    let (gram, _) = gram.as_chunks::<M>();
    let mut next = [[0.0; L]; M];
    for m in 0..M {
        let (old, scaled) = (
            load::<L>(&factor[start + m], lane),
            load::<L>(&scaled[start + m], lane),
        );
        for l in 0..L {
            next[m][l] = old[l] + scaled[l];
        }
    }
    for (row, factors) in factor.iter().zip(gram) {
        let row = load::<L>(row, lane);
        for m in 0..M {
            add_scaled::<L, FUSED>(&mut next[m], factors[m], &row);
        }
    }
    let mut squares = load::<L>(changes, lane);
    for m in 0..M {
        let old = load::<L>(&factor[start + m], lane);
        let mut change = [0.0; L];
        for l in 0..L {
            let new = positive(next[m][l]);
            factor[start + m].0[lane + l] = new;
            change[l] = new - old[l];
            squares[l] = multiply_add::<FUSED>(change[l], change[l], squares[l]);
        }
        for later in m + 1..M {
            add_scaled::<L, FUSED>(&mut next[later], gram[start + m][later], &change);
        }
    }
    changes.0[lane..lane + L].copy_from_slice(&squares);
}

/// The maximum number of sweeps per product; more do not pay off.
pub(crate) const MAX_SWEEPS: usize = 12;
/// A panel has converged if the squared change of a sweep is at most this fraction of the first
/// sweep's.
const CONVERGED: f32 = 0.01;

/// Sweeps over a panel until it has converged, at least once and at most `max_sweeps` times. Each sweep
/// but the first starts `momentum` times the last change beyond it.
pub(crate) fn sweep_until_converged(
    factor: &mut [Lanes],
    scaled: &[Lanes],
    gram: &PackedGram,
    max_sweeps: usize,
    momentum: f32,
) {
    let mut before = (momentum > 0.0 && max_sweeps > 1).then(|| factor.to_vec());
    let first = sweep(factor, scaled, gram);
    let mut last = first;
    for _ in 1..max_sweeps {
        if last <= CONVERGED * first {
            break;
        }
        if let Some(before) = &mut before {
            extrapolate(factor, before, momentum);
        }
        last = sweep(factor, scaled, gram);
    }
}

dispatch! {
    /// Returns the panel's part of the squared error minus `‖X‖²`, in `f64`: `Σ wᵀ G w − 2 bᵀ w` with the
    /// products b; `scaled` are the products divided by `G_ll`.
    partial_loss = partial_loss_body(factor: &[Lanes], scaled: &[Lanes], gram: &PackedGram) -> f64
}

#[inline(always)]
fn partial_loss_body<const L: usize, const FUSED: bool>(
    factor: &[Lanes],
    scaled: &[Lanes],
    gram: &PackedGram,
) -> f64 {
    let mut sums = [0.0; WIDTH];
    for group in groups(factor.len()) {
        for_group!(
            group.len,
            loss_group,
            L,
            FUSED,
            (factor, scaled, gram, group, &mut sums)
        );
    }
    sums.iter().sum()
}

#[inline(always)]
fn loss_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &[Lanes],
    scaled: &[Lanes],
    gram: &PackedGram,
    group: Group,
    sums: &mut [f64; WIDTH],
) {
    let (packed, _) = gram.group(group).as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut products = [[0.0; L]; M];
        for (row, factors) in factor.iter().zip(packed) {
            let row = load::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut products[m], factors[m], &row);
            }
        }
        for m in 0..M {
            let (own, product) = (&factor[group.start + m], &scaled[group.start + m]);
            let diagonal = f64::from(gram.diagonal[group.start + m]);
            for l in 0..L {
                let (w, a) = (f64::from(own.0[lane + l]), f64::from(product.0[lane + l]));
                sums[lane + l] -= diagonal * w * (f64::from(products[m][l]) + 2.0 * a);
            }
        }
    }
}

dispatch! {
    /// Returns the sum of all values and the sum of their squares, in `f64`.
    power_sums = power_sums_body(parts: &[Lanes]) -> (f64, f64)
}

#[inline(always)]
fn power_sums_body<const L: usize, const FUSED: bool>(parts: &[Lanes]) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0; WIDTH], [0.0; WIDTH]);
    for part in parts {
        for l in 0..WIDTH {
            let value = f64::from(part.0[l]);
            sums[l] += value;
            squares[l] += value * value;
        }
    }
    (sums.iter().sum(), squares.iter().sum())
}

dispatch! {
    /// Extrapolates beyond the last step: `lead ← max(0, lead + β (lead − values))`, and `values ←` the
    /// previous `lead`.
    extrapolate = extrapolate_body(lead: &mut [Lanes], values: &mut [Lanes], beta: f32)
}

#[inline(always)]
fn extrapolate_body<const L: usize, const FUSED: bool>(
    lead: &mut [Lanes],
    values: &mut [Lanes],
    beta: f32,
) {
    for (lead, values) in lead.iter_mut().zip(values) {
        for l in 0..WIDTH {
            let new = lead.0[l];
            lead.0[l] = positive(multiply_add::<FUSED>(beta, new - values.0[l], new));
            values.0[l] = new;
        }
    }
}
