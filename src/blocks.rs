//! Work over many items at once: rayon here and nowhere else. Not what the work is.

use rayon::prelude::*;

/// `work(index, item)` for every item, in parallel; the results are in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    items
        .par_iter()
        .enumerate()
        .map(|(index, item)| work(index, item))
        .collect()
}
