//! What is done to the rows of a panel once their products are known.

use super::dispatch::{add_scaled, multiply_add, part, positive, total};
use super::gram::PackedGram;
use super::layout::{Group, Row, WIDTH, groups};

for_each_level! {
    /// `rows[l] ← scale[l] rows[l]`.
    scale = scale_body(rows: &mut [Row], scales: &[f32])
}

#[inline(always)]
fn scale_body<const L: usize, const FUSED: bool>(rows: &mut [Row], scales: &[f32]) {
    for (row, scale) in rows.iter_mut().zip(scales) {
        for l in 0..WIDTH {
            row.0[l] *= scale;
        }
    }
}

for_each_level! {
    /// `rows[l] ← rows[l] − amount`.
    lower = lower_body(rows: &mut [Row], amount: f32)
}

#[inline(always)]
fn lower_body<const L: usize, const FUSED: bool>(rows: &mut [Row], amount: f32) {
    for row in rows {
        for l in 0..WIDTH {
            row.0[l] -= amount;
        }
    }
}

for_each_level! {
    /// One sweep of coordinate descent over a panel's factor, part by part:
    /// `w_l ← max(0, w_l + a_l − Σ_j G_lj / G_ll w_j)`, with the products `a_l` over `G_ll` and the Gram matrix G of
    /// the fixed factor. Returns the sum of the squared changes.
    sweep = sweep_body(factor: &mut [Row], scaled: &[Row], gram: &PackedGram) -> f32
}

#[inline(always)]
fn sweep_body<const L: usize, const FUSED: bool>(
    factor: &mut [Row],
    scaled: &[Row],
    gram: &PackedGram,
) -> f32 {
    let mut changes = Row::ZERO;
    for group in groups(factor.len()) {
        for_group!(
            group.len,
            sweep_group,
            L,
            FUSED,
            (factor, scaled, gram.group(group), group.start, &mut changes)
        );
    }
    total(&changes)
}

/// The sweep of one group: what all parts contribute is summed first, all at once; what the parts of the group do to
/// one another as they change is then added one by one.
#[inline(always)]
fn sweep_group<const M: usize, const L: usize, const FUSED: bool>(
    factor: &mut [Row],
    scaled: &[Row],
    gram: &[f32],
    start: usize,
    changes: &mut Row,
) {
    let (gram, _) = gram.as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut next = [[0.0; L]; M];
        for m in 0..M {
            let (old, scaled) = (
                part::<L>(&factor[start + m], lane),
                part::<L>(&scaled[start + m], lane),
            );
            for l in 0..L {
                next[m][l] = old[l] + scaled[l];
            }
        }
        for (row, factors) in factor.iter().zip(gram) {
            let row = part::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut next[m], factors[m], &row);
            }
        }
        let mut squares = part::<L>(changes, lane);
        for m in 0..M {
            let old = part::<L>(&factor[start + m], lane);
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
}

/// The most sweeps that are worth their while beside one product.
pub(crate) const MOST_SWEEPS: usize = 12;
/// A panel is at rest when a sweep's squared change is below this share of the first one's.
const AT_REST: f32 = 0.01;

/// Sweeps over a panel until it is at rest, `most` times at the most and once at the least.
pub(crate) fn sweep_to_rest(factor: &mut [Row], scaled: &[Row], gram: &PackedGram, most: usize) {
    let first = sweep(factor, scaled, gram);
    let mut last = first;
    for _ in 1..most {
        if last <= AT_REST * first {
            break;
        }
        last = sweep(factor, scaled, gram);
    }
}

for_each_level! {
    /// A panel's share of the squared error less `‖X‖²`: `Σ wᵀ G w − 2 aᵀ w`, summed in f64, from products over `G_ll`.
    loss_share = loss_share_body(factor: &[Row], scaled: &[Row], gram: &PackedGram) -> f64
}

#[inline(always)]
fn loss_share_body<const L: usize, const FUSED: bool>(
    factor: &[Row],
    scaled: &[Row],
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
    factor: &[Row],
    scaled: &[Row],
    gram: &PackedGram,
    group: Group,
    sums: &mut [f64; WIDTH],
) {
    let (packed, _) = gram.group(group).as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut overlap = [[0.0; L]; M];
        for (row, factors) in factor.iter().zip(packed) {
            let row = part::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut overlap[m], factors[m], &row);
            }
        }
        for m in 0..M {
            let (own, product) = (&factor[group.start + m], &scaled[group.start + m]);
            let diagonal = f64::from(gram.diagonal[group.start + m]);
            for l in 0..L {
                let (w, a) = (f64::from(own.0[lane + l]), f64::from(product.0[lane + l]));
                sums[lane + l] -= diagonal * w * (f64::from(overlap[m][l]) + 2.0 * a);
            }
        }
    }
}

for_each_level! {
    /// The sum of all values and that of their squares, in f64.
    power_sums = power_sums_body(rows: &[Row]) -> (f64, f64)
}

#[inline(always)]
fn power_sums_body<const L: usize, const FUSED: bool>(rows: &[Row]) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0; WIDTH], [0.0; WIDTH]);
    for row in rows {
        for l in 0..WIDTH {
            let value = f64::from(row.0[l]);
            sums[l] += value;
            squares[l] += value * value;
        }
    }
    (sums.iter().sum(), squares.iter().sum())
}

for_each_level! {
    /// Goes on past the step that was taken: `lead ← max(0, lead + β (lead − values))`, `values ←` the old lead.
    extrapolate = extrapolate_body(lead: &mut [Row], values: &mut [Row], beta: f32)
}

#[inline(always)]
fn extrapolate_body<const L: usize, const FUSED: bool>(
    lead: &mut [Row],
    values: &mut [Row],
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
