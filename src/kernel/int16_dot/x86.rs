//! Integer products with the instructions of x86-64.

#![allow(
    unsafe_code,
    reason = "integer products take two thirds of the time of floating-point ones"
)]

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_storeu_si256, _mm512_add_epi32, _mm512_dpwssd_epi32,
    _mm512_loadu_si512, _mm512_madd_epi16, _mm512_maskz_permutex2var_epi8, _mm512_set1_epi32,
    _mm512_setzero_si512, _mm512_storeu_si512,
};

use super::pair::Pair;
use super::words::{Words, inner_products_of_words, product_of_words};
use crate::kernel::integer_panel::IntegerPanel;
use crate::kernel::layout::{Lanes, WIDTH};

/// Registers of AVX2.
#[derive(Clone, Copy)]
struct Avx2(__m256i);

impl Words for Avx2 {
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: as for the trait, here and below.
        Self(unsafe { _mm256_setzero_si256() })
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: the slice has the 32 bytes that are read.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        Self(unsafe { _mm256_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn add_products(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm256_add_epi32(self.0, _mm256_madd_epi16(a.0, b.0)) })
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [i32]) {
        let words = &mut words[..Self::LANES];
        // SAFETY: the slice has the 32 bytes that are written.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) }
    }
}

/// Registers of AVX-512; VNNI multiplies and adds in one instruction.
#[derive(Clone, Copy)]
struct Avx512<const VNNI: bool>(__m512i);

impl<const VNNI: bool> Words for Avx512<VNNI> {
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: as for the trait, here and below.
        Self(unsafe { _mm512_setzero_si512() })
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: the slice has the 64 bytes that are read.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        Self(unsafe { _mm512_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn add_products(self, a: Self, b: Self) -> Self {
        Self(unsafe {
            if VNNI {
                _mm512_dpwssd_epi32(self.0, a.0, b.0)
            } else {
                _mm512_add_epi32(self.0, _mm512_madd_epi16(a.0, b.0))
            }
        })
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [i32]) {
        let words = &mut words[..Self::LANES];
        // SAFETY: the slice has the 64 bytes that are written.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) }
    }
}

/// Defines the functions of a level; the processor must have its features.
macro_rules! level {
    ($name:ident, $features:literal, $words:ty, $registers:literal) => {
        pub(super) mod $name {
            use super::*;

            pub(in super::super) fn product(
                x: &[Pair],
                places: &[u8],
                fixed: &IntegerPanel,
                sums: &mut [Lanes],
            ) {
                #[target_feature(enable = $features)]
                fn compiled(x: &[Pair], places: &[u8], fixed: &IntegerPanel, sums: &mut [Lanes]) {
                    // SAFETY: this function is compiled for the features.
                    unsafe { product_of_words::<$words, $registers, true>(x, places, fixed, sums) }
                }
                // SAFETY: the caller has checked the level.
                unsafe { compiled(x, places, fixed, sums) }
            }

            pub(in super::super) fn inner_products(
                own: &[Pair],
                other: &[Pair],
                sums: &mut [[i32; WIDTH]; WIDTH],
            ) {
                #[target_feature(enable = $features)]
                fn compiled(own: &[Pair], other: &[Pair], sums: &mut [[i32; WIDTH]; WIDTH]) {
                    // SAFETY: this function is compiled for the features.
                    unsafe { inner_products_of_words::<$words, $registers>(own, other, sums) }
                }
                // SAFETY: the caller has checked the level.
                unsafe { compiled(own, other, sums) }
            }
        }
    };
}

// With 5 parts, 10 of the 16 registers hold sums, and 20 of 32.
level!(avx2, "avx2,fma", Avx2, 2);
level!(avx512, "avx512f,avx512bw", Avx512<false>, 4);
level!(vnni, "avx512f,avx512bw,avx512vnni", Avx512<true>, 4);

/// Interleaving with the instruction that takes any bytes of two registers (VBMI): a quarter of the steps.
pub(super) mod vbmi {
    use super::{
        __m512i, _mm512_loadu_si512, _mm512_maskz_permutex2var_epi8, _mm512_storeu_si512, Pair,
        WIDTH,
    };
    use crate::kernel::level::Level;

    /// The number of 32-bit lanes of a register.
    const LANES: usize = 16;
    const REGISTERS: usize = WIDTH / LANES;
    /// The bytes of a lane that are not 0: the lowest of each 16-bit integer.
    const LOW_BYTES: u64 = 0x5555_5555_5555_5555;
    /// For each register, the bytes that its bytes come from: those of the second column follow those of the first.
    const SOURCES: [[u8; WIDTH]; REGISTERS] = {
        let mut sources = [[0; WIDTH]; REGISTERS];
        let mut row = 0;
        while row < WIDTH {
            let lane = 4 * (row % LANES);
            sources[row / LANES][lane] = row as u8;
            sources[row / LANES][lane + 2] = (WIDTH + row) as u8;
            row += 1;
        }
        sources
    };

    /// Proof that the processor has the instruction.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Vbmi(());

    impl Vbmi {
        /// Returns `None` if the processor does not have the instruction.
        #[inline]
        pub(in super::super) fn detect() -> Option<Self> {
            let is_there =
                Level::current() >= Level::Avx512Vnni && is_x86_feature_detected!("avx512vbmi");
            is_there.then_some(Self(()))
        }

        /// Interleaves columns two by two; after an odd number of columns follows one of zeros.
        #[allow(
            clippy::unused_self,
            reason = "a `Vbmi` proves that the processor was checked"
        )]
        pub(in super::super) fn interleave(self, columns: &[[u8; WIDTH]], pairs: &mut [Pair]) {
            // SAFETY: a `Vbmi` exists only if the processor was detected to support the features.
            unsafe { interleave(columns, pairs) }
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn interleave(columns: &[[u8; WIDTH]], pairs: &mut [Pair]) {
        let sources: [__m512i; REGISTERS] = std::array::from_fn(|r| load(&SOURCES[r]));
        for (columns, pair) in columns.chunks(2).zip(pairs) {
            let first = load(&columns[0]);
            let second = load(columns.get(1).unwrap_or(&[0; WIDTH]));
            for (r, lanes) in pair.0.chunks_exact_mut(LANES).enumerate() {
                let words = _mm512_maskz_permutex2var_epi8(LOW_BYTES, first, sources[r], second);
                // SAFETY: a chunk has the 64 bytes that are written.
                unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), words) };
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn load(bytes: &[u8; WIDTH]) -> __m512i {
        // SAFETY: the array has the 64 bytes that are read.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }
}
