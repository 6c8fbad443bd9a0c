//! Images that several processes hold, brought to the first of them.

use bytemuck::Pod;
use ndarray::Array2;

use super::shard::ImageShard;
use crate::communicator::{Communicator, Partition, gather, gather_lines, gather_rows};
use crate::images::set::{
    ImageSet, Images, Mask, Pixels, Skipped, evenly_spaced, labels_of, select,
};
use crate::kernel::Block;

impl ImageShard<'_> {
    /// How many images all processes hold.
    #[must_use]
    pub fn whole_len(&self) -> usize {
        Partition::of(self.communicator(), self.len()).all
    }

    /// How many pixels are unknown to all processes.
    #[must_use]
    pub fn whole_unknown(&self) -> usize {
        Partition::of(self.communicator(), self.len()).count(self.mask().map_or(0, Mask::unknown))
    }

    /// Which images of this process are among at most `most` of all, evenly spread.
    #[must_use]
    pub fn sample(&self, most: usize) -> Vec<usize> {
        let Partition {
            first, own, all, ..
        } = Partition::of(self.communicator(), self.len());
        let own = |place: usize| place.checked_sub(first).filter(|place| *place < own);
        evenly_spaced(all, most)
            .into_iter()
            .filter_map(own)
            .collect()
    }

    /// On the first process the images that each one chooses of its own, with the files that any left out; elsewhere none.
    #[must_use]
    pub fn gather(&self, chosen: &[usize]) -> ImageSet {
        let (communicator, set) = (self.communicator(), select(&self.set, chosen));
        let labels = gather_lines(communicator, &set.label_lines());
        let skipped = set
            .skipped
            .iter()
            .flat_map(|skipped| [skipped.path.clone(), skipped.reason.clone()]);
        let skipped = gather_lines(communicator, &skipped.collect::<Vec<_>>());
        let names = gather_lines(communicator, &set.names);
        ImageSet {
            pixels: pixels(&set, communicator),
            mask: self.mask_of(chosen, names.len()),
            labels: (labels.len() == names.len())
                .then(|| labels_of(&labels.iter().map(String::as_str).collect::<Vec<_>>()))
                .flatten(),
            names,
            skipped: skipped
                .chunks(2)
                .map(|said| Skipped {
                    path: said[0].clone(),
                    reason: said[1].clone(),
                })
                .collect(),
            ..set
        }
    }

    /// What is known of them, on the first process, where all have so many.
    fn mask_of(&self, chosen: &[usize], images: usize) -> Option<Mask> {
        let pixels = self.shape().pixels();
        let words = pixels.div_ceil(64);
        let open = Mask::open(self.len(), pixels);
        let mask = self.mask().unwrap_or(&open);
        let bits: Vec<u64> = chosen
            .iter()
            .flat_map(|&image| mask.words(image).iter().copied())
            .collect();
        let bits: Vec<u64> = gather(self.communicator(), &bits);
        Mask::new(images, pixels, |image, pixel| {
            bits[image * words + pixel / 64] >> (pixel % 64) & 1 == 1
        })
    }
}

fn pixels(own: &ImageSet, communicator: &dyn Communicator) -> Pixels {
    let pixels = own.shape.pixels();
    match own.block(0..own.len()) {
        Block::U8(values) => Pixels::U8(rows(&values, pixels, communicator)),
        Block::F32(values) => Pixels::F32(rows(&values, pixels, communicator)),
    }
}

fn rows<T: Pod>(own: &[T], pixels: usize, communicator: &dyn Communicator) -> Array2<T> {
    gather_rows(
        communicator,
        &Array2::from_shape_fn((own.len() / pixels, pixels), |(row, pixel)| {
            own[row * pixels + pixel]
        }),
    )
}
