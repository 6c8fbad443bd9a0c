//! Pictures against pictures that were looked at, and layouts against the edge of the page.
//!
//! `REGENERATE=1 cargo test --test golden` writes the pictures of `tests/golden/` anew and fails, so that new pictures
//! are looked at before they count.

use std::path::Path;

use ndarray::Array2;
use nmf_images::basis::{Basis, Shape};
use nmf_images::nmf::Iteration;
use nmf_images::render::{
    Comparison, Convergence, Figure, Gallery, Reconstructions, RuleRow, Rules, Sample, Scale, Scaling, comparison,
    convergence, gallery, reconstructions, rules,
};

/// Golden pictures are small: half a pixel a point.
const DENSITY: f32 = 0.5;

/// An arrow to the right with a dot below its tail: neither axis nor their order can be mistaken.
const ARROW: [&str; 6] = ["    #   ", "#####3  ", "    #   ", "        ", "2       ", "        "];
const SHAPE: Shape = Shape::new(6, 8);

fn arrow(scale: f32) -> Vec<f32> {
    let value = |mark: char| match mark {
        '#' => 1.0,
        '3' => 0.6,
        '2' => 0.3,
        _ => 0.0,
    };
    ARROW.iter().flat_map(|row| row.chars()).map(|mark| value(mark) * scale).collect()
}

/// Arrows whose tail ever more columns hide: no two tiles are the same.
fn parts(rank: usize) -> Basis {
    let mut rows = Array2::zeros((rank, SHAPE.pixels()));
    for (index, mut row) in rows.rows_mut().into_iter().enumerate() {
        for (at, (to, from)) in row.iter_mut().zip(arrow(1.0 + index as f32)).enumerate() {
            *to = if at % SHAPE.width < index { 0.0 } else { from };
        }
    }
    Basis::new(SHAPE, rows)
}

/// The same with every second column negative.
fn eigenimages(rank: usize) -> Basis {
    let mut rows = parts(rank).rows().to_owned();
    for mut row in rows.rows_mut() {
        row.iter_mut().skip(1).step_by(2).for_each(|value| *value *= -0.5);
    }
    Basis::new(SHAPE, rows)
}

struct Reconstructed {
    name: String,
    original: Vec<f32>,
    nmf: Vec<f32>,
    pca: Vec<f32>,
    error: f64,
}

impl Reconstructed {
    fn sample(&self) -> Sample<'_> {
        Sample {
            name: &self.name,
            original: &self.original,
            nmf: &self.nmf,
            pca: &self.pca,
            nmf_error: self.error,
            pca_error: 0.125,
        }
    }
}

fn images(count: usize, pixels: usize) -> Vec<Reconstructed> {
    let shades = |index: usize, offset: usize| -> Vec<f32> {
        (0..pixels).map(|at| ((at * 7 + index * 3 + offset) % 11) as f32 / 10.0).collect()
    };
    (0..count)
        .map(|index| Reconstructed {
            name: format!("image {index}.png"),
            original: if pixels == SHAPE.pixels() { arrow(1.0) } else { shades(index, 0) },
            nmf: shades(index, 1),
            pca: shades(index, 2),
            error: [0.25, 9.99, 0.000_001, f64::NAN, 12_345.6, 1e300]
                [if pixels == SHAPE.pixels() { 0 } else { index % 6 }],
        })
        .collect()
}

fn facts() -> Vec<(String, String)> {
    [("images", "400"), ("pixels", "8×6"), ("rank", "4"), ("NMF error", "25 %"), ("PCA error", "12.5 %")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Fails unless the figure looks as its golden picture does.
fn assert_looks_like(figure: &Figure, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let drawn = figure.png(DENSITY).expect("the figure can be drawn");
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, &drawn).expect("the golden picture can be written");
        panic!("{name} was written anew: look at it, then test again without REGENERATE");
    }
    let golden = image::open(&path).expect("the golden picture can be read").to_rgb8();
    let drawn = image::load_from_memory(&drawn).expect("the figure is a PNG").to_rgb8();
    assert_eq!(golden.dimensions(), drawn.dimensions(), "{name}: width and height");
    let differs = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 24);
    let different = golden.pixels().zip(drawn.pixels()).filter(|pair| differs(*pair)).count();
    let allowed = golden.pixels().len() / 20_000;
    assert!(different <= allowed, "{name}: {different} pixels differ, {allowed} may");
}

#[test]
fn comparison_looks_as_before() {
    let (images, facts) = (images(5, SHAPE.pixels()), facts());
    let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
    let figure = comparison(&Comparison {
        title: "arrows",
        facts: &facts,
        parts: &parts(4),
        eigenimages: &eigenimages(4),
        scaling: Scaling::Each,
        samples: &samples,
    });
    assert_looks_like(&figure.expect("drawn"), "comparison.png");
}

