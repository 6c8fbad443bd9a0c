//! Cuts the pixel matrix into panels, in memory or in the scratch files, run by run: a run of images is in the last-level
//! cache while both cuts copy it and sums over it are formed, and is read once from disk.

use super::columns::{ColumnIndex, PanelColumns};
use super::layout::{RUN, WIDTH};
use super::matrix::{Block, IMAGES_PER_TASK};
use super::panel::Panel;
use super::panel_matrix::PanelMatrix;
use super::scratch::ScratchColumns;
use super::selection::{Orientation, Selection};
use crate::blocks;

/// A panel that is being written.
struct PanelWriter {
    columns: WrittenColumns,
    index: ColumnIndex,
    known: Option<Vec<u64>>,
}

/// Where columns are written.
enum WrittenColumns {
    InMemory(PanelColumns<'static>),
    OnDisk(ScratchColumns),
}

impl PanelWriter {
    /// Returns a writer of up to `most` columns, none of them written.
    fn new(selection: &Selection, most: usize) -> Self {
        let is_u8 = selection.x.is_bytes();
        Self {
            columns: match selection.x.scratch {
                None => WrittenColumns::InMemory(PanelColumns::with_capacity(is_u8, most)),
                Some(scratch) => WrittenColumns::OnDisk(ScratchColumns::new(scratch, is_u8)),
            },
            index: ColumnIndex::new(),
            known: None,
        }
    }

    /// Writes the next columns, which begin a run, but for those of zeros.
    fn append(&mut self, mut columns: PanelColumns, known: Option<Vec<u64>>) {
        let first = self.index.chunks();
        if let Some(known) = &known {
            columns.clear_unknown(known);
        }
        let zero = columns.zero_columns(known.as_deref());
        self.index.extend(&zero);
        columns.remove(&zero);
        match &mut self.columns {
            WrittenColumns::InMemory(written) => written.append(&columns),
            WrittenColumns::OnDisk(written) => written.append(columns, &self.index, first),
        }
        if let Some(known) = known {
            self.known.get_or_insert_default().extend(known);
        }
    }

    fn finish(self) -> Panel {
        match self.columns {
            WrittenColumns::InMemory(columns) => Panel::in_memory(columns, self.index, self.known),
            WrittenColumns::OnDisk(columns) => Panel::on_disk(columns, self.index, self.known),
        }
    }
}

impl PanelMatrix {
    /// Copies the selection into panels that store every column; without those of zeros if they are on disk.
    pub(crate) fn new(selection: &Selection, orientation: Orientation) -> Self {
        if selection.x.scratch.is_some() {
            return cut_one_way(selection, orientation);
        }
        let block = selection.x.block(0..selection.x.images);
        let count = selection.size(orientation).0.div_ceil(WIDTH);
        let panels = blocks::map_range(count, |index| selection.panel(&block, orientation, index));
        Self::of_panels(panels, selection, orientation)
    }

