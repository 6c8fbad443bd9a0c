//! Images that are shared among ranks, and what the ranks learn, joined.

use ndarray::{Array2, Axis, concatenate};

use nmf_images::{ImageSet, Nmf, NmfModel, Shape, StopRule};

/// Images of strokes that follow from their index: some are black, two pixels are dark, others equal.
pub fn drawn(images: usize, side: usize) -> Array2<u8> {
    Array2::from_shape_fn((images, side * side), |(image, pixel)| {
        let (row, column) = (pixel / side, pixel % side);
        let seed = image * 7919 % 10_007;
        let light = usize::from(seed % 5 == row % 5) * (40 + seed % 200)
            + usize::from(seed / 7 % 6 == column % 6) * 55;
        let black = image % 61 == 60 || pixel < 2;
        if black {
            0
        } else {
            (light + (image * pixel) % 7).min(255) as u8
        }
    })
}

pub fn bytes(images: usize, side: usize) -> ImageSet {
    ImageSet::from_u8(Shape::new(side, side), drawn(images, side)).unwrap()
}

pub fn floats(images: usize, side: usize) -> ImageSet {
    let values = drawn(images, side).mapv(|v| f32::from(v) / 255.0 + 0.001);
    ImageSet::from_f32(Shape::new(side, side), values).unwrap()
}

/// All weights, and the model of the first rank.
pub fn joined(models: &[NmfModel]) -> NmfModel {
    let weights: Vec<_> = models.iter().map(|model| model.weights.view()).collect();
    let weights = concatenate(Axis(0), &weights).unwrap();
    for model in &models[1..] {
        assert_eq!(model.basis, models[0].basis, "ranks agree to the last bit");
        assert_eq!(
            (&model.shares, model.relative_error),
            (&models[0].shares, models[0].relative_error)
        );
    }
    let mut joined = models[0].clone();
    joined.weights = weights;
    joined
}

pub fn nmf(solver: &str) -> Nmf {
    let stop = StopRule {
        max_iterations: 6,
        tolerance: 0.0,
        ..StopRule::default()
    };
    Nmf::new(5).solver(solver.parse().unwrap()).stop_rule(stop)
}
