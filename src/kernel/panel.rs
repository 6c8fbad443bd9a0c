//! One panel of the pixel matrix.

use std::ops::Range;

use super::known::ALL_KNOWN;
use super::products::widen;
use super::{CHUNK, Row, WIDTH};

/// Dark columns are left out of a panel where at least one in so many is.
const ONE_IN: usize = 16;
/// The places of a chunk of which no column is left out.
pub(super) const ALL: [u8; CHUNK] = {
    let mut places = [0; CHUNK];
    let mut place = 0;
    while place < CHUNK {
        places[place] = place as u8;
        place += 1;
    }
    places
};

/// The columns of one panel, each [`WIDTH`] values side by side; lanes beyond the last row are 0.
pub(super) struct Panel {
    values: Values,
    lit: Option<Lit>,
    /// What is known of each column, a bit a row; all where there is none.
    known: Option<Vec<u64>>,
}

/// Values of columns, as they are in memory.
pub(super) enum Values {
    U8(Vec<[u8; WIDTH]>),
    F32(Vec<Row>),
}

/// Which columns are there.
struct Lit {
    /// Where each chunk begins among the columns that are there, and after the last one their number.
    starts: Vec<usize>,
    /// The place of each in its chunk.
    places: Vec<u8>,
}

impl Panel {
    /// All columns, and what is known of each; unknown values are 0.
    pub(super) fn new(values: Values, known: Option<Vec<u64>>) -> Self {
        Self { values, lit: None, known }
    }

    /// The same, without columns that are known to be 0 in every row, if they are many: they add nothing to a product.
    pub(super) fn without_dark(mut self) -> Self {
        let mut dark: Vec<bool> = match &self.values {
            Values::U8(columns) => columns.iter().map(|column| *column == [0; WIDTH]).collect(),
            Values::F32(columns) => columns.iter().map(|column| column.0.iter().all(|&value| value == 0.0)).collect(),
        };
        if let Some(known) = &self.known {
            dark.iter_mut().zip(known).for_each(|(dark, &known)| *dark &= known == ALL_KNOWN);
        }
        if dark.iter().filter(|&&dark| dark).count() * ONE_IN < dark.len() {
            return self;
        }
        let mut lit = Lit { starts: vec![0], places: Vec::new() };
        for chunk in dark.chunks(CHUNK) {
            lit.places.extend((0..chunk.len() as u8).filter(|&place| !chunk[usize::from(place)]));
            lit.starts.push(lit.places.len());
        }
        let mut dark = dark.into_iter();
        let mut keep = || !dark.next().unwrap_or_default();
        match &mut self.values {
            Values::U8(columns) => {
                columns.retain(|_| keep());
                columns.shrink_to_fit();
            }
            Values::F32(columns) => {
                columns.retain(|_| keep());
                columns.shrink_to_fit();
            }
        }
        Self { lit: Some(lit), ..self }
    }

    /// The columns of chunk `index` that are there, and their places in it; bytes are widened into `buffer`.
    pub(super) fn chunk<'a>(&'a self, index: usize, buffer: &'a mut [Row]) -> (&'a [Row], &'a [u8]) {
        let (range, places) = self.places(index);
        (self.values.widened(range, buffer), places)
    }

    /// The columns of chunk `index` that are there, and their places in it.
    pub(super) fn places(&self, index: usize) -> (Range<usize>, &[u8]) {
        match &self.lit {
            None => {
                let range = index * CHUNK..self.values.len().min((index + 1) * CHUNK);
                (range.clone(), &ALL[..range.len()])
            }
            Some(Lit { starts, places }) => {
                let range = starts[index]..starts[index + 1];
                (range.clone(), &places[range])
            }
        }
    }

    /// A copy of a range of the columns that are there.
    pub(super) fn copy(&self, range: Range<usize>, to: &mut [Row]) {
        match &self.values {
            Values::U8(columns) => widen(&columns[range], to),
            Values::F32(columns) => to.copy_from_slice(&columns[range]),
        }
    }

    /// All columns of a range.
    pub(super) fn columns<'a>(&'a self, range: Range<usize>, buffer: &'a mut [Row]) -> &'a [Row] {
        let Some(Lit { starts, places }) = &self.lit else { return self.values.widened(range, buffer) };
        let buffer = &mut buffer[..range.len()];
        buffer.fill(Row::ZERO);
        for chunk in range.start / CHUNK..range.end.div_ceil(CHUNK) {
            for at in starts[chunk]..starts[chunk + 1] {
                let column = chunk * CHUNK + usize::from(places[at]);
                if !range.contains(&column) {
                    continue;
                }
                let one = std::slice::from_mut(&mut buffer[column - range.start]);
                if let Values::F32(columns) = &self.values {
                    one[0] = columns[at];
                } else {
                    self.values.widened(at..at + 1, one);
                }
            }
        }
        buffer
    }

    /// What is known of each column of a range within a chunk, a bit a row.
    pub(super) fn known(&self, range: Range<usize>) -> &[u64] {
        self.known.as_ref().map_or(&[ALL_KNOWN; CHUNK][..range.len()], |known| &known[range])
    }

    /// Whether values are whole numbers up to 255.
    pub(super) fn is_of_bytes(&self) -> bool {
        matches!(self.values, Values::U8(_))
    }

    /// The columns as bytes, where they are bytes and all there.
    pub(super) fn bytes(&self) -> Option<&[[u8; WIDTH]]> {
        match (&self.values, &self.lit) {
            (Values::U8(columns), None) => Some(columns),
            _ => None,
        }
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::U8(columns) => columns.len(),
            Self::F32(columns) => columns.len(),
        }
    }

    fn widened<'a>(&'a self, range: Range<usize>, buffer: &'a mut [Row]) -> &'a [Row] {
        match self {
            Self::F32(columns) => &columns[range],
            Self::U8(columns) => {
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
        let column = |j: usize| if j.is_multiple_of(3) { [0; WIDTH] } else { [j as u8; WIDTH] };
        let columns: Vec<[u8; WIDTH]> = (0..150).map(column).collect();
        let wide: Vec<Row> = columns.iter().map(|column| Row(column.map(f32::from))).collect();
        for values in [Values::U8(columns), Values::F32(wide.clone())] {
            let panel = Panel::new(values, None).without_dark();
            let mut buffer = [Row::ZERO; 2 * CHUNK];
            let (lit, places) = panel.chunk(1, &mut buffer);
            let expected: Vec<usize> = (64..128usize).filter(|j| !j.is_multiple_of(3)).collect();
            assert_eq!(places.iter().map(|&place| usize::from(place) + 64).collect::<Vec<_>>(), expected);
            assert_eq!(lit.iter().map(|row| row.0[5] as usize).collect::<Vec<_>>(), expected);
            for start in [64, 100] {
                let all = panel.columns(start..150, &mut buffer).iter().map(|row| row.0).collect::<Vec<_>>();
                assert_eq!(all, wide[start..].iter().map(|row| row.0).collect::<Vec<_>>());
            }
        }
    }
}
