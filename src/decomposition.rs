//! What a method learned, in one form for all methods, and the facts in which the methods differ.
//!
//! Code that compares methods loops over a slice of [`Decomposition`]s; [`Method`] has everything in
//! which they differ. To add a method, add a row here. [`VQ`] is not among the [`METHODS`] that are compared throughout: it
//! has one weight per image.

use std::ops::Index;

use ndarray::{Array1, Axis};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::basis::{Basis, Weights};

/// The facts in which methods differ: one row per method.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Method {
    /// The abbreviation in headings and tables: `NMF`.
    pub name: &'static str,
    /// The key of its section in the reports: `nmf`.
    pub key: &'static str,
    /// One basis image: `part`.
    pub unit: &'static str,
    /// Several basis images: `parts`.
    pub units: &'static str,
    /// The name of its weights: `weights`, `scores`.
    pub weights: &'static str,
    /// Whether basis and weights have both signs; otherwise both are non-negative.
    pub signed: bool,
    /// The whole that the shares of its basis images are fractions of: `of the variance`.
    pub share_of: &'static str,
    /// Its arrays in `model.npz`, in the order in which they are written.
    #[serde(skip)]
    pub arrays: &'static [(Array, &'static str)],
    /// The array of the relative errors in `model.npz`.
    #[serde(skip)]
    pub errors: &'static str,
    /// The key of the number of known parts that it found in `report.json`.
    #[serde(skip)]
    pub found: &'static str,
}

impl Method {
    /// Returns the key of an array in `model.npz`; `None` if the method has no such array.
    pub(crate) fn key_of(&self, wanted: Array) -> Option<&'static str> {
        let (_, key) = self.arrays.iter().find(|(array, _)| *array == wanted)?;
        Some(key)
    }
}

/// An array of a decomposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Array {
    /// The mean image, (pixels).
    Mean,
    /// The basis images, (rank, pixels).
    Basis,
    /// The weights, (images, rank).
    Weights,
}

/// Non-negative matrix factorisation: [`Nmf`](crate::Nmf).
pub static NMF: Method = Method {
    name: "NMF",
    key: "nmf",
    unit: "part",
    units: "parts",
    weights: "weights",
    signed: false,
    share_of: "of the total intensity",
    arrays: &[(Array::Weights, "W"), (Array::Basis, "H")],
    errors: "nmf_errors",
    found: "found",
};

/// Principal component analysis: [`Pca`](crate::Pca).
pub static PCA: Method = Method {
    name: "PCA",
    key: "pca",
    unit: "eigenimage",
    units: "eigenimages",
    weights: "scores",
    signed: true,
    share_of: "of the variance",
    arrays: &[
        (Array::Mean, "pca_mean"),
        (Array::Basis, "pca_components"),
        (Array::Weights, "pca_scores"),
    ],
    errors: "pca_errors",
    found: "pca_found",
};

/// Vector quantisation: [`Vq`](crate::Vq). Each image has the weight 1 for its prototype, and 0 for the others.
pub static VQ: Method = Method {
    name: "VQ",
    key: "vq",
    unit: "prototype",
    units: "prototypes",
    weights: "assignments",
    signed: false,
    share_of: "of the images",
    arrays: &[(Array::Basis, "vq_prototypes")],
    errors: "vq_errors",
    found: "vq_found",
};

/// The methods that are compared throughout, in the order of reports, files and pictures. The first is the one that the others are
/// compared with.
pub static METHODS: [&Method; 2] = [&NMF, &PCA];

/// The result of a method: `X ≈ mean + weights · basis`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// The method.
    pub method: &'static Method,
    /// The basis images, (rank, pixels).
    pub basis: Basis,
    /// How much of each basis image is in each training image, (images, rank).
    pub weights: Weights,
    /// The mean image, (pixels), if the method subtracts one first.
    pub mean: Option<Array1<f32>>,
    /// The relative error of each reconstructed training image.
    pub errors: Vec<f32>,
}

