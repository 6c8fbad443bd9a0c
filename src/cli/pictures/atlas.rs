//! Where the images lie: by two weights of each method.

use anyhow::Result;
use nmf_images::images::{Labels, evenly_spaced_centres};
use nmf_images::ndarray::{Array2, Axis};
use nmf_images::render::{self, Atlas, Direction, Plane, Scale};
use nmf_images::{Decomposition, Weights};

use super::context::{Context, clipped_basis};
use super::picture::Picture;

/// The maximum number of images in a plane.
const MOST: usize = 2000;
/// The number of steps from 0 to the largest weight.
const CELLS: usize = 12;
const CAPTION: &str = "The same images by two NMF weights, which are non-negative, and by two PCA scores, which have \
                       both signs.";

pub(super) fn atlas(context: &Context) -> Result<Vec<Picture>> {
    let chosen = evenly_spaced_centres(context.images.names.len(), MOST);
    let labels = context
        .images
        .labels
        .as_ref()
        .map(|labels| of_chosen(labels, &chosen));
    let planes: Vec<MethodPlane> = context
        .model
        .decompositions
        .iter()
        .map(|learned| {
            let mut learned = learned.select(&chosen);
            learned.basis = clipped_basis(learned.basis, context.outliers);
            MethodPlane::of(&learned)
        })
        .collect();
    let planes: Vec<Plane> = planes.iter().map(MethodPlane::plane).collect();
    let data = Atlas {
        title: &format!("{}: images by weights and scores", context.title),
        caption: CAPTION,
        images: context.images,
        white: context.outliers.map(|outliers| outliers.limit),
        chosen: &chosen,
        planes: &planes,
        labels: labels
            .as_ref()
            .map(|labels| (labels.names.as_slice(), labels.indices.as_slice())),
    };
    let caption = CAPTION.to_owned() + &context.clipped();
    context.page("atlas", &caption, &render::atlas(&data, context.theme)?)
}

/// The plane of two basis images of a method.
struct MethodPlane {
    heading: String,
    sentence: &'static str,
    directions: Vec<Direction>,
}

impl MethodPlane {
    /// Chooses the first two components, which have the largest variance, if the method has an order, and
    /// otherwise the two that spread the images most.
    fn of(learned: &Decomposition) -> Self {
        let method = learned.method;
        let (pair, sentence) = if method.signed {
            ((0, 1), "the two of largest variance")
        } else {
            let pair = spreading(&learned.weights);
            (pair, "the two of largest spread")
        };
        let directions = directions(learned, pair);
        Self {
            heading: format!("{} {}", method.name, method.weights),
            sentence: if directions.len() < 2 {
                "the only one"
            } else {
                sentence
            },
            directions,
        }
    }

    fn plane(&self) -> Plane<'_> {
        Plane {
            heading: &self.heading,
            sentence: self.sentence,
            directions: &self.directions,
        }
    }
}

/// Returns the labels of some images.
fn of_chosen(labels: &Labels, chosen: &[usize]) -> Labels {
    Labels {
        names: labels.names.clone(),
        indices: chosen.iter().map(|&image| labels.indices[image]).collect(),
    }
}

/// Returns two basis images, or one if there is only one, with their weights.
fn directions(learned: &Decomposition, (across, up): (usize, usize)) -> Vec<Direction> {
    let mut directions = Vec::new();
    for index in [across, up] {
        if index < learned.basis.rank() {
            directions.push(Direction {
                name: format!("{} {index}", learned.method.unit),
                values: learned.basis.row(index).to_vec(),
                scale: Scale::of(learned.method),
                weights: learned.weights.column(index).to_vec(),
            });
        }
    }
    directions
}

/// Returns the two parts whose weights spread the images over the most cells of their plane.
fn spreading(weights: &Weights) -> (usize, usize) {
    let cells = cells(weights);
    let rank = weights.ncols();
    let occupied = |(a, b): (usize, usize)| {
        let mut seen = [false; CELLS * CELLS];
        cells
            .rows()
            .into_iter()
            .for_each(|image| seen[image[a] * CELLS + image[b]] = true);
        seen.iter().filter(|seen| **seen).count()
    };
    let pairs = (0..rank).flat_map(|a| (a + 1..rank).map(move |b| (a, b)));
    let more = |best: (usize, (usize, usize)), next: (usize, (usize, usize))| {
        if next.0 > best.0 { next } else { best }
    };
    pairs
        .map(|pair| (occupied(pair), pair))
        .reduce(more)
        .map_or((0, 1), |(_, pair)| pair)
}

/// Returns the step of each weight, of equal steps from 0 to the largest weight of its part.
fn cells(weights: &Weights) -> Array2<usize> {
    let largest = weights.fold_axis(Axis(0), 0.0_f32, |a, &b| a.max(b));
    Array2::from_shape_fn(weights.dim(), |(image, part)| {
        let share = weights[(image, part)] / largest[part];
        // NaN, as for a part that is never used, becomes 0.
        ((share * CELLS as f32) as usize).min(CELLS - 1)
    })
}

#[cfg(test)]
mod tests {
    use nmf_images::ndarray::arr2;
    use nmf_images::{Basis, NMF, Shape};

    use super::*;

    #[test]
    fn the_two_parts_are_those_over_whose_plane_images_spread_most() {
        // The first two rise together and the fourth is never used: the others fill the corners of their plane.
        let weights = arr2(&[
            [0., 0., 0., 0.],
            [0.4, 4., 1., 0.],
            [0.7, 7., 0., 0.],
            [1., 10., 1., 0.],
            [0., 0., 1., 0.],
        ]);
        assert_eq!(spreading(&weights), (0, 2));
        assert_eq!(
            spreading(&arr2(&[[1.0], [2.0]])),
            (0, 1),
            "one part has no pair"
        );
        assert_eq!(
            spreading(&arr2(&[[f32::NAN, 1.0], [f32::INFINITY, 2.0]])),
            (0, 1)
        );
    }

    #[test]
    fn a_weight_lies_in_the_step_of_its_share_of_the_largest() {
        let cells = cells(&arr2(&[[0.0, 6.0, 0.0], [2.5, 3.1, 0.0], [10.0, 0.4, 0.0]]));
        assert_eq!(cells, arr2(&[[0, 11, 0], [3, 6, 0], [11, 0, 0]]));
    }

    #[test]
    fn chosen_images_keep_their_labels_and_directions_their_weights() {
        let labels = Labels {
            names: vec!["a".to_owned(), "b".to_owned()],
            indices: vec![0, 1, 1, 0],
        };
        assert_eq!(of_chosen(&labels, &[1, 3]).indices, [1, 0]);
        let learned = |basis, weights| Decomposition {
            method: &NMF,
            basis: Basis::new(Shape::new(1, 1), basis),
            weights,
            mean: None,
            errors: Vec::new(),
        };
        let two = learned(arr2(&[[0.5], [0.25]]), arr2(&[[1.0, 2.0], [3.0, 4.0]]));
        let two = directions(&two, (1, 0));
        assert_eq!(
            (two[0].name.as_str(), &two[0].weights, &two[0].values),
            ("part 1", &vec![2.0, 4.0], &vec![0.25])
        );
        assert_eq!(
            (two[1].name.as_str(), &two[1].weights),
            ("part 0", &vec![1.0, 3.0])
        );
        let one = learned(arr2(&[[0.5]]), arr2(&[[1.0]]));
        assert_eq!(directions(&one, (0, 1)).len(), 1);
    }
}
