//! Options of the pictures and of the page.

use std::collections::BTreeSet;

use std::fs;

use std::path::Path;

use nmf_images::render::percent;

use nmf_images::{Model, NMF, PCA};

use predicates::prelude::*;

use predicates::str::contains;

use resvg::{tiny_skia, usvg};

use serde_json::Value;

use crate::command::{COUNT, Desk, bars};

use crate::results::{PICTURES, report, report_of};

#[test]
fn show_and_scale_change_the_pictures() {
    let desk = Desk::with_pictures();
    let picture = |options: &str, name: &str| {
        report_of(&desk, &format!("pictures -k 3 {options}"));
        fs::read(desk.path("output").join(name)).unwrap()
    };
    assert_ne!(
        picture("--show 1", "reconstructions.png"),
        picture("--show 9", "reconstructions.png")
    );
    assert_eq!(
        picture("--show 12", "reconstructions.png"),
        picture("--show 1000", "reconstructions.png")
    );
    assert_ne!(
        picture("--scale each", "comparison.png"),
        picture("--scale shared", "comparison.png")
    );
}

#[test]
fn the_recipe_is_of_the_image_that_is_asked_for() {
    let desk = Desk::with_pictures();
    let caption_and_picture = |options: &str| {
        desk.command(&format!("pictures -k 3 --only recipe {options}"))
            .assert()
            .success();
        let caption = report(&desk, "output")["files"][0]["caption"]
            .as_str()
            .unwrap()
            .to_owned();
        (caption, fs::read(desk.path("output/recipe.png")).unwrap())
    };
    let by_name = caption_and_picture("--recipe 3.pgm");
    assert_eq!(by_name, caption_and_picture("--recipe 3"));
    assert_ne!(by_name.1, caption_and_picture("--recipe 4").1);
    assert!(
        by_name.0.starts_with("The training image as a sum") && !by_name.0.contains("typical"),
        "{}",
        by_name.0
    );
    assert!(
        caption_and_picture("")
            .0
            .starts_with("The most typical training image as a sum")
    );
}

#[test]
fn only_the_pictures_that_are_asked_for_are_drawn() {
    let desk = Desk::with_pictures();
    let said = desk
        .command("pictures -k 3 --only convergence,parts,parts")
        .assert()
        .success();
    said.stdout(contains("start with output/parts.png").and(contains("comparison.png").not()));
    assert_eq!(
        desk.files("output"),
        [
            "convergence.png",
            "convergence.svg",
            "model.npz",
            "parts.png",
            "report.json"
        ]
    );
    let wrong = desk.command("pictures --only gallery").assert().failure();
    wrong.stderr(contains("'gallery'").and(contains("eigenimages")));
}

#[test]
fn the_page_can_be_left_out_and_holds_as_many_images_as_asked_for() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 --no-page").assert().success();
    assert!(!desk.files("output").contains(&"report.html".to_owned()));
    let names = |options: &str| {
        desk.command(&format!("pictures -k 3 --only page {options}"))
            .assert()
            .success();
        let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
        let facts = page
            .split_once("id=\"run\">")
            .unwrap()
            .1
            .split_once("</script>")
            .unwrap()
            .0;
        let facts: Value = serde_json::from_str(facts).unwrap();
        facts["names"].as_array().unwrap().len()
    };
    assert_eq!(names(""), COUNT);
    assert_eq!(names("--page-images 5"), 5);
    assert_eq!(names("--page-images 500"), COUNT);
    desk.command("pictures --no-page --page-images 5")
        .assert()
        .code(2);
}

#[test]
fn the_page_of_many_images_stays_small() {
    let desk = Desk::empty();
    for (folder, rank) in [("digits", 36), ("faces", 28)] {
        let images = format!("{}/assets/{folder}", env!("CARGO_MANIFEST_DIR"));
        let report = report_of(&desk, &format!("{images} -k {rank} --only page"));
        let bytes = fs::metadata(desk.path("output/report.html")).unwrap().len();
        assert!((200_000..5_000_000).contains(&bytes), "{folder}: {bytes}");
        let page = fs::read_to_string(desk.path("output/report.html")).unwrap();
        let count = report["input"]["images"].as_u64().unwrap();
        let indices: Vec<String> = (0..count).map(|index| index.to_string()).collect();
        assert!(
            page.contains(&format!("\"indices\":[{}]", indices.join(","))),
            "{folder}: all {count} images are there"
        );
    }
}

