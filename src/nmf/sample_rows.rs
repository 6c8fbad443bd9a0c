//! The images of a sample, sent to the processes that learn from them.

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};

use super::data::Data;
use crate::communicator::{Partition, sample_bounds};
use crate::kernel::{Block, KnownBits, Matrix, Selection, Source};

/// The selected images at such `places` among those of all processes.
///
/// They are cut as all images are: a small sample is learned by few processes, and as one alone would learn it.
pub(crate) fn sample<'a>(
    selection: &Selection,
    images: Partition<'a>,
    places: &[usize],
) -> Data<'a> {
    let Partition {
        communicator,
        first,
        own,
        ..
    } = images;
    let own = (0..places.len()).filter(|&row| (first..first + own).contains(&places[row]));
    let (rows, chosen): (Vec<usize>, Vec<u32>) = own
        .map(|row| (row, selection.images[places[row] - first]))
        .unzip();
    if communicator.size() == 1 {
        return Data::new(
            &Selection {
                images: &chosen,
                ..*selection
            },
            Partition::of(communicator, chosen.len()),
        );
    }
    let starts = sample_bounds(images, places.len());
    let (x, pixels) = (&selection.x, selection.x.pixels);
    let block = x.gathered(&chosen);
    let values = match &block {
        Block::U8(values) => taken(
            |at| &values[at * pixels..][..pixels],
            &rows,
            &starts,
            images,
        ),
        Block::F32(values) => taken(
            |at| &values[at * pixels..][..pixels],
            &rows,
            &starts,
            images,
        ),
    };
    let bits = x.known.map(|known| {
        let (bits, words) = known.bits();
        let of_row = |at: usize| &bits[chosen[at] as usize * words..][..words];
        pod_collect_to_vec::<u8, u64>(&taken(of_row, &rows, &starts, images))
    });
    let floats: Vec<f32>;
    let source = match block {
        Block::U8(_) => Source::U8(&values),
        Block::F32(_) => {
            floats = pod_collect_to_vec(&values);
            Source::F32(&floats)
        }
    };
    let images = starts[communicator.rank() + 1] - starts[communicator.rank()];
    let known = bits.as_ref().map(|bits| KnownBits::new(bits, pixels));
    let all: Vec<u32> = (0..images as u32).collect();
    let x = Matrix {
        source,
        images,
        pixels,
        known,
        scratch: x.scratch,
    };
    Data::new(
        &Selection {
            x,
            images: &all,
            pixels: selection.pixels,
        },
        Partition::of(communicator, images),
    )
}

/// This process's rows of a sample whose rows are taken from wherever they are, as bytes: `of` gives those that this one
/// has, which are such `rows` of the sample.
fn taken<'a, T: Pod>(
    of: impl Fn(usize) -> &'a [T],
    rows: &[usize],
    starts: &[usize],
    images: Partition,
) -> Vec<u8> {
    let for_rank = |to: &[usize]| -> Vec<u8> {
        let there = (0..rows.len()).filter(|&at| (to[0]..to[1]).contains(&rows[at]));
        there
            .flat_map(|at| cast_slice(of(at)).iter().copied())
            .collect()
    };
    images
        .communicator
        .exchange(&starts.windows(2).map(for_rank).collect::<Vec<_>>())
        .concat()
}
