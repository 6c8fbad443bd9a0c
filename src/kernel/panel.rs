//! One panel of the pixel matrix.

use std::borrow::Cow;
use std::ops::Range;

use super::columns::{Columns, Lit};
use super::known_bits::ALL_KNOWN;
use super::layout::{ALL, CHUNK, Row, WIDTH};
use super::products::widen;
use super::scratch::Pieces;

/// Dark columns are left out of a panel where at least one in so many is.
const ONE_IN: usize = 16;
/// The columns of one panel, each [`WIDTH`] values side by side; lanes beyond the last row are 0.
pub(super) struct Panel {
    values: Values,
    /// What is known of each column, a bit a row; all where there is none.
    known: Option<Vec<u64>>,
}

/// Where the columns are.
enum Values {
    /// All of them.
    All(Columns<'static>),
    /// Those that are lit.
    Lit(Columns<'static>, Lit),
    /// Those that are lit, on disk.
    Stored(Pieces, Lit),
}

/// Some chunks of a panel, in memory.
pub(super) struct View<'a> {
    panel: &'a Panel,
    columns: Columns<'a>,
    /// How many columns that are there come before.
    first: usize,
}

impl Panel {
    /// All columns, and what is known of each; unknown values are 0.
    pub(super) fn new(columns: Columns<'static>, known: Option<Vec<u64>>) -> Self {
        Self {
            values: Values::All(columns),
            known,
        }
    }

    /// Columns on disk, and which those are.
    pub(super) fn stored(pieces: Pieces, lit: Lit, known: Option<Vec<u64>>) -> Self {
        Self {
            values: Values::Stored(pieces, lit),
            known,
        }
    }

    /// The same, without columns that are known to be 0 in every row, if they are many: they add nothing to a product.
    pub(super) fn without_dark(self) -> Self {
        let Values::All(mut columns) = self.values else {
            return self;
        };
        let dark = columns.dark(self.known.as_deref());
        if dark.iter().filter(|&&dark| dark).count() * ONE_IN < dark.len() {
            return Self {
                values: Values::All(columns),
                ..self
            };
        }
        let mut lit = Lit::new();
        lit.extend(&dark);
        columns.keep_lit(&dark);
        Self {
            values: Values::Lit(columns, lit),
            ..self
        }
    }

    /// The chunks of a range, read where they are on disk.
    pub(super) fn view(&self, chunks: Range<usize>) -> View<'_> {
        let (columns, first) = match &self.values {
            Values::All(columns) | Values::Lit(columns, _) => (columns.borrowed(), 0),
            Values::Stored(pieces, lit) => {
                (pieces.read(chunks.clone(), lit), lit.before(chunks.start))
            }
        };
        View {
            panel: self,
            columns,
            first,
        }
    }

    /// The columns of chunk `index` that are there, and their places in it.
    pub(super) fn places(&self, index: usize) -> (Range<usize>, &[u8]) {
        match &self.values {
            Values::All(columns) => {
                let range = index * CHUNK..columns.len().min((index + 1) * CHUNK);
                (range.clone(), &ALL[..range.len()])
            }
            Values::Lit(_, lit) | Values::Stored(_, lit) => lit.chunk(index),
        }
    }

    /// Whether its columns are on disk.
    pub(super) fn is_stored(&self) -> bool {
        matches!(self.values, Values::Stored(..))
    }

    fn has_all(&self) -> bool {
        matches!(self.values, Values::All(_))
    }

    /// What is known of each column of a range within a chunk, a bit a row.
    pub(super) fn known(&self, range: Range<usize>) -> &[u64] {
        self.known
            .as_ref()
            .map_or(&[ALL_KNOWN; CHUNK][..range.len()], |known| &known[range])
    }

    /// Whether values are whole numbers up to 255.
    pub(super) fn is_of_bytes(&self) -> bool {
        match &self.values {
            Values::All(columns) | Values::Lit(columns, _) => matches!(columns, Columns::U8(_)),
            Values::Stored(pieces, _) => pieces.are_of_bytes(),
        }
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        if let Values::Stored(pieces, _) = &self.panel.values {
            pieces.give_back(&mut self.columns);
        }
    }
}

