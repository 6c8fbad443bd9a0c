//! Products of panels, and the ways of laying numbers out for them.

use super::dispatch::{add_scaled, part};
use super::factor_panel::FactorPanel;
use super::known_bits::keeping;
use super::layout::{Group, Row, WIDTH, groups};

for_each_level! {
    /// Adds to `sums`, (rank) rows, the product of a chunk of a panel, columns as rows of `x`, with the packed factor's
    /// panel of the same columns, at their `places`: `sums[l] += Σ_j x[j] h[places[j]][l]`.
    product = product_body(x: &[Row], places: &[u8], fixed: &FactorPanel, sums: &mut [Row])
}

#[inline(always)]
fn product_body<const L: usize, const FUSED: bool>(
    x: &[Row],
    places: &[u8],
    fixed: &FactorPanel,
    sums: &mut [Row],
) {
    for group in groups(sums.len()) {
        for_group!(
            group.len,
            product_group,
            L,
            FUSED,
            (x, places, fixed, group, sums)
        );
    }
}

#[inline(always)]
fn product_group<const M: usize, const L: usize, const FUSED: bool>(
    x: &[Row],
    places: &[u8],
    fixed: &FactorPanel,
    group: Group,
    sums: &mut [Row],
) {
    let fixed = fixed.group::<M>(group);
    let sums = &mut sums[group.start..group.start + M];
    for lane in (0..WIDTH).step_by(L) {
        let mut register = [[0.0; L]; M];
        for m in 0..M {
            register[m] = part(&sums[m], lane);
        }
        for (column, &place) in x.iter().zip(places) {
            let column = part::<L>(column, lane);
            let factors = &fixed[usize::from(place) % WIDTH];
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
    /// Squared difference, in f64, between the `known` values of columns `x` of a panel and `Σ_l w[l] h[j][l]`, where `factor` are the
    /// panel's (rank) rows and `fixed` the (columns, rank) values of the other factor; column j counts `copies[j]` times.
    residual = residual_body(x: &[Row], known: &[u64], factor: &[Row], fixed: &[f32], copies: &[f32]) -> f64
}

#[inline(always)]
fn residual_body<const L: usize, const FUSED: bool>(
    x: &[Row],
    known: &[u64],
    factor: &[Row],
    fixed: &[f32],
    copies: &[f32],
) -> f64 {
    let mut sums = [0.0; WIDTH];
    for group in groups(x.len()) {
        for_group!(
            group.len,
            residual_group,
            L,
            FUSED,
            (x, known, factor, fixed, copies, group.start, &mut sums)
        );
    }
    sums.iter().sum()
}

/// A few columns at a time, so that none waits for its own last sum.
#[inline(always)]
fn residual_group<const M: usize, const L: usize, const FUSED: bool>(
    x: &[Row],
    known: &[u64],
    factor: &[Row],
    fixed: &[f32],
    copies: &[f32],
    start: usize,
    sums: &mut [f64; WIDTH],
) {
    let rank = factor.len();
    let mut columns = [fixed; M];
    for m in 0..M {
        columns[m] = &fixed[(start + m) * rank..][..rank];
    }
    for lane in (0..WIDTH).step_by(L) {
        let mut rest = [[0.0; L]; M];
        for m in 0..M {
            rest[m] = part(&x[start + m], lane);
        }
        for (part_index, row) in factor.iter().enumerate() {
            let row = part::<L>(row, lane);
            for m in 0..M {
                add_scaled::<L, FUSED>(&mut rest[m], -columns[m][part_index], &row);
            }
        }
        for m in 0..M {
            let keeping = keeping::<L>(known[start + m], lane);
            for l in 0..L {
                let rest = f64::from(f32::from_bits(rest[m][l].to_bits() & keeping[l]));
                sums[lane + l] += f64::from(copies[start + m]) * rest * rest;
            }
        }
    }
}

for_each_level! {
    /// Adds to `sums`, one row for each row of the panel `y`, the products of two panels' chunks of the same columns:
    /// `sums[q] += Σ_j y[j][q] x[j]`.
    panel_product = panel_product_body(x: &[Row], y: &[Row], sums: &mut [Row; WIDTH])
}

#[inline(always)]
fn panel_product_body<const L: usize, const FUSED: bool>(
    x: &[Row],
    y: &[Row],
    sums: &mut [Row; WIDTH],
) {
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
fn fine_panel_product_body<const L: usize, const FUSED: bool>(
    x: &[Row],
    y: &[Row],
    sums: &mut [[f64; WIDTH]; WIDTH],
) {
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
    /// Adds the sums to a tile of f64.
    add_wide = add_wide_body(sums: &[Row; WIDTH], tile: &mut [[f64; WIDTH]; WIDTH])
}

#[inline(always)]
fn add_wide_body<const L: usize, const FUSED: bool>(
    sums: &[Row; WIDTH],
    tile: &mut [[f64; WIDTH]; WIDTH],
) {
    for (sums, totals) in sums.iter().zip(tile) {
        for l in 0..WIDTH {
            totals[l] += f64::from(sums.0[l]);
        }
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

for_each_level! {
    /// Packs a panel's (rank) rows for products with the other side: group by group, each the (WIDTH, group.len)
    /// values of its rows, times `copies`.
    pack = pack_body(rows: &[Row], copies: &Row, packed: &mut [f32])
}

#[inline(always)]
fn pack_body<const L: usize, const FUSED: bool>(rows: &[Row], copies: &Row, packed: &mut [f32]) {
    for group in groups(rows.len()) {
        for_group!(
            group.len,
            pack_group,
            L,
            FUSED,
            (rows, copies, group, packed)
        );
    }
}

#[inline(always)]
fn pack_group<const M: usize, const L: usize, const FUSED: bool>(
    rows: &[Row],
    copies: &Row,
    group: Group,
    packed: &mut [f32],
) {
    let (packed, _) = packed[group.start * WIDTH..(group.start + M) * WIDTH].as_chunks_mut::<M>();
    let rows = &rows[group.start..group.start + M];
    for (at, packed) in packed.iter_mut().enumerate() {
        for m in 0..M {
            packed[m] = rows[m].0[at] * copies.0[at];
        }
    }
}

for_each_level! {
    /// Turns up to [`WIDTH`] rows over: `columns[i][l] ← rows[l][i]`.
    transpose = transpose_body(rows: &[Row], columns: &mut [Row])
}

#[inline(always)]
fn transpose_body<const L: usize, const FUSED: bool>(rows: &[Row], columns: &mut [Row]) {
    for (at, column) in columns.iter_mut().enumerate() {
        for (cell, row) in column.0.iter_mut().zip(rows) {
            *cell = row.0[at];
        }
    }
}

/// Adds rows to as many sums.
pub(super) fn add_rows(sums: &mut [Row], rows: &[Row]) {
    for (sum, row) in sums.iter_mut().zip(rows) {
        sum.0
            .iter_mut()
            .zip(&row.0)
            .for_each(|(sum, value)| *sum += value);
    }
}
