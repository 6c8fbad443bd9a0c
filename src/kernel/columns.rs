//! The columns of a panel in memory, and the index of the columns that are stored.

use std::borrow::Cow;
use std::ops::Range;

use super::known_bits::{ALL_KNOWN, clear_unknown, clear_unknown_lanes};
use super::layout::{CHUNK, Lanes, WIDTH};

/// Columns in memory, [`WIDTH`] values each.
pub(super) enum PanelColumns<'a> {
    U8(Cow<'a, [[u8; WIDTH]]>),
    F32(Cow<'a, [Lanes]>),
}

impl PanelColumns<'_> {
    /// Returns the number of columns.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::U8(columns) => columns.len(),
            Self::F32(columns) => columns.len(),
        }
    }

    /// Returns no columns, with memory for so many.
    pub(super) fn with_capacity(is_u8: bool, columns: usize) -> Self {
        if is_u8 {
            Self::U8(Vec::with_capacity(columns).into())
        } else {
            Self::F32(Vec::with_capacity(columns).into())
        }
    }

    /// Appends columns of the same type.
    pub(super) fn append(&mut self, columns: &PanelColumns) {
        match (self, columns) {
            (Self::U8(own), PanelColumns::U8(columns)) => own.to_mut().extend_from_slice(columns),
            (Self::F32(own), PanelColumns::F32(columns)) => own.to_mut().extend_from_slice(columns),
            // The values of a matrix have one type.
            _ => {}
        }
    }

    /// Returns memory without a column.
    pub(super) fn shrink_to_fit(&mut self) {
        match self {
            Self::U8(columns) => columns.to_mut().shrink_to_fit(),
            Self::F32(columns) => columns.to_mut().shrink_to_fit(),
        }
    }

    /// Returns the same columns, borrowed.
    pub(super) fn borrowed(&self) -> PanelColumns<'_> {
        match self {
            Self::U8(columns) => PanelColumns::U8(Cow::Borrowed(columns)),
            Self::F32(columns) => PanelColumns::F32(Cow::Borrowed(columns)),
        }
    }

    /// Sets unknown values to 0.
    pub(super) fn clear_unknown(&mut self, known: &[u64]) {
        match self {
            Self::U8(columns) => clear_unknown(columns.to_mut(), known),
            Self::F32(columns) => clear_unknown_lanes(columns.to_mut(), known),
        }
    }

    /// Returns for each column whether every row is known to be 0; of bytes, which are multiplied in
    /// pairs of columns, whether both columns of its pair are.
    pub(super) fn zero_columns(&self, known: Option<&[u64]>) -> Vec<bool> {
        let mut zero: Vec<bool> = match self {
            Self::U8(columns) => columns.iter().map(is_zero).collect(),
            Self::F32(columns) => columns
                .iter()
                .map(|column| column.0.iter().all(|&value| value == 0.0))
                .collect(),
        };
        for (zero, &known) in zero.iter_mut().zip(known.unwrap_or_default()) {
            *zero &= known == ALL_KNOWN;
        }
        if matches!(self, Self::U8(_)) {
            for pair in zero.chunks_mut(2) {
                let both = pair.iter().all(|&zero| zero);
                pair.fill(both);
            }
        }
        zero
    }

    /// Removes the columns that are marked in `zero`.
    pub(super) fn remove(&mut self, zero: &[bool]) {
        match self {
            Self::U8(columns) => remove_marked(columns.to_mut(), zero),
            Self::F32(columns) => remove_marked(columns.to_mut(), zero),
        }
    }
}

/// Checks whether all values of a column are 0.
pub(super) fn is_zero(column: &[u8; WIDTH]) -> bool {
    column.iter().fold(0, |any, &value| any | value) == 0
}

fn remove_marked<T>(columns: &mut Vec<T>, marked: &[bool]) {
    let mut marked = marked.iter();
    columns.retain(|_| marked.next() == Some(&false));
}

/// The index of the columns of a panel that are stored; the others are 0.
pub(super) struct ColumnIndex {
    /// The number of columns, stored or not.
    columns: usize,
    /// For each chunk, the number of stored columns before it; the total at the end.
    starts: Vec<usize>,
    /// The place of each stored column in its chunk.
    places: Vec<u8>,
}

impl ColumnIndex {
    /// Returns the index of no chunk.
    pub(super) fn new() -> Self {
        Self {
            columns: 0,
            starts: vec![0],
            places: Vec::new(),
        }
    }

    /// Appends chunks of which the columns not marked in `zero` are stored. Only the last chunk of all
    /// may be incomplete.
    pub(super) fn extend(&mut self, zero: &[bool]) {
        self.columns += zero.len();
        for chunk in zero.chunks(CHUNK) {
            for (place, &zero) in chunk.iter().enumerate() {
                if !zero {
                    self.places.push(place as u8);
                }
            }
            self.starts.push(self.places.len());
        }
    }

    /// Returns whether every column is stored.
    pub(super) fn has_all(&self) -> bool {
        self.places.len() == self.columns
    }

    /// Returns the number of chunks.
    pub(super) fn chunks(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the range of a chunk's columns among the stored columns, and their places in the chunk.
    pub(super) fn chunk(&self, index: usize) -> (Range<usize>, &[u8]) {
        let range = self.starts[index]..self.starts[index + 1];
        (range.clone(), &self.places[range])
    }

    /// Returns the number of stored columns before a chunk.
    pub(super) fn before(&self, chunk: usize) -> usize {
        self.starts[chunk.min(self.chunks())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_bytes_are_zero_in_pairs() {
        let values = [0u8, 0, 0, 7, 9, 0, 0];
        let bytes: Vec<[u8; WIDTH]> = values.iter().map(|&value| [value; WIDTH]).collect();
        let floats: Vec<Lanes> = bytes.iter().map(|c| Lanes(c.map(f32::from))).collect();
        let zero = |columns: PanelColumns| columns.zero_columns(None);
        assert_eq!(
            zero(PanelColumns::U8(bytes.into())),
            [true, true, false, false, false, false, true]
        );
        assert_eq!(
            zero(PanelColumns::F32(floats.into())),
            values.map(|value| value == 0)
        );
    }
}
