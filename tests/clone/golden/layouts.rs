//! Texts and tiles keep apart, whatever there is to draw.

use nmf_images::basis::Shape;
use nmf_images::nmf::Iteration;
use nmf_images::render::{
    Comparison, Convergence, Gallery, Reconstructions, RuleRow, Rules, Sample, Scale, Scaling,
    Theme, comparison, convergence, gallery, reconstructions, rules,
};

use crate::data::{Reconstructed, SHAPES, bases, basis, bound, facts, falling, images, titles};
use crate::look::{SCALE_BAR, assert_keeps_apart, images_of};

#[test]
fn texts_and_tiles_of_the_slide_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let ranks: Vec<usize> = if shape.pixels() < 2000 {
            (1..=200).collect()
        } else {
            vec![1, 2, 3, 7, 16, 49, 100, 200]
        };
        for rank in ranks {
            let title = &titles[rank % titles.len()];
            let images = images(rank % 10, shape.pixels());
            let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
            let mut facts = facts();
            facts.push((title.clone(), title.clone()));
            let basis = basis(rank, shape);
            let figure = comparison(
                &Comparison {
                    title,
                    facts: &facts[rank % 4..],
                    remark: None,
                    bases: &bases(&basis, &basis),
                    scaling: if rank % 2 == 0 {
                        Scaling::Each
                    } else {
                        Scaling::Shared
                    },
                    kind_of_samples: title,
                    samples: &samples,
                },
                Theme::Light,
            );
            assert_keeps_apart(
                &figure.expect("drawn"),
                &format!("slide, rank {rank}, {shape}"),
            );
        }
    }
}

#[test]
fn texts_and_tiles_of_rules_keep_apart_at_every_number_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let large = shape.pixels() > 2000;
        let ranks: &[usize] = if large {
            &[1, 28]
        } else {
            &[1, 2, 5, 16, 28, 49, 100]
        };
        for (&rank, count) in ranks
            .iter()
            .flat_map(|rank| [1, 2, 3, 6, 9].map(|count| (rank, count)))
        {
            if large && count > 3 {
                continue;
            }
            let basis = basis(rank, shape);
            let mut facts = facts();
            facts.extend(titles.iter().map(|title| (title.clone(), title.clone())));
            let row = |index: usize| RuleRow {
                name: &titles[index % titles.len()],
                facts: &facts[index % 3..],
                basis: &basis,
                scale: if index + 1 == count {
                    Scale::Diverging
                } else {
                    Scale::FromZero
                },
            };
            let figure = rules(
                &Rules {
                    title: &titles[rank % titles.len()],
                    rows: &(0..count).map(row).collect::<Vec<_>>(),
                    scaling: if rank % 2 == 0 {
                        Scaling::Each
                    } else {
                        Scaling::Shared
                    },
                },
                Theme::Light,
            );
            let figure = figure.expect("drawn");
            let what = format!("{count} rules, rank {rank}, {shape}");
            assert_keeps_apart(&figure, &what);
            assert!(
                figure.size().1 <= 4.0 * 1080.0,
                "{what}: {:?}",
                figure.size()
            );
            let tiles = images_of(&figure)
                .iter()
                .filter(|image| image[2..] != SCALE_BAR)
                .count();
            assert_eq!(tiles % count, 0, "{what}: all rows show as many tiles");
            let said = figure.texts().iter().any(|text| {
                text.text
                    .contains(&format!("the first {} of", tiles / count))
            });
            assert_eq!(said, tiles < rank * count, "{what}: {tiles} tiles");
        }
    }
}

#[test]
fn texts_and_tiles_of_galleries_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for rank in [1, 2, 3, 16, 49, 100, 200, 700] {
            if rank * shape.pixels() > 10_000_000 {
                continue;
            }
            let basis = basis(rank, shape);
            let known = self::basis(rank / 3, shape);
            let mean = vec![0.5; shape.pixels()];
            let labels: Vec<String> = (0..rank)
                .map(|index| format!("{}.{} %", index % 90, index % 9))
                .collect();
            for (scale, scaling) in [
                (Scale::FromZero, Scaling::Each),
                (Scale::Diverging, Scaling::Shared),
            ] {
                let figure = gallery(
                    &Gallery {
                        title: &titles[rank % 5],
                        caption: &titles[(rank + 1) % 5],
                        basis: &basis,
                        above: (rank % 2 == 0).then_some(&known),
                        mean: Some(&mean),
                        labels: if rank % 3 == 0 { &titles } else { &labels },
                        scale,
                        scaling,
                    },
                    Theme::Light,
                );
                assert_keeps_apart(
                    &figure.expect("drawn"),
                    &format!("gallery, rank {rank}, {shape}"),
                );
            }
        }
    }
}

#[test]
fn texts_and_tiles_of_reconstructions_keep_apart_at_every_number_and_shape() {
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        for count in [0, 1, 2, 3, 8, 20, 150] {
            if count * shape.pixels() > 10_000_000 {
                continue;
            }
            let mut images = images(count, shape.pixels());
            for (image, name) in images.iter_mut().zip(titles().into_iter().cycle()) {
                image.name = name;
            }
            let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
            let figure = reconstructions(
                &Reconstructions {
                    kind: "Training images",
                    title: "some",
                    shape,
                    samples: &samples,
                },
                Theme::Light,
            );
            assert_keeps_apart(
                &figure.expect("drawn"),
                &format!("{count} reconstructions of {shape}"),
            );
        }
    }
}

#[test]
fn convergence_is_drawn_for_any_trace() {
    let point = |iteration, seconds, relative_error| Iteration {
        iteration,
        seconds,
        relative_error,
        objective: 1.0,
    };
    let traces = [
        vec![],
        vec![point(0, 0.0, 0.0)],
        vec![point(1, 0.5, 0.3); 3],
        vec![point(0, 0.0, f64::NAN), point(1, f64::INFINITY, 0.5)],
        falling(2),
        falling(2000),
        (0..50)
            .map(|i| point(i, i as f64 * 3600.0, 0.65f64.powf(i as f64)))
            .collect(),
        vec![point(1, 1e-9, 1e-12), point(2, 2e-9, 0.9e-12)],
    ];
    for (index, trace) in traces.iter().enumerate() {
        for floor in [None, Some(0.0), Some(0.08), Some(0.3), Some(1.0)] {
            let floor = floor.map(bound);
            for title in titles() {
                let figure = convergence(
                    &Convergence {
                        title: &title,
                        trace,
                        bound: floor.as_ref(),
                    },
                    Theme::Light,
                );
                assert_keeps_apart(
                    &figure.expect("drawn"),
                    &format!("trace {index}, floor {floor:?}"),
                );
            }
        }
    }
}
