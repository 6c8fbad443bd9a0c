//! Decompression of bilevel rows by CCITT T.4 and T.6: runs of white and black pixels, and changes against the row above.

use std::convert::Infallible;

use fax::maps::{Mode, black, mode, white};
use fax::{BitReader, ByteReader};

use super::compression::FaxScheme;

/// One of this many rows must precede a code that ends the page. Some writers leave out the white rows below the text, which
/// may be most of a page; a code before any text is damage.
const ROWS_PER_ROW_OF_TEXT: usize = 16;

/// The lengths and options of the rows of a strip.
#[derive(Clone, Copy)]
pub(super) struct FaxRows {
    pub scheme: FaxScheme,
    pub width: usize,
    pub rows: usize,
    /// The options of T.4: bit 0 allows rows in two dimensions, bit 1 rows without compression.
    pub group_3_options: u64,
}

/// Decompresses rows of packed bits, in which black is 1.
pub(super) fn decompress(data: &[u8], how: FaxRows) -> Result<Vec<u8>, String> {
    if how.scheme == FaxScheme::Group3 && how.group_3_options & 2 != 0 {
        return Err("fax rows without compression are not supported".to_owned());
    }
    let padded = data.iter().copied().chain([0; 4]).map(Ok::<u8, Infallible>);
    let Ok(mut reader) = RowReader::new(padded);
    let row_bytes = how.width.div_ceil(8);
    let mut bits = vec![0; row_bytes * how.rows];
    let mut above = Vec::new();
    for (number, row) in bits.chunks_exact_mut(row_bytes).enumerate() {
        let Some(changes) = next_row(&mut reader, &above, how) else {
            return Err(format!("damaged or truncated: fax row {number}"));
        };
        match changes {
            RowOrEnd::End if ROWS_PER_ROW_OF_TEXT * number >= how.rows => break,
            RowOrEnd::End => return Err("truncated".to_owned()),
            RowOrEnd::Row(changes) => above = changes,
        }
        blacken(row, &above, how.width);
    }
    Ok(bits)
}

/// The places in a row where the colour changes, white first; or the end of all rows.
enum RowOrEnd {
    Row(Vec<usize>),
    End,
}

/// A reader of bits that knows how many it has read.
struct RowReader<R> {
    bits: ByteReader<R>,
    read: usize,
}

impl<R: Iterator<Item = Result<u8, Infallible>>> RowReader<R> {
    fn new(bytes: R) -> Result<Self, Infallible> {
        Ok(Self {
            bits: ByteReader::new(bytes)?,
            read: 0,
        })
    }

    /// Skips bits up to a multiple of `unit`.
    fn align(&mut self, unit: usize) -> Result<(), Infallible> {
        let unused = self.read.next_multiple_of(unit) - self.read;
        self.consume(unused as u8)
    }
}

impl<R: Iterator<Item = Result<u8, Infallible>>> BitReader for RowReader<R> {
    type Error = Infallible;

    fn peek(&self, bits: u8) -> Option<u16> {
        self.bits.peek(bits)
    }

    fn consume(&mut self, bits: u8) -> Result<(), Infallible> {
        self.read += usize::from(bits);
        self.bits.consume(bits)
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        self.bits.bits_to_byte_boundary()
    }
}

