//! Processes that work on one set of images together, and what passes between them. Not what is summed.
//!
//! Each process, a **rank**, holds a share of the images; shares follow one another in the order of the ranks. What all
//! need is small: sums travel from the first rank to the last, each adds its own in the order of its images, and the last
//! tells all. So they are added in the order in which one process alone would add
//! them, and no bit hangs on how many there are. They travel in pieces, so that all ranks add at the same time.

#[cfg(feature = "mpi")]
mod mpi;

use std::fmt::Display;
use std::ops::AddAssign;

#[cfg(feature = "mpi")]
pub use self::mpi::{MpiCommunicator, Traffic};
use bytemuck::{Pod, cast_slice, cast_slice_mut, pod_collect_to_vec};
use ndarray::{Array2, s};

use crate::error::{CommunicatorError, Result};

/// Values that travel in one message between many ranks: so few that a thousand are busy at once, so many that sending
/// them takes about as long as to begin.
const PIECE: usize = 512;
/// Ranks up to which the messages are longer and fewer.
const FEW: usize = 16;

/// The processes that share a set of images, as one of them sees the others. All of them make the same calls in the same
/// order.
pub trait Communicator: Sync {
    /// Which of them this is, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends bytes to another one, which receives as many.
    fn send(&self, to: usize, bytes: &[u8]);

    /// Receives the bytes that another one sends.
    fn receive(&self, from: usize, bytes: &mut [u8]);

    /// Gives all of them the bytes that one has.
    fn broadcast(&self, from: usize, bytes: &mut [u8]);

    /// Sends each its bytes, also to itself, and gives what came from each.
    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>>;
}

/// One process that has all images.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SingleProcess;

impl Communicator for SingleProcess {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, _to: usize, _bytes: &[u8]) {}

    fn receive(&self, _from: usize, _bytes: &mut [u8]) {}

    fn broadcast(&self, _from: usize, _bytes: &mut [u8]) {}

    fn exchange(&self, to: &[Vec<u8>]) -> Vec<Vec<u8>> {
        to.to_vec()
    }
}

/// How many values travel in one message.
pub(crate) fn piece(communicator: &dyn Communicator) -> usize {
    PIECE * (FEW / communicator.size()).max(1)
}

/// Sums of `len` values over all ranks, in their order: `add` gets the index of a piece's first value and the piece as
/// the ranks before leave it, at first zeros, and adds this rank's share.
pub(crate) fn ordered_reduce<T: Pod>(
    communicator: &dyn Communicator,
    len: usize,
    piece: usize,
    mut add: impl FnMut(usize, &mut [T]),
) -> Vec<T> {
    let mut totals = vec![T::zeroed(); len];
    let (rank, last) = (communicator.rank(), communicator.size() - 1);
    for (index, piece_totals) in totals.chunks_mut(piece).enumerate() {
        if rank > 0 {
            communicator.receive(rank - 1, cast_slice_mut(piece_totals));
        }
        add(index * piece, piece_totals);
        if rank < last {
            communicator.send(rank + 1, cast_slice(piece_totals));
        }
    }
    if last > 0 {
        communicator.broadcast(last, cast_slice_mut(&mut totals));
    }
    totals
}

/// Sums of as many values as each of the `shares` has, the shares of all ranks one after another.
pub(crate) fn add_up<T: Pod + AddAssign>(
    communicator: &dyn Communicator,
    len: usize,
    shares: &[Vec<T>],
) -> Vec<T> {
    ordered_reduce(
        communicator,
        len,
        piece(communicator),
        |first, totals: &mut [T]| {
            for share in shares {
                totals
                    .iter_mut()
                    .zip(&share[first..])
                    .for_each(|(total, value)| *total += *value);
            }
        },
    )
}

/// For each of some questions, whether any rank says yes.
pub(crate) fn any(communicator: &dyn Communicator, yes: &[bool]) -> Vec<bool> {
    let said = ordered_reduce(
        communicator,
        yes.len(),
        piece(communicator),
        |first, said: &mut [u8]| {
            said.iter_mut()
                .zip(&yes[first..])
                .for_each(|(said, &yes)| *said |= u8::from(yes));
        },
    );
    said.into_iter().map(|said| said != 0).collect()
}

/// The bytes of each rank, on all of them.
pub(crate) fn all_gather(communicator: &dyn Communicator, own: Vec<u8>) -> Vec<Vec<u8>> {
    communicator.exchange(&vec![own; communicator.size()])
}

/// The values of all ranks, one after another, on the first; none on the others.
pub(crate) fn gather<T: Pod>(communicator: &dyn Communicator, own: &[T]) -> Vec<T> {
    let mut to = vec![Vec::new(); communicator.size()];
    to[0] = cast_slice(own).to_vec();
    communicator
        .exchange(&to)
        .iter()
        .flat_map(|bytes| pod_collect_to_vec::<u8, T>(bytes))
        .collect()
}

/// The rows of all ranks, one after another, on the first; none on the others.
pub fn gather_rows<T: Pod>(communicator: &dyn Communicator, own: &Array2<T>) -> Array2<T> {
    let values = gather(communicator, &own.iter().copied().collect::<Vec<T>>());
    let rows = values.len().checked_div(own.ncols()).unwrap_or_default();
    Array2::from_shape_fn((rows, own.ncols()), |(row, column)| {
        values[row * own.ncols() + column]
    })
}

