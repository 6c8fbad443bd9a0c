//! Held-out images: drawn at random, and of every label in proportion.
//!
//! **Algorithm.** Each label gets its proportional number of held-out images, rounded down; the images that are then
//! missing are given to the labels with the largest remainders, of equal ones to those that a random order has first. Among
//! the images of a label, selection sampling draws that number, so that each of them is equally likely.
//!
//! Only the counts of the labels are exchanged among processes, and the draw depends on the order of the images alone: any
//! number of processes draws the same images.
//!
//! **Source.** D. Knuth, *The art of computer programming*, volume 2, 3.4.2, algorithm S.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::distributed::ImageShard;
use super::set::{ImageSet, Images, select};
use crate::communicator::all_gather;
use crate::error::{InputError, Result};

/// The minimum number of training images.
pub(crate) const MIN_TRAINING_IMAGES: usize = 2;

/// How many images are held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HoldOut {
    /// This fraction of all images, above 0 and below 1: at least one image.
    Share(f64),
    /// This many images.
    Count(usize),
}

impl HoldOut {
    /// Returns how many of so many images are held out.
    #[must_use]
    pub fn count(self, images: usize) -> usize {
        match self {
            Self::Share(share) => ((share * images as f64).round() as usize).max(1),
            Self::Count(count) => count,
        }
    }
}

/// A set in two: training images and held-out images, both in the order of the set.
#[non_exhaustive]
pub struct SplitShard<'a> {
    /// The training images.
    pub training: ImageShard<'a>,
    /// The held-out images.
    pub held_out: ImageShard<'a>,
}

/// Draws images of all processes, of every label in proportion, and holds them out. All processes call this together.
///
/// ```
/// use nmf_images::communicator::SingleProcess;
/// use nmf_images::images::{HoldOut, ImageShard, Images, hold_out, synthetic::Bars};
///
/// let bars = Bars::default().draw()?.images;
/// let split = hold_out(&ImageShard::new(bars, &SingleProcess), HoldOut::Share(0.1), 0)?;
/// assert_eq!((split.training.len(), split.held_out.len()), (450, 50));
/// # Ok::<(), nmf_images::Error>(())
/// ```
///
/// # Errors
/// If fewer than two training images would remain.
pub fn hold_out<'a>(shard: &ImageShard<'a>, which: HoldOut, seed: u64) -> Result<SplitShard<'a>> {
    let drawn = drawn(shard, which, seed)?;
    let training: Vec<usize> = (0..shard.len())
        .filter(|image| drawn.binary_search(image).is_err())
        .collect();
    let part = |images: &[usize]| ImageShard::new(select(&shard.set, images), shard.processes());
    Ok(SplitShard {
        training: part(&training),
        held_out: part(&drawn),
    })
}

