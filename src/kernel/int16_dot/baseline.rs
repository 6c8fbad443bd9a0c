//! Integer products in plain Rust, which the compiler turns into the vectors of the target.

use super::pair::Pair;
use super::words::{Words, inner_products_of_words, product_of_words};
use crate::kernel::dispatch::BASE_FUSED;
use crate::kernel::integer_panel::IntegerPanel;
use crate::kernel::layout::{Lanes, WIDTH};

/// The number of lanes that serve as a register.
const LANES: usize = 8;
const REGISTERS: usize = 1;

/// Lanes as an array.
#[derive(Clone, Copy)]
struct Plain([u32; LANES]);

#[allow(
    unsafe_code,
    reason = "the trait is that of intrinsics; nothing here is unsafe"
)]
impl Words for Plain {
    const LANES: usize = LANES;

    #[inline(always)]
    unsafe fn zero() -> Self {
        Self([0; LANES])
    }

    #[inline(always)]
    unsafe fn load(words: &[u32]) -> Self {
        let mut lanes = [0; LANES];
        lanes.copy_from_slice(&words[..LANES]);
        Self(lanes)
    }

    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        Self([word; LANES])
    }

    #[inline(always)]
    unsafe fn add_products(self, a: Self, b: Self) -> Self {
        let mut sums = self.0;
        for l in 0..LANES {
            let [a_low, a_high] = halves(a.0[l]);
            let [b_low, b_high] = halves(b.0[l]);
            let products = a_low * b_low + a_high * b_high;
            sums[l] = sums[l].wrapping_add_signed(products);
        }
        Self(sums)
    }

    #[inline(always)]
    unsafe fn store(self, words: &mut [i32]) {
        for l in 0..LANES {
            words[l] = self.0[l].cast_signed();
        }
    }
}

/// Returns the two 16-bit numbers of a word.
#[inline(always)]
fn halves(word: u32) -> [i32; 2] {
    let word = word.cast_signed();
    [word << 16 >> 16, word >> 16]
}

pub(super) fn product(x: &[Pair], places: &[u8], fixed: &IntegerPanel, sums: &mut [Lanes]) {
    // SAFETY: these lanes need no instruction set.
    #[allow(unsafe_code, reason = "see above")]
    unsafe {
        product_of_words::<Plain, REGISTERS, BASE_FUSED>(x, places, fixed, sums);
    }
}

pub(super) fn inner_products(own: &[Pair], other: &[Pair], sums: &mut [[i32; WIDTH]; WIDTH]) {
    // SAFETY: as above.
    #[allow(unsafe_code, reason = "see above")]
    unsafe {
        inner_products_of_words::<Plain, REGISTERS>(own, other, sums);
    }
}