impl Decomposition {
    /// Returns a training image as its basis images reconstruct it, (pixels).
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn reconstruct(&self, image: usize) -> Array1<f32> {
        self.combine(&self.weights, image)
    }

    /// Returns an image with other weights, those in a row of `weights`, (pixels).
    ///
    /// # Panics
    /// If there is no such row, or not one weight per basis image.
    #[must_use]
    pub fn combine(&self, weights: &Weights, image: usize) -> Array1<f32> {
        let sum = self.basis.combine(&weights.row(image));
        match &self.mean {
            None => sum,
            Some(mean) => sum + mean,
        }
    }

    /// Returns the decomposition of some of its images.
    ///
    /// # Panics
    /// If there is no such image.
    #[must_use]
    pub fn select(&self, images: &[usize]) -> Self {
        Self {
            method: self.method,
            basis: self.basis.clone(),
            weights: self.weights.select(Axis(0), images),
            mean: self.mean.clone(),
            errors: images.iter().map(|&image| self.errors[image]).collect(),
        }
    }
}

/// One value per method, in the order of [`METHODS`]. Serialised as a map, with
/// [`Method::key`] as the keys.
#[derive(Debug, Clone, PartialEq)]
pub struct PerMethod<T>(Vec<(&'static Method, T)>);

impl<T> PerMethod<T> {
    /// Iterates over the methods and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Method, &T)> {
        self.0.iter().map(|(method, value)| (*method, value))
    }

    /// Returns the value of a method; `None` if it has none.
    #[must_use]
    pub fn get(&self, method: &Method) -> Option<&T> {
        self.iter()
            .find(|(known, _)| *known == method)
            .map(|(_, value)| value)
    }
}

impl<T> FromIterator<(&'static Method, T)> for PerMethod<T> {
    fn from_iter<I: IntoIterator<Item = (&'static Method, T)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<T> Index<&Method> for PerMethod<T> {
    type Output = T;

    /// # Panics
    /// If the method has no value.
    fn index(&self, method: &Method) -> &T {
        self.get(method).expect("every method has a value")
    }
}

impl<T: Serialize> Serialize for PerMethod<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (method, value) in self.iter() {
            map.serialize_entry(method.key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;
    use crate::basis::Shape;

    fn signed() -> Decomposition {
        Decomposition {
            method: &PCA,
            basis: Basis::new(Shape::new(1, 2), arr2(&[[1., -1.]])),
            weights: arr2(&[[2.], [0.5]]),
            mean: Some(Array1::from(vec![1., 3.])),
            errors: vec![0.1, 0.2],
        }
    }

    #[test]
    fn a_mean_is_where_the_sum_starts() {
        let with_mean = signed();
        assert_eq!(with_mean.reconstruct(0).to_vec(), [3., 1.]);
        let without = Decomposition {
            mean: None,
            ..with_mean
        };
        assert_eq!(without.reconstruct(1).to_vec(), [0.5, -0.5]);
    }

    #[test]
    fn a_selection_keeps_the_weights_and_errors_of_its_images() {
        let selected = signed().select(&[1, 0, 1]);
        assert_eq!(selected.weights, arr2(&[[0.5], [2.], [0.5]]));
        assert_eq!(selected.errors, [0.2, 0.1, 0.2]);
    }

    #[test]
    fn values_are_serialised_under_the_keys_of_their_methods() {
        let values: PerMethod<usize> = [(&NMF, 1), (&PCA, 2)].into_iter().collect();
        assert_eq!(
            serde_json::to_string(&values).unwrap(),
            r#"{"nmf":1,"pca":2}"#
        );
        assert_eq!(values[&PCA], 2);
    }

    #[test]
    fn no_two_methods_share_a_key_or_an_array() {
        let keys: Vec<&str> = METHODS
            .iter()
            .flat_map(|method| {
                let arrays = method.arrays.iter().map(|(_, key)| *key);
                arrays.chain([method.key, method.errors, method.found])
            })
            .collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key}");
        }
    }
}
