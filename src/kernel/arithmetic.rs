//! The inner loops: plain Rust over arrays of fixed size, compiled for each processor level, one dispatch a call.
//!
//! **Bits.** A row's sums are formed column by column in one order at every level, and lanes never mix. Levels with a
//! fused multiply-add (AVX-512, AVX2 + FMA, NEON) therefore give the same bits as one another; x86-64 without FMA
//! rounds twice where they round once and differs in the last places.

#![allow(clippy::inline_always, reason = "a body takes on the processor level of the function that it is inlined into")]
#![allow(clippy::needless_range_loop, reason = "loops over lanes of several arrays read best by index")]

use super::factor::{PackedChunk, PackedGram};
use super::{Group, Row, WIDTH, groups};

/// What every processor of the target has: NEON with its fused multiply-add, or vectors of four without one.
const BASE_LANES: usize = if BASE_FUSED { 16 } else { 8 };
const BASE_FUSED: bool = cfg!(target_arch = "aarch64");

/// Compiles `body::<lanes at once, fused>` for each level and picks the best that the processor has.
macro_rules! for_each_level {
    ($(#[$doc:meta])* $name:ident = $body:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)?) => {
        $(#[$doc])*
        pub(crate) fn $name($($arg: $type),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f")]
                fn avx512($($arg: $type),*) $(-> $out)? {
                    $body::<64, true>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) $(-> $out)? {
                    $body::<16, true>($($arg),*)
                }
                if is_x86_feature_detected!("avx512f") {
                    // SAFETY: the processor has just been seen to have the feature that the function is compiled for.
                    #[allow(unsafe_code, reason = "AVX-512 more than triples the product's speed over the baseline")]
                    return unsafe { avx512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: as above, for both features.
                    #[allow(unsafe_code, reason = "AVX2 with FMA triples the product's speed over the baseline")]
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<BASE_LANES, BASE_FUSED>($($arg),*)
        }
    };
}

/// Calls `$body::<M, ..>` with the group's length as the constant M.
macro_rules! for_group {
    ($len:expr, $body:ident, $lanes:ident, $fused:ident, ($($arg:expr),*)) => {
        match $len {
            5 => $body::<5, $lanes, $fused>($($arg),*),
            4 => $body::<4, $lanes, $fused>($($arg),*),
            3 => $body::<3, $lanes, $fused>($($arg),*),
            2 => $body::<2, $lanes, $fused>($($arg),*),
            _ => $body::<1, $lanes, $fused>($($arg),*),
        }
    };
}

#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// `value`, or 0 where it is negative: one instruction, where `f32::max` takes care of NaN with three.
#[inline(always)]
fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// The `L` values of a row from `lane` on.
#[inline(always)]
fn part<const L: usize>(row: &Row, lane: usize) -> [f32; L] {
    let mut values = [0.0; L];
    values.copy_from_slice(&row.0[lane..lane + L]);
    values
}

/// Adds `scale * x` to `sum`, lane by lane.
#[inline(always)]
fn add_scaled<const L: usize, const FUSED: bool>(sum: &mut [f32; L], scale: f32, x: &[f32; L]) {
    for l in 0..L {
        sum[l] = multiply_add::<FUSED>(scale, x[l], sum[l]);
    }
}

/// Adds the lanes in one fixed order.
#[inline(always)]
fn total(lanes: &Row) -> f32 {
    let mut sums = lanes.0;
    let mut half = WIDTH / 2;
    while half > 0 {
        for l in 0..half {
            sums[l] += sums[l + half];
        }
        half /= 2;
    }
    sums[0]
}

for_each_level! {
    /// Adds to `sums`, (rank) rows, the product of a chunk of a panel, columns as rows of `x`, with the packed factor
    /// of the same columns: `sums[l] += Σ_j x[j] h[j][l]`.
    dense_product = dense_product_body(x: &[Row], fixed: &PackedChunk, sums: &mut [Row])
}

#[inline(always)]
fn dense_product_body<const L: usize, const FUSED: bool>(x: &[Row], fixed: &PackedChunk, sums: &mut [Row]) {
    for group in groups(sums.len()) {
        let sums = &mut sums[group.start..group.start + group.len];
        for_group!(group.len, product_group, L, FUSED, (x, fixed.group(group), sums));
    }
}

#[inline(always)]
fn product_group<const M: usize, const L: usize, const FUSED: bool>(x: &[Row], fixed: &[f32], sums: &mut [Row]) {
    let (fixed, _) = fixed.as_chunks::<M>();
    for lane in (0..WIDTH).step_by(L) {
        let mut register = [[0.0; L]; M];
        for m in 0..M {
            register[m] = part(&sums[m], lane);
        }
        for (column, factors) in x.iter().zip(fixed) {
            let column = part::<L>(column, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut register[m], factors[m], &column);
            }
        }
        for m in 0..M {
            sums[m].0[lane..lane + L].copy_from_slice(&register[m]);
        }
    }
}

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
    /// One sweep of coordinate descent over a panel's factor, part by part:
    /// `w_l ← max(0, w_l + a_l − Σ_j G_lj / G_ll w_j)`, with the products `a_l` over `G_ll` and the Gram matrix G of
    /// the fixed factor. Returns the sum of the squared changes.
    sweep = sweep_body(factor: &mut [Row], scaled: &[Row], gram: &PackedGram) -> f32
}

#[inline(always)]
fn sweep_body<const L: usize, const FUSED: bool>(factor: &mut [Row], scaled: &[Row], gram: &PackedGram) -> f32 {
    let mut changes = Row::ZERO;
    for group in groups(factor.len()) {
        for_group!(group.len, sweep_group, L, FUSED, (factor, scaled, gram.group(group), group.start, &mut changes));
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
            let (old, scaled) = (part::<L>(&factor[start + m], lane), part::<L>(&scaled[start + m], lane));
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

for_each_level! {
    /// A panel's share of the squared error less `‖X‖²`: `Σ wᵀ G w − 2 aᵀ w`, summed in f64, from products over `G_ll`.
    loss_share = loss_share_body(factor: &[Row], scaled: &[Row], gram: &PackedGram) -> f64
}

#[inline(always)]
fn loss_share_body<const L: usize, const FUSED: bool>(factor: &[Row], scaled: &[Row], gram: &PackedGram) -> f64 {
    let mut sums = [0.0; WIDTH];
    for group in groups(factor.len()) {
        for_group!(group.len, loss_group, L, FUSED, (factor, scaled, gram, group, &mut sums));
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
    /// Goes on past the step that was taken: `lead ← max(0, lead + β (lead − values))`, `values ←` the old lead.
    extrapolate = extrapolate_body(lead: &mut [Row], values: &mut [Row], beta: f32)
}

#[inline(always)]
fn extrapolate_body<const L: usize, const FUSED: bool>(lead: &mut [Row], values: &mut [Row], beta: f32) {
    for (lead, values) in lead.iter_mut().zip(values) {
        for l in 0..WIDTH {
            let new = lead.0[l];
            lead.0[l] = positive(multiply_add::<FUSED>(beta, new - values.0[l], new));
            values.0[l] = new;
        }
    }
}

for_each_level! {
    /// Squared difference, in f64, between columns `x` of a panel and `Σ_l w[l] h[j][l]`, where `factor` are the
    /// panel's (rank) rows and `fixed` the (columns, rank) values of the other factor; column j counts `copies[j]` times.
    residual = residual_body(x: &[Row], factor: &[Row], fixed: &[f32], copies: &[f32]) -> f64
}

#[inline(always)]
fn residual_body<const L: usize, const FUSED: bool>(x: &[Row], factor: &[Row], fixed: &[f32], copies: &[f32]) -> f64 {
    let mut sum = 0.0;
    for ((column, factors), &copies) in x.iter().zip(fixed.chunks_exact(factor.len())).zip(copies) {
        let mut rest = *column;
        for (row, &scale) in factor.iter().zip(factors) {
            for l in 0..WIDTH {
                rest.0[l] = multiply_add::<FUSED>(-scale, row.0[l], rest.0[l]);
            }
        }
        let mut squares = 0.0;
        for l in 0..WIDTH {
            squares += f64::from(rest.0[l]) * f64::from(rest.0[l]);
        }
        sum += f64::from(copies) * squares;
    }
    sum
}

for_each_level! {
    /// Adds to `sums`, one row for each row of the panel `y`, the products of two panels' chunks of the same columns:
    /// `sums[q] += Σ_j y[j][q] x[j]`.
    panel_product = panel_product_body(x: &[Row], y: &[Row], sums: &mut [Row; WIDTH])
}

#[inline(always)]
fn panel_product_body<const L: usize, const FUSED: bool>(x: &[Row], y: &[Row], sums: &mut [Row; WIDTH]) {
    for group in groups(WIDTH) {
        for_group!(group.len, panel_group, L, FUSED, (x, y, group.start, sums));
    }
}

#[inline(always)]
fn panel_group<const M: usize, const L: usize, const FUSED: bool>(
    x: &[Row],
    y: &[Row],
    start: usize,
    sums: &mut [Row; WIDTH],
) {
    for lane in (0..WIDTH).step_by(L) {
        let mut register = [[0.0; L]; M];
        for m in 0..M {
            register[m] = part(&sums[start + m], lane);
        }
        for (column, other) in x.iter().zip(y) {
            let column = part::<L>(column, lane);
            let other = part::<M>(other, start);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut register[m], other[m], &column);
            }
        }
        for m in 0..M {
            sums[start + m].0[lane..lane + L].copy_from_slice(&register[m]);
        }
    }
}

for_each_level! {
    /// As [`panel_product`], each product and sum in f64: slower, for values that are not whole numbers.
    fine_panel_product = fine_panel_product_body(x: &[Row], y: &[Row], sums: &mut [[f64; WIDTH]; WIDTH])
}

#[inline(always)]
fn fine_panel_product_body<const L: usize, const FUSED: bool>(x: &[Row], y: &[Row], sums: &mut [[f64; WIDTH]; WIDTH]) {
    for (row, sums) in sums.iter_mut().enumerate() {
        let mut register = *sums;
        for (column, other) in x.iter().zip(y) {
            let other = f64::from(other.0[row]);
            for l in 0..WIDTH {
                register[l] += other * f64::from(column.0[l]);
            }
        }
        *sums = register;
    }
}

for_each_level! {
    /// Bytes to floats, 0 to 255.
    widen = widen_body(bytes: &[[u8; WIDTH]], floats: &mut [Row])
}

#[inline(always)]
fn widen_body<const L: usize, const FUSED: bool>(bytes: &[[u8; WIDTH]], floats: &mut [Row]) {
    for (bytes, floats) in bytes.iter().zip(floats) {
        for l in 0..WIDTH {
            floats.0[l] = f32::from(bytes[l]);
        }
    }
}
