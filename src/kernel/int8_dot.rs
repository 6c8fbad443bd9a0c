//! Inner products of bytes in whole numbers, where the processor multiplies four bytes at once.
//!
//! VNNI, beside AVX-512, adds four products of unsigned and signed bytes to a sum of 32 bits in one instruction: four
//! times what a multiply-add of floats does. The compiler does not find it in plain loops, hence the intrinsics. Whole
//! numbers are the same whichever way they are formed, so processors without it get the same bits from floats.

use super::layout::WIDTH;
pub(super) use vnni::Vnni;

/// Columns that lie side by side for one instruction.
const QUAD: usize = 4;
/// What is taken off a byte to make it a signed one; in all four bytes of a row.
const OFFSET: i32 = 128;
const SIGNED: u32 = 0x8080_8080;

/// Columns whose sums of products of an unsigned and a signed byte fit 32 bits.
pub(super) const FITTING: usize = 1 << 15;

/// Four columns of a panel, the four bytes of each row together.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Quad([u32; WIDTH]);

/// Columns of a panel in quads, the last one filled up with 0.
pub(super) struct Quads {
    columns: Vec<Quad>,
    flip: u32,
}

impl Quads {
    /// Room for bytes as they are.
    pub(super) fn unsigned() -> Self {
        Self {
            columns: Vec::new(),
            flip: 0,
        }
    }

    /// Room for bytes less 128.
    pub(super) fn signed() -> Self {
        Self {
            columns: Vec::new(),
            flip: SIGNED,
        }
    }

    /// Takes up other columns.
    pub(super) fn fill(&mut self, bytes: &[[u8; WIDTH]]) {
        self.columns
            .resize(bytes.len().div_ceil(QUAD), Quad([0; WIDTH]));
        interleave(bytes, self.flip, &mut self.columns);
    }
}

for_each_level! {
    /// Lays columns side by side, the bits of `flip` turned over.
    interleave = interleave_body(bytes: &[[u8; WIDTH]], flip: u32, quads: &mut [Quad])
}

#[inline(always)]
fn interleave_body<const L: usize, const FUSED: bool>(
    bytes: &[[u8; WIDTH]],
    flip: u32,
    quads: &mut [Quad],
) {
    let (whole, rest) = bytes.as_chunks::<QUAD>();
    for (bytes, quad) in whole.iter().zip(&mut *quads) {
        interleave_four(bytes, flip, quad);
    }
    if let Some(quad) = quads.get_mut(whole.len()) {
        let mut last = [[0; WIDTH]; QUAD];
        last[..rest.len()].copy_from_slice(rest);
        interleave_four(&last, flip, quad);
    }
}

#[inline(always)]
fn interleave_four(bytes: &[[u8; WIDTH]; QUAD], flip: u32, quad: &mut Quad) {
    for row in 0..WIDTH {
        quad.0[row] =
            u32::from_le_bytes([bytes[0][row], bytes[1][row], bytes[2][row], bytes[3][row]]) ^ flip;
    }
}

for_each_level! {
    /// Adds the columns to the rows' sums.
    add_columns = add_columns_body(bytes: &[[u8; WIDTH]], sums: &mut [i32; WIDTH])
}

#[inline(always)]
fn add_columns_body<const L: usize, const FUSED: bool>(
    bytes: &[[u8; WIDTH]],
    sums: &mut [i32; WIDTH],
) {
    for column in bytes {
        for row in 0..WIDTH {
            sums[row] += i32::from(column[row]);
        }
    }
}

for_each_level! {
    /// Adds to `tile` the products of unsigned bytes that `sums` of products with signed ones stand for: what was taken
    /// off these times the unsigned rows' own sums is put back.
    add_whole = add_whole_body(sums: &[[i32; WIDTH]; WIDTH], own: &[i32; WIDTH], tile: &mut [[f64; WIDTH]; WIDTH])
}

#[inline(always)]
fn add_whole_body<const L: usize, const FUSED: bool>(
    sums: &[[i32; WIDTH]; WIDTH],
    own: &[i32; WIDTH],
    tile: &mut [[f64; WIDTH]; WIDTH],
) {
    for (sums, totals) in sums.iter().zip(tile) {
        for l in 0..WIDTH {
            totals[l] += f64::from(sums[l]) + f64::from(OFFSET) * f64::from(own[l]);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod vnni {
    #![allow(
        unsafe_code,
        reason = "a fifth of a PCA's time hangs on one instruction"
    )]

    use std::arch::x86_64::{
        __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
        _mm512_storeu_si512,
    };

    use super::{Quad, Quads, WIDTH};
    use crate::kernel::layout::{Group, groups};

    /// 32-bit lanes of a register.
    const LANES: usize = 16;
    const REGISTERS: usize = WIDTH / LANES;

    /// A processor that has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) struct Vnni(());

    impl Vnni {
        /// Whether this one does.
        pub(in crate::kernel) fn detect() -> Option<Self> {
            (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni"))
                .then_some(Self(()))
        }

        /// Adds to `sums`, one row for each row of `signed`, its products with the rows of `unsigned`.
        #[allow(clippy::unused_self, reason = "whoever has one has seen the processor")]
        pub(in crate::kernel) fn add_products(
            self,
            unsigned: &Quads,
            signed: &Quads,
            sums: &mut [[i32; WIDTH]; WIDTH],
        ) {
            // SAFETY: there is a `Vnni` only where the processor has been seen to have both features.
            unsafe { add_products(&unsigned.columns, &signed.columns, sums) }
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
        // SAFETY: the array has 64 values of 4 bytes, which are the 256 bytes that are read.
        std::array::from_fn(|r| unsafe {
            _mm512_loadu_si512(values.as_ptr().add(r * LANES).cast())
        })
    }

    /// A value of 32 bits.
    trait Lane {}
    impl Lane for u32 {}
    impl Lane for i32 {}
}

#[cfg(not(target_arch = "x86_64"))]
mod vnni {
    use super::{Quads, WIDTH};

    /// No processor of this kind has the instruction.
    #[derive(Clone, Copy)]
    pub(in crate::kernel) enum Vnni {}

    impl Vnni {
        pub(in crate::kernel) fn detect() -> Option<Self> {
            None
        }

        pub(in crate::kernel) fn add_products(
            self,
            _: &Quads,
            _: &Quads,
            _: &mut [[i32; WIDTH]; WIDTH],
        ) {
            match self {}
        }
    }
}
