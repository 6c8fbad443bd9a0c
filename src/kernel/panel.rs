//! One panel of the pixel matrix, in memory or on disk.

use std::ops::Range;

use super::columns::{ColumnIndex, PanelColumns};
use super::int16_dot::{Pair, interleave};
use super::known_bits::ALL_KNOWN;
use super::layout::{ALL_PLACES, CHUNK, Lanes, WIDTH};
use super::products::widen;
use super::scratch::ScratchColumns;

/// A column of bytes that is not stored.
static ZEROS: [u8; WIDTH] = [0; WIDTH];

/// The columns of one panel, [`WIDTH`] values each; lanes without a row are 0.
pub(super) struct Panel {
    storage: PanelStorage,
    /// The known rows of each column, one bit per row; `None` if all values are known.
    known: Option<Vec<u64>>,
}

/// Where the columns are.
enum PanelStorage {
    /// All columns, in memory.
    All(PanelColumns<'static>),
    /// Columns that are not zero, in memory.
    NonZero(PanelColumns<'static>, ColumnIndex),
    /// Columns that are not zero, in a scratch file.
    OnDisk(ScratchColumns, ColumnIndex),
}

impl Panel {
    /// Returns a panel of all columns, whose unknown values are 0.
    pub(super) fn new(columns: PanelColumns<'static>, known: Option<Vec<u64>>) -> Self {
        Self {
            storage: PanelStorage::All(columns),
            known,
        }
    }

    /// Returns a panel of the columns that are not zero.
    pub(super) fn in_memory(
        mut columns: PanelColumns<'static>,
        index: ColumnIndex,
        known: Option<Vec<u64>>,
    ) -> Self {
        columns.shrink_to_fit();
        let storage = if index.has_all() {
            PanelStorage::All(columns)
        } else {
            PanelStorage::NonZero(columns, index)
        };
        Self { storage, known }
    }

    /// Returns a panel whose columns are in a scratch file.
    pub(super) fn on_disk(
        columns: ScratchColumns,
        index: ColumnIndex,
        known: Option<Vec<u64>>,
    ) -> Self {
        Self {
            storage: PanelStorage::OnDisk(columns, index),
            known,
        }
    }

    /// Returns a view of some chunks, which are read now if they are on disk.
    pub(super) fn view(&self, chunks: Range<usize>) -> PanelView<'_> {
        let (columns, first) = match &self.storage {
            PanelStorage::All(columns) | PanelStorage::NonZero(columns, _) => {
                (columns.borrowed(), 0)
            }
            PanelStorage::OnDisk(columns, index) => {
                let first = index.before(chunks.start);
                (columns.read(chunks, index), first)
            }
        };
        PanelView {
            panel: self,
            columns,
            first,
        }
    }

    /// Returns the range of a chunk's columns among the stored columns, and their places in the chunk.
    pub(super) fn places(&self, chunk: usize) -> (Range<usize>, &[u8]) {
        match &self.storage {
            PanelStorage::All(columns) => {
                let range = chunk * CHUNK..columns.len().min((chunk + 1) * CHUNK);
                (range.clone(), &ALL_PLACES[..range.len()])
            }
            PanelStorage::NonZero(_, index) | PanelStorage::OnDisk(_, index) => index.chunk(chunk),
        }
    }

    /// Returns whether the columns are on disk.
    pub(super) fn is_on_disk(&self) -> bool {
        matches!(self.storage, PanelStorage::OnDisk(..))
    }

    /// Returns whether every column is stored.
    fn has_all_columns(&self) -> bool {
        matches!(self.storage, PanelStorage::All(_))
    }

    /// Returns the known rows of each column of a range within a chunk, one bit per row.
    pub(super) fn known(&self, range: Range<usize>) -> &[u64] {
        match &self.known {
            None => &[ALL_KNOWN; CHUNK][..range.len()],
            Some(known) => &known[range],
        }
    }

    /// Returns whether values are stored as `u8`.
    pub(super) fn is_u8(&self) -> bool {
        match &self.storage {
            PanelStorage::All(columns) | PanelStorage::NonZero(columns, _) => {
                matches!(columns, PanelColumns::U8(_))
            }
            PanelStorage::OnDisk(columns, _) => columns.is_u8(),
        }
    }
}

/// Some chunks of a panel, in memory.
pub(super) struct PanelView<'a> {
    panel: &'a Panel,
    columns: PanelColumns<'a>,
    /// The number of stored columns of the panel before those of the view.
    first: usize,
}

impl Drop for PanelView<'_> {
    fn drop(&mut self) {
        if let PanelStorage::OnDisk(columns, _) = &self.panel.storage {
            columns.recycle(&mut self.columns);
        }
    }
}

