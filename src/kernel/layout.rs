//! Sizes and types of the data layout that the module documentation describes.

use crate::communicator::{IMAGES_PER_PANEL, IMAGES_PER_RUN};

/// Rows per panel.
pub(crate) const WIDTH: usize = 64;

/// Columns per chunk, as many as the fixed factor's panel has rows.
pub(crate) const CHUNK: usize = WIDTH;

/// Pairs of columns per chunk.
pub(crate) const PAIRS: usize = CHUNK / 2;

/// The largest number of parts in a group. 5 parts x 64 rows fill 20 of the 32 AVX-512 registers; a
/// quarter of the rows at a time, they fill 10 of the 16 AVX2 registers.
///
/// A sweep handles one part after another, so wide panels and small groups keep the processor busy;
/// products alone would be slightly faster with 6.
pub(crate) const GROUP: usize = 5;

/// Columns per run. Longer sums in `f32` would lose digits.
pub(crate) const RUN: usize = 64 * CHUNK;

/// Chunks per run.
pub(crate) const CHUNKS_PER_RUN: usize = RUN / CHUNK;

// Bits do not depend on the number of ranks only if ranks are divided where sums are.
const _: () = assert!(RUN == IMAGES_PER_RUN, "ranks are divided between runs");
const _: () = assert!(
    WIDTH == IMAGES_PER_PANEL,
    "ranks are divided between panels"
);

/// The places of the columns of a chunk that is stored completely.
pub(crate) const ALL_PLACES: [u8; CHUNK] = {
    let mut places = [0; CHUNK];
    let mut place = 0;
    while place < CHUNK {
        places[place] = place as u8;
        place += 1;
    }
    places
};

/// One value for each row of a panel, aligned to the cache line: a column of X, or one part of a
/// factor.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f32; WIDTH]);

impl Lanes {
    pub(crate) const ZERO: Self = Self([0.0; WIDTH]);
}

/// Consecutive parts that are updated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

/// Divides `rank` parts into as few groups as possible, of sizes that differ by at most one:
/// 49 = 9 x 5 + 4.
pub(crate) fn groups(rank: usize) -> impl Iterator<Item = Group> + Clone {
    let count = rank.div_ceil(GROUP).max(1);
    let (len, longer) = (rank / count, rank % count);
    (0..count).map(move |index| Group {
        start: index * len + index.min(longer),
        len: len + usize::from(index < longer),
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
