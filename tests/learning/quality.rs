//! The errors reached on the committed images: no worse than where the default fit of scikit-learn
//! ends.

use nmf_images::images::{LoadOptions, load};
use nmf_images::{ImageSet, Nmf, Pca};

fn read(folder: &str) -> ImageSet {
    load(folder.as_ref(), &LoadOptions::default()).unwrap()
}

/// scikit-learn 1.9.1, `NMF(16)` and `NMF(36)` with all else at its default: 0.0930 and 0.4327; `numpy.linalg.svd` of
/// the centred images: 0.07387 and 0.35974.
#[test]
fn default_fits_end_no_higher_than_the_peers_and_pca_where_numpy_does() {
    for (folder, rank, nmf_error, pca_error) in [
        ("assets/faces", 16, 0.0930, 0.07387),
        ("assets/digits", 36, 0.4327, 0.35974),
    ] {
        let images = read(folder);
        let pca = Pca::new(rank).fit(&images).unwrap().relative_error;
        assert!(
            (pca - pca_error).abs() < 5e-4,
            "{folder}: PCA {pca} for {pca_error}"
        );
        for seed in 0..3 {
            let nmf = Nmf::new(rank).seed(seed).fit(&images).unwrap();
            assert!(
                nmf.relative_error <= nmf_error,
                "{folder}, seed {seed}: {} for {nmf_error}",
                nmf.relative_error
            );
            assert!(
                nmf.relative_error >= pca,
                "{folder}, seed {seed}: below the floor"
            );
            assert_eq!(nmf.dead(), 0);
        }
    }
}
