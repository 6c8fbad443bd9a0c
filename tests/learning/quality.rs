//! The errors reached on the committed images: no worse than where the default fit of scikit-learn
//! ends, and no lower than the bound.

use nmf_images::images::{LoadOptions, load};
use nmf_images::{ImageSet, Nmf, Pca};

fn read(folder: &str) -> ImageSet {
    load(folder.as_ref(), &LoadOptions::default()).unwrap()
}

/// scikit-learn 1.9.1, `NMF(16)` and `NMF(36)` with all else at its default: 0.0930 and 0.4327; `numpy.linalg.svd` of
/// the centred images: 0.073869 and 0.359743; of the images themselves: 0.080513 and 0.360123.
#[test]
fn default_fits_end_no_higher_than_the_peers_and_pca_and_bound_where_numpy_does() {
    for (folder, rank, nmf_error, pca_error, least) in [
        ("assets/faces", 16, 0.0930, 0.073_869, 0.080_513),
        ("assets/digits", 36, 0.4327, 0.359_743, 0.360_123),
    ] {
        let images = read(folder);
        let pca = Pca::new(rank).fit(&images).unwrap();
        let bound = pca.bound.expect("all pixels are known")[rank];
        assert!(
            (pca.relative_error - pca_error).abs() < 2e-6,
            "{folder}: PCA {} for {pca_error}",
            pca.relative_error
        );
        assert!(
            (bound - least).abs() < 2e-6,
            "{folder}: bound {bound} for {least}"
        );
        for seed in 0..3 {
            let nmf = Nmf::new(rank).seed(seed).fit(&images).unwrap();
            assert!(
                nmf.relative_error <= nmf_error,
                "{folder}, seed {seed}: {} for {nmf_error}",
                nmf.relative_error
            );
            assert!(
                nmf.relative_error >= bound,
                "{folder}, seed {seed}: below the bound"
            );
            assert_eq!(nmf.dead(), 0);
        }
    }
}
