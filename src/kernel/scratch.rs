//! Panels whose columns are kept in a file, and read a few chunks at a time: for pixels that memory does not hold.
//!
//! The file has the columns as products read them, in both cuts, so that a pass over it costs what copying does; columns
//! that are dark in all rows of a panel are not kept. Sums are formed in the same order as in memory, and get the same bits.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::columns::{Columns, Lit};
use super::layout::{CHUNKS_A_RUN, Row, WIDTH};
use crate::disk::Disk;
use crate::error::Result;

/// The file of the panels, and room that was read into and is free again: fresh room costs as much as reading.
#[derive(Debug)]
pub(crate) struct Scratch {
    disk: Disk,
    free: Mutex<Vec<Vec<[u8; WIDTH]>>>,
}

impl Scratch {
    /// Nothing yet, in a file in `folder` that is gone once this is.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        Ok(Self {
            disk: Disk::scratch(folder)?,
            free: Mutex::default(),
        })
    }

    /// Writes out what is still in memory.
    pub(super) fn flush(&self) {
        self.disk.flush();
    }

    /// Whether all has been read and written.
    pub(crate) fn check(&self) -> Result<()> {
        self.disk.check()
    }

    /// Room for so many columns of bytes, whatever it holds.
    fn room(&self, columns: usize) -> Vec<[u8; WIDTH]> {
        let free = self.free.lock().map_or(None, |mut free| free.pop());
        let mut room = free.unwrap_or_default();
        room.resize(columns, [0; WIDTH]);
        room
    }

    fn give_back(&self, room: Vec<[u8; WIDTH]>) {
        if let Ok(mut free) = self.free.lock() {
            free.push(room);
        }
    }
}

/// The columns of one panel in a file, each run of chunks in a piece of its own.
pub(super) struct Pieces {
    scratch: Arc<Scratch>,
    places: Vec<u64>,
    are_of_bytes: bool,
}

impl Pieces {
    /// Nothing yet.
    pub(super) fn new(scratch: &Arc<Scratch>, are_of_bytes: bool) -> Self {
        Self {
            scratch: Arc::clone(scratch),
            places: Vec::new(),
            are_of_bytes,
        }
    }

    /// Writes the columns of the chunks of `lit` from `first` on, which begin a run.
    pub(super) fn append(&mut self, columns: Columns, lit: &Lit, first: usize) {
        let place = match columns {
            Columns::U8(columns) => self.scratch.disk.append(columns.as_flattened()),
            Columns::F32(columns) => {
                let bytes: Vec<u8> = columns
                    .iter()
                    .flat_map(|row| row.0)
                    .flat_map(f32::to_le_bytes)
                    .collect();
                self.scratch.disk.append(&bytes)
            }
        };
        for chunk in (first..lit.chunks()).step_by(CHUNKS_A_RUN) {
            let before = (lit.before(chunk) - lit.before(first)) * self.column();
            self.places.push(place + before as u64);
        }
    }

    /// Whether values are whole numbers up to 255.
    pub(super) fn are_of_bytes(&self) -> bool {
        self.are_of_bytes
    }

    /// The columns of some chunks.
    pub(super) fn read(&self, chunks: Range<usize>, lit: &Lit) -> Columns<'static> {
        let count = lit.before(chunks.end) - lit.before(chunks.start);
        let mut room = self.scratch.room(count * self.column() / WIDTH);
        self.read_bytes(chunks, lit, room.as_flattened_mut());
        if self.are_of_bytes {
            return Columns::U8(Cow::Owned(room));
        }
        let row = |bytes: &[[u8; 4]; WIDTH]| Row(bytes.map(f32::from_le_bytes));
        let rows = room
            .as_flattened()
            .as_chunks()
            .0
            .as_chunks()
            .0
            .iter()
            .map(row)
            .collect();
        self.scratch.give_back(room);
        Columns::F32(rows)
    }

    /// Takes back what was read.
    pub(super) fn give_back(&self, columns: &mut Columns) {
        if let Columns::U8(Cow::Owned(room)) = columns {
            self.scratch.give_back(std::mem::take(room));
        }
    }

    /// The bytes of some chunks, piece by piece.
    fn read_bytes(&self, chunks: Range<usize>, lit: &Lit, mut bytes: &mut [u8]) {
        let mut from = chunks.start;
        while !bytes.is_empty() {
            let piece = from / CHUNKS_A_RUN;
            let to = chunks.end.min((piece + 1) * CHUNKS_A_RUN);
            let (now, rest) =
                bytes.split_at_mut((lit.before(to) - lit.before(from)) * self.column());
            let skipped = (lit.before(from) - lit.before(piece * CHUNKS_A_RUN)) * self.column();
            self.scratch
                .disk
                .read(self.places[piece] + skipped as u64, now);
            (bytes, from) = (rest, to);
        }
    }

    /// Bytes of a column.
    fn column(&self) -> usize {
        WIDTH
            * if self.are_of_bytes {
                size_of::<u8>()
            } else {
                size_of::<f32>()
            }
    }
}