#[test]
fn gallery_of_parts_with_one_scale_looks_as_before() {
    let figure = gallery(&Gallery {
        title: "Parts",
        caption: "Each with its share.",
        basis: &parts(4),
        above: None,
        mean: None,
        labels: &["41 %", "30 %", "20 %", "9 %"].map(str::to_owned),
        scale: Scale::FromZero,
        scaling: Scaling::Shared,
    });
    assert_looks_like(&figure.expect("drawn"), "parts.png");
}

#[test]
fn gallery_of_parts_below_known_ones_looks_as_before() {
    let figure = gallery(&Gallery {
        title: "Parts",
        caption: "Three are known.",
        basis: &parts(4),
        above: Some(&eigenimages(3)),
        mean: None,
        labels: &["part 0: 0.99", "part 1: 0.61", "no match", "part 3"].map(str::to_owned),
        scale: Scale::FromZero,
        scaling: Scaling::Each,
    });
    assert_looks_like(&figure.expect("drawn"), "known-parts.png");
}

#[test]
fn gallery_of_eigenimages_looks_as_before() {
    let figure = gallery(&Gallery {
        title: "Eigenimages",
        caption: "The mean first.",
        basis: &eigenimages(4),
        above: None,
        mean: Some(&arrow(0.7)),
        labels: &["41 %", "30 %", "20 %", "9 %"].map(str::to_owned),
        scale: Scale::Diverging,
        scaling: Scaling::Each,
    });
    assert_looks_like(&figure.expect("drawn"), "eigenimages.png");
}

#[test]
fn reconstructions_look_as_before() {
    let images = images(4, SHAPE.pixels());
    let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
    let figure = reconstructions(&Reconstructions { title: "Reconstructions", shape: SHAPE, samples: &samples });
    assert_looks_like(&figure.expect("drawn"), "reconstructions.png");
}

#[test]
fn rules_look_as_before() {
    let facts =
        [("error", "25 %"), ("sparsity", "0.71"), ("overlap", "0.12")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let (parts, eigenimages) = (parts(4), eigenimages(4));
    let row = |name, basis, scale| RuleRow { name, facts: &facts, basis, scale };
    let figure = rules(&Rules {
        title: "arrows",
        rows: &[
            row("hals", &parts, Scale::FromZero),
            row("nonsmooth:0.5", &parts, Scale::FromZero),
            row("PCA", &eigenimages, Scale::Diverging),
        ],
        scaling: Scaling::Each,
    });
    assert_looks_like(&figure.expect("drawn"), "rules.png");
}

#[test]
fn convergence_looks_as_before() {
    let figure = convergence(&Convergence { title: "Convergence", trace: &falling(60), pca_error: 0.08 });
    assert_looks_like(&figure.expect("drawn"), "convergence.png");
}

fn falling(count: usize) -> Vec<Iteration> {
    (0..count)
        .map(|iteration| Iteration {
            iteration,
            seconds: 0.01 + 0.002 * iteration as f64,
            relative_error: 0.1 + 0.5 / (1.0 + iteration as f64),
            objective: 1.0,
        })
        .collect()
}

/// A box in points: x, y, width, height.
type Area = [f64; 4];

/// Fails if a text or a tile leaves the page or meets another; only scale bars have texts on them.
fn assert_keeps_apart(figure: &Figure, what: &str) {
    let (width, height) = figure.size();
    let texts = figure.texts().iter().map(|text| (text.text.as_str(), [text.x, text.y, text.width, text.height]));
    let (bars, tiles): (Vec<Area>, Vec<Area>) =
        images_of(figure).into_iter().partition(|image| image[2..] == SCALE_BAR);
    let tiles = tiles.into_iter().map(|tile| ("a tile", tile));
    let mut all: Vec<(&str, Area)> = texts.chain(tiles).collect();
    all.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    for (index, (name, area)) in all.iter().enumerate() {
        let [x, y, w, h] = *area;
        let inside = x >= 0.0 && y >= 0.0 && x + w <= width && y + h <= height;
        assert!(inside, "{what}: {name} at {area:?} leaves the page of {width}x{height}");
        for (other, place) in all[index + 1..].iter().take_while(|(_, place)| place[1] < y + h) {
            assert!(!meet(area, place), "{what}: {name} at {area:?} meets {other} at {place:?}");
        }
        for bar in &bars {
            let on_bar = x >= bar[0] && x + w <= bar[0] + bar[2];
            assert!(on_bar || !meet(area, bar), "{what}: {name} at {area:?} meets the scale bar");
        }
    }
}

fn meet(a: &Area, b: &Area) -> bool {
    a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]
}