#[test]
fn a_pipe_is_shown_no_pictures() {
    let desk = Desk::with_pictures();
    let run = desk
        .command("pictures -k 3 --view")
        .env("TERM", "xterm-kitty")
        .env("COLORTERM", "truecolor")
        .assert();
    run.success()
        .stdout(contains("comparison.png").and(contains("\u{1b}").not()));
}

#[test]
fn the_caption_of_the_learning_names_the_start() {
    let desk = Desk::with_pictures();
    desk.write_npy("many.npy", &bars(2400, 6, 6));
    for (input, options, expected) in [
        ("pictures", "", "From random training images to"),
        ("pictures", "--init random", "From random values to"),
        (
            "pictures",
            "--init nndsvda",
            "From the dominant sign of singular vectors",
        ),
        (
            "pictures",
            "--solver hoyer",
            "From an initialisation by hals",
        ),
        (
            "many.npy",
            "",
            "From random training images, first on samples, to",
        ),
    ] {
        let report = report_of(&desk, &format!("{input} -k 3 --only learning {options}"));
        let files = report["files"].as_array().unwrap();
        let captions: Vec<&str> = files
            .iter()
            .map(|file| file["caption"].as_str().unwrap())
            .take(2)
            .collect();
        assert!(
            captions[0].starts_with(expected) && captions[0] == captions[1],
            "{input} {options}: {captions:?}"
        );
    }
}

