//! Parallel loops over threads. Results are in the order of their inputs, so no sum depends on the
//! scheduling of threads. Any thread can take each item on its own (`with_max_len`), since items are
//! few, large and of different cost.

use ndarray::Array2;
use rayon::prelude::*;

/// The most threads that [`with_threads`] starts: more than any machine has cores. Tens of thousands take minutes to start.
pub const MAX_THREADS: usize = 1024;

/// Runs `work` with `threads` threads for all computations of this crate; with one thread per core if
/// `None` or if so many threads cannot be started.
///
/// The results are the same for any number of threads: the division into tasks and the order in which
/// their sums are added depend only on the size of the data.
pub fn with_threads<R: Send>(threads: Option<usize>, work: impl FnOnce() -> R + Send) -> R {
    match threads.and_then(|n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n.min(MAX_THREADS))
            .build()
            .ok()
    }) {
        Some(pool) => pool.install(work),
        // Runs on a thread of the pool, so that no loop has to wake the pool and wait for it.
        None => rayon::scope(|_| work()),
    }
}

/// Applies `work` to each item and its index, in parallel.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    items
        .par_iter()
        .with_max_len(1)
        .enumerate()
        .map(|(index, item)| work(index, item))
        .collect()
}

/// Applies `work` to each number below `count`, in parallel.
pub(crate) fn map_range<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    let indices = (0..count).into_par_iter().with_max_len(1);
    indices.map(work).collect()
}

/// Applies `work` to each chunk of `size` rows, one after another, and the index of the first of them, in parallel.
pub(crate) fn for_rows_mut(
    matrix: &mut Array2<f32>,
    size: usize,
    work: impl Fn(usize, &mut [f32]) + Sync,
) {
    let columns = matrix.ncols().max(1);
    let values = matrix.as_slice_mut().expect("rows one after another");
    map_chunks_mut(values, size * columns, |first, rows| {
        work(first / columns, rows);
    });
}

/// Sorts items that differ from one another, in parallel.
#[cfg_attr(
    not(feature = "formats"),
    expect(dead_code, reason = "only readers sort many items")
)]
pub(crate) fn sort<T: Ord + Send>(items: &mut [T]) {
    items.par_sort_unstable();
}

/// Does two things in parallel.
pub(crate) fn both<A: Send, B: Send>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    rayon::join(first, second)
}

/// Applies `work` to each chunk of `size` items and the index of its first item, in parallel.
pub(crate) fn map_chunks_mut<T: Send, R: Send>(
    items: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) -> R + Sync,
) -> Vec<R> {
    items
        .par_chunks_mut(size)
        .with_max_len(1)
        .enumerate()
        .map(|(chunk, items)| work(chunk * size, items))
        .collect()
}
