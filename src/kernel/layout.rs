//! Sizes and types of the data layout: panels, rows, chunks, runs and groups.

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

/// Columns that are summed in one go; longer sums in f32 lose digits, so runs are summed apart.
pub(crate) const RUN: usize = 64 * CHUNK;

/// Chunks that are summed in one go.
pub(crate) const CHUNKS_A_RUN: usize = RUN / CHUNK;

/// The places of a chunk of which no column is left out.
pub(crate) const ALL: [u8; CHUNK] = {
    let mut places = [0; CHUNK];
    let mut place = 0;
    while place < CHUNK {
        places[place] = place as u8;
        place += 1;
    }
    places
};

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