/// Width and height of a scale bar.
const SCALE_BAR: [f64; 2] = [240.0, 30.0];

/// Where the images of a figure stand; the SVG counts in tenths of a point.
fn images_of(figure: &Figure) -> Vec<Area> {
    let number = |tag: &str, name: &str| -> f64 {
        let value = tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.expect("the attribute is there").0.parse::<f64>().expect("a number") / 10.0
    };
    let tags = figure.svg().split("<image").skip(1);
    tags.map(|tag| ["x", "y", "width", "height"].map(|name| number(tag, name))).collect()
}

const SHAPES: [(usize, usize); 8] = [(4, 400), (400, 4), (8, 8), (64, 48), (48, 64), (512, 512), (1, 1), (30, 100)];

fn titles() -> [String; 5] {
    [
        "faces".to_owned(),
        "A rather long name of a folder ".repeat(7),
        "面孔的部分與本徵影像 лица Ελλάδα وجوه 🙂".repeat(5),
        "<img src=x onerror=\"alert('&')\">\n\u{0}\u{202E}".repeat(6),
        "W".repeat(200),
    ]
}

/// A basis of any shape; sparse, so that large ones cost little.
fn basis(rank: usize, shape: Shape) -> Basis {
    let rows = Array2::from_shape_fn((rank, shape.pixels()), |(row, pixel)| ((row + pixel) % 5) as f32 - 1.0);
    Basis::new(shape, rows)
}

#[test]
fn texts_and_tiles_of_the_slide_keep_apart_at_every_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let ranks: Vec<usize> =
            if shape.pixels() < 2000 { (1..=200).collect() } else { vec![1, 2, 3, 7, 16, 49, 100, 200] };
        for rank in ranks {
            let title = &titles[rank % titles.len()];
            let images = images(rank % 10, shape.pixels());
            let samples: Vec<Sample> = images.iter().map(Reconstructed::sample).collect();
            let mut facts = facts();
            facts.push((title.clone(), title.clone()));
            let basis = basis(rank, shape);
            let figure = comparison(&Comparison {
                title,
                facts: &facts[rank % 4..],
                parts: &basis,
                eigenimages: &basis,
                scaling: if rank % 2 == 0 { Scaling::Each } else { Scaling::Shared },
                samples: &samples,
            });
            assert_keeps_apart(&figure.expect("drawn"), &format!("slide, rank {rank}, {shape}"));
        }
    }
}

#[test]
fn texts_and_tiles_of_rules_keep_apart_at_every_number_rank_and_shape() {
    let titles = titles();
    for (height, width) in SHAPES {
        let shape = Shape::new(height, width);
        let large = shape.pixels() > 2000;
        let ranks: &[usize] = if large { &[1, 28] } else { &[1, 2, 5, 16, 28, 49, 100] };
        for (&rank, count) in ranks.iter().flat_map(|rank| [1, 2, 3, 6, 9].map(|count| (rank, count))) {
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
                scale: if index + 1 == count { Scale::Diverging } else { Scale::FromZero },
            };
            let figure = rules(&Rules {
                title: &titles[rank % titles.len()],
                rows: &(0..count).map(row).collect::<Vec<_>>(),
                scaling: if rank % 2 == 0 { Scaling::Each } else { Scaling::Shared },
            });
            let figure = figure.expect("drawn");
            let what = format!("{count} rules, rank {rank}, {shape}");
            assert_keeps_apart(&figure, &what);
            assert!(figure.size().1 <= 4.0 * 1080.0, "{what}: {:?}", figure.size());
            let tiles = images_of(&figure).iter().filter(|image| image[2..] != SCALE_BAR).count();
            assert_eq!(tiles % count, 0, "{what}: all rows show as many tiles");
            let said = figure.texts().iter().any(|text| text.text.contains(&format!("the first {} of", tiles / count)));
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
            let labels: Vec<String> = (0..rank).map(|index| format!("{}.{} %", index % 90, index % 9)).collect();
            for (scale, scaling) in [(Scale::FromZero, Scaling::Each), (Scale::Diverging, Scaling::Shared)] {
                let figure = gallery(&Gallery {
                    title: &titles[rank % 5],
                    caption: &titles[(rank + 1) % 5],
                    basis: &basis,
                    above: (rank % 2 == 0).then_some(&known),
                    mean: Some(&mean),
                    labels: if rank % 3 == 0 { &titles } else { &labels },
                    scale,
                    scaling,
                });
                assert_keeps_apart(&figure.expect("drawn"), &format!("gallery, rank {rank}, {shape}"));
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
            let figure = reconstructions(&Reconstructions { title: "some", shape, samples: &samples });
            assert_keeps_apart(&figure.expect("drawn"), &format!("{count} reconstructions of {shape}"));
        }
    }
}