    /// Copies the selection into panels that do not store columns of zeros, which add nothing to a product.
    pub(crate) fn without_zero_columns(selection: &Selection, orientation: Orientation) -> Self {
        cut_one_way(selection, orientation)
    }
}

/// A selection cut both ways, without columns of zeros, and sums over its images with all their pixels, of values as they are
/// in memory.
pub(crate) struct BothCuts {
    pub(crate) by_image: PanelMatrix,
    pub(crate) by_pixel: PanelMatrix,
    /// ‖x‖² of each image.
    pub(crate) image_squares: Vec<f64>,
    /// The sum of each pixel, as partial sums of tasks: (tasks) times (pixels).
    pub(crate) pixel_sums: Vec<Vec<f64>>,
}

impl BothCuts {
    /// Returns ‖X‖² as partial sums of tasks, as [`Selection::partial_squares`] does.
    pub(crate) fn partial_squares(&self) -> Vec<f64> {
        let tasks = self.image_squares.chunks(IMAGES_PER_TASK);
        tasks.map(|squares| squares.iter().sum()).collect()
    }
}

/// Cuts a selection both ways.
pub(crate) fn cut_both_ways(selection: &Selection) -> BothCuts {
    let (images, pixels) = (selection.images.len(), selection.pixels.len());
    let mut by_image = writers(selection, images, 0);
    let mut by_pixel = writers(selection, pixels, images);
    let mut image_squares = Vec::with_capacity(images);
    let mut pixel_sums = Vec::new();
    let runs = selection.images.chunks(RUN);
    for (images, by_image) in runs.zip(by_image.chunks_mut(RUN / WIDTH)) {
        let run = Selection {
            images,
            ..*selection
        };
        let block = selection.x.gathered(images);
        let write_both = || {
            blocks::both(
                || write_run(&run, &block, Orientation::ImageRows, by_image),
                || write_run(&run, &block, Orientation::PixelRows, &mut by_pixel),
            )
        };
        let (_, sums) = blocks::both(write_both, || task_sums(&run, &block));
        for task in sums {
            image_squares.extend(task.image_squares);
            pixel_sums.push(task.pixel_sums);
        }
    }
    BothCuts {
        by_image: finished(selection, Orientation::ImageRows, by_image),
        by_pixel: finished(selection, Orientation::PixelRows, by_pixel),
        image_squares,
        pixel_sums,
    }
}

/// Sums over the images of a task.
struct TaskSums {
    image_squares: Vec<f64>,
    pixel_sums: Vec<f64>,
}

/// Returns the sums of each task of a run of images, which are concatenated in `block`.
fn task_sums(run: &Selection, block: &Block) -> Vec<TaskSums> {
    let tasks: Vec<&[u32]> = run.images.chunks(IMAGES_PER_TASK).collect();
    blocks::map(&tasks, |task, images| {
        let first = task * IMAGES_PER_TASK;
        let block = block.part(first..first + images.len(), run.x.pixels);
        TaskSums {
            image_squares: run.x.image_squares(images, &block),
            pixel_sums: run.x.pixel_sums(images, &block),
        }
    })
}

/// Returns the panels of one kind of a selection, without columns of zeros.
fn cut_one_way(selection: &Selection, orientation: Orientation) -> PanelMatrix {
    let (rows, columns) = selection.size(orientation);
    let most = match orientation {
        Orientation::ImageRows => 0,
        Orientation::PixelRows => columns,
    };
    let mut all = writers(selection, rows, most);
    for (run, images) in selection.images.chunks(RUN).enumerate() {
        let block = selection.x.gathered(images);
        let run = match orientation {
            Orientation::ImageRows => all.chunks_mut(RUN / WIDTH).nth(run).unwrap_or_default(),
            Orientation::PixelRows => &mut all[..],
        };
        let images = Selection {
            images,
            ..*selection
        };
        write_run(&images, &block, orientation, run);
    }
    finished(selection, orientation, all)
}

/// Returns one writer for each panel of so many rows.
fn writers(selection: &Selection, rows: usize, most: usize) -> Vec<PanelWriter> {
    let writers = (0..rows.div_ceil(WIDTH)).map(|_| PanelWriter::new(selection, most));
    writers.collect()
}

fn finished(
    selection: &Selection,
    orientation: Orientation,
    writers: Vec<PanelWriter>,
) -> PanelMatrix {
    if let Some(scratch) = selection.x.scratch {
        scratch.flush();
    }
    let panels = writers.into_iter().map(PanelWriter::finish).collect();
    PanelMatrix::of_panels(panels, selection, orientation)
}

/// Writes the panels of a run of images, which are concatenated in `block`.
fn write_run(
    run: &Selection,
    block: &Block,
    orientation: Orientation,
    writers: &mut [PanelWriter],
) {
    let places: Vec<u32> = (0..run.images.len() as u32).collect();
    blocks::map_chunks_mut(writers, 1, |index, writer| {
        let columns = run.columns(block, &places, orientation, index);
        writer[0].append(columns, run.known(orientation, index));
    });
}