/// Returns the held-out images of this process, in ascending order.
fn drawn(shard: &ImageShard, which: HoldOut, seed: u64) -> Result<Vec<usize>> {
    let labels = LabelCounts::of(shard);
    let images = labels.all.values().sum();
    let held_out = which.count(images);
    if held_out.saturating_add(MIN_TRAINING_IMAGES) > images {
        return Err(InputError::TooManyHeldOut { held_out, images }.into());
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sizes: Vec<usize> = labels.all.values().copied().collect();
    let quotas = quotas(&sizes, held_out, &mut rng);
    // For each label, the places of the drawn images among those of the label.
    let places: BTreeMap<&str, Vec<usize>> = labels
        .all
        .iter()
        .zip(quotas)
        .map(|((label, &size), quota)| (label.as_str(), sample(size, quota, &mut rng)))
        .collect();
    let mut next = labels.before;
    let own = (0..shard.len()).filter(|&image| {
        let label = label_of(&shard.set, image);
        let place = next.entry(label.to_owned()).or_default();
        *place += 1;
        places[label].binary_search(&(*place - 1)).is_ok()
    });
    Ok(own.collect())
}

/// How many images every label has.
struct LabelCounts {
    /// On the processes before this one.
    before: BTreeMap<String, usize>,
    /// On all processes.
    all: BTreeMap<String, usize>,
}

impl LabelCounts {
    fn of(shard: &ImageShard) -> Self {
        let mut own = BTreeMap::<String, usize>::new();
        for image in 0..shard.len() {
            match own.get_mut(label_of(&shard.set, image)) {
                Some(count) => *count += 1,
                None => drop(own.insert(label_of(&shard.set, image).to_owned(), 1)),
            }
        }
        let (mut before, mut all) = (BTreeMap::new(), BTreeMap::new());
        let bytes = serde_json::to_vec(&own).unwrap_or_default();
        let gathered = all_gather(shard.communicator(), bytes);
        for (rank, bytes) in gathered.iter().enumerate() {
            if rank == shard.communicator().rank() {
                before.clone_from(&all);
            }
            let counts: BTreeMap<String, usize> = serde_json::from_slice(bytes).unwrap_or_default();
            for (label, count) in counts {
                *all.entry(label).or_default() += count;
            }
        }
        Self { before, all }
    }
}

/// Returns the label of an image; `.`, which stands for the input folder, without labels.
fn label_of(set: &ImageSet, image: usize) -> &str {
    set.labels.as_ref().map_or(".", |labels| labels.of(image))
}

/// Returns how many of `held_out` images each label gets: in proportion to its size, by the largest remainder.
fn quotas(sizes: &[usize], held_out: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let images: usize = sizes.iter().sum();
    let product = |size: usize| size as u128 * held_out as u128;
    let mut quotas: Vec<usize> = sizes
        .iter()
        .map(|&size| (product(size) / images as u128) as usize)
        .collect();
    let mut order: Vec<(Reverse<u128>, u64, usize)> = sizes
        .iter()
        .enumerate()
        .map(|(label, &size)| (Reverse(product(size) % images as u128), rng.random(), label))
        .collect();
    order.sort_unstable();
    let missing = held_out - quotas.iter().sum::<usize>();
    for &(_, _, label) in &order[..missing] {
        quotas[label] += 1;
    }
    quotas
}

/// Draws `wanted` of the numbers below `count`, each set of them equally likely; in ascending order.
fn sample(count: usize, wanted: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut drawn = Vec::with_capacity(wanted);
    for number in 0..count {
        let is_drawn = rng.random_range(0..count - number) < wanted - drawn.len();
        if is_drawn {
            drawn.push(number);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::basis::Shape;
    use crate::communicator::SingleProcess;
    use crate::images::Labels;

    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(3)
    }

    fn shard(labels: Option<Vec<usize>>, images: usize) -> ImageShard<'static> {
        let values = Array2::from_shape_fn((images, 1), |(image, _)| image as f32);
        let mut set = ImageSet::from_f32(Shape::new(1, 1), values).unwrap();
        set.labels = labels.map(|indices| Labels {
            names: (0..=indices.iter().copied().max().unwrap_or_default())
                .map(|label| label.to_string())
                .collect(),
            indices,
        });
        ImageShard::new(set, &SingleProcess)
    }

    #[test]
    fn labels_are_drawn_in_proportion_by_the_largest_remainder() {
        // 10 of 100: 6.1, 2.9 and 1.0.
        assert_eq!(quotas(&[61, 29, 10], 10, &mut rng()), [6, 3, 1]);
        // 3 of 9: 1 2/3, 1 and 1/3.
        assert_eq!(quotas(&[5, 3, 1], 3, &mut rng()), [2, 1, 0]);
        assert_eq!(quotas(&[7], 3, &mut rng()), [3]);
    }

    #[test]
    fn equal_remainders_are_decided_by_the_seed_and_not_by_the_order_of_the_labels() {
        let mut first = 0;
        for seed in 0..100 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let quotas = quotas(&[1; 10], 5, &mut rng);
            assert_eq!(quotas.iter().sum::<usize>(), 5);
            first += quotas[0];
        }
        // Half of 100 draws, within four standard deviations of 5.
        assert!((30..=70).contains(&first), "{first}");
    }

    #[test]
    fn every_number_is_as_likely_as_any_other() {
        let mut rng = rng();
        let mut counts = [0_usize; 5];
        for _ in 0..2000 {
            let drawn = sample(5, 2, &mut rng);
            assert!(drawn.len() == 2 && drawn[0] < drawn[1]);
            for number in drawn {
                counts[number] += 1;
            }
        }
        // 800 each, within four standard deviations of 22.
        assert!(
            counts.iter().all(|count| (712..=888).contains(count)),
            "{counts:?}"
        );
        assert_eq!(sample(3, 3, &mut rng), [0, 1, 2]);
        assert!(sample(3, 0, &mut rng).is_empty());
    }

    #[test]
    fn a_set_is_split_in_its_order_and_by_the_seed() {
        let labels: Vec<usize> = (0..40).map(|image| usize::from(image >= 10)).collect();
        let of_seed = |seed| {
            let all = shard(Some(labels.clone()), 40);
            let split = hold_out(&all, HoldOut::Share(0.2), seed).unwrap();
            let names = |shard: &ImageShard| {
                let names = shard.set.names.iter();
                names.map(|name| name.parse().unwrap()).collect()
            };
            let (training, held_out): (Vec<usize>, Vec<usize>) =
                (names(&split.training), names(&split.held_out));
            assert_eq!((training.len(), held_out.len()), (32, 8));
            assert!(training.is_sorted() && held_out.is_sorted());
            let mut all = [training, held_out.clone()].concat();
            all.sort_unstable();
            assert_eq!(all, (0..40).collect::<Vec<_>>());
            assert_eq!(held_out.iter().filter(|&&image| image < 10).count(), 2);
            held_out
        };
        assert_eq!(of_seed(0), of_seed(0));
        assert_ne!(of_seed(0), of_seed(1));
    }

    #[test]
    fn two_images_remain() {
        let all = shard(None, 6);
        for (which, held_out) in [
            (HoldOut::Count(4), Some(4)),
            (HoldOut::Share(0.01), Some(1)),
            (HoldOut::Share(0.5), Some(3)),
            (HoldOut::Count(5), None),
            (HoldOut::Count(usize::MAX), None),
            (HoldOut::Share(0.95), None),
        ] {
            let split = hold_out(&all, which, 0);
            assert_eq!(split.ok().map(|split| split.held_out.len()), held_out);
        }
    }
}
