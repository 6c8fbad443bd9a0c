//! The loops over registers, for any instruction set.

use super::pair::Pair;
use crate::kernel::dispatch::multiply_add;
use crate::kernel::integer_panel::IntegerPanel;
use crate::kernel::layout::{Group, Lanes, PAIRS, WIDTH, groups};

/// 32-bit lanes of a register, as whole numbers or as pairs of 16-bit numbers.
///
/// # Safety
/// The caller is compiled for the instruction set, and the processor supports it.
#[allow(unsafe_code, reason = "an implementation is a handful of intrinsics")]
pub(super) trait Words: Copy {
    /// The number of lanes.
    const LANES: usize;

    unsafe fn zero() -> Self;
    /// Returns the first [`Words::LANES`] words.
    unsafe fn load(words: &[u32]) -> Self;
    /// Returns one word in every lane.
    unsafe fn splat(word: u32) -> Self;
    /// Adds both products of the pairs in each lane.
    unsafe fn add_products(self, a: Self, b: Self) -> Self;
    /// Replaces the first [`Words::LANES`] words.
    unsafe fn store(self, words: &mut [i32]);
}

/// Adds the products of pairs of columns with a panel's integers, R registers of rows at a time.
#[inline(always)]
#[allow(unsafe_code, reason = "see `Words`")]
pub(super) unsafe fn product_of_words<V: Words, const R: usize, const FUSED: bool>(
    x: &[Pair],
    places: &[u8],
    fixed: &IntegerPanel,
    sums: &mut [Lanes],
) {
    for group in groups(sums.len()) {
        // SAFETY: as for this function.
        unsafe {
            match group.len {
                5 => product_of_group::<V, R, 5, FUSED>(x, places, fixed, group, sums),
                4 => product_of_group::<V, R, 4, FUSED>(x, places, fixed, group, sums),
                3 => product_of_group::<V, R, 3, FUSED>(x, places, fixed, group, sums),
                2 => product_of_group::<V, R, 2, FUSED>(x, places, fixed, group, sums),
                _ => product_of_group::<V, R, 1, FUSED>(x, places, fixed, group, sums),
            }
        }
    }
}

#[inline(always)]
#[allow(unsafe_code, reason = "see `Words`")]
unsafe fn product_of_group<V: Words, const R: usize, const M: usize, const FUSED: bool>(
    x: &[Pair],
    places: &[u8],
    fixed: &IntegerPanel,
    group: Group,
    sums: &mut [Lanes],
) {
    let (factors, scales) = fixed.group::<M>(group);
    let sums = &mut sums[group.start..group.start + M];
    for row in (0..WIDTH).step_by(R * V::LANES) {
        // SAFETY: as for this function.
        let mut register = [[unsafe { V::zero() }; R]; M];
        for (pair, place) in x.iter().zip(places.iter().step_by(2)) {
            let factors = &factors[usize::from(place / 2) % PAIRS];
            // SAFETY: as for this function.
            unsafe { add_pair(&mut register, pair, row, factors) };
        }
        let mut integers = [0; WIDTH];
        for m in 0..M {
            for r in 0..R {
                // SAFETY: as for this function.
                unsafe { register[m][r].store(&mut integers[r * V::LANES..]) };
            }
            for l in 0..R * V::LANES {
                let sum = &mut sums[m].0[row + l];
                *sum = multiply_add::<FUSED>(scales[m], integers[l] as f32, *sum);
            }
        }
    }
}

/// Adds the products of one pair of columns, from `row` on, with the pairs of M parts.
#[inline(always)]
#[allow(unsafe_code, reason = "see `Words`")]
unsafe fn add_pair<V: Words, const R: usize, const M: usize>(
    register: &mut [[V; R]; M],
    pair: &Pair,
    row: usize,
    factors: &[u32; M],
) {
    // SAFETY: as for this function.
    unsafe {
        let mut rows = [V::zero(); R];
        for r in 0..R {
            rows[r] = V::load(&pair.0[row + r * V::LANES..]);
        }
        for m in 0..M {
            let factor = V::splat(factors[m]);
            for r in 0..R {
                register[m][r] = register[m][r].add_products(rows[r], factor);
            }
        }
    }
}

/// Adds the products of each row of `other` with the rows of `own` to `sums`, (other, own).
#[inline(always)]
#[allow(unsafe_code, reason = "see `Words`")]
pub(super) unsafe fn inner_products_of_words<V: Words, const R: usize>(
    own: &[Pair],
    other: &[Pair],
    sums: &mut [[i32; WIDTH]; WIDTH],
) {
    for group in groups(WIDTH) {
        // SAFETY: as for this function.
        unsafe {
            match group.len {
                5 => inner_products_of_group::<V, R, 5>(own, other, group, sums),
                _ => inner_products_of_group::<V, R, 4>(own, other, group, sums),
            }
        }
    }
}

#[inline(always)]
#[allow(unsafe_code, reason = "see `Words`")]
unsafe fn inner_products_of_group<V: Words, const R: usize, const M: usize>(
    own: &[Pair],
    other: &[Pair],
    group: Group,
    sums: &mut [[i32; WIDTH]; WIDTH],
) {
    for row in (0..WIDTH).step_by(R * V::LANES) {
        // SAFETY: as for this function.
        let mut register = [[unsafe { V::zero() }; R]; M];
        for (own, other) in own.iter().zip(other) {
            let factors = other.0[group.start..].first_chunk().unwrap_or(&[0; M]);
            // SAFETY: as for this function.
            unsafe { add_pair(&mut register, own, row, factors) };
        }
        let mut integers = [0; WIDTH];
        for m in 0..M {
            for r in 0..R {
                // SAFETY: as for this function.
                unsafe { register[m][r].store(&mut integers[r * V::LANES..]) };
            }
            for l in 0..R * V::LANES {
                sums[group.start + m][row + l] += integers[l];
            }
        }
    }
}
