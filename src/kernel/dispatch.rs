//! How the inner loops, plain Rust over arrays of fixed size, are compiled for each processor level; one dispatch a call.
//!
//! **Bits.** A row's sums are formed column by column in one order at every level, and lanes never mix. Levels with a
//! fused multiply-add (AVX-512, AVX2 + FMA, NEON) therefore give the same bits as one another; x86-64 without FMA
//! rounds twice where they round once and differs in the last places.

use super::layout::{Row, WIDTH};

/// What every processor of the target has: NEON with its fused multiply-add, or vectors of four without one.
pub(super) const BASE_LANES: usize = if BASE_FUSED { 16 } else { 8 };
pub(super) const BASE_FUSED: bool = cfg!(target_arch = "aarch64");

/// Compiles `body::<lanes at once, fused>` for each level and picks the best that the processor has.
macro_rules! for_each_level {
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
                if is_x86_feature_detected!("avx512f") {
                    // SAFETY: the processor has just been seen to have the feature that the function is compiled for.
                    #[allow(unsafe_code, reason = "AVX-512 more than triples the product's speed over the baseline")]
                    return unsafe { avx512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: as above, for both features.
                    #[allow(unsafe_code, reason = "AVX2 with FMA triples the product's speed over the baseline")]
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<{ super::dispatch::BASE_LANES }, { super::dispatch::BASE_FUSED }>($($arg),*)
        }
    };
}

/// Calls `$body::<M, ..>` with the group's length as the constant M.
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

#[inline(always)]
pub(super) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// `value`, or 0 where it is negative: one instruction, where `f32::max` takes care of NaN with three.
#[inline(always)]
pub(super) fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// The `L` values of a row from `lane` on.
#[inline(always)]
pub(super) fn part<const L: usize>(row: &Row, lane: usize) -> [f32; L] {
    let mut values = [0.0; L];
    values.copy_from_slice(&row.0[lane..lane + L]);
    values
}

/// Adds `scale * x` to `sum`, lane by lane.
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

/// Adds the lanes in one fixed order.
#[inline(always)]
pub(super) fn total(lanes: &Row) -> f32 {
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
