//! Which images use which parts.

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape, Weights};
use nmf_images::render::{Figure, Theme, Usage, UsageGroup, usage};

use crate::data::{SHAPES, basis, parts, titles};
use crate::look::{assert_keeps_apart, assert_looks_like, images_of};

fn draw(title: &str, parts: &Basis, used: &Weights, groups: &[UsageGroup], theme: Theme) -> Figure {
    let mean: Vec<f32> = (0..parts.rank())
        .map(|part| part as f32 / parts.rank() as f32)
        .collect();
    let whole = format!("{title}: which images use which parts");
    usage(
        &Usage {
            title: &whole,
            caption: title,
            parts,
            used,
            mean: &mean,
            groups,
        },
        theme,
    )
    .expect("drawn")
}

/// Each image uses one part most and the next one half as much; the images of a group use ever later parts.
fn used(images: usize, rank: usize) -> Weights {
    Array2::from_shape_fn((images, rank), |(image, part)| {
        match (part + 2 * rank - image % rank) % rank {
            0 => 1.0,
            1 => 0.5,
            _ => 0.0,
        }
    })
}

fn group(name: &str, images: std::ops::Range<usize>, mean: Vec<f32>) -> UsageGroup<'_> {
    UsageGroup {
        name,
        mean,
        images: images.collect(),
    }
}

fn of_cats_and_dogs(theme: Theme) -> Figure {
    let groups = [
        group("cats", 0..5, vec![1.0, 0.5, 0.25, 0.0]),
        group("dogs", 5..18, vec![0.0, 0.0, 0.25, 1.0]),
    ];
    draw("arrows", &parts(4), &used(18, 4), &groups, theme)
}

#[test]
fn usage_of_labelled_images_looks_as_before() {
    assert_looks_like(&of_cats_and_dogs(Theme::Light), "usage.png");
}

#[test]
fn usage_on_dark_looks_as_before() {
    assert_looks_like(&of_cats_and_dogs(Theme::Dark), "usage-dark.png");
}

#[test]
fn usage_with_stacked_tiles_looks_as_before() {
    let figure = draw(
        "arrows",
        &basis(36, Shape::new(20, 30)),
        &used(90, 36),
        &[group("", 0..90, vec![])],
        Theme::Light,
    );
    assert_looks_like(&figure, "usage-stacked.png");
}

#[test]
fn texts_and_tiles_of_usage_keep_apart_at_every_rank_shape_and_number_of_labels() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let ranks: Vec<usize> = if shape.pixels() < 100 {
            (1..=200).collect()
        } else {
            vec![1, 16, 50, 200]
        };
        for rank in ranks {
            let parts = basis(rank, shape);
            let images = [1, 2, 37, 1000][rank % 4];
            let used = used(images, rank);
            // All of these at some ranks, one of them at the others.
            for labels in [0, 2, 10, 40, 50]
                .into_iter()
                .cycle()
                .skip(rank)
                .take(if rank % 25 == 0 { 5 } else { 1 })
            {
                // The last labels have no image: also that can be drawn.
                let share = |label: usize| {
                    label * images / labels.max(1)..((label + 1) * images / labels.max(1))
                };
                let group = |label: usize| {
                    group(&titles[label % titles.len()], share(label), vec![0.5; rank])
                };
                let groups: Vec<_> = (0..labels.max(1)).map(group).collect();
                let figure = draw(
                    &titles[rank % titles.len()],
                    &parts,
                    &used,
                    &groups,
                    Theme::Light,
                );
                let what = format!("usage, rank {rank}, {shape}, {images} images, {labels} labels");
                assert_keeps_apart(&figure, &what);
                assert!(
                    figure.size().1 <= if labels > 12 { 2160.0 } else { 1160.0 },
                    "{what}: {:?}",
                    figure.size()
                );
            }
        }
    }
}

#[test]
fn every_part_has_a_tile_and_a_note_counts_the_parts_shown() {
    let says =
        |figure: &Figure, what: &str| figure.texts().iter().any(|text| text.text.contains(what));
    for (rank, images) in [(1, 60_000), (7, 60_000), (200, 60_000), (500, 3)] {
        let figure = draw(
            "many",
            &basis(rank, Shape::new(8, 8)),
            &used(images, rank),
            &[group("", 0..images, vec![])],
            Theme::Light,
        );
        let square = |area: &&[f64; 4]| (area[2] - area[3]).abs() < 0.1;
        assert_eq!(
            images_of(&figure).iter().filter(square).count(),
            rank.min(400),
            "{rank} parts"
        );
        assert_eq!(says(&figure, "400 of 500 shown"), rank == 500);
        assert_eq!(
            says(&figure, " of 60000 images, evenly spaced"),
            images == 60_000
        );
    }
    let groups: Vec<_> = (0..50)
        .map(|label| group("a", label..label + 1, vec![0.0; 2]))
        .collect();
    assert!(says(
        &draw(
            "many",
            &basis(2, Shape::new(8, 8)),
            &used(50, 2),
            &groups,
            Theme::Light
        ),
        "the first 40 of 50 folders"
    ));
}

#[test]
fn weights_that_are_no_numbers_and_no_images_at_all_can_be_drawn() {
    let strange = Array2::from_elem((3, 2), f32::NAN);
    let groups = [group("", 0..3, vec![f32::INFINITY, f32::NAN])];
    draw(
        "strange",
        &basis(2, Shape::new(2, 2)),
        &strange,
        &groups,
        Theme::Light,
    )
    .png(0.5)
    .expect("drawn");
    draw(
        "none",
        &basis(2, Shape::new(2, 2)),
        &strange,
        &[],
        Theme::Light,
    )
    .png(0.5)
    .expect("drawn");
}
