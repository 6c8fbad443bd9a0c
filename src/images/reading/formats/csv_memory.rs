//! Whether memory holds a table, while its rows are read: their number is only known at the end.

use super::csv_lines::Lines;
use crate::error::Result;
use crate::images::reading::memory_check::held;
use crate::images::reading::request::Request;
use crate::memory::SetSize;

/// How many rows are read between two checks.
const INTERVAL: usize = 64;

/// The part of a table that has been read.
#[derive(Clone, Copy)]
pub(super) struct TablePart {
    pub rows: usize,
    /// The number of values of a row.
    pub columns: usize,
    /// Bytes of a value in memory.
    pub value_bytes: u64,
}

impl TablePart {
    /// Checks that memory holds the rows that have been read. If it does not, the rows that follow are counted, so that the
    /// error states what the whole table needs.
    ///
    /// # Errors
    /// If the run needs more memory than it can use, or if a line cannot be read.
    pub(super) fn check(self, lines: &mut Lines, request: &Request) -> Result<()> {
        if self.rows % INTERVAL != 1 || held(&self.size(request), false, request.options).is_ok() {
            return Ok(());
        }
        let mut whole = self;
        while lines.read()? {
            whole.rows += 1;
        }
        held(&whole.size(request), false, request.options).map(drop)
    }

    /// Returns the size of the images in these rows.
    fn size(self, request: &Request) -> SetSize {
        let options = request.options;
        let (all, pixels) = if options.transpose {
            (self.columns, self.rows)
        } else {
            (self.rows, self.columns)
        };
        let images = request.whole(all);
        // The memory of values that are added one by one grows to up to twice their size.
        let copies = 2 + u64::from(options.missing.is_some()) + u64::from(options.transpose);
        SetSize {
            images: images as u64,
            whole_images: images as u64,
            pixels: pixels as u64,
            value_bytes: self.value_bytes,
            stored_bytes: self.value_bytes,
            // All rows are read before some of them are chosen.
            reading_copies: (copies * all as u64).div_ceil(images.max(1) as u64),
            is_masked: options.mask.is_some() || options.missing.is_some(),
            ..SetSize::default()
        }
    }
}
