//! Held-out images, classified by the nearest class mean of the training images.

use std::collections::BTreeMap;

use super::class_means::{ClassMeans, UnitBasisPoints, chance_of_class};
use super::labels::{LabelAccuracy, NearestMean};
use crate::blocks;
use crate::decomposition::Decomposition;
use crate::images::Labels;

/// Images with their labels, and what each method makes of them.
#[derive(Debug, Clone, Copy)]
pub struct LabelledImages<'a> {
    /// Their labels.
    pub labels: &'a Labels,
    /// Each method with the weights of these images.
    pub decompositions: &'a [Decomposition],
}

impl LabelAccuracy {
    /// Classifies held-out images by the class means of the training images. Images whose label no training image has are
    /// excluded. Returns `None` if the training images have fewer than two labels, or no image remains.
    ///
    /// # Panics
    /// If there are not as many labels as rows of weights, or the methods differ.
    #[must_use]
    pub fn of_held_out(training: LabelledImages, held_out: LabelledImages) -> Option<Self> {
        let classes = &training.labels.names;
        let classified = ClassifiedImages::among(held_out.labels, classes)?;
        let mut methods = Vec::new();
        for (of_training, of_held_out) in
            training.decompositions.iter().zip(held_out.decompositions)
        {
            let all: Vec<usize> = (0..of_training.weights.nrows()).collect();
            let points = UnitBasisPoints::new(&of_training.weights, &of_training.basis, &all);
            let means = ClassMeans::of(&points, &training.labels.indices, classes.len());
            let points =
                UnitBasisPoints::new(&of_held_out.weights, &of_held_out.basis, &classified.images);
            let right = blocks::map(&classified.class_of_image, |index, &class| {
                chance_of_class(&means.squared_distances(&points.at(index)), class)
            });
            let accuracy = right.iter().sum::<f64>() / right.len() as f64;
            methods.push((of_training.method, NearestMean { accuracy }));
        }
        Some(Self {
            count: classified.images.len(),
            excluded: held_out.labels.indices.len() - classified.images.len(),
            classes: classes.clone(),
            methods: methods.into_iter().collect(),
            chance: classified.chance(&training.labels.indices),
            held_out: true,
        })
    }
}

/// The held-out images whose label is among the classes.
struct ClassifiedImages {
    images: Vec<usize>,
    /// The index of each image's class.
    class_of_image: Vec<usize>,
}

impl ClassifiedImages {
    /// Returns the images of the classes; `None` if there are fewer than two classes, or no such image.
    fn among(labels: &Labels, classes: &[String]) -> Option<Self> {
        let class_of_label: Vec<Option<usize>> = labels
            .names
            .iter()
            .map(|name| classes.iter().position(|class| class == name))
            .collect();
        let class_of = |image: usize| Some((image, class_of_label[labels.indices[image]]?));
        let (images, class_of_image): (Vec<_>, Vec<_>) =
            (0..labels.indices.len()).filter_map(class_of).unzip();
        (classes.len() > 1 && !images.is_empty()).then_some(Self {
            images,
            class_of_image,
        })
    }

    /// Returns the fraction of the images that are right if each is given the class of most training images, any of them
    /// if several have as many; `training` has the class of each training image.
    fn chance(&self, training: &[usize]) -> f64 {
        let sizes = sizes(training);
        let largest = sizes.values().max();
        let most_frequent: Vec<usize> = sizes
            .iter()
            .filter(|(_, size)| Some(*size) == largest)
            .map(|(&class, _)| class)
            .collect();
        let of_these = self.class_of_image.iter();
        let of_these = of_these
            .filter(|class| most_frequent.contains(class))
            .count();
        of_these as f64 / (most_frequent.len() * self.images.len()) as f64
    }
}

/// Returns how many images each class has.
fn sizes(class_of_image: &[usize]) -> BTreeMap<usize, usize> {
    let mut sizes = BTreeMap::new();
    for &class in class_of_image {
        *sizes.entry(class).or_default() += 1;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;
    use crate::basis::{Basis, Shape};
    use crate::decomposition::NMF;

    #[test]
    fn held_out_images_are_classified_by_the_means_of_the_training_images() {
        let learned = |weights: Array2<f32>| Decomposition {
            method: &NMF,
            basis: Basis::new(Shape::new(1, 2), arr2(&[[1., 0.], [0., 2.]])),
            weights,
            mean: None,
            errors: Vec::new(),
        };
        let training = [learned(arr2(&[[0., 0.], [2., 0.], [4., 1.], [9., 9.]]))];
        let held_out = [learned(arr2(&[[2., 0.], [3., 0.5], [9., 8.], [4., 2.]]))];
        let named = |names: &[&str], indices: &[usize]| Labels {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            indices: indices.to_vec(),
        };
        // With basis images of length 1, the means are (1, 0), (4, 2) and (9, 18). The squared distances to the first two
        // are 1 and 8 for (2, 0), which is wrong, 5 and 2 for (3, 1). The label of the last image has no training image.
        let found = LabelAccuracy::of_held_out(
            LabelledImages {
                labels: &named(&["a", "b", "c"], &[0, 0, 1, 2]),
                decompositions: &training,
            },
            LabelledImages {
                labels: &named(&["b", "c", "d"], &[0, 0, 1, 2]),
                decompositions: &held_out,
            },
        )
        .unwrap();
        assert_eq!((found.count, found.excluded, found.held_out), (3, 1, true));
        assert_eq!(found.classes, ["a", "b", "c"]);
        assert!((found.methods[&NMF].accuracy - 2.0 / 3.0).abs() < 1e-12);
        assert!(
            found.chance.abs() < 1e-12,
            "no held-out image is of a, which most training images are of"
        );
    }

    #[test]
    fn chance_is_that_of_any_of_the_most_frequent_training_classes() {
        let classified = ClassifiedImages {
            images: vec![0, 1, 2],
            class_of_image: vec![0, 0, 2],
        };
        for (training, expected) in [
            (vec![0, 1, 0], 2.0 / 3.0),
            (vec![0, 2], 0.5),
            (vec![0, 1, 2], 1.0 / 3.0),
            (vec![1], 0.0),
        ] {
            let found = classified.chance(&training);
            assert!((found - expected).abs() < 1e-12, "{training:?}: {found}");
        }
    }
}
