//! Panels whose columns are kept in a file, and read a few chunks at a time: for pixels that memory does not hold.
//!
//! The file has the columns as products read them, in both cuts, so that a pass over it costs what copying does; columns
//! that are dark in all rows of a panel are not kept. Sums are formed in the same order as in memory, and get the same bits.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::matrix::Block;
use super::panel::{Columns, Lit, Panel};
use super::panels::RUN;
use super::selection::{Cut, Selection};
use super::{CHUNK, Row, WIDTH};
use crate::blocks;
use crate::disk::Disk;
use crate::error::Result;

/// Chunks of a piece: what one sum in f32 runs over.
const CHUNKS: usize = RUN / CHUNK;

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
            let piece = from / CHUNKS;
            let to = chunks.end.min((piece + 1) * CHUNKS);
            let (now, rest) =
                bytes.split_at_mut((lit.before(to) - lit.before(from)) * self.column());
            let skipped = (lit.before(from) - lit.before(piece * CHUNKS)) * self.column();
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

/// A panel that is written run by run.
struct Storing {
    pieces: Pieces,
    lit: Lit,
    known: Option<Vec<u64>>,
}

impl Storing {
    /// Writes the next columns, which begin a run.
    fn add(&mut self, mut columns: Columns, known: Option<Vec<u64>>) {
        let first = self.lit.chunks();
        if let Some(known) = &known {
            columns.clear_unknown(known);
        }
        let dark = columns.dark(known.as_deref());
        self.lit.extend(&dark);
        columns.keep_lit(&dark);
        let place = match columns {
            Columns::U8(columns) => self.pieces.scratch.disk.append(columns.as_flattened()),
            Columns::F32(columns) => {
                let bytes: Vec<u8> = columns
                    .iter()
                    .flat_map(|row| row.0)
                    .flat_map(f32::to_le_bytes)
                    .collect();
                self.pieces.scratch.disk.append(&bytes)
            }
        };
        for chunk in (first..self.lit.chunks()).step_by(CHUNKS) {
            let before = (self.lit.before(chunk) - self.lit.before(first)) * self.pieces.column();
            self.pieces.places.push(place + before as u64);
        }
        if let Some(known) = known {
            self.known.get_or_insert_default().extend(known);
        }
    }
}

/// Cuts the selection into panels that are kept in the file.
pub(super) fn cut(selection: &Selection, cut: Cut, scratch: &Arc<Scratch>) -> Vec<Panel> {
    let are_of_bytes = matches!(selection.x.block(0..0), Block::U8(_));
    let storing = |_| Storing {
        pieces: Pieces {
            scratch: Arc::clone(scratch),
            places: Vec::new(),
            are_of_bytes,
        },
        lit: Lit::new(),
        known: None,
    };
    let mut panels: Vec<Storing> = (0..selection.size(cut).0.div_ceil(WIDTH))
        .map(storing)
        .collect();
    match cut {
        Cut::Images => {
            blocks::map_chunks_mut(&mut panels, 1, |index, panel| {
                let images = selection
                    .images
                    .chunks(WIDTH)
                    .nth(index)
                    .unwrap_or_default();
                Selection {
                    images,
                    ..*selection
                }
                .store(cut, 0, &selection.x.gathered(images), &mut panel[0]);
            });
        }
        // All panels take up the next images together, so that each image is read once.
        Cut::Pixels => {
            for images in selection.images.chunks(RUN) {
                let (part, block) = (
                    Selection {
                        images,
                        ..*selection
                    },
                    selection.x.gathered(images),
                );
                blocks::map_chunks_mut(&mut panels, 1, |index, panel| {
                    part.store(cut, index, &block, &mut panel[0])
                });
            }
        }
    }
    scratch.disk.flush();
    panels
        .into_iter()
        .map(|panel| Panel::stored(panel.pieces, panel.lit, panel.known))
        .collect()
}

impl Selection<'_> {
    /// Adds one panel of the selection, of which `block` has the images one after another.
    fn store(&self, cut: Cut, index: usize, block: &Block, to: &mut Storing) {
        let places: Vec<u32> = (0..self.images.len() as u32).collect();
        to.add(
            self.columns((block, &places), cut, index),
            self.known(cut, index),
        );
    }
}
