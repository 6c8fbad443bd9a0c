//! Inner products of bytes in integers, on processors that multiply four bytes at once.
//!
//! AVX-512 VNNI adds four products of unsigned and signed bytes to a 32-bit sum in one instruction: four
//! times the work of a floating-point multiply-add. The compiler does not generate it from plain loops,
//! hence the intrinsics. Integer results are exact, so processors without VNNI get the same bits from
//! floats.

use super::byte_dot::ByteDot;
use super::layout::{CHUNK, WIDTH};
pub(super) use vnni::Vnni;

/// Columns that are interleaved for one instruction.
const QUAD: usize = 4;
/// The bits that flip to subtract 128 from all four bytes of a row.
const OFFSET_BITS: u32 = 0x8080_8080;

/// Four columns of a panel, with the four bytes of each row in one word.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Quad([u32; WIDTH]);

impl ByteDot for Vnni {
    type Columns = Vec<Quad>;
    const STEP: usize = 4 * CHUNK;
    const OFFSET: i32 = 128;

    fn arrange_own(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Vec<Quad>) {
        in_quads(columns, places, 0, to);
    }

    fn arrange_other(columns: &[&[u8; WIDTH]], places: &[usize], to: &mut Vec<Quad>) {
        in_quads(columns, places, OFFSET_BITS, to);
    }

    fn add_products(self, own: &Vec<Quad>, other: &Vec<Quad>, sums: &mut [[i32; WIDTH]; WIDTH]) {
        self.add(own, other, sums);
    }
}

/// Replaces the quads by those of the columns at some places, the last one padded with zeros, and flips the bits of `flip`.
fn in_quads(columns: &[&[u8; WIDTH]], places: &[usize], flip: u32, quads: &mut Vec<Quad>) {
    quads.resize(places.len().div_ceil(QUAD), Quad([0; WIDTH]));
    interleave(columns, places, flip, quads);
}

dispatch! {
    /// Interleaves the columns at some places four by four and flips the bits of `flip`.
    interleave = interleave_body(columns: &[&[u8; WIDTH]], places: &[usize], flip: u32, quads: &mut [Quad])
}

#[inline(always)]
fn interleave_body<const L: usize, const FUSED: bool>(
    columns: &[&[u8; WIDTH]],
    places: &[usize],
    flip: u32,
    quads: &mut [Quad],
) {
    for (places, quad) in places.chunks(QUAD).zip(quads) {
        let mut four = [&[0; WIDTH]; QUAD];
        for (column, &place) in four.iter_mut().zip(places) {
            *column = columns[place];
        }
        interleave_four(four, flip, quad);
    }
}

#[inline(always)]
fn interleave_four(bytes: [&[u8; WIDTH]; QUAD], flip: u32, quad: &mut Quad) {
    for row in 0..WIDTH {
        quad.0[row] =
            u32::from_le_bytes([bytes[0][row], bytes[1][row], bytes[2][row], bytes[3][row]]) ^ flip;
    }
}

#[cfg(target_arch = "x86_64")]
mod vnni {
    #![allow(
        unsafe_code,
        reason = "one instruction saves a fifth of the time of a PCA"
    )]

    use std::arch::x86_64::{
        __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_storeu_si512,
    };

    use super::{Quad, WIDTH};
    use crate::kernel::layout::{Group, groups};
    use crate::kernel::level::Level;

    /// The number of 32-bit lanes of a register.
    const LANES: usize = 16;
    const REGISTERS: usize = WIDTH / LANES;

    /// Proof that the processor has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) struct Vnni(());

    impl Vnni {
        /// Returns `None` if the processor does not have the instruction.
        pub(in crate::kernel) fn detect() -> Option<Self> {
            (Level::current() >= Level::Avx512Vnni).then_some(Self(()))
        }

        /// Adds the products of each row of `signed` with the rows of `unsigned` to `sums`, (signed,
        /// unsigned).
        #[allow(
            clippy::unused_self,
            reason = "a `Vnni` proves that the processor was checked"
        )]
        pub(super) fn add(
            self,
            unsigned: &[Quad],
            signed: &[Quad],
            sums: &mut [[i32; WIDTH]; WIDTH],
        ) {
            // SAFETY: a `Vnni` exists only if the processor was detected to support both features.
            unsafe { add_products(unsigned, signed, sums) }
        }
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn add_products(unsigned: &[Quad], signed: &[Quad], sums: &mut [[i32; WIDTH]; WIDTH]) {
        for group in groups(WIDTH) {
            match group.len {
                5 => add_group::<5>(unsigned, signed, group, sums),
                _ => add_group::<4>(unsigned, signed, group, sums),
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn add_group<const M: usize>(
        unsigned: &[Quad],
        signed: &[Quad],
        group: Group,
        sums: &mut [[i32; WIDTH]; WIDTH],
    ) {
        let mut register = [[_mm512_setzero_si512(); REGISTERS]; M];
        for m in 0..M {
            register[m] = load(&sums[group.start + m]);
        }
        for (own, other) in unsigned.iter().zip(signed) {
            let own = load(&own.0);
            for m in 0..M {
                let factor = _mm512_set1_epi32(other.0[group.start + m].cast_signed());
                for r in 0..REGISTERS {
                    register[m][r] = _mm512_dpbusd_epi32(register[m][r], own[r], factor);
                }
            }
        }
        for m in 0..M {
            for (r, lanes) in sums[group.start + m].chunks_exact_mut(LANES).enumerate() {
                // SAFETY: a chunk has the 64 bytes that are written.
                unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), register[m][r]) };
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vnni")]
    fn load<T: Lane>(values: &[T; WIDTH]) -> [__m512i; REGISTERS] {
        // SAFETY: the array has 64 values of 4 bytes, the 256 bytes that are read.
        std::array::from_fn(|r| unsafe {
            _mm512_loadu_si512(values.as_ptr().add(r * LANES).cast())
        })
    }

    /// A 32-bit value.
    trait Lane {}
    impl Lane for u32 {}
    impl Lane for i32 {}
}

#[cfg(not(target_arch = "x86_64"))]
mod vnni {
    use super::{Quad, WIDTH};

    /// Never exists: no processor of this architecture has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) enum Vnni {}

    impl Vnni {
        pub(in crate::kernel) fn detect() -> Option<Self> {
            None
        }

        pub(super) fn add(self, _: &[Quad], _: &[Quad], _: &mut [[i32; WIDTH]; WIDTH]) {
            match self {}
        }
    }
}