#[test]
fn convergence_is_drawn_for_any_trace() {
    let point = |iteration, seconds, relative_error| Iteration { iteration, seconds, relative_error, objective: 1.0 };
    let traces = [
        vec![],
        vec![point(0, 0.0, 0.0)],
        vec![point(1, 0.5, 0.3); 3],
        vec![point(0, 0.0, f64::NAN), point(1, f64::INFINITY, 0.5)],
        falling(2),
        falling(2000),
        (0..50).map(|i| point(i, i as f64 * 3600.0, 0.65f64.powf(i as f64))).collect(),
        vec![point(1, 1e-9, 1e-12), point(2, 2e-9, 0.9e-12)],
    ];
    for (index, trace) in traces.iter().enumerate() {
        for pca_error in [0.0, 0.08, 0.3, 5.0, f64::NAN] {
            for title in titles() {
                let figure = convergence(&Convergence { title: &title, trace, pca_error });
                assert_keeps_apart(&figure.expect("drawn"), &format!("trace {index}, floor {pca_error}"));
            }
        }
    }
}

#[test]
fn hostile_names_reach_the_svg_only_escaped() {
    let title = "<img src=x> & \"a\"\u{0}\n'b'";
    let figure = convergence(&Convergence { title, trace: &falling(3), pca_error: 0.1 }).expect("drawn");
    assert!(figure.svg().contains("&lt;img src=x&gt; &amp; &quot;a&quot;"));
    assert!(!figure.svg().contains("<img") && !figure.svg().contains('\0'));
    assert!(figure.png(0.5).is_ok());
}

#[test]
fn one_figure_gives_the_same_bytes_every_time() {
    let draw = || gallery_of_one(&[0.0, 1.0, 1.0, 0.0]);
    assert_eq!(draw().svg(), draw().svg());
    assert_eq!(draw().png(1.0).expect("drawn"), draw().png(1.0).expect("drawn"));
}

fn gallery_of_one(values: &[f32]) -> Figure {
    let rows = Array2::from_shape_vec((1, 4), values.to_vec()).expect("four values");
    gallery(&Gallery {
        title: "one",
        caption: "",
        basis: &Basis::new(Shape::new(2, 2), rows),
        above: None,
        mean: None,
        labels: &[],
        scale: Scale::FromZero,
        scaling: Scaling::Shared,
    })
    .expect("drawn")
}

#[test]
fn enlarged_pixels_are_sharp_squares() {
    let png = gallery_of_one(&[0.0, 1.0, 1.0, 0.0]).png(2.0).expect("drawn");
    let picture = image::load_from_memory(&png).expect("a PNG").to_rgb8();
    // The tile begins at the left margin and reaches down to the page's lower margin.
    let (left, top) = (128, 348);
    let black: Vec<u32> = (left..picture.width()).take_while(|&x| picture.get_pixel(x, top + 4).0 == [0; 3]).collect();
    let side = black.len() as u32;
    assert!(side > 200, "the first pixel is black, {side} wide");
    for (x, y) in [(0, 0), (side - 1, side - 1), (side, side), (2 * side - 1, 2 * side - 1)] {
        assert_eq!(picture.get_pixel(left + x, top + y).0, [0; 3], "({x}, {y})");
    }
    for (x, y) in [(side, 0), (2 * side - 1, side - 1), (0, side), (side - 1, 2 * side - 1)] {
        assert_eq!(picture.get_pixel(left + x, top + y).0, [255; 3], "({x}, {y})");
    }
}

#[test]
fn parts_that_are_zero_and_images_of_the_wrong_size_are_no_panic() {
    gallery_of_one(&[0.0; 4]).png(0.5).expect("drawn");
    let pixel = [0.5];
    let wrong = Sample { name: "", original: &pixel, nmf: &[], pca: &pixel, nmf_error: f64::NAN, pca_error: 0.0 };
    let drawn = reconstructions(&Reconstructions { title: "", shape: SHAPE, samples: &[wrong] });
    let message = drawn.expect_err("one pixel is not an image of 8x6").to_string();
    assert!(message.contains("1 values") && message.contains("8x6"), "{message}");
}

#[test]
fn a_density_that_cannot_be_drawn_is_an_error() {
    let figure = gallery_of_one(&[0.0; 4]);
    for density in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(figure.png(density).is_err(), "{density}");
    }
}
