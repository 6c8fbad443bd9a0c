//! Who owns each pixel: as it was when it was looked at, and apart whatever there is to draw.

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape};
use nmf_images::render::{Figure, Map, Theme, map};

use crate::data::{SHAPE, SHAPES, parts, titles};
use crate::look::{SCALE_BAR, assert_keeps_apart_but_on, assert_looks_like, images_of, meet};

const CAPTION: &str =
    "Each pixel in the colour of the part that contributes most to it; black: no intensity.";

fn drawn(title: &str, basis: &Basis, uses: &[f32], shares: &[f64]) -> Figure {
    map(
        &Map {
            title,
            caption: CAPTION,
            basis,
            uses,
            shares,
        },
        Theme::Light,
    )
    .expect("drawn")
}

#[test]
fn map_looks_as_before() {
    // Part 0 owns the tail and the dot, parts 1 and 2 a column each, part 3 the rest; part 4 is nowhere the brightest.
    let figure = drawn(
        "arrows",
        &parts(5),
        &[1.0, 1.0, 1.0, 1.0, 0.25],
        &[0.4, 0.3, 0.2, 0.09, 0.01],
    );
    assert_looks_like(&figure, "map.png");
}

/// Parts that own stripes of very different width, with light all over between them.
fn stripes(rank: usize, shape: Shape) -> Basis {
    let owner =
        |pixel: usize| ((pixel % shape.width + pixel / shape.width) as f64).sqrt() as usize % rank;
    let value = |(part, pixel): (usize, usize)| if owner(pixel) == part { 1.0 } else { 0.1 };
    Basis::new(shape, Array2::from_shape_fn((rank, shape.pixels()), value))
}

#[test]
fn texts_and_tiles_of_a_map_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let ranks: Vec<usize> = if shape.pixels() < 2000 {
            (1..=200).collect()
        } else {
            vec![1, 2, 7, 16, 49, 200]
        };
        for rank in ranks {
            let basis = stripes(rank, shape);
            let shares: Vec<f64> = (0..rank)
                .map(|part| [0.5, 0.999, 1e-9, f64::NAN][part % 4])
                .collect();
            // The last part is nowhere the brightest.
            let uses: Vec<f32> = (0..rank)
                .map(|part| if part + 1 < rank { 1.0 } else { 0.01 })
                .collect();
            let figure = drawn(&titles[rank % titles.len()], &basis, &uses, &shares);
            let what = format!("map, rank {rank}, {shape}");
            let tiles: Vec<_> = images_of(&figure)
                .into_iter()
                .filter(|image| image[2..] != SCALE_BAR)
                .collect();
            assert_keeps_apart_but_on(Some(tiles[0]), &figure, &what);
            assert!(figure.size().1 <= 1080.0, "{what}: {:?}", figure.size());
            let shown = tiles.len() - 1;
            let mut texts = figure.texts().iter().map(|text| &text.text);
            let whole = format!("{shown} of {rank} parts contribute most to some pixel.");
            let largest = format!("; the {shown} largest regions are below.");
            assert!(
                texts.any(|text| *text == whole || text.ends_with(&largest)),
                "{what}: {shown} parts"
            );
            let cut = figure
                .texts()
                .iter()
                .filter(|text| text.y > 174.0 && text.text.contains('…'))
                .count();
            assert_eq!(cut, 0, "{what}: labels are whole");
        }
    }
}

#[test]
fn numbers_stand_on_the_map_where_they_fit() {
    let numbers = |rank: usize, shape: Shape| -> Vec<String> {
        let figure = drawn(
            "stripes",
            &stripes(rank, shape),
            &vec![1.0; rank],
            &vec![0.1; rank],
        );
        let map = images_of(&figure)
            .into_iter()
            .find(|image| image[2..] != SCALE_BAR)
            .expect("a map");
        let on_map = figure
            .texts()
            .iter()
            .filter(|text| meet(&[text.x, text.y, text.width, text.height], &map));
        on_map.map(|text| text.text.clone()).collect()
    };
    assert_eq!(numbers(3, Shape::new(8, 8)), ["0", "1", "2"]);
    assert!(
        numbers(3, Shape::new(1, 400)).is_empty(),
        "a line is too low for numbers"
    );
}

#[test]
fn values_that_are_not_finite_are_ignored_and_wrong_sizes_are_an_error() {
    for value in [0.0, f32::NAN, f32::INFINITY, -1.0, f32::MAX] {
        let basis = Basis::new(SHAPE, Array2::from_elem((3, SHAPE.pixels()), value));
        drawn("", &basis, &[value; 3], &[f64::from(value); 3])
            .png(0.5)
            .expect("drawn");
    }
    let basis = parts(3);
    for (uses, shares) in [(2, 3), (3, 4)] {
        let data = Map {
            title: "",
            caption: "",
            basis: &basis,
            uses: &vec![1.0; uses],
            shares: &vec![0.1; shares],
        };
        let told = map(&data, Theme::Light)
            .expect_err("does not fit")
            .to_string();
        assert!(told.contains("values for 3 basis images"), "{told}");
    }
}
