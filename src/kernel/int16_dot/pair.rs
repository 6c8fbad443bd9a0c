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
    interleave = interleave_body(columns: &[[u8; WIDTH]], pairs: &mut [Pair])
}

#[inline(always)]
fn interleave_body<const L: usize, const FUSED: bool>(columns: &[[u8; WIDTH]], pairs: &mut [Pair]) {
    for (columns, pair) in columns.chunks(2).zip(pairs) {
        let second = columns.get(1).unwrap_or(&[0; WIDTH]);
        for row in 0..WIDTH {
            pair.0[row] = u32::from(columns[0][row]) | u32::from(second[row]) << 16;
        }
    }
}

/// Replaces the pairs by those of columns.
pub(super) fn in_pairs(columns: &[[u8; WIDTH]], pairs: &mut Vec<Pair>) {
    pairs.resize(columns.len().div_ceil(2), Pair::ZERO);
    interleave(columns, pairs);
}
