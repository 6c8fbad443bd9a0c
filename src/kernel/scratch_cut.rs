//! Cuts the pixel matrix into panels whose columns are in the scratch file.

use std::sync::Arc;

use super::columns::{ColumnIndex, PanelColumns};
use super::layout::{RUN, WIDTH};
use super::matrix::Block;
use super::panel::Panel;
use super::scratch::{Scratch, ScratchColumns};
use super::selection::{Orientation, Selection};
use crate::blocks;

/// A panel that is being written to the scratch file.
struct PanelWriter {
    columns: ScratchColumns,
    index: ColumnIndex,
    known: Option<Vec<u64>>,
}

impl PanelWriter {
    /// Writes the next columns, which begin a run.
    fn append(&mut self, mut columns: PanelColumns, known: Option<Vec<u64>>) {
        let first = self.index.chunks();
        if let Some(known) = &known {
            columns.clear_unknown(known);
        }
        let zero = columns.zero_columns(known.as_deref());
        self.index.extend(&zero);
        columns.remove(&zero);
        self.columns.append(columns, &self.index, first);
        if let Some(known) = known {
            self.known.get_or_insert_default().extend(known);
        }
    }
}

/// Cuts the selection into panels in the scratch file.
pub(super) fn cut_to_scratch(
    selection: &Selection,
    orientation: Orientation,
    scratch: &Arc<Scratch>,
) -> Vec<Panel> {
    let is_u8 = selection.x.is_bytes();
    let count = selection.size(orientation).0.div_ceil(WIDTH);
    let mut writers = Vec::with_capacity(count);
    for _ in 0..count {
        writers.push(PanelWriter {
            columns: ScratchColumns::new(scratch, is_u8),
            index: ColumnIndex::new(),
            known: None,
        });
    }
    match orientation {
        Orientation::ImageRows => write_image_rows(selection, &mut writers),
        Orientation::PixelRows => write_pixel_rows(selection, &mut writers),
    }
    scratch.flush();
    writers
        .into_iter()
        .map(|writer| Panel::on_disk(writer.columns, writer.index, writer.known))
        .collect()
}

/// Writes each panel from its own images.
fn write_image_rows(selection: &Selection, writers: &mut [PanelWriter]) {
    blocks::map_chunks_mut(writers, 1, |index, writer| {
        let images = selection.images.chunks(WIDTH).nth(index);
        let panel = Selection {
            images: images.unwrap_or_default(),
            ..*selection
        };
        let block = selection.x.gathered(panel.images);
        write_panel(&panel, &block, Orientation::ImageRows, 0, &mut writer[0]);
    });
}

/// Writes all panels run by run, so that each image is read once.
fn write_pixel_rows(selection: &Selection, writers: &mut [PanelWriter]) {
    for images in selection.images.chunks(RUN) {
        let run = Selection {
            images,
            ..*selection
        };
        let block = selection.x.gathered(images);
        blocks::map_chunks_mut(writers, 1, |index, writer| {
            write_panel(&run, &block, Orientation::PixelRows, index, &mut writer[0]);
        });
    }
}

/// Writes panel `index` of a selection whose images are concatenated in `block`.
fn write_panel(
    selection: &Selection,
    block: &Block,
    orientation: Orientation,
    index: usize,
    writer: &mut PanelWriter,
) {
    let places: Vec<u32> = (0..selection.images.len() as u32).collect();
    let columns = selection.columns(block, &places, orientation, index);
    writer.append(columns, selection.known(orientation, index));
}
