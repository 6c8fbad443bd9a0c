//! Cuts the pixel matrix into panels that are kept in a file.

use std::sync::Arc;

use super::columns::{Columns, Lit};
use super::layout::{RUN, WIDTH};
use super::matrix::Block;
use super::panel::Panel;
use super::scratch::{Pieces, Scratch};
use super::selection::{Cut, Selection};
use crate::blocks;

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
        self.pieces.append(columns, &self.lit, first);
        if let Some(known) = known {
            self.known.get_or_insert_default().extend(known);
        }
    }
}

/// Cuts the selection into panels that are kept in the file.
pub(super) fn cut(selection: &Selection, cut: Cut, scratch: &Arc<Scratch>) -> Vec<Panel> {
    let are_of_bytes = matches!(selection.x.block(0..0), Block::U8(_));
    let storing = |_| Storing {
        pieces: Pieces::new(scratch, are_of_bytes),
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
                    part.store(cut, index, &block, &mut panel[0]);
                });
            }
        }
    }
    scratch.flush();
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