/// Reads a row; `None` if it is damaged.
fn next_row<R: Iterator<Item = Result<u8, Infallible>>>(
    reader: &mut RowReader<R>,
    above: &[usize],
    how: FaxRows,
) -> Option<RowOrEnd> {
    match how.scheme {
        FaxScheme::Group4 => row_by_changes(reader, above, how.width),
        FaxScheme::Rle | FaxScheme::RleWords => {
            let row = row_of_runs(reader, how.width)?;
            let is_by_words = how.scheme == FaxScheme::RleWords;
            let Ok(()) = reader.align(if is_by_words { 16 } else { 8 });
            Some(RowOrEnd::Row(row))
        }
        FaxScheme::Group3 => {
            let is_two_dimensional = how.group_3_options & 1 != 0;
            let mut is_by_runs = true;
            let mut ends = 0;
            while end_of_row(reader) {
                ends += 1;
                if is_two_dimensional {
                    is_by_runs = reader.peek(1)? == 1;
                    reader.consume(1).ok()?;
                }
            }
            if ends > 1 {
                Some(RowOrEnd::End)
            } else if is_by_runs {
                row_of_runs(reader, how.width).map(RowOrEnd::Row)
            } else {
                row_by_changes(reader, above, how.width)
            }
        }
    }
}

/// Consumes the code of an end of a row, with the zeros before it, if there is one.
fn end_of_row(reader: &mut impl BitReader) -> bool {
    if reader.peek(11) != Some(0) {
        return false;
    }
    while reader.peek(1) == Some(0) {
        if reader.consume(1).is_err() {
            return false;
        }
    }
    reader.peek(1) == Some(1) && reader.consume(1).is_ok()
}

/// Reads a row of runs, white first.
fn row_of_runs(reader: &mut impl BitReader, width: usize) -> Option<Vec<usize>> {
    let mut changes = Vec::new();
    let (mut place, mut is_black) = (0, false);
    while place < width {
        place += run(reader, is_black)?;
        changes.push(place.min(width));
        is_black = !is_black;
    }
    (place == width).then_some(changes)
}

/// Reads a run: any number of codes of 64 or more pixels, and one of less.
fn run(reader: &mut impl BitReader, is_black: bool) -> Option<usize> {
    let mut length = 0;
    loop {
        let code = if is_black {
            black::decode(reader)?
        } else {
            white::decode(reader)?
        };
        length += usize::from(code);
        if code < 64 {
            return Some(length);
        }
        if length > 1 << 16 {
            return None;
        }
    }
}

/// Reads a row of changes against the row above.
fn row_by_changes(reader: &mut impl BitReader, above: &[usize], width: usize) -> Option<RowOrEnd> {
    let mut changes: Vec<usize> = Vec::new();
    let (mut place, mut is_black, mut is_start) = (0, false, true);
    while place < width {
        let opposite = opposite_change(above, (!is_start).then_some(place), is_black);
        let at = |index: usize| above.get(index).copied().unwrap_or(width);
        match mode::decode(reader)? {
            Mode::Pass => place = at(opposite + 1),
            Mode::Vertical(offset) => {
                let next = at(opposite).checked_add_signed(isize::from(offset))?;
                if next > width || next < place {
                    return None;
                }
                place = next;
                changes.push(place);
                is_black = !is_black;
            }
            Mode::Horizontal => {
                let first = place + run(reader, is_black)?;
                place = first + run(reader, !is_black)?;
                if place > width {
                    return None;
                }
                changes.extend([first, place]);
            }
            Mode::EOF if is_start => return Some(RowOrEnd::End),
            Mode::EOF | Mode::Extension => return None,
        }
        is_start = false;
    }
    Some(RowOrEnd::Row(changes))
}

/// Returns the index, in the row above, of the first change to the opposite colour right of a place, or from the start of
/// the row on.
fn opposite_change(above: &[usize], place: Option<usize>, is_black: bool) -> usize {
    let right = above.partition_point(|&change| place.is_some_and(|place| change <= place));
    // Changes to black have even indices.
    right + usize::from((right % 2 == 1) != is_black)
}

/// Sets the bits of the black runs of a row.
fn blacken(row: &mut [u8], changes: &[usize], width: usize) {
    for run in changes.chunks(2) {
        let end = run.get(1).copied().unwrap_or(width).min(width);
        let Some(&start) = run.first() else { continue };
        for pixel in start..end {
            row[pixel / 8] |= 0x80 >> (pixel % 8);
        }
    }
}
