//! Products of chunks, and the conversions of their data layout.

use std::ops::Range;

use super::dispatch::{add_scaled, load};
use super::layout::{ALL_PLACES, Group, Lanes, WIDTH, groups};

dispatch! {
    /// Adds the product of the columns `x` of a chunk with the packed panel of the fixed factor for that
    /// chunk: `sums[l] += Σ_j x[j] fixed[places[j]][l]`, for each part l.
    product = product_body(x: &[Lanes], places: &[u8], fixed: &[f32], sums: &mut [Lanes])
}

#[inline(always)]
fn product_body<const L: usize, const FUSED: bool>(
    x: &[Lanes],
    places: &[u8],
    fixed: &[f32],
    sums: &mut [Lanes],
) {
    for group in groups(sums.len()) {
        for_group!(
            group.len,
            product_group,
            L,
            FUSED,
            (x, places, fixed, group, 0..WIDTH, sums)
        );
    }
}

dispatch! {
    /// Adds the inner products of all parts of a panel, packed, with those parts whose rows are the lanes
    /// of `strip`, from the part `first` on: `sums[a][b] += Σ_j packed[j][a] strip[j][b]`. Lanes without a
    /// part and most of those with a part before `a` are not computed.
    gram_product = gram_product_body(strip: &[Lanes; WIDTH], first: usize, packed: &[f32], sums: &mut [Lanes])
}

#[inline(always)]
fn gram_product_body<const L: usize, const FUSED: bool>(
    strip: &[Lanes; WIDTH],
    first: usize,
    packed: &[f32],
    sums: &mut [Lanes],
) {
    let end = (sums.len() - first).min(WIDTH);
    for group in groups(sums.len()) {
        let start = group.start.saturating_sub(first) / L * L;
        for_group!(
            group.len,
            product_group,
            L,
            FUSED,
            (strip, &ALL_PLACES, packed, group, start..end, sums)
        );
    }
}

#[inline(always)]
fn product_group<const M: usize, const L: usize, const FUSED: bool>(
    x: &[Lanes],
    places: &[u8],
    fixed: &[f32],
    group: Group,
    lanes: Range<usize>,
    sums: &mut [Lanes],
) {
    let (fixed, _) = fixed[group.start * WIDTH..(group.start + M) * WIDTH].as_chunks::<M>();
    let fixed: &[[f32; M]; WIDTH] = fixed.first_chunk().unwrap_or(&[[0.0; M]; WIDTH]);
    let sums = &mut sums[group.start..group.start + M];
    for lane in lanes.step_by(L) {
        let mut register = [[0.0; L]; M];
        for m in 0..M {
            register[m] = load(&sums[m], lane);
        }
        for (column, &place) in x.iter().zip(places) {
            let column = load::<L>(column, lane);
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

dispatch! {
    /// Adds the inner products of the rows of two panels over the same columns, in `f64`:
    /// `sums[q] += Σ_j y[j][q] x[j]`, for each row q of the panel `y`.
    panel_product_f64 = panel_product_f64_body(x: &[Lanes], y: &[Lanes], sums: &mut [[f64; WIDTH]; WIDTH])
}

#[inline(always)]
fn panel_product_f64_body<const L: usize, const FUSED: bool>(
    x: &[Lanes],
    y: &[Lanes],
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

dispatch! {
    /// Converts bytes to floats from 0 to 255.
    widen = widen_body(bytes: &[[u8; WIDTH]], floats: &mut [Lanes])
}

#[inline(always)]
fn widen_body<const L: usize, const FUSED: bool>(bytes: &[[u8; WIDTH]], floats: &mut [Lanes]) {
    for (bytes, floats) in bytes.iter().zip(floats) {
        for l in 0..WIDTH {
            floats.0[l] = f32::from(bytes[l]);
        }
    }
}

dispatch! {
    /// Packs a panel of a factor for products, times `copies`: (rows, group.len) values for each group.
    pack = pack_body(rows: &[Lanes], copies: &Lanes, packed: &mut [f32])
}

#[inline(always)]
fn pack_body<const L: usize, const FUSED: bool>(
    rows: &[Lanes],
    copies: &Lanes,
    packed: &mut [f32],
) {
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
    rows: &[Lanes],
    copies: &Lanes,
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

dispatch! {
    /// Transposes up to [`WIDTH`] rows: `columns[i][l] ← rows[l][i]`.
    transpose = transpose_body(rows: &[Lanes], columns: &mut [Lanes])
}

#[inline(always)]
fn transpose_body<const L: usize, const FUSED: bool>(rows: &[Lanes], columns: &mut [Lanes]) {
    for (at, column) in columns.iter_mut().enumerate() {
        for (cell, row) in column.0.iter_mut().zip(rows) {
            *cell = row.0[at];
        }
    }
}

/// Adds `values` to `sums`, element by element.
pub(super) fn add_lanes(sums: &mut [Lanes], values: &[Lanes]) {
    for (sums, values) in sums.iter_mut().zip(values) {
        for (sum, value) in sums.0.iter_mut().zip(&values.0) {
            *sum += value;
        }
    }
}
