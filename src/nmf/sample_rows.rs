//! The images of a sample, sent to the processes that learn from them.

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};

use super::data::Data;
use crate::communicator::{Communicator, Partition, sample_bounds};
use crate::kernel::{Block, KnownBits, Matrix, Selection, Source};

/// Returns the selected images at the given `places` among those of all processes.
///
/// They are shared as all images are: few processes learn from a small sample, and to the same bits
/// as one would.
pub(crate) fn sample<'a>(
    selection: &Selection,
    images: Partition<'a>,
    places: &[usize],
) -> Data<'a> {
    let own = images.first..images.first + images.own;
    let (mut rows, mut chosen) = (Vec::new(), Vec::new());
    for (row, &place) in places.iter().enumerate() {
        if own.contains(&place) {
            rows.push(row);
            chosen.push(selection.images[place - images.first]);
        }
    }
    let communicator = images.communicator;
    if communicator.size() == 1 {
        let selection = Selection {
            images: &chosen,
            ..*selection
        };
        return Data::new(&selection, Partition::of(communicator, chosen.len()));
    }
    let exchange = SampleExchange {
        communicator,
        rows,
        chosen,
        bounds: sample_bounds(images, places.len()),
    };
    exchange.data(selection)
}

/// The exchange of a sample's rows: from the processes that have the images to those that learn
/// from them.
struct SampleExchange<'a> {
    communicator: &'a dyn Communicator,
    /// The rows of the sample that this process has, and the index of the image of each.
    rows: Vec<usize>,
    chosen: Vec<u32>,
    /// The first row of each process afterwards, and the number of all rows.
    bounds: Vec<usize>,
}

impl<'a> SampleExchange<'a> {
    /// Returns this process's rows of the sample.
    fn data(&self, selection: &Selection) -> Data<'a> {
        let (x, pixels) = (&selection.x, selection.x.pixels);
        let block = x.gathered(&self.chosen);
        let values = match &block {
            Block::U8(values) => self.exchange(|at| &values[at * pixels..][..pixels]),
            Block::F32(values) => self.exchange(|at| &values[at * pixels..][..pixels]),
        };
        let bits = x.known.map(|known| {
            let (bits, words) = known.bits();
            let bytes = self.exchange(|at| &bits[self.chosen[at] as usize * words..][..words]);
            pod_collect_to_vec::<u8, u64>(&bytes)
        });
        let floats: Vec<f32>;
        let source = match block {
            Block::U8(_) => Source::U8(&values),
            Block::F32(_) => {
                floats = pod_collect_to_vec(&values);
                Source::F32(&floats)
            }
        };
        let rank = self.communicator.rank();
        let images = self.bounds[rank + 1] - self.bounds[rank];
        let all: Vec<u32> = (0..images as u32).collect();
        let selection = Selection {
            x: Matrix {
                source,
                images,
                pixels,
                known: bits.as_ref().map(|bits| KnownBits::new(bits, pixels)),
                scratch: x.scratch,
            },
            images: &all,
            pixels: selection.pixels,
        };
        Data::new(&selection, Partition::of(self.communicator, images))
    }

    /// Sends each row to the process that learns from it; returns the bytes of this process's rows.
    /// `row` returns a row that this process has, by its index in `rows`.
    fn exchange<'r, T: Pod>(&self, row: impl Fn(usize) -> &'r [T]) -> Vec<u8> {
        let mut messages = Vec::new();
        for bounds in self.bounds.windows(2) {
            let mut message: Vec<u8> = Vec::new();
            for (at, sample_row) in self.rows.iter().enumerate() {
                if (bounds[0]..bounds[1]).contains(sample_row) {
                    message.extend_from_slice(cast_slice(row(at)));
                }
            }
            messages.push(message);
        }
        self.communicator.exchange(&messages).concat()
    }
}