#[test]
fn every_file_is_listed_with_what_it_shows() {
    let desk = Desk::with_pictures();
    let output = desk.command("pictures -k 3").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let listed = report(&desk, "output")["files"].as_array().unwrap().clone();
    let names: BTreeSet<String> = listed
        .iter()
        .map(|file| file["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), desk.files("output"));
    for file in listed {
        let (name, caption) = (
            file["name"].as_str().unwrap(),
            file["caption"].as_str().unwrap(),
        );
        let line = said
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        assert!(
            caption.ends_with('.') && line.is_some_and(|line| line.ends_with(caption)),
            "{name}: {caption}\n{said}"
        );
    }
}

#[test]
fn pages_as_svg_show_what_those_as_png_show() {
    let desk = Desk::with_pictures();
    report_of(&desk, "pictures -k 3");
    report_of(&desk, "pictures -k 3 --format svg --out drawn");
    for name in PICTURES {
        let page = fs::read_to_string(desk.path("drawn").join(name).with_extension("svg")).unwrap();
        let drawn = rasterised(&page);
        let picture = image::open(desk.path("output").join(name))
            .unwrap()
            .into_rgb8();
        assert_eq!(drawn.dimensions(), picture.dimensions(), "{name}");
        let differs = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| {
            a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > 1)
        };
        assert_eq!(
            drawn
                .pixels()
                .zip(picture.pixels())
                .filter(|pair| differs(*pair))
                .count(),
            0,
            "{name}"
        );
    }
}

#[test]
fn charts_are_the_same_as_svg_and_as_png() {
    let desk = Desk::with_pictures();
    let learned = "pictures -k 3 -q --only convergence,rank-error";
    let ranked = "ranks pictures -k 1..3 --restarts 1 -q";
    for (line, names) in [
        (learned, &["convergence", "rank-error"][..]),
        (ranked, &["ranks"][..]),
    ] {
        desk.command(line).assert().success();
        desk.command(&format!("{line} --format svg --out drawn"))
            .assert()
            .success();
        for name in names {
            let svg = fs::read_to_string(desk.path(&format!("output/{name}.svg"))).unwrap();
            let png = image::open(desk.path(&format!("output/{name}.png")))
                .unwrap()
                .into_rgb8();
            assert!(rasterised(&svg) == png, "{name}");
            let drawn = desk.files("drawn");
            assert!(drawn.contains(&format!("{name}.svg")), "{drawn:?}");
            assert!(!drawn.contains(&format!("{name}.png")), "{drawn:?}");
        }
    }
}

/// Returns the lines of text of a picture that was drawn as SVG.
fn texts(desk: &Desk, name: &str) -> Vec<String> {
    let svg = fs::read_to_string(desk.path(name)).unwrap();
    let lines = svg.lines().filter(|line| !line.starts_with('<'));
    lines.map(str::to_owned).collect()
}

#[test]
fn chosen_images_are_those_of_every_picture() {
    let desk = Desk::with_pictures();
    let run = |images: &str| {
        report_of(
            &desk,
            &format!(
                "pictures -k 2 --only reconstructions,comparison,recipe,ladder --format svg {images}"
            ),
        )
    };
    let report = run("--images 7,2.pgm,10");
    assert_eq!(report["recipe"]["image"], "7.pgm");
    let is_image = |line: &String| line.contains(".pgm");
    for name in ["reconstructions", "ladder"] {
        let mut shown = texts(&desk, &format!("output/{name}.svg"));
        shown.retain(is_image);
        assert_eq!(shown, ["7.pgm", "2.pgm", "10.pgm"], "{name}");
    }
    // The slide has errors alone.
    let model = Model::read(desk.path("output")).unwrap();
    let mut errors = Vec::new();
    for image in [7, 2, 10] {
        for method in [&NMF, &PCA] {
            errors.push(percent(model.by(method).errors[image].into()));
        }
    }
    let slide = texts(&desk, "output/comparison.svg");
    let is_shown = |all: &[String]| all.windows(errors.len()).any(|some| some == errors);
    let mut shown = slide.clone();
    shown.retain(|line| line.ends_with("\u{a0}%"));
    assert!(is_shown(&shown), "{errors:?} in {slide:?}");

    let files = ["reconstructions.svg", "comparison.svg", "ladder.svg"];
    let drawn = || files.map(|name| fs::read(desk.path("output").join(name)).unwrap());
    let once = drawn();
    run("--images 7.pgm,7,2,10,2 --recipe 3");
    assert!(drawn() == once, "each image is shown once");
    let recipe = texts(&desk, "output/recipe.svg");
    let title = "pictures: composition of 3.pgm".to_owned();
    assert!(recipe.contains(&title), "{recipe:?}");
}

#[test]
fn chosen_images_are_training_images() {
    let desk = Desk::with_pictures();
    let line = "pictures -k 2 --hold-out 3 --seed 1 --only reconstructions --format svg";
    let report = report_of(&desk, &format!("{line} --images 0"));
    let held_out = report["held_out"]["names"][0].as_str().unwrap().to_owned();
    let shown = texts(&desk, "output/reconstructions.svg");
    let title = "pictures: reconstructed training images".to_owned();
    assert!(shown.contains(&title), "{shown:?}");
    let model = Model::read(desk.path("output")).unwrap();
    assert!(shown.contains(&model.names[0]), "{shown:?}");
    let refused = [
        (
            held_out.as_str(),
            format!("error: `{held_out}` is held out: pass training images to --images\n"),
        ),
        (
            "0,9",
            "error: no image is named `9`: pass to --images the name of one of the 9 images"
                .to_owned(),
        ),
        ("0,", "error: no image is named ``".to_owned()),
        ("-1", "error: no image is named `-1`".to_owned()),
        (
            "0,1,2,3,4,5,6,7,8",
            "error: --images names 9 images: pass at most 8\n".to_owned(),
        ),
    ];
    for (images, expected) in refused {
        let run = desk.command(&format!("{line} --images {images}"));
        let error = { run }.assert().code(1);
        error.stderr(contains(expected));
    }
}

/// An SVG as it is seen at two pixels a point, with no font but the one that the project brings.
fn rasterised(svg: &str) -> image::RgbImage {
    let mut fonts = usvg::fontdb::Database::new();
    for font in ["Inter-Regular.ttf", "Inter-SemiBold.ttf"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets/fonts")
            .join(font);
        fonts.load_font_data(fs::read(file).unwrap());
    }
    let options = usvg::Options {
        fontdb: fonts.into(),
        font_family: "Inter".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let (width, height) = (
        2 * tree.size().width() as u32,
        2 * tree.size().height() as u32,
    );
    let mut pixels = tiny_skia::Pixmap::new(width, height).unwrap();
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(2.0, 2.0),
        &mut pixels.as_mut(),
    );
    image::RgbImage::from_fn(width, height, |x, y| {
        let pixel = pixels.pixel(x, y).unwrap();
        image::Rgb([pixel.red(), pixel.green(), pixel.blue()])
    })
}

#[test]
fn the_theme_is_the_colour_of_the_page() {
    let desk = Desk::with_pictures();
    let corner = |theme: &str| {
        report_of(&desk, &format!("pictures -k 3 --theme {theme}"));
        PICTURES.map(|name| {
            image::open(desk.path("output").join(name))
                .unwrap()
                .into_rgb8()
                .get_pixel(0, 0)
                .0
        })
    };
    assert_eq!(corner("light"), [[255; 3]; PICTURES.len()]);
    assert!(
        corner("dark")
            .iter()
            .all(|colour| colour.iter().all(|&value| value < 50))
    );
}
