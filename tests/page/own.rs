//! A picture of one's own, and covered pixels: what is drawn, and the weights that are found for it.

use std::path::Path;

use ndarray::{Array2, Axis};
use nmf_images::images::{LoadOptions, Mask, load};
use nmf_images::{ImageSet, Model, NMF, PCA};
use serde_json::Value;

use super::{Open, error_text};

#[test]
#[ignore = "needs chromium and chromedriver"]
fn what_is_drawn_is_rebuilt_by_both() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("#own-clear");
    page.wait(
        "return document.querySelector('#own-nmf .readout').textContent.includes('no intensity')",
    );
    assert_eq!(open.light("#own-easel canvas"), 0);
    assert_eq!(
        open.light("#own-nmf canvas"),
        0,
        "no part is needed for nothing"
    );
    page.stroke("#own-easel canvas", (0.2, 0.15), (0.8, 0.15));
    page.wait(
        "return document.querySelector('#own-nmf .readout').textContent.startsWith('Relative error')",
    );
    let white = open.pixels("#own-easel canvas", "r === 255");
    assert!(
        (60..600).contains(&white),
        "{white} pixels of hair are drawn"
    );
    assert!(
        open.light("#own-nmf canvas") > 5_000,
        "a part is used for it"
    );
    page.run("document.querySelector('[name=own-brush][value=dark]').click()");
    page.stroke("#own-easel canvas", (0.2, 0.15), (0.8, 0.15));
    page.wait(
        "return document.querySelector('#own-nmf .readout').textContent.includes('no intensity')",
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn held_out_images_are_those_to_draw_on_and_to_cover() {
    let open = Open::of(&format!(
        "{}/assets/faces -k 16 --hold-out 5",
        env!("CARGO_MANIFEST_DIR")
    ));
    let page = &open.browser;
    let names = open.report()["held_out"]["names"].clone();
    let name = |index: usize| names[index].as_str().unwrap().to_owned();
    assert_eq!(
        page.text("#own-readout"),
        format!("This is {}, a held-out image. Draw on it.", name(0))
    );
    page.click("#cover-next");
    page.settle();
    assert_eq!(
        page.text("#cover-source"),
        format!("This is {}, a held-out image.", name(1))
    );
    page.click("#own-take");
    assert!(page.text("#own-readout").contains(&name(2)));
    assert!(page.text("#facts").contains("5 held-out images"));
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_drawing_board_is_drawn_on_by_keys_too() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("#own-clear");
    page.wait(
        "return document.querySelector('#own-nmf .readout').textContent.includes('no intensity')",
    );
    page.run("document.querySelector('#own-easel canvas').focus()");
    page.press(&["\u{e013}", " "]);
    page.wait(
        "return document.querySelector('#own-nmf .readout').textContent.startsWith('Relative error')",
    );
    assert!(open.pixels("#own-easel canvas", "r === 255") > 3);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_picture_is_opened_as_the_run_reads_its_images() {
    let open = Open::faces();
    let page = &open.browser;
    page.see("#own-easel canvas");
    let face = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/faces/face042.png");
    page.choose("#own-file", &face);
    page.wait(
        "return document.querySelector('#own-readout').textContent.startsWith('This is face042.png')",
    );
    page.settle();
    let expected = image::open(&face).unwrap().into_luma8();
    let expected: u64 = expected.pixels().map(|pixel| u64::from(pixel.0[0])).sum();
    assert_eq!(
        open.light("#own-easel canvas"),
        expected,
        "a picture of the run's size is taken pixel by pixel"
    );
    let twice =
        image::open(&face)
            .unwrap()
            .resize_exact(96, 128, image::imageops::FilterType::Nearest);
    twice.save(open.desk.path("twice.png")).unwrap();
    page.choose("#own-file", &open.desk.path("twice.png"));
    page.wait(
        "return document.querySelector('#own-readout').textContent.startsWith('This is twice.png')",
    );
    page.settle();
    let light = open.light("#own-easel canvas");
    assert!(
        light.abs_diff(expected) < expected / 50,
        "{light} of a picture twice the size, {expected} of the picture"
    );
    page.click("#own-invert");
    page.settle();
    let exchanged = open.light("#own-easel canvas");
    assert_eq!(
        exchanged + light,
        255 * 48 * 64,
        "dark and bright change places"
    );
    open.desk.write("words.txt", "no picture");
    page.choose("#own-file", &open.desk.path("words.txt"));
    page.wait("return document.querySelector('#own-readout').textContent.startsWith('words.txt cannot be read')");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn what_is_covered_is_filled_in_and_judged() {
    let open = Open::faces();
    let page = &open.browser;
    let said = || page.text("#cover-readout");
    let orange = "r > g + 50 && g > b + 80";
    page.see("#cover-panels");
    // The first cover is a patch of a tenth of the image: 15 by 20 pixels.
    page.wait("return document.querySelector('#cover-readout').textContent.includes('mean image')");
    assert_eq!(open.pixels("#cover-easel canvas", orange), 15 * 20);
    let patch = said();
    page.click("#cover-lower");
    page.wait(&format!(
        "return document.querySelector('#cover-readout').textContent !== {}",
        serde_json::json!(patch)
    ));
    assert_eq!(open.pixels("#cover-easel canvas", orange), 48 * 32);
    let says = |error: &Value| said().contains(&error_text(error.as_f64().unwrap()));
    let errors = page.run(&with_modules(
        "const seen = Uint8Array.from({ length: run.pixels }, (_, p) => (p < run.pixels / 2 ? 1 : 0));
         const hidden = seen.map((is) => 1 - is);
         const image = imageOf(run, run.first);
         const guesses = ['parts', 'eigenimages'].map((kind) => solver.fit(run.kinds[kind], image, seen).reconstructed);
         return [...guesses, run.kinds.eigenimages.mean].map((guess) => relativeError(image, guess, hidden));",
    ));
    assert!(
        says(&errors[0]) && says(&errors[1]) && says(&errors[2]),
        "{errors}: {}",
        said()
    );
    let [nmf, pca, mean] = [0, 1, 2].map(|guess| errors[guess].as_f64().unwrap());
    let is_named = |own: f64, other: f64| own <= 0.9 * other && own <= 0.9 * mean;
    let named = ["NMF is closest", "PCA is closest"].map(|words| said().contains(words));
    assert_eq!(
        named,
        [is_named(nmf, pca), is_named(pca, nmf)],
        "{}",
        said()
    );
    page.click("#cover-none");
    page.wait(
        "return document.querySelector('#cover-readout').textContent.startsWith('Nothing is covered')",
    );
    page.stroke("#cover-easel canvas", (0.3, 0.5), (0.7, 0.5));
    page.wait("return !document.querySelector('#cover-readout').textContent.startsWith('Nothing')");
    assert!((50..1500).contains(&open.pixels("#cover-easel canvas", orange)));
    open.is_well();
}

/// A function's body with the page's own modules before it, on what is in the page.
fn with_modules(body: &str) -> String {
    let modules: String = [
        "drawing/dom",
        "drawing/paint",
        "run/state",
        "run/data",
        "run/algebra",
        "run/solver",
    ]
    .map(|name| {
        std::fs::read_to_string(format!(
            "{}/assets/page/{name}.js",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap()
    })
    .concat();
    let lines = modules.lines().filter(|line| !line.starts_with("import "));
    let script: String = lines
        .map(|line| line.strip_prefix("export ").unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    format!("{script} const run = await readRun(); const solver = new Solver(run); {body}")
}

/// Weights and scores of images, as the page finds them and as the program does.
fn by_both(
    open: &Open,
    indices: &[usize],
    seen: &str,
    mask: impl Fn(usize) -> bool,
) -> [[Array2<f32>; 2]; 2] {
    let found = open.browser.run(&with_modules(&format!(
        "const seen = Uint8Array.from({{ length: run.pixels }}, (_, p) => ({seen} ? 1 : 0));
         const of = (kind) => {indices:?}.map((i) => [...solver.fit(run.kinds[kind], imageOf(run, i), seen.includes(0) ? seen : null).weights]);
         return ['parts', 'eigenimages'].map(of)"
    )));
    let page = [0, 1].map(|kind| {
        let rows: Vec<Vec<f32>> = serde_json::from_value(found[kind].clone()).unwrap();
        Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
    });
    let model = Model::read(open.desk.path("output/model.npz")).unwrap();
    let digits = format!("{}/assets/digits", env!("CARGO_MANIFEST_DIR"));
    let all = load(digits.as_ref(), &LoadOptions::default())
        .unwrap()
        .to_f32();
    let mut images = ImageSet::from_f32(model.shape(), all.select(Axis(0), indices)).unwrap();
    images.mask = Mask::new(indices.len(), all.ncols(), |_, pixel| mask(pixel));
    let found = model.project(&images).unwrap();
    let program = [&NMF, &PCA].map(|method| found.methods[method].weights.clone());
    [page, program]
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_page_finds_the_weights_that_the_program_finds() {
    let open = Open::of(&format!(
        "{}/assets/digits -k 36",
        env!("CARGO_MANIFEST_DIR")
    ));
    let indices: Vec<usize> = (0..1000).step_by(37).collect();
    let every = by_both(&open, &indices, "true", |_| true);
    let upper = by_both(&open, &indices, "p < 500 || p % 3 === 0", |pixel| {
        pixel < 500 || pixel % 3 == 0
    });
    for [page, program] in [every, upper] {
        for (page, program) in page.iter().zip(&program) {
            let largest = program
                .iter()
                .fold(0.0f32, |most, value| most.max(value.abs()));
            let apart = (page - program)
                .iter()
                .fold(0.0f32, |most, value| most.max(value.abs()));
            assert!(largest > 0.5 && apart < 1e-3, "{apart} of {largest}");
        }
    }
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_pages_least_squares_meet_the_conditions_of_a_minimum() {
    let open = Open::of(&format!(
        "{}/assets/digits -k 36 --page-images 60",
        env!("CARGO_MANIFEST_DIR")
    ));
    let missed = open.browser.run(&with_modules(
        "let worst = 0;
         for (let i = 0; i < run.count; i++) for (const step of [0, 2, 3]) {
             const image = imageOf(run, i);
             const seen = step ? Uint8Array.from(image, (_, p) => (p % step ? 1 : 0)) : null;
             const products = productsOf(run.kinds.parts.basis, run.rank, run.pixels, image, seen);
             const gram = Float64Array.from(solver.gram('parts', seen));
             if (seen) addPrior(gram, products, run.kinds.parts.prior, seen);
             worst = Math.max(worst, missedConditions(gram, products, solver.fit(run.kinds.parts, image, seen).weights));
         }
         return worst",
    ));
    let missed = missed.as_f64().unwrap();
    assert!(missed < 1e-6, "{missed}");
}
