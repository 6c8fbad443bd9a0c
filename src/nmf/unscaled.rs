//! The weights of parts in images that were scaled with the roots of their own weights.

use ndarray::{Array1, Array2, Axis};

use crate::basis::Weights;
use crate::images::{Roots, Weighting};
use crate::linalg::Nnls;

/// Divides W of scaled images by the roots of the weights of these; W of an image of weight 0 becomes 0.
pub(super) fn unscale(weights: &mut Weights, roots: &Roots) {
    for (image, mut row) in weights.rows_mut().into_iter().enumerate() {
        match roots.of_image(image) {
            0.0 => row.fill(0.0),
            root => row.mapv_inplace(|weight| weight / root),
        }
    }
}

/// Sets W of each image of weight 0 to the best non-negative weights of the parts, (rank, pixels), in it.
pub(super) fn add_images_without_weight(
    weights: &mut Weights,
    basis: &Array2<f32>,
    weighting: &dyn Weighting,
) {
    let roots = weighting.roots();
    let images: Vec<usize> = (0..weights.nrows())
        .filter(|&image| roots.of_image(image) == 0.0)
        .collect();
    if images.is_empty() {
        return;
    }
    let mut scaled = basis.mapv(f64::from);
    for (pixel, mut column) in scaled.columns_mut().into_iter().enumerate() {
        column *= f64::from(roots.of_pixel(pixel));
    }
    let parts = Nnls::new(&scaled.dot(&scaled.t()));
    for image in images {
        let pixels = Array1::from(weighting.image(image)).mapv(f64::from);
        let products = scaled.dot(&pixels).insert_axis(Axis(0));
        let mut best = Array2::zeros(products.dim());
        parts.solve(&products, &mut best);
        weights
            .row_mut(image)
            .assign(&best.row(0).mapv(|weight| weight as f32));
    }
}
