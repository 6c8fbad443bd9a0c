//! The scratch files: columns of panels on disk, read a few chunks at a time, for images that do not
//! fit in memory.
//!
//! The files hold the columns in the form that products read, in both orientations, so that a pass
//! costs no more than a copy. Columns of zeros are not stored. Sums are formed in the same order as in
//! memory and have the same bits.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::columns::{ColumnIndex, PanelColumns};
use super::layout::{CHUNKS_PER_RUN, Lanes, WIDTH};
use crate::disk::Disk;
use crate::error::Result;

/// The number of files: systems lock one while they write to it, so that threads would wait for each other.
const FILES: usize = 4;

/// The scratch files and their free buffers.
#[derive(Debug)]
pub(crate) struct Scratch {
    files: Vec<Disk>,
    /// How many panels have a file; they have them in turn.
    panels: AtomicUsize,
    /// Buffers for reuse: allocating one takes as long as reading into it.
    free: Mutex<Vec<Vec<[u8; WIDTH]>>>,
}

impl Scratch {
    /// Creates empty files in `folder`, which are removed when this is dropped.
    ///
    /// # Errors
    /// If a file cannot be created.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let files = (0..FILES).map(|_| Disk::scratch(folder));
        Ok(Self {
            files: files.collect::<Result<_>>()?,
            panels: AtomicUsize::new(0),
            free: Mutex::default(),
        })
    }

    /// Writes out what is buffered.
    pub(super) fn flush(&self) {
        self.files.iter().for_each(Disk::flush);
    }

    /// Checks that all reads and writes so far have succeeded.
    ///
    /// # Errors
    /// If one has failed.
    pub(crate) fn check(&self) -> Result<()> {
        self.files.iter().try_for_each(Disk::check)
    }

    /// Returns a buffer for so many columns of bytes, with any content.
    fn take_buffer(&self, columns: usize) -> Vec<[u8; WIDTH]> {
        let free = self.free.lock().map_or(None, |mut free| free.pop());
        let mut buffer = free.unwrap_or_default();
        buffer.resize(columns, [0; WIDTH]);
        buffer
    }

    fn return_buffer(&self, buffer: Vec<[u8; WIDTH]>) {
        if let Ok(mut free) = self.free.lock() {
            free.push(buffer);
        }
    }
}

/// The columns of one panel in a scratch file, one contiguous piece per run of chunks.
pub(super) struct ScratchColumns {
    scratch: Arc<Scratch>,
    /// The index of the file.
    file: usize,
    /// The offset of each piece in the file.
    offsets: Vec<u64>,
    is_u8: bool,
}

impl ScratchColumns {
    /// Returns a panel without columns.
    pub(super) fn new(scratch: &Arc<Scratch>, is_u8: bool) -> Self {
        Self {
            scratch: Arc::clone(scratch),
            file: scratch.panels.fetch_add(1, Ordering::Relaxed) % FILES,
            offsets: Vec::new(),
            is_u8,
        }
    }

    /// Returns the file.
    fn disk(&self) -> &Disk {
        &self.scratch.files[self.file]
    }

    /// Returns whether values are stored as `u8`.
    pub(super) fn is_u8(&self) -> bool {
        self.is_u8
    }

    /// Writes the columns of all chunks of `index` from `first` on; `first` begins a run.
    pub(super) fn append(&mut self, columns: PanelColumns, index: &ColumnIndex, first: usize) {
        let offset = match columns {
            PanelColumns::U8(columns) => self.disk().append(columns.as_flattened()),
            PanelColumns::F32(columns) => {
                let values = columns.iter().flat_map(|column| column.0);
                let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
                self.disk().append(&bytes)
            }
        };
        for chunk in (first..index.chunks()).step_by(CHUNKS_PER_RUN) {
            let before = (index.before(chunk) - index.before(first)) * self.column_bytes();
            self.offsets.push(offset + before as u64);
        }
    }

    /// Reads the stored columns of some chunks.
    pub(super) fn read(&self, chunks: Range<usize>, index: &ColumnIndex) -> PanelColumns<'static> {
        let count = index.before(chunks.end) - index.before(chunks.start);
        let mut buffer = self
            .scratch
            .take_buffer(count * self.column_bytes() / WIDTH);
        self.read_bytes(chunks, index, buffer.as_flattened_mut());
        if self.is_u8 {
            return PanelColumns::U8(Cow::Owned(buffer));
        }
        let (values, _) = buffer.as_flattened().as_chunks::<4>();
        let (columns, _) = values.as_chunks::<WIDTH>();
        let columns = columns
            .iter()
            .map(|column| Lanes(column.map(f32::from_le_bytes)))
            .collect();
        self.scratch.return_buffer(buffer);
        PanelColumns::F32(columns)
    }

    /// Returns the buffer of columns that were read.
    pub(super) fn recycle(&self, columns: &mut PanelColumns) {
        if let PanelColumns::U8(Cow::Owned(buffer)) = columns {
            self.scratch.return_buffer(std::mem::take(buffer));
        }
    }

    /// Reads the bytes of some chunks, piece by piece.
    fn read_bytes(&self, chunks: Range<usize>, index: &ColumnIndex, mut bytes: &mut [u8]) {
        let mut first = chunks.start;
        while !bytes.is_empty() {
            let piece = first / CHUNKS_PER_RUN;
            let piece_start = piece * CHUNKS_PER_RUN;
            let end = chunks.end.min(piece_start + CHUNKS_PER_RUN);
            let len = (index.before(end) - index.before(first)) * self.column_bytes();
            let skipped = (index.before(first) - index.before(piece_start)) * self.column_bytes();
            let (now, rest) = bytes.split_at_mut(len);
            let offset = self.offsets[piece] + skipped as u64;
            self.disk().read(offset, now);
            bytes = rest;
            first = end;
        }
    }

    /// Returns the number of bytes per column.
    fn column_bytes(&self) -> usize {
        let value_bytes = if self.is_u8 {
            size_of::<u8>()
        } else {
            size_of::<f32>()
        };
        WIDTH * value_bytes
    }
}
