//! Columns of bytes, two by two.

use crate::kernel::layout::WIDTH;

/// Two columns of a panel, with the two values of each row in one word.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(in crate::kernel) struct Pair(pub(super) [u32; WIDTH]);

impl Pair {
    pub(in crate::kernel) const ZERO: Self = Self([0; WIDTH]);
}

dispatch! {
    /// Interleaves columns two by two; after an odd number of columns follows one of zeros.
    interleave_plainly = interleave_body(columns: &[[u8; WIDTH]], pairs: &mut [Pair])
}

#[inline(always)]
fn interleave_body<const L: usize, const FUSED: bool>(columns: &[[u8; WIDTH]], pairs: &mut [Pair]) {
    for (columns, pair) in columns.chunks(2).zip(pairs) {
        let second = columns.get(1).unwrap_or(&[0; WIDTH]);
        interleave_two(&columns[0], second, pair);
    }
}

/// Replaces the pairs by those of the columns at some places.
pub(super) fn in_pairs(columns: &[&[u8; WIDTH]], places: &[usize], pairs: &mut Vec<Pair>) {
    pairs.resize(places.len().div_ceil(2), Pair::ZERO);
    interleave_at(columns, places, pairs);
}

dispatch! {
    /// Interleaves the columns at some places as [`interleave`] does.
    interleave_at = interleave_at_body(columns: &[&[u8; WIDTH]], places: &[usize], pairs: &mut [Pair])
}

#[inline(always)]
fn interleave_at_body<const L: usize, const FUSED: bool>(
    columns: &[&[u8; WIDTH]],
    places: &[usize],
    pairs: &mut [Pair],
) {
    for (places, pair) in places.chunks(2).zip(pairs) {
        let second = places.get(1).map_or(&[0; WIDTH], |&place| columns[place]);
        interleave_two(columns[places[0]], second, pair);
    }
}

#[inline(always)]
fn interleave_two(first: &[u8; WIDTH], second: &[u8; WIDTH], pair: &mut Pair) {
    for row in 0..WIDTH {
        pair.0[row] = u32::from(first[row]) | u32::from(second[row]) << 16;
    }
}
