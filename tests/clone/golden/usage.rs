//! Which images use which parts.

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape, Weights};
use nmf_images::render::{Figure, Theme, Usage, UsageGroup, usage};

use crate::data::{SHAPES, basis, parts, titles};
use crate::look::{assert_keeps_apart, assert_looks_like, images_of};

fn draw(
    title: &str,
    parts: &Basis,
    weights: &Weights,
    groups: &[UsageGroup],
    theme: Theme,
) -> Figure {
    let whole = format!("{title}: which images use which parts");
    usage(
        &Usage {
            title: &whole,
            caption: title,
            parts,
            weights,
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

fn group(name: &str, images: std::ops::Range<usize>) -> UsageGroup<'_> {
    UsageGroup {
        name,
        images: images.collect(),
    }
}

fn of_cats_and_dogs(theme: Theme) -> Figure {
    let groups = [group("cats", 0..5), group("dogs", 5..18)];
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
fn usage_of_many_parts_and_images_looks_as_before() {
    // Images are sorted by the part that they use most.
    let (rank, images) = (49, 20_000);
    let weights = Array2::from_shape_fn((images, rank), |(image, part)| {
        let main = image * rank / images;
        if part == main {
            1.0
        } else {
            ((image * 31 + part * 17) % 11) as f32 / 40.0
        }
    });
    let figure = draw(
        "arrows",
        &basis(rank, Shape::new(20, 30)),
        &weights,
        &[group("", 0..images)],
        Theme::Light,
    );
    assert_looks_like(&figure, "usage-many.png");
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
                let group = |label: usize| group(&titles[label % titles.len()], share(label));
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
                assert!(figure.size().1 <= 4320.0, "{what}: {:?}", figure.size());
            }
        }
    }
}

#[test]
fn every_part_has_a_tile_and_notes_count_the_parts_shown_and_the_images_per_column() {
    let says =
        |figure: &Figure, what: &str| figure.texts().iter().any(|text| text.text.contains(what));
    for (rank, images, note) in [
        (1, 60_000, "60000 images; each column is the mean of 150"),
        (7, 1000, "1000 images; each column is the mean of 2 to 3"),
        (500, 3, "3 images, one per column"),
    ] {
        let figure = draw(
            "many",
            &basis(rank, Shape::new(8, 8)),
            &used(images, rank),
            &[group("", 0..images)],
            Theme::Light,
        );
        let square = |area: &&[f64; 4]| (area[2] - area[3]).abs() < 0.1;
        let tiles = images_of(&figure).iter().filter(square).count();
        assert!(
            tiles == rank || rank == 500 && tiles > 100,
            "{tiles} of {rank}"
        );
        assert_eq!(says(&figure, &format!("{tiles} of 500 shown")), rank == 500);
        assert!(says(&figure, note), "{note}");
    }
    let groups: Vec<_> = (0..50).map(|label| group("a", label..label + 1)).collect();
    let many = draw(
        "many",
        &basis(2, Shape::new(8, 8)),
        &used(50, 2),
        &groups,
        Theme::Light,
    );
    assert!(says(&many, "the first 40 of 50 folders"));
}

#[test]
fn weights_that_are_no_numbers_and_no_images_at_all_can_be_drawn() {
    let strange = Array2::from_elem((3, 2), f32::NAN);
    for groups in [
        vec![group("", 0..3)],
        vec![],
        vec![group("a", 0..3), group("b", 0..0)],
    ] {
        let parts = basis(2, Shape::new(2, 2));
        let figure = draw("strange", &parts, &strange, &groups, Theme::Light);
        figure.png(0.5).expect("drawn");
    }
}
