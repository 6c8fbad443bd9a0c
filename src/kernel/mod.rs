//! The products and sweeps that all the speed comes from. Knows the pixel matrix and factors; not where pixels come from,
//! not rules.
//!
//! A matrix is cut into **panels** of [`WIDTH`] rows. Within a panel the values of one column lie side by side, so that
//! one vector instruction works on that column for many rows at once and no row ever waits for another. The factor
//! that stays fixed during a half step is **packed** in groups of up to [`GROUP`] parts: a group's sums fill the vector
//! registers of the processor, each pixel that is loaded serves the whole group, and each packed value a whole panel.
//!
//! Everything is plain loops over arrays of fixed size, compiled once for each processor level (see [`level`]), but for
//! one instruction on bytes (see [`bytes`]).

#![allow(
    clippy::inline_always,
    reason = "a body takes on the level of the function that it is inlined into"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes of several arrays read best by index"
)]
#![allow(
    clippy::large_stack_arrays,
    reason = "a chunk is made to fill the first cache; a stack has room for many"
)]

#[macro_use]
mod level;

mod bytes;
mod divergence;
mod factor;
mod known;
mod matrix;
mod panel;
mod panels;
mod products;
mod rebuild;
mod runs;
mod scratch;
mod selection;
mod sweeps;
mod whole;

pub(crate) use divergence::{Divergence, Quotient, overlap};
pub(crate) use factor::{Factor, FactorPanel, GramSums, PackedGram};
pub(crate) use known::Known;
pub use matrix::Block;
pub(crate) use matrix::{BlockReader, IMAGES_A_TASK, Matrix, Source};
pub(crate) use panels::Panels;
pub(crate) use rebuild::FixedFactor;
pub(crate) use scratch::Scratch;
pub(crate) use selection::{Cut, Selection};
pub(crate) use sweeps::{
    MOST_SWEEPS, extrapolate, loss_share, lower, power_sums, scale, sweep_to_rest,
};
pub(crate) use whole::{add_part, whole_gram};

/// Rows of a panel.
pub(crate) const WIDTH: usize = 64;

/// Columns that are handled together, a panel of the other side: 16 kB that stay in the first cache while all groups
/// use them.
pub(crate) const CHUNK: usize = WIDTH;

/// The most parts of a group: 5 parts x 64 rows fill 20 of AVX-512's 32 registers, and in quarters 10 of AVX2's 16.
///
/// A sweep waits for each part before it goes on to the next, so that wide panels and small groups keep the processor
/// busy; products alone would be a little faster with 6.
pub(crate) const GROUP: usize = 5;

/// One column of a panel, aligned to the cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row(pub(crate) [f32; WIDTH]);

impl Row {
    pub(crate) const ZERO: Self = Self([0.0; WIDTH]);
}

/// A run of parts that are updated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

/// `rank` parts in as few groups as possible, none smaller than another by more than one: 49 is 9 x 5 + 4.
pub(crate) fn groups(rank: usize) -> impl Iterator<Item = Group> + Clone {
    let count = rank.div_ceil(GROUP).max(1);
    let (len, longer) = (rank / count, rank % count);
    (0..count).map(move |g| Group {
        start: g * len + g.min(longer),
        len: len + usize::from(g < longer),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_cover_every_rank_without_padding() {
        for rank in 1..300 {
            let mut next = 0;
            for group in groups(rank) {
                assert_eq!(group.start, next);
                assert!((1..=GROUP).contains(&group.len), "rank {rank}: {group:?}");
                next += group.len;
            }
            assert_eq!(next, rank);
        }
    }
}
