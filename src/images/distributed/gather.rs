//! Gathering of the images of several processes on the first of them.

use bytemuck::Pod;
use ndarray::Array2;

use super::shard::ImageShard;
use crate::communicator::{Communicator, Partition, any_true, gather, gather_lines, gather_rows};
use crate::images::set::{
    ImageSet, Images, Labels, Mask, Pixels, Skipped, evenly_spaced, labels_of, select,
};
use crate::kernel::Block;

impl ImageShard<'_> {
    /// Returns the number of images of all processes.
    #[must_use]
    pub fn whole_len(&self) -> usize {
        Partition::of(self.communicator(), self.len()).all
    }

    /// Returns the number of unknown pixels of all processes.
    #[must_use]
    pub fn whole_unknown(&self) -> usize {
        Partition::of(self.communicator(), self.len()).count(self.mask().map_or(0, Mask::unknown))
    }

    /// Returns the indices of those images of this process that are among at most `most` evenly spaced images of all.
    #[must_use]
    pub fn sample(&self, most: usize) -> Vec<usize> {
        let Partition {
            first, own, all, ..
        } = Partition::of(self.communicator(), self.len());
        evenly_spaced(all, most)
            .into_iter()
            .filter(|index| (first..first + own).contains(index))
            .map(|index| index - first)
            .collect()
    }

    /// Returns the images that each process chooses of its own, with all skipped files, on the first process; on others, a
    /// set without images.
    #[must_use]
    pub fn gather(&self, chosen: &[usize]) -> ImageSet {
        let (communicator, set) = (self.communicator(), select(&self.set, chosen));
        if communicator.size() == 1 && !matches!(set.pixels, Pixels::Stored(_)) {
            return set;
        }
        let has_labels = any_true(communicator, &[self.set.labels.is_some()])[0];
        let labels = gather_lines(communicator, &folders(&set));
        let skipped = set
            .skipped
            .iter()
            .flat_map(|skipped| [skipped.path.clone(), skipped.reason.clone()]);
        let skipped = gather_lines(communicator, &skipped.collect::<Vec<_>>());
        let names = gather_lines(communicator, &set.names);
        ImageSet {
            pixels: pixels(&set, communicator),
            mask: self.mask_of(chosen, names.len()),
            labels: has_labels.then(|| labels_of_lines(&labels)).flatten(),
            names,
            skipped: skipped
                .chunks(2)
                .map(|lines| Skipped {
                    path: lines[0].clone(),
                    reason: lines[1].clone(),
                })
                .collect(),
            ..set
        }
    }

    /// Returns the mask of the chosen images of all processes, on the first process.
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

/// Returns the label of each image; `.`, which stands for the input folder, if this process has none.
fn folders(set: &ImageSet) -> Vec<String> {
    if set.labels.is_some() {
        set.label_lines()
    } else {
        vec![".".to_owned(); set.names.len()]
    }
}

fn labels_of_lines(lines: &[String]) -> Option<Labels> {
    labels_of(&lines.iter().map(String::as_str).collect::<Vec<_>>())
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
