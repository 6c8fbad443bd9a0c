//! Clusters against labels: the figures of scikit-learn, and clusters of images that are learned.

use ndarray::{Array2, s};
use nmf_images::metrics::{Clustering, clusters_of, dominant_parts, score_clusters};
use nmf_images::{Nmf, Pca, Vq};

use crate::common::{Figures, Noise, set};

#[test]
fn accuracy_and_mutual_information_are_those_of_scikit_learn() {
    let figures = Figures::read();
    assert!(figures.clustering.len() > 3);
    for expected in &figures.clustering {
        let found = Clustering::new(&expected.clusters, &expected.labels);
        let apart = (found.accuracy - expected.accuracy)
            .abs()
            .max((found.nmi - expected.nmi).abs());
        assert!(apart < 1e-12, "{found:?}, not {expected:?}");
    }
}

#[test]
fn images_of_disjoint_parts_are_clustered_by_their_part_by_every_method() {
    // Three groups of images, each bright in five pixels of its own.
    let labels: Vec<usize> = (0..30).map(|image| image % 3).collect();
    let mut x: Array2<f32> = Noise::new(5).matrix(30, 15) * 0.05;
    for (image, &label) in labels.iter().enumerate() {
        let mut own = x.slice_mut(s![image, 5 * label..5 * label + 5]);
        own += 0.5;
    }
    let images = set(x);
    let nmf = Nmf::new(3).fit(&images).unwrap();
    let pca = Pca::new(3).fit(&images).unwrap();
    let vq = Vq::new(3).fit(&images).unwrap();
    for clusters in [
        dominant_parts(&nmf.weights, &nmf.basis),
        score_clusters(&pca.weights, 0).unwrap(),
        clusters_of(&vq.assignments),
    ] {
        let found = Clustering::new(&clusters, &labels);
        assert!(
            (found.accuracy - 1.0).abs() < 1e-12 && (found.nmi - 1.0).abs() < 1e-12,
            "{found:?} {clusters:?}"
        );
    }
}
