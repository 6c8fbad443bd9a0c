//! Collective operations on top of [`Communicator`]: sums in rank order, gathers, errors.

use std::fmt::Display;
use std::ops::AddAssign;

use bytemuck::{Pod, cast_slice, cast_slice_mut, pod_collect_to_vec};
use ndarray::Array2;

use super::interface::Communicator;
use crate::error::{CommunicatorError, Result};

/// Values per message between many ranks: few enough that a thousand ranks are busy at once, enough
/// that sending them takes about as long as starting a message.
const VALUES_PER_MESSAGE: usize = 512;
/// Up to this many ranks, messages are longer and fewer.
const FEW_RANKS: usize = 16;

/// Returns the number of values per message.
pub(crate) fn values_per_message(communicator: &dyn Communicator) -> usize {
    VALUES_PER_MESSAGE * (FEW_RANKS / communicator.size()).max(1)
}

/// Accumulates `len` values over all ranks in rank order, and returns the totals on all ranks.
///
/// The values travel in messages of `message_len`. `add` receives the index of the first value of a
/// message and the values as the preceding ranks left them (zeros on rank 0), and adds the values of
/// this rank.
pub(crate) fn ordered_reduce<T: Pod>(
    communicator: &dyn Communicator,
    len: usize,
    message_len: usize,
    mut add: impl FnMut(usize, &mut [T]),
) -> Vec<T> {
    let mut totals = vec![T::zeroed(); len];
    let rank = communicator.rank();
    let last = communicator.size() - 1;
    for (index, message) in totals.chunks_mut(message_len).enumerate() {
        if rank > 0 {
            communicator.receive(rank - 1, cast_slice_mut(message));
        }
        add(index * message_len, message);
        if rank < last {
            communicator.send(rank + 1, cast_slice(message));
        }
    }
    if last > 0 {
        communicator.broadcast(last, cast_slice_mut(&mut totals));
    }
    totals
}

/// Returns the element-wise sum of the `partials` of all ranks, `len` values each, added one after
/// another in rank order.
pub(crate) fn ordered_sum<T: Pod + AddAssign>(
    communicator: &dyn Communicator,
    len: usize,
    partials: &[Vec<T>],
) -> Vec<T> {
    let message_len = values_per_message(communicator);
    ordered_reduce(communicator, len, message_len, |first, totals: &mut [T]| {
        for partial in partials {
            for (total, value) in totals.iter_mut().zip(&partial[first..]) {
                *total += *value;
            }
        }
    })
}

/// Returns the element-wise logical OR of the flags of all ranks.
pub(crate) fn any_true(communicator: &dyn Communicator, flags: &[bool]) -> Vec<bool> {
    let message_len = values_per_message(communicator);
    let any = ordered_reduce(
        communicator,
        flags.len(),
        message_len,
        |first, any: &mut [u8]| {
            for (any, &flag) in any.iter_mut().zip(&flags[first..]) {
                *any |= u8::from(flag);
            }
        },
    );
    any.into_iter().map(|any| any != 0).collect()
}

/// Returns the bytes of each rank, on all ranks.
pub(crate) fn all_gather(communicator: &dyn Communicator, own: Vec<u8>) -> Vec<Vec<u8>> {
    communicator.exchange(&vec![own; communicator.size()])
}

/// Returns the values of all ranks, concatenated in rank order, on rank 0; an empty list elsewhere.
pub(crate) fn gather<T: Pod>(communicator: &dyn Communicator, own: &[T]) -> Vec<T> {
    let received = gather_bytes(communicator, cast_slice(own).to_vec());
    received
        .iter()
        .flat_map(|bytes| pod_collect_to_vec::<u8, T>(bytes))
        .collect()
}

/// Returns the rows of all ranks, concatenated in rank order, on rank 0; no rows elsewhere.
pub fn gather_rows<T: Pod>(communicator: &dyn Communicator, own: &Array2<T>) -> Array2<T> {
    let columns = own.ncols();
    let values = gather(communicator, &own.iter().copied().collect::<Vec<T>>());
    let rows = values.len().checked_div(columns).unwrap_or_default();
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        values[row * columns + column]
    })
}

/// Returns the lines of all ranks, concatenated in rank order, on rank 0; an empty list elsewhere.
pub fn gather_lines(communicator: &dyn Communicator, own: &[String]) -> Vec<String> {
    let bytes = serde_json::to_vec(own).unwrap_or_default();
    let mut lines = Vec::new();
    for received in gather_bytes(communicator, bytes) {
        if let Ok(mut received) = serde_json::from_slice::<Vec<String>>(&received) {
            lines.append(&mut received);
        }
    }
    lines
}

/// Returns the bytes of each rank on rank 0; empty lists elsewhere.
fn gather_bytes(communicator: &dyn Communicator, own: Vec<u8>) -> Vec<Vec<u8>> {
    let mut to = vec![Vec::new(); communicator.size()];
    to[0] = own;
    communicator.exchange(&to)
}

/// Returns `result` if it is `Ok` on all ranks, else the error of the lowest rank that has one, on
/// all ranks.
///
/// # Errors
/// If `result` is an error on any rank.
pub fn propagate_error<T, E: Display + From<CommunicatorError>>(
    communicator: &dyn Communicator,
    result: std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    if communicator.size() == 1 {
        return result;
    }
    let own = match &result {
        Ok(_) => String::new(),
        // `#` includes the causes, if the error type prints them.
        Err(error) => format!("{error:#}"),
    };
    let messages = all_gather(communicator, own.into_bytes());
    match messages.iter().position(|message| !message.is_empty()) {
        None => result,
        Some(rank) => Err(CommunicatorError::OnRank {
            rank,
            message: String::from_utf8_lossy(&messages[rank]).into_owned(),
        }
        .into()),
    }
}

/// Checks that `value` is the same on all ranks; `what` names it in the error.
///
/// # Errors
/// If a rank has another value than rank 0: [`CommunicatorError::Differs`].
pub fn check_same(communicator: &dyn Communicator, what: &'static str, value: u64) -> Result<()> {
    let mut first = [value];
    communicator.broadcast(0, cast_slice_mut(&mut first));
    let same = if first[0] == value {
        Ok(())
    } else {
        Err(CommunicatorError::Differs { what }.into())
    };
    propagate_error(communicator, same)
}