impl PanelView<'_> {
    /// Returns the stored columns of a chunk, and their places in it; bytes are converted into
    /// `buffer`.
    pub(super) fn chunk<'b>(
        &'b self,
        index: usize,
        buffer: &'b mut [Lanes],
    ) -> (&'b [Lanes], &'b [u8]) {
        let (range, places) = self.panel.places(index);
        (self.stored_columns(range, buffer), places)
    }

    /// Returns the stored columns of a chunk in pairs, converted into `buffer`, and the places of the
    /// columns; `None` if they are not bytes.
    pub(super) fn pairs<'b>(
        &self,
        index: usize,
        buffer: &'b mut [Pair],
    ) -> Option<(&'b [Pair], &[u8])> {
        let PanelColumns::U8(columns) = &self.columns else {
            return None;
        };
        let (range, places) = self.panel.places(index);
        let columns = &columns[range.start - self.first..range.end - self.first];
        let pairs = &mut buffer[..columns.len().div_ceil(2)];
        interleave(columns, pairs);
        Some((pairs, places))
    }

    /// Copies a range of the stored columns.
    pub(super) fn copy(&self, range: Range<usize>, to: &mut [Lanes]) {
        let range = range.start - self.first..range.end - self.first;
        match &self.columns {
            PanelColumns::U8(columns) => widen(&columns[range], to),
            PanelColumns::F32(columns) => to.copy_from_slice(&columns[range]),
        }
    }

    /// Returns all columns of a range, with zeros for those not stored.
    pub(super) fn columns<'b>(
        &'b self,
        range: Range<usize>,
        buffer: &'b mut [Lanes],
    ) -> &'b [Lanes] {
        if self.panel.has_all_columns() {
            return self.stored_columns(range, buffer);
        }
        let buffer = &mut buffer[..range.len()];
        buffer.fill(Lanes::ZERO);
        for (at, column) in self.stored_in(&range) {
            let to = &mut buffer[column - range.start];
            self.copy(at..at + 1, std::slice::from_mut(to));
        }
        buffer
    }

    /// Returns all columns of a range of a `u8` panel, with [`ZEROS`] for those not stored.
    pub(super) fn bytes(&self, range: Range<usize>) -> Vec<&[u8; WIDTH]> {
        let mut bytes = vec![&ZEROS; range.len()];
        if let PanelColumns::U8(columns) = &self.columns {
            for (at, column) in self.stored_in(&range) {
                bytes[column - range.start] = &columns[at - self.first];
            }
        }
        bytes
    }

    /// Returns the stored columns of a range: the position of each among the stored columns, and its
    /// column of the panel.
    fn stored_in(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let chunks = range.start / CHUNK..range.end.div_ceil(CHUNK);
        chunks
            .flat_map(|chunk| {
                let (stored, places) = self.panel.places(chunk);
                let columns = places
                    .iter()
                    .map(move |&place| chunk * CHUNK + usize::from(place));
                stored.zip(columns)
            })
            .filter(|(_, column)| range.contains(column))
    }

    /// Returns a range of the stored columns; bytes are converted into `buffer`.
    fn stored_columns<'b>(&'b self, range: Range<usize>, buffer: &'b mut [Lanes]) -> &'b [Lanes] {
        let range = range.start - self.first..range.end - self.first;
        match &self.columns {
            PanelColumns::F32(columns) => &columns[range],
            PanelColumns::U8(columns) => {
                let buffer = &mut buffer[..range.len()];
                widen(&columns[range], buffer);
                buffer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_columns_are_not_stored_and_are_read_back() {
        let column = |j: usize| {
            if (j / 2).is_multiple_of(3) {
                [0; WIDTH]
            } else {
                [j as u8; WIDTH]
            }
        };
        let columns: Vec<[u8; WIDTH]> = (0..150).map(column).collect();
        let wide: Vec<Lanes> = columns
            .iter()
            .map(|column| Lanes(column.map(f32::from)))
            .collect();
        for mut columns in [
            PanelColumns::U8(columns.into()),
            PanelColumns::F32(wide.clone().into()),
        ] {
            let (zero, mut index) = (columns.zero_columns(None), ColumnIndex::new());
            index.extend(&zero);
            columns.remove(&zero);
            let panel = Panel::in_memory(columns, index, None);
            let view = panel.view(0..3);
            let mut buffer = [Lanes::ZERO; 2 * CHUNK];
            let (stored, places) = view.chunk(1, &mut buffer);
            let expected: Vec<usize> = (64..128usize)
                .filter(|j| !(j / 2).is_multiple_of(3))
                .collect();
            assert_eq!(
                places
                    .iter()
                    .map(|&place| usize::from(place) + 64)
                    .collect::<Vec<_>>(),
                expected
            );
            assert_eq!(
                stored
                    .iter()
                    .map(|row| row.0[5] as usize)
                    .collect::<Vec<_>>(),
                expected
            );
            for start in [64, 100] {
                let all = view
                    .columns(start..150, &mut buffer)
                    .iter()
                    .map(|row| row.0)
                    .collect::<Vec<_>>();
                assert_eq!(
                    all,
                    wide[start..].iter().map(|row| row.0).collect::<Vec<_>>()
                );
            }
        }
    }
}
