//! Inner products of bytes in integers, on processors that multiply two 16-bit integers at once.
//!
//! AVX2 adds two products of 16-bit integers to a 32-bit sum in two instructions: at best twice the work
//! of floating-point multiply-adds of the same width, and exact. The compiler does not generate it from
//! plain loops, hence the intrinsics.

use super::byte_dot::ByteDot;
use super::layout::{CHUNK, WIDTH};
pub(super) use avx2::Avx2;

/// Two columns of a panel, with the two values of each row in one word.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Pair([u32; WIDTH]);

impl ByteDot for Avx2 {
    type Columns = Vec<Pair>;
    const STEP: usize = 2 * CHUNK;
    const OFFSET: i32 = 0;

    fn arrange_own(columns: &[[u8; WIDTH]], to: &mut Vec<Pair>) {
        in_pairs(columns, to);
    }

    fn arrange_other(columns: &[[u8; WIDTH]], to: &mut Vec<Pair>) {
        in_pairs(columns, to);
    }

    fn add_products(self, own: &Vec<Pair>, other: &Vec<Pair>, sums: &mut [[i32; WIDTH]; WIDTH]) {
        self.add(own, other, sums);
    }
}

/// Replaces the pairs by those of columns, the last one padded with zeros.
fn in_pairs(columns: &[[u8; WIDTH]], pairs: &mut Vec<Pair>) {
    pairs.resize(columns.len().div_ceil(2), Pair([0; WIDTH]));
    interleave(columns, pairs);
}

dispatch! {
    /// Interleaves columns two by two.
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

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![allow(
        unsafe_code,
        reason = "one instruction saves a third of the time of a PCA"
    )]

    use std::arch::x86_64::{
        __m256i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_set1_epi32,
        _mm256_storeu_si256,
    };

    use super::{Pair, WIDTH};
    use crate::kernel::layout::{Group, groups};

    /// The number of 32-bit lanes of a register.
    const LANES: usize = 8;
    /// Registers of rows at a time: with 5 other rows, 10 of the 16 registers hold sums.
    const REGISTERS: usize = 2;

    /// Proof that the processor has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) struct Avx2(());

    impl Avx2 {
        /// Returns `None` if the processor does not have the instruction.
        pub(in crate::kernel) fn detect() -> Option<Self> {
            is_x86_feature_detected!("avx2").then_some(Self(()))
        }

        /// Adds the products of each row of `other` with the rows of `own` to `sums`, (other, own).
        #[allow(
            clippy::unused_self,
            reason = "an `Avx2` proves that the processor was checked"
        )]
        pub(super) fn add(self, own: &[Pair], other: &[Pair], sums: &mut [[i32; WIDTH]; WIDTH]) {
            // SAFETY: an `Avx2` exists only if the processor was detected to support it.
            unsafe { add_products(own, other, sums) }
        }
    }

    #[target_feature(enable = "avx2")]
    fn add_products(own: &[Pair], other: &[Pair], sums: &mut [[i32; WIDTH]; WIDTH]) {
        for row in (0..WIDTH).step_by(LANES * REGISTERS) {
            for group in groups(WIDTH) {
                match group.len {
                    5 => add_group::<5>(own, other, row, group, sums),
                    _ => add_group::<4>(own, other, row, group, sums),
                }
            }
        }
    }

    /// Adds the products of M rows of `other` with the rows of `own` from `row` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add_group<const M: usize>(
        own: &[Pair],
        other: &[Pair],
        row: usize,
        group: Group,
        sums: &mut [[i32; WIDTH]; WIDTH],
    ) {
        let sums = &mut sums[group.start..group.start + M];
        let mut register = [[_mm256_set1_epi32(0); REGISTERS]; M];
        for m in 0..M {
            for r in 0..REGISTERS {
                register[m][r] = load(&sums[m][row + r * LANES..]);
            }
        }
        for (own, other) in own.iter().zip(other) {
            let rows: [__m256i; REGISTERS] =
                std::array::from_fn(|r| load(&own.0[row + r * LANES..]));
            for m in 0..M {
                let factor = _mm256_set1_epi32(other.0[group.start + m].cast_signed());
                for r in 0..REGISTERS {
                    let products = _mm256_madd_epi16(rows[r], factor);
                    register[m][r] = _mm256_add_epi32(register[m][r], products);
                }
            }
        }
        for m in 0..M {
            for r in 0..REGISTERS {
                let lanes = &mut sums[m][row + r * LANES..][..LANES];
                // SAFETY: the slice has the 32 bytes that are written.
                unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), register[m][r]) };
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load<T: Lane>(values: &[T]) -> __m256i {
        let lanes = &values[..LANES];
        // SAFETY: the slice has 8 values of 4 bytes, the 32 bytes that are read.
        unsafe { _mm256_loadu_si256(lanes.as_ptr().cast()) }
    }

    /// A 32-bit value.
    trait Lane {}
    impl Lane for u32 {}
    impl Lane for i32 {}
}

#[cfg(not(target_arch = "x86_64"))]
mod avx2 {
    use super::{Pair, WIDTH};

    /// Never exists: no processor of this architecture has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) enum Avx2 {}

    impl Avx2 {
        pub(in crate::kernel) fn detect() -> Option<Self> {
            None
        }

        pub(super) fn add(self, _: &[Pair], _: &[Pair], _: &mut [[i32; WIDTH]; WIDTH]) {
            match self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_pairs_are_exact() {
        let Some(avx2) = Avx2::detect() else {
            // Other processors do not have these products at all.
            return;
        };
        let column = |j: usize, factor: usize| -> [u8; WIDTH] {
            std::array::from_fn(|row| {
                if (row + j).is_multiple_of(9) {
                    255
                } else {
                    (row * factor + j * 57) as u8
                }
            })
        };
        let own: Vec<[u8; WIDTH]> = (0..7).map(|j| column(j, 31)).collect();
        let other: Vec<[u8; WIDTH]> = (0..7).map(|j| column(j, 13)).collect();
        let (mut own_pairs, mut pairs) = (Vec::new(), Vec::new());
        Avx2::arrange_own(&own, &mut own_pairs);
        Avx2::arrange_other(&other, &mut pairs);
        let mut sums = [[1; WIDTH]; WIDTH];
        avx2.add_products(&own_pairs, &pairs, &mut sums);
        for (b, sums) in sums.iter().enumerate() {
            for (a, &sum) in sums.iter().enumerate() {
                let products = own
                    .iter()
                    .zip(&other)
                    .map(|(own, other)| i32::from(own[a]) * i32::from(other[b]));
                assert_eq!(sum, 1 + products.sum::<i32>(), "{a}, {b}");
            }
        }
    }
}