/// The lines of all ranks, one after another, on the first; none on the others.
pub fn gather_lines(communicator: &dyn Communicator, own: &[String]) -> Vec<String> {
    let mut to = vec![Vec::new(); communicator.size()];
    to[0] = serde_json::to_vec(own).unwrap_or_default();
    let lines = communicator
        .exchange(&to)
        .into_iter()
        .filter_map(|lines| serde_json::from_slice::<Vec<String>>(&lines).ok());
    lines.flatten().collect()
}

/// The result, unless that of another rank is an error: then the first such error, with its rank, on all of them.
///
/// # Errors
/// If there is an error on any rank.
pub fn propagate_error<T, E: Display + From<CommunicatorError>>(
    communicator: &dyn Communicator,
    result: std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    if communicator.size() == 1 {
        return result;
    }
    // With its causes, if the error tells them so.
    let own = result
        .as_ref()
        .err()
        .map(|error| format!("{error:#}"))
        .unwrap_or_default();
    let said = all_gather(communicator, own.into_bytes());
    match said.iter().position(|said| !said.is_empty()) {
        None => result,
        Some(rank) => Err(CommunicatorError::OnRank {
            rank,
            message: String::from_utf8_lossy(&said[rank]).into_owned(),
        }
        .into()),
    }
}

/// Sees that all ranks have the same `value` of something.
///
/// # Errors
/// If one has another than the first: [`CommunicatorError::Differs`].
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

/// A list whose items are spread over the ranks of a team, one run each.
#[derive(Clone, Copy)]
pub(crate) struct Partition<'a> {
    pub(crate) communicator: &'a dyn Communicator,
    /// How many items the ranks before hold.
    pub(crate) first: usize,
    /// How many this one holds.
    pub(crate) own: usize,
    /// How many all of them hold.
    pub(crate) all: usize,
}

impl<'a> Partition<'a> {
    /// Of a list of which this rank has `own` items.
    pub(crate) fn of(communicator: &'a dyn Communicator, own: usize) -> Self {
        let counts = all_gather(communicator, (own as u64).to_le_bytes().to_vec());
        let counts = counts.iter().map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0, |count, &byte| count << 8 | usize::from(byte))
        });
        let counts: Vec<usize> = counts.collect();
        Self {
            communicator,
            first: counts[..communicator.rank()].iter().sum(),
            own,
            all: counts.iter().sum(),
        }
    }

    /// The sum of values of all ranks, one after another.
    pub(crate) fn sum(&self, values: &[f64]) -> f64 {
        ordered_reduce(self.communicator, 1, 1, |_, total: &mut [f64]| {
            for value in values {
                total[0] += value;
            }
        })[0]
    }

    /// How many all ranks have counted.
    pub(crate) fn count(&self, own: usize) -> usize {
        ordered_reduce(self.communicator, 1, 1, |_, total: &mut [u64]| {
            total[0] += own as u64;
        })[0] as usize
    }

    /// This rank's of the rows of all.
    pub(crate) fn share<T: Clone>(&self, rows: &Array2<T>) -> Array2<T> {
        rows.slice(s![self.first..self.first + self.own, ..])
            .to_owned()
    }

    /// Gives all ranks the values that the one with item `index` makes of the item's place among its own.
    pub(crate) fn of_owner<T: Pod>(
        &self,
        index: usize,
        len: usize,
        make: impl FnOnce(usize) -> Vec<T>,
    ) -> Vec<T> {
        let own = (self.first..self.first + self.own).contains(&index);
        let owner = ordered_reduce(self.communicator, 1, 1, |_, owner: &mut [u64]| {
            if own {
                owner[0] = self.communicator.rank() as u64;
            }
        });
        let mut values = if own {
            make(index - self.first)
        } else {
            vec![T::zeroed(); len]
        };
        self.communicator
            .broadcast(owner[0] as usize, cast_slice_mut(&mut values));
        values
    }

    /// Gives all ranks the values that the first one has.
    pub(crate) fn of_first<T: Pod>(&self, values: &mut [T]) {
        self.communicator.broadcast(0, cast_slice_mut(values));
    }
}

/// Images that are cut apart only where sums are: those over images are formed in runs of so many.
const RUN: usize = 4096;
/// Images of a panel, which takes as long however few of them there are: no share ends within one.
const PANEL: usize = 64;

/// Where the share of each of `ranks` begins among `len` images, and the end of the last: between runs where there is one
/// for each, or else between panels; where these are few, some shares are empty.
///
/// Cut between runs, the images give the same bits as on one rank.
pub(crate) fn cut(len: usize, ranks: usize) -> Vec<usize> {
    cut_by(unit(len, ranks), len, ranks)
}

/// Of how many images the pieces are that are not cut where so many are shared.
fn unit(len: usize, ranks: usize) -> usize {
    if len >= RUN * ranks { RUN } else { PANEL }
}

/// Where each rank's share of a sample of `len` of these images begins, and the end of the last: cut as the images are.
pub(crate) fn cut_sample(images: Partition, len: usize) -> Vec<usize> {
    let ranks = images.communicator.size();
    let within_run = any(images.communicator, &[!images.first.is_multiple_of(RUN)])[0];
    cut_by(if within_run { unit(len, ranks) } else { RUN }, len, ranks)
}

/// As [`cut`], between runs of `unit` images.
fn cut_by(unit: usize, len: usize, ranks: usize) -> Vec<usize> {
    let units = len.div_ceil(unit);
    (0..=ranks)
        .map(|rank| len.min(units * rank / ranks * unit))
        .collect()
}
