//! Prototypes without images take the images that are farthest from theirs.

use super::distances::Nearest;
use crate::communicator::{Partition, all_gather};

/// An image that a prototype without images can take.
struct Far {
    distance: f64,
    /// The index of the image among those of all processes.
    image: u64,
    prototype: usize,
}

/// The number of bytes of a [`Far`] in a message.
const BYTES: usize = 24;

/// Assigns to each prototype without images the image farthest from its own prototype, the first of equally far ones, but
/// not the only image of a prototype. `sizes` are the numbers of images of all processes; `assignments` those of this one.
/// Returns whether any image of any process was moved.
pub(super) fn fill(
    images: Partition,
    nearest: &[Nearest],
    mut sizes: Vec<i64>,
    assignments: &mut [u32],
) -> bool {
    let mut empty: Vec<usize> = (0..sizes.len()).filter(|&j| sizes[j] == 0).collect();
    if empty.is_empty() {
        return false;
    }
    empty.reverse();
    // Each prototype may have one image that is not taken.
    let farthest = farthest(images, nearest, empty.len() + sizes.len());
    let mut any = false;
    for far in farthest {
        if sizes[far.prototype] < 2 {
            continue;
        }
        let Some(prototype) = empty.pop() else {
            break;
        };
        any = true;
        sizes[far.prototype] -= 1;
        let own = (far.image as usize).checked_sub(images.first);
        if let Some(assignment) = own.and_then(|own| assignments.get_mut(own)) {
            *assignment = prototype as u32;
        }
    }
    any
}

/// Returns the farthest images of all processes, up to `count` of each, that differ from their prototypes; the farthest
/// first.
fn farthest(images: Partition, nearest: &[Nearest], count: usize) -> Vec<Far> {
    let mut own: Vec<(usize, &Nearest)> = nearest
        .iter()
        .enumerate()
        .filter(|(_, nearest)| nearest.distance > 0.0)
        .collect();
    own.sort_by(|(_, a), (_, b)| b.distance.total_cmp(&a.distance));
    let mut bytes = Vec::new();
    for (image, nearest) in own.into_iter().take(count) {
        bytes.extend(nearest.distance.to_le_bytes());
        bytes.extend(((images.first + image) as u64).to_le_bytes());
        bytes.extend(u64::from(nearest.prototype).to_le_bytes());
    }
    let all = all_gather(images.communicator, bytes).concat();
    let mut all: Vec<Far> = all.as_chunks::<BYTES>().0.iter().map(Far::read).collect();
    // Stable, so that equally far images stay in their order.
    all.sort_by(|a, b| b.distance.total_cmp(&a.distance));
    all
}

impl Far {
    fn read(bytes: &[u8; BYTES]) -> Self {
        let mut values = [0; 3];
        for (value, bytes) in values.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *value = u64::from_le_bytes(*bytes);
        }
        Self {
            distance: f64::from_bits(values[0]),
            image: values[1],
            prototype: values[2] as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communicator::SingleProcess;

    #[test]
    fn the_farthest_image_is_taken_unless_it_is_the_only_one() {
        let nearest: Vec<Nearest> = [(0, 9.0), (1, 1.0), (1, 4.0), (1, 4.0), (1, 0.0)]
            .map(|(prototype, distance)| Nearest {
                prototype,
                distance,
            })
            .to_vec();
        let mut assignments = [0, 1, 1, 1, 1];
        let images = Partition::of(&SingleProcess, 5);
        let sizes = vec![1, 4, 0, 0];
        assert!(fill(images, &nearest, sizes, &mut assignments));
        assert_eq!(assignments, [0, 1, 2, 3, 1]);
        let mut assignments = [0, 1, 1, 1, 1];
        assert!(!fill(images, &nearest, vec![1, 4], &mut assignments));
        assert!(!fill(images, &nearest[4..], vec![0, 5], &mut [1]));
    }
}
