//! The columns of a panel in memory, and which of them are stored.

use std::borrow::Cow;
use std::ops::Range;

use super::known_bits::{ALL_KNOWN, clear_unknown, clear_unknown_rows};
use super::layout::{CHUNK, Row, WIDTH};

/// Columns in memory.
pub(super) enum Columns<'a> {
    U8(Cow<'a, [[u8; WIDTH]]>),
    F32(Cow<'a, [Row]>),
}

impl Columns<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::U8(columns) => columns.len(),
            Self::F32(columns) => columns.len(),
        }
    }

    pub(super) fn borrowed(&self) -> Columns<'_> {
        match self {
            Self::U8(columns) => Columns::U8(Cow::Borrowed(columns)),
            Self::F32(columns) => Columns::F32(Cow::Borrowed(columns)),
        }
    }

    /// Makes unknown values 0.
    pub(super) fn clear_unknown(&mut self, known: &[u64]) {
        match self {
            Self::U8(columns) => clear_unknown(columns.to_mut(), known),
            Self::F32(columns) => clear_unknown_rows(known, columns.to_mut()),
        }
    }

    /// Which columns are known to be 0 in every row.
    pub(super) fn dark(&self, known: Option<&[u64]>) -> Vec<bool> {
        let mut dark: Vec<bool> = match self {
            Self::U8(columns) => columns.iter().map(|column| *column == [0; WIDTH]).collect(),
            Self::F32(columns) => columns
                .iter()
                .map(|column| column.0.iter().all(|&value| value == 0.0))
                .collect(),
        };
        let known = known.unwrap_or_default();
        dark.iter_mut()
            .zip(known)
            .for_each(|(dark, &known)| *dark &= known == ALL_KNOWN);
        dark
    }

    /// Keeps the columns that are not dark.
    pub(super) fn keep_lit(&mut self, dark: &[bool]) {
        match self {
            Self::U8(columns) => keep_lit(columns.to_mut(), dark),
            Self::F32(columns) => keep_lit(columns.to_mut(), dark),
        }
    }
}

fn keep_lit<T>(columns: &mut Vec<T>, dark: &[bool]) {
    let mut dark = dark.iter();
    columns.retain(|_| dark.next() == Some(&false));
    columns.shrink_to_fit();
}

/// Which columns are there.
pub(super) struct Lit {
    /// Where each chunk begins among the columns that are there, and after the last one their number.
    starts: Vec<usize>,
    /// The place of each in its chunk.
    places: Vec<u8>,
}

impl Lit {
    /// Of no chunk.
    pub(super) fn new() -> Self {
        Self {
            starts: vec![0],
            places: Vec::new(),
        }
    }

    /// Takes up the next chunks, of which those columns are there that are not `dark`; all chunks are whole but the last.
    pub(super) fn extend(&mut self, dark: &[bool]) {
        for chunk in dark.chunks(CHUNK) {
            self.places
                .extend((0..chunk.len() as u8).filter(|&place| !chunk[usize::from(place)]));
            self.starts.push(self.places.len());
        }
    }

    /// How many chunks it knows of.
    pub(super) fn chunks(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns of a chunk among those that are there, and their places in the chunk.
    pub(super) fn chunk(&self, index: usize) -> (Range<usize>, &[u8]) {
        let range = self.starts[index]..self.starts[index + 1];
        (range.clone(), &self.places[range])
    }

    /// How many columns are there of the chunks before `chunk`.
    pub(super) fn before(&self, chunk: usize) -> usize {
        self.starts[chunk.min(self.chunks())]
    }
}
