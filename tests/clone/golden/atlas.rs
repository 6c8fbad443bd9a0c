//! Where the images lie.

use ndarray::Array2;
use nmf_images::ImageSet;
use nmf_images::basis::Shape;
use nmf_images::render::{Atlas, Direction, Figure, Plane, Scale, Theme, atlas};

use crate::data::{SHAPE, SHAPES, eigenimages, parts, titles};
use crate::look::{assert_keeps_apart, assert_looks_like, images_of};

fn direction(name: &str, values: Vec<f32>, scale: Scale, weights: Vec<f32>) -> Direction {
    Direction {
        name: name.to_owned(),
        values,
        scale,
        weights,
    }
}

fn draw(
    title: &str,
    images: &ImageSet,
    chosen: &[usize],
    planes: [&[Direction]; 2],
    labels: Option<(&[String], &[usize])>,
    theme: Theme,
) -> Figure {
    let planes = planes.map(|directions| Plane {
        heading: title,
        sentence: title,
        directions,
    });
    let whole = format!("{title}: image positions");
    atlas(
        &Atlas {
            white: None,
            title: &whole,
            caption: title,
            images,
            chosen,
            planes: &planes,
            labels,
        },
        theme,
    )
    .expect("drawn")
}

/// Nine arrows: weights that rise to the right and fill a triangle, scores of both signs that fall.
fn arrows(labels: Option<(&[String], &[usize])>, theme: Theme) -> Figure {
    let images = ImageSet::from_f32(SHAPE, parts(9).rows().to_owned()).expect("images");
    let across: Vec<f32> = (0..9u8).map(|image| f32::from(image) / 8.0).collect();
    let up = [0.0, 0.0, 0.5, 0.0, 1.0, 0.5, 0.0, 1.5, 0.0].to_vec();
    let scores: Vec<f32> = (0..9u8).map(|image| f32::from(image) - 3.0).collect();
    let falling: Vec<f32> = (0..9u8).map(|image| 2.0 - f32::from(image % 5)).collect();
    let (part, eigenimage) = (parts(2), eigenimages(2));
    let weights = [
        direction("part 0", part.row(0).to_vec(), Scale::FromZero, across),
        direction("part 1", part.row(1).to_vec(), Scale::FromZero, up),
    ];
    let scores = [
        direction(
            "eigenimage 0",
            eigenimage.row(0).to_vec(),
            Scale::Diverging,
            scores,
        ),
        direction(
            "eigenimage 1",
            eigenimage.row(1).to_vec(),
            Scale::Diverging,
            falling,
        ),
    ];
    draw(
        "arrows",
        &images,
        &[0, 1, 2, 3, 4, 5, 6, 7, 8],
        [&weights, &scores],
        labels,
        theme,
    )
}

fn of_cats_and_dogs(theme: Theme) -> Figure {
    let names = ["cats".to_owned(), "dogs".to_owned()];
    arrows(Some((&names, &[0, 0, 0, 0, 0, 1, 1, 1, 1])), theme)
}

#[test]
fn atlas_of_labelled_images_looks_as_before() {
    assert_looks_like(&of_cats_and_dogs(Theme::Light), "atlas.png");
}

#[test]
fn atlas_on_dark_looks_as_before() {
    assert_looks_like(&of_cats_and_dogs(Theme::Dark), "atlas-dark.png");
}

/// Weights that crowd near 0, with some that are no numbers.
fn weights(count: usize, seed: usize, size: f32) -> Vec<f32> {
    let weight = |image: usize| match (image * seed) % 97 {
        96 if image.is_multiple_of(2) => f32::NAN,
        96 => f32::INFINITY,
        step => (step as f32 / 97.0).powi(4) * size,
    };
    (0..count).map(weight).collect()
}

#[test]
fn texts_and_pictures_of_the_atlas_keep_apart_at_every_number_shape_and_number_of_labels() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for count in [1, 2, 3, 40, 400, 2000] {
            if count * shape.pixels() > 20_000_000 {
                continue;
            }
            let images = ImageSet::from_u8(shape, Array2::from_elem((count, shape.pixels()), 77))
                .expect("images");
            let chosen: Vec<usize> = (0..count).collect();
            for (labels, size) in [
                (0, 1.0),
                (1, 0.0),
                (2, 1e-6),
                (10, 12345.6),
                (11, -3e30),
                (40, 0.07),
            ] {
                let names: Vec<String> = titles.iter().cycle().take(labels).cloned().collect();
                let of_images: Vec<usize> =
                    chosen.iter().map(|image| image % labels.max(1)).collect();
                let direction = |seed: usize| {
                    let name = &titles[seed % titles.len()];
                    direction(
                        name,
                        vec![0.5; shape.pixels()],
                        Scale::FromZero,
                        weights(count, seed, size),
                    )
                };
                let (nmf, pca) = ([direction(5), direction(7)], [direction(11), direction(13)]);
                let one = count % 2;
                let labels = (labels > 0).then_some((names.as_slice(), of_images.as_slice()));
                let title = &titles[count % titles.len()];
                let figure = draw(
                    title,
                    &images,
                    &chosen,
                    [&nmf[one..], &pca[one..]],
                    labels,
                    Theme::Light,
                );
                assert_keeps_apart(
                    &figure,
                    &format!("atlas, {count} images of {shape}, labels {names:.9?}, {size}"),
                );
            }
        }
    }
}

#[test]
fn both_planes_show_the_same_images_and_their_number() {
    let shape = Shape::new(28, 28);
    let images = ImageSet::from_u8(shape, Array2::zeros((60_000, shape.pixels()))).expect("images");
    let chosen: Vec<usize> = (0..2000).map(|image| 30 * image).collect();
    let direction = |seed| {
        direction(
            "a",
            vec![0.5; shape.pixels()],
            Scale::FromZero,
            weights(2000, seed, 1.0),
        )
    };
    let (nmf, pca) = ([direction(5), direction(7)], [direction(11), direction(13)]);
    let figure = draw("many", &images, &chosen, [&nmf, &pca], None, Theme::Light);
    // All but the tiles that name the axes.
    let shown = (images_of(&figure).len() - 4) / 2;
    assert_eq!(shown, 24);
    let says = |what: &str| figure.texts().iter().any(|text| text.text.contains(what));
    assert!(says(
        "Dots: 2000 of 60000 images, evenly spaced. Thumbnails: 24 of them"
    ));
    // One for every image, and two that mark each image with a thumbnail.
    assert_eq!(
        figure.svg().expect("encoded").matches("<circle").count(),
        2 * (2000 + 2 * shown)
    );
}

#[test]
fn a_direction_of_the_wrong_size_is_an_error() {
    let images = ImageSet::from_u8(SHAPE, Array2::zeros((2, SHAPE.pixels()))).expect("images");
    let short = [direction(
        "part 0",
        vec![0.5],
        Scale::FromZero,
        vec![0.0, 1.0],
    )];
    let planes = [&short, &short].map(|directions| Plane {
        heading: "",
        sentence: "",
        directions,
    });
    let data = Atlas {
        white: None,
        title: "",
        caption: "",
        images: &images,
        chosen: &[0, 1],
        planes: &planes,
        labels: None,
    };
    let message = atlas(&data, Theme::Light)
        .expect_err("one value is no image of 8x6")
        .to_string();
    assert!(
        message.contains("1 values") && message.contains("8x6"),
        "{message}"
    );
}
