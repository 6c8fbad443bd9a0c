//! Compiles inner loops once per instruction set and selects one at run time.
//!
//! **Bits.** The sums of a row are formed column by column in the same order for every instruction
//! set, and lanes never mix. Instruction sets with a fused multiply-add (AVX-512, AVX2 + FMA, NEON)
//! therefore give the same bits. x86-64 without FMA rounds twice where they round once and differs in
//! the last digits.

use super::layout::{Lanes, WIDTH};

/// Lanes at once on the baseline of the target: NEON with its fused multiply-add, or vectors of four
/// without one.
pub(super) const BASE_LANES: usize = if BASE_FUSED { 16 } else { 8 };
pub(super) const BASE_FUSED: bool = cfg!(target_arch = "aarch64");

/// Defines a function that calls `$body::<LANES_AT_ONCE, FUSED>`, compiled once per instruction set,
/// in the best version that the processor supports.
macro_rules! dispatch {
    ($(#[$doc:meta])* $name:ident = $body:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)?) => {
        $(#[$doc])*
        pub(crate) fn $name($($arg: $type),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f")]
                fn avx512($($arg: $type),*) $(-> $out)? {
                    $body::<64, true>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) $(-> $out)? {
                    $body::<16, true>($($arg),*)
                }
                let level = $crate::kernel::level::Level::current();
                if level >= $crate::kernel::level::Level::Avx512 {
                    // SAFETY: the processor was detected to support the features of the function.
                    #[allow(unsafe_code, reason = "AVX-512 makes products more than three times as fast as the baseline")]
                    return unsafe { avx512($($arg),*) };
                }
                if level >= $crate::kernel::level::Level::Avx2 {
                    // SAFETY: as above.
                    #[allow(unsafe_code, reason = "AVX2 with FMA makes products three times as fast as the baseline")]
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<{ $crate::kernel::dispatch::BASE_LANES }, { $crate::kernel::dispatch::BASE_FUSED }>($($arg),*)
        }
    };
}

/// Calls `$body::<M, LANES_AT_ONCE, FUSED>` with the length of the group as the constant M.
macro_rules! for_group {
    ($len:expr, $body:ident, $lanes:ident, $fused:ident, ($($arg:expr),*)) => {
        match $len {
            5 => $body::<5, $lanes, $fused>($($arg),*),
            4 => $body::<4, $lanes, $fused>($($arg),*),
            3 => $body::<3, $lanes, $fused>($($arg),*),
            2 => $body::<2, $lanes, $fused>($($arg),*),
            _ => $body::<1, $lanes, $fused>($($arg),*),
        }
    };
}

/// Returns `a b + c`, rounded once if FUSED.
#[inline(always)]
pub(super) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// Returns `max(0, value)` in one instruction; `f32::max` takes three because of NaN.
#[inline(always)]
pub(super) fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// Returns L lanes from `lane` on.
#[inline(always)]
pub(super) fn load<const L: usize>(lanes: &Lanes, lane: usize) -> [f32; L] {
    let mut values = [0.0; L];
    values.copy_from_slice(&lanes.0[lane..lane + L]);
    values
}

/// `sum ← sum + scale x`, lane by lane.
#[inline(always)]
pub(super) fn add_scaled<const L: usize, const FUSED: bool>(
    sum: &mut [f32; L],
    scale: f32,
    x: &[f32; L],
) {
    for l in 0..L {
        sum[l] = multiply_add::<FUSED>(scale, x[l], sum[l]);
    }
}

/// Returns the sum of all lanes, added in a fixed order.
#[inline(always)]
pub(super) fn total(lanes: &Lanes) -> f32 {
    let mut sums = lanes.0;
    let mut half = WIDTH / 2;
    while half > 0 {
        for l in 0..half {
            sums[l] += sums[l + half];
        }
        half /= 2;
    }
    sums[0]
}
