//! The weights of all images.

use std::cmp::Reverse;

use anyhow::Result;
use nmf_images::Weights;
use nmf_images::images::Labels;
use nmf_images::ndarray::{Array1, Axis};
use nmf_images::render::{self, Usage, UsageGroup};

use super::context::{Context, clipped_basis};
use super::picture::Picture;

const CAPTION: &str =
    "One row per part; images are sorted by the part that contributes most to them.";
const LABELLED: &str =
    "One row per part, by the folder that uses it most; images by the part that contributes most.";
/// The number of leading parts that images are sorted by; hardly any two images agree in more.
const DECIDING: usize = 8;

pub(super) fn usage(context: &Context) -> Result<Vec<Picture>> {
    let (weights, basis) = (context.weights(), &context.nmf.basis);
    let intensity = Intensity {
        weights,
        part_sums: basis.rows().sum_axis(Axis(1)),
    };
    let group = |name, images| UsageGroup {
        name,
        images: by_leading_parts(images, &intensity),
    };
    let groups: Vec<UsageGroup> = match &context.images.labels {
        None => vec![group("", (0..weights.nrows()).collect())],
        Some(labels) => by_label(labels)
            .map(|(name, images)| group(name, images))
            .collect(),
    };
    let caption = if groups.len() > 1 { LABELLED } else { CAPTION };
    let title = format!("{}: which images use which parts", context.title);
    let parts = clipped_basis(basis.clone(), context.outliers);
    let data = Usage {
        title: &title,
        caption,
        parts: &parts,
        weights,
        groups: &groups,
    };
    context.page("usage", caption, &render::usage(&data, context.theme)?)
}

/// Returns the images of each label, in their order.
fn by_label(labels: &Labels) -> impl Iterator<Item = (&str, Vec<usize>)> {
    let mut images = vec![Vec::new(); labels.names.len()];
    labels
        .indices
        .iter()
        .enumerate()
        .for_each(|(image, &label)| images[label].push(image));
    labels.names.iter().map(String::as_str).zip(images)
}

/// The intensity that each part contributes to each image, computed image by image: those of all images take as much memory
/// as the weights.
struct Intensity<'a> {
    weights: &'a Weights,
    /// The sum of the pixels of each part, (rank).
    part_sums: Array1<f32>,
}

impl Intensity<'_> {
    /// Returns the intensity of each part in one image, (rank).
    fn of(&self, image: usize) -> Array1<f32> {
        &self.weights.row(image) * &self.part_sums
    }

    /// Returns the largest intensity of a part in one image.
    fn most(&self, image: usize) -> f32 {
        self.of(image).into_iter().fold(0.0, f32::max)
    }

    /// Returns what an image is sorted by: a black one has no leading part, and comes last.
    fn rank_key(&self, image: usize) -> (bool, [u32; DECIDING]) {
        let intensity = self.of(image);
        let mut parts: Vec<u32> = (0..intensity.len() as u32).collect();
        parts.sort_by(|&a, &b| intensity[b as usize].total_cmp(&intensity[a as usize]));
        let mut leading = [u32::MAX; DECIDING];
        for (place, part) in leading.iter_mut().zip(parts) {
            *place = part;
        }
        (intensity.iter().all(|&value| value <= 0.0), leading)
    }
}

/// Sorts images by the part that contributes most intensity, then by the second, and so on, and images that agree in all
/// by brightness, descending.
fn by_leading_parts(mut images: Vec<usize>, intensity: &Intensity) -> Vec<usize> {
    // The bits of non-negative floats are in the order of the floats.
    images.sort_by_cached_key(|&image| Reverse(intensity.most(image).to_bits()));
    images.sort_by_cached_key(|&image| intensity.rank_key(image));
    images
}

#[cfg(test)]
mod tests {
    use nmf_images::ndarray::arr2;

    use super::*;

    /// Intensities of parts whose pixels add up to 1.
    fn of_equal_parts(weights: &Weights) -> Intensity<'_> {
        Intensity {
            weights,
            part_sums: Array1::ones(weights.ncols()),
        }
    }

    #[test]
    fn images_are_sorted_by_their_leading_part_and_then_by_the_second() {
        let weights = arr2(&[
            [0.1, 0.9, 0.0],
            [0.8, 0.1, 0.2],
            [0.1, 0.7, 0.2],
            [0.6, 0.4, 0.0],
            [0.1, 0.2, 0.5],
        ]);
        let intensity = of_equal_parts(&weights);
        assert_eq!(
            by_leading_parts(vec![0, 1, 2, 3, 4], &intensity),
            [3, 1, 0, 2, 4]
        );
        assert_eq!(by_leading_parts(vec![4, 2], &intensity), [2, 4]);
        assert_eq!(
            by_leading_parts(
                vec![0, 1, 2],
                &of_equal_parts(&arr2(&[[0.2], [0.5], [0.3]]))
            ),
            [1, 2, 0],
            "else the brightest first"
        );
    }

    #[test]
    fn black_images_come_last() {
        assert_eq!(
            by_leading_parts(
                vec![0, 1, 2],
                &of_equal_parts(&arr2(&[[0.0, 0.0], [0.0, 0.5], [0.3, 0.0]]))
            ),
            [2, 1, 0]
        );
    }

    #[test]
    fn each_label_has_its_images_in_their_order() {
        let labels = Labels {
            names: vec!["a".to_owned(), "b".to_owned()],
            indices: vec![1, 0, 1],
        };
        assert_eq!(
            by_label(&labels).collect::<Vec<_>>(),
            [("a", vec![1]), ("b", vec![0, 2])]
        );
    }
}
