//! Work shared among threads: every result in the order of its input, so that no sum depends on who was faster.

use rayon::prelude::*;

/// More threads than any machine has cores; to start tens of thousands takes minutes.
const MOST_THREADS: usize = 1024;

/// Runs `work` with `threads` threads for all that this crate learns; as many as the machine has cores where `None` or
/// where so many cannot be had.
///
/// The results are the same for any number: what is cut into pieces, and the order in which their sums are added,
/// follow from the size of the data alone.
pub fn with_threads<R: Send>(threads: Option<usize>, work: impl FnOnce() -> R + Send) -> R {
    match threads.and_then(|n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n.min(MOST_THREADS))
            .build()
            .ok()
    }) {
        Some(pool) => pool.install(work),
        // On one of the pool's own threads, so that no loop has to wake and await the pool from outside.
        None => rayon::scope(|_| work()),
    }
}

/// Applies `work` to each item and its index.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    items
        .par_iter()
        .enumerate()
        .map(|(index, item)| work(index, item))
        .collect()
}

/// Applies `work` to each number below `count`.
pub(crate) fn map_range<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    (0..count).into_par_iter().map(work).collect()
}

/// Applies `work` to each run of `size` items, with the index of its first.
pub(crate) fn map_chunks_mut<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) -> R + Sync,
) -> Vec<R> {
    items
        .par_chunks_mut(size)
        .enumerate()
        .map(|(chunk, items)| work(chunk * size, items))
        .collect()
}