impl View<'_> {
    /// The columns of chunk `index` that are there, and their places in it; bytes are widened into `buffer`.
    pub(super) fn chunk<'b>(
        &'b self,
        index: usize,
        buffer: &'b mut [Row],
    ) -> (&'b [Row], &'b [u8]) {
        let (range, places) = self.panel.places(index);
        (self.widened(range, buffer), places)
    }

    /// A copy of a range of the columns that are there.
    pub(super) fn copy(&self, range: Range<usize>, to: &mut [Row]) {
        let range = range.start - self.first..range.end - self.first;
        match &self.columns {
            Columns::U8(columns) => widen(&columns[range], to),
            Columns::F32(columns) => to.copy_from_slice(&columns[range]),
        }
    }

    /// All columns of a range, those that are not there 0.
    pub(super) fn columns<'b>(&'b self, range: Range<usize>, buffer: &'b mut [Row]) -> &'b [Row] {
        if self.panel.has_all() {
            return self.widened(range, buffer);
        }
        let buffer = &mut buffer[..range.len()];
        buffer.fill(Row::ZERO);
        for (at, column) in self.there(&range) {
            self.copy(
                at..at + 1,
                std::slice::from_mut(&mut buffer[column - range.start]),
            );
        }
        buffer
    }

    /// All columns of a range as bytes, those that are not there 0; of a panel of bytes.
    pub(super) fn bytes(&self, range: Range<usize>) -> Cow<'_, [[u8; WIDTH]]> {
        match &self.columns {
            Columns::U8(columns) if self.panel.has_all() => Cow::Borrowed(&columns[range]),
            Columns::U8(columns) => {
                let mut bytes = vec![[0; WIDTH]; range.len()];
                for (at, column) in self.there(&range) {
                    bytes[column - range.start] = columns[at - self.first];
                }
                Cow::Owned(bytes)
            }
            Columns::F32(_) => Cow::Owned(vec![[0; WIDTH]; range.len()]),
        }
    }

    /// Of the columns of a range, those that are there: their places among these, and among all.
    fn there(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let chunks = range.start / CHUNK..range.end.div_ceil(CHUNK);
        let of_chunk = |chunk: usize| {
            let (there, places) = self.panel.places(chunk);
            there.zip(
                places
                    .iter()
                    .map(move |&place| chunk * CHUNK + usize::from(place)),
            )
        };
        chunks
            .flat_map(of_chunk)
            .filter(|(_, column)| range.contains(column))
    }

    /// Columns that are there, by their place among these.
    fn widened<'b>(&'b self, range: Range<usize>, buffer: &'b mut [Row]) -> &'b [Row] {
        let range = range.start - self.first..range.end - self.first;
        match &self.columns {
            Columns::F32(columns) => &columns[range],
            Columns::U8(columns) => {
                let wide = &mut buffer[..range.len()];
                widen(&columns[range], wide);
                wide
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_columns_are_left_out_and_come_back() {
        let column = |j: usize| {
            if j.is_multiple_of(3) {
                [0; WIDTH]
            } else {
                [j as u8; WIDTH]
            }
        };
        let columns: Vec<[u8; WIDTH]> = (0..150).map(column).collect();
        let wide: Vec<Row> = columns
            .iter()
            .map(|column| Row(column.map(f32::from)))
            .collect();
        for columns in [
            Columns::U8(columns.into()),
            Columns::F32(wide.clone().into()),
        ] {
            let panel = Panel::new(columns, None).without_dark();
            let view = panel.view(0..3);
            let mut buffer = [Row::ZERO; 2 * CHUNK];
            let (lit, places) = view.chunk(1, &mut buffer);
            let expected: Vec<usize> = (64..128usize).filter(|j| !j.is_multiple_of(3)).collect();
            assert_eq!(
                places
                    .iter()
                    .map(|&place| usize::from(place) + 64)
                    .collect::<Vec<_>>(),
                expected
            );
            assert_eq!(
                lit.iter().map(|row| row.0[5] as usize).collect::<Vec<_>>(),
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
