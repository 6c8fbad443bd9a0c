//! Images of a sample, taken to the processes that learn from them.

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};

use super::driver::Data;
use crate::kernel::{Known, Matrix, Selection, Source};
use crate::team::{Spread, cut_sample};

/// `size` of the selected images, evenly spread over those of all processes, so that a folder sorted by label gives a bit
/// of each.
///
/// They are cut as all images are: a small sample is learned by few processes, and as one alone would learn it.
pub(crate) fn sample<'a>(selection: &Selection, images: Spread<'a>, size: usize) -> Data<'a> {
    let Spread { team, first, own, all } = images;
    let places = (0..size).map(|i| (i, i * all / size)).filter(|(_, place)| (first..first + own).contains(place));
    let rows: Vec<(usize, u32)> = places.map(|(i, place)| (i, selection.images[place - first])).collect();
    if team.size() == 1 {
        let images: Vec<u32> = rows.iter().map(|&(_, image)| image).collect();
        return Data::new(&Selection { images: &images, ..*selection }, Spread::of(team, size));
    }
    let starts = cut_sample(images, size);
    let (x, pixels) = (&selection.x, selection.x.pixels);
    let values = match x.source {
        Source::U8(values) => taken(values, pixels, &rows, &starts, images),
        Source::F32(values) => taken(values, pixels, &rows, &starts, images),
    };
    let bits = x.known.map(|known| {
        let (bits, words) = known.bits();
        pod_collect_to_vec::<u8, u64>(&taken(bits, words, &rows, &starts, images))
    });
    let floats: Vec<f32>;
    let source = match x.source {
        Source::U8(_) => Source::U8(&values),
        Source::F32(_) => {
            floats = pod_collect_to_vec(&values);
            Source::F32(&floats)
        }
    };
    let images = starts[team.rank() + 1] - starts[team.rank()];
    let known = bits.as_ref().map(|bits| Known::new(bits, pixels));
    let places: Vec<u32> = (0..images as u32).collect();
    let x = Matrix { source, images, pixels, known };
    Data::new(&Selection { x, images: &places, pixels: selection.pixels }, Spread::of(team, images))
}

/// This process's rows of a sample whose rows are taken from wherever they are, as bytes.
fn taken<T: Pod>(values: &[T], width: usize, rows: &[(usize, u32)], starts: &[usize], images: Spread) -> Vec<u8> {
    let of = |to: &[usize]| -> Vec<u8> {
        let there = rows.iter().filter(|(place, _)| (to[0]..to[1]).contains(place));
        there.flat_map(|&(_, image)| cast_slice(&values[image as usize * width..][..width]).iter().copied()).collect()
    };
    images.team.exchange(&starts.windows(2).map(of).collect::<Vec<_>>()).concat()
}
