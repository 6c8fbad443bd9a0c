//! The section in which the page itself learns: its worker has the rules of the library, and the page stays usable.

use std::path::Path;

use ndarray::Array2;
use nmf_images::images::{LoadOptions, load};
use nmf_images::nmf::{BetaLoss, Hals, Overlap, Penalties};
use nmf_images::{ImageSet, Init, Nmf, Shape, Solver, StopRule};
use serde_json::{Value, json};

use super::Open;
use super::common::Noise;

/// Begins a worker with the text in the page; `until(iteration)` is its report of that iteration.
const WORKER: &str = "
    const text = document.querySelector('#worker').textContent;
    const begin = (table) => {
        const worker = new Worker(URL.createObjectURL(new Blob([text])));
        const send = (kind, rest) => worker.postMessage({ kind, ...rest });
        send('table', { table: { scale: 1 / 255, known: null, ...table, images: Uint8Array.from(table.images) } });
        let id = 0;
        const start = (settings) => send('start', { id: ++id, settings });
        const to = (iterations, total) => new Promise((done) => {
            const all = [];
            worker.onmessage = ({ data }) => {
                if (data.id !== id) return;
                all.push(...data.errors);
                if (data.iteration === total) done({ ...data, errors: all });
            };
            send('run', { iterations });
        });
        return { start, to };
    };
";

/// The iterations whose objectives are compared.
const COMPARED: [usize; 3] = [1, 10, 100];
const OVERLAP: f64 = 0.02;

/// Returns the rules by the settings that the worker takes.
fn rules() -> [(Value, Solver); 3] {
    let overlap = Penalties {
        overlap: Overlap::constant(OVERLAP),
        ..Penalties::default()
    };
    let penalised = Hals {
        penalties: overlap,
        ..Hals::plain()
    };
    [
        (json!({"rule": "hals"}), Solver::Hals(Hals::plain())),
        (
            json!({"rule": "hals", "overlap": OVERLAP}),
            Solver::Hals(penalised),
        ),
        (json!({"rule": "mu"}), Solver::Mu(BetaLoss::FROBENIUS)),
    ]
}

fn some(folder: &str, count: usize) -> ImageSet {
    let options = LoadOptions {
        limit: Some(count),
        ..LoadOptions::default()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    load(&root.join("assets").join(folder), &options).unwrap()
}

fn bytes(images: &ImageSet) -> Vec<u8> {
    let values = images.to_f32().into_iter();
    values.map(|value| (255.0 * value).round() as u8).collect()
}

/// Returns the objective of the library after each of [`COMPARED`].
fn objectives(images: &ImageSet, solver: Solver, w: &Array2<f32>, h: &Array2<f32>) -> Vec<f64> {
    let init = Init::Given {
        weights: w.clone(),
        basis: h.clone(),
    };
    let stop = StopRule {
        max_iterations: 100,
        tolerance: 0.0,
        ..StopRule::default()
    };
    // The start gives equal pixels different values.
    let nmf = Nmf::new(w.ncols()).init(init).merge_pixels(false);
    let model = nmf.solver(solver).stop_rule(stop).fit(images).unwrap();
    let at = |iteration: usize| model.trace[iteration - 1].objective;
    COMPARED.map(at).to_vec()
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_worker_has_the_rules_of_the_library() {
    let open = Open::faces();
    let random = Noise::new(5).bytes(30, 77);
    let random = ImageSet::from_u8(Shape::new(7, 11), random).unwrap();
    for (name, images, rank) in [
        ("faces", some("faces", 60), 8),
        ("digits", some("digits", 80), 10),
        ("random", random, 5),
    ] {
        let (count, pixels) = (images.len(), images.shape.pixels());
        let mut noise = Noise::new(9);
        let (w, mut h) = (noise.matrix(count, rank), noise.matrix(rank, pixels));
        // The worker leaves out pixels that no image lights, so they must not count in the start.
        for (mut part, pixel) in h.columns_mut().into_iter().zip(images.to_f32().columns()) {
            part *= f32::from(u8::from(pixel.sum() > 0.0));
        }
        for (mut settings, solver) in rules() {
            let by_part: Vec<f32> = w.t().iter().copied().collect();
            let basis: Vec<f32> = h.iter().copied().collect();
            settings["rank"] = json!(rank);
            settings["start"] = json!({"weights": by_part, "basis": basis});
            let found = open.browser.run(&format!(
                "{WORKER} const worker = begin({});
                 worker.start({settings});
                 const found = [];
                 for (const [more, total] of [[1, 1], [9, 10], [90, 100]]) found.push((await worker.to(more, total)).objective);
                 return found",
                json!({"pixels": pixels, "images": bytes(&images)})
            ));
            let found: Vec<f64> = serde_json::from_value(found).unwrap();
            let expected = objectives(&images, solver, &w, &h);
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found / expected - 1.0).abs() < 1e-4,
                    "{name}, {solver:?}: {found} for {expected}"
                );
            }
            assert_eq!(found.len(), expected.len());
        }
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_same_seed_gives_the_same_curve() {
    let open = Open::faces();
    let images: Vec<u8> = Noise::new(3).bytes(40, 60).into_iter().collect();
    let curves = open.browser.run(&format!(
        "{WORKER} const curves = [];
         for (const seed of [4, 4, 5]) {{
             const worker = begin({});
             worker.start({{ rank: 6, rule: 'hals', seed }});
             curves.push((await worker.to(20, 20)).errors);
         }}
         return curves",
        json!({"pixels": 60, "images": images})
    ));
    let curves: Vec<Vec<f64>> = serde_json::from_value(curves).unwrap();
    assert_eq!(curves[0].len(), 20);
    assert_eq!(curves[0], curves[1]);
    assert_ne!(curves[0], curves[2]);
    assert!(
        curves[0].windows(2).all(|pair| pair[1] <= pair[0] + 1e-6),
        "plain least squares never raises the error: {:?}",
        curves[0]
    );
    let one_pixel = open.browser.run(&format!(
        "{WORKER} const worker = begin({{ pixels: 3, images: [0, 90, 0, 0, 50, 0] }});
         worker.start({{ rank: 1, rule: 'hals', seed: 0 }});
         return (await worker.to(3, 3)).errors.at(-1)"
    ));
    assert!(one_pixel.as_f64().unwrap() < 1e-3, "{one_pixel}");
}

/// Sets a slider or a field of the section.
fn set(open: &Open, id: &str, value: u32) {
    open.browser.run(&format!(
        "const input = document.querySelector('#live-{id}'); input.value = {value}; input.dispatchEvent(new Event('input'))"
    ));
}

/// Waits until the fit of the page has got to an iteration.
fn reach(open: &Open, iteration: usize) {
    open.browser.wait(&format!(
        "return Number(document.querySelector('#live-text').textContent.match(/^Iteration (\\d+)/)?.[1]) >= {iteration}"
    ));
}

/// The number before the percent sign that follows these words in the section.
fn share(open: &Open, before: &str) -> f64 {
    let said = open.browser.text("#live-text");
    let after = said
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{said}"));
    after.split('\u{a0}').next().unwrap().parse().unwrap()
}

fn angle(open: &Open) -> f64 {
    let said = open.browser.text("#live-angle");
    let number = said.split(": ").nth(1).unwrap_or_else(|| panic!("{said}"));
    number.split('°').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn without_the_bound_the_error_falls_to_that_of_the_best_images() {
    let open = Open::of(&format!("{}/assets/faces -k 6", env!("CARGO_MANIFEST_DIR")));
    let page = &open.browser;
    set(&open, "speed", 4);
    page.click("#live-play");
    reach(&open, 30);
    page.wait("return document.querySelector('#live-angle').textContent !== ''");
    let bound = 100.0 * open.report()["bound"]["relative_error"].as_f64().unwrap();
    assert!(
        (share(&open, "with any sign, is ") - bound).abs() < 0.006,
        "the least error is that of the report: {}",
        page.text("#live-text")
    );
    assert!(share(&open, "relative error ") > 1.01 * bound && angle(&open) > 5.0);
    let blue = "b > r + 60";
    assert_eq!(open.pixels("#live-parts canvas", blue), 0);
    page.click("#live-bounded");
    page.wait("return document.querySelector('#live-text').textContent.includes('has ended')");
    assert!(
        (share(&open, "relative error ") / bound - 1.0).abs() < 1e-3,
        "{}",
        page.text("#live-text")
    );
    assert!(angle(&open) < 1.0, "{}", page.text("#live-angle"));
    let signed = "return document.querySelectorAll('#live-parts .caption').length === 6
        && [...document.querySelectorAll('#live-parts .caption')].some((c) => c.textContent.startsWith('\\u2212'))";
    assert_eq!(page.run(signed), true, "weights have both signs");
    let names = || page.text("#live-parts-name") + &page.text("#live-images");
    assert!(
        names().starts_with("The signed images") && names().contains("sum of the signed images"),
        "{}",
        names()
    );
    assert!(!page.text("#live-angle").contains("part"));
    assert_eq!(page.text("#live-play"), "Play");
    // With the bound again, parts are grey at once and the fit goes on.
    page.click("#live-bounded");
    page.wait("return document.querySelector('#live-play').textContent === 'Pause'");
    page.wait(
        "const canvas = document.querySelector('#live-parts canvas');
         const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
         return data.every((value, i) => i % 4 === 3 || value === data[i - (i % 4)])",
    );
    page.wait(
        "return document.querySelector('#live-parts-name').textContent.startsWith('The parts')",
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_page_is_drawn_while_it_learns_but_only_in_sight() {
    let open = Open::faces();
    let page = &open.browser;
    set(&open, "speed", 4);
    page.run("document.querySelector('#live').scrollIntoView()");
    page.wait("return document.querySelectorAll('#live-parts canvas').length === 16");
    let first = open.light("#live-parts canvas");
    page.click("#live-play");
    reach(&open, 5);
    assert_ne!(open.light("#live-parts canvas"), first);
    page.run("document.querySelector('#look').scrollIntoView()");
    page.settle();
    page.run("return new Promise((done) => setTimeout(done, 200))");
    let before = page.text("#live-text");
    page.run("return new Promise((done) => setTimeout(done, 400))");
    assert_eq!(page.text("#live-text"), before, "it is out of sight");
    page.run("document.querySelector('#live').scrollIntoView()");
    page.wait(&format!(
        "return document.querySelector('#live-text').textContent !== {}",
        json!(before)
    ));
    let name = page.text("#chosen-name");
    page.click("#live-next");
    page.see("#chosen");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent !== {}",
        json!(name)
    ));
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn multiplicative_updates_are_slower_and_need_the_bound() {
    let open = Open::faces();
    let page = &open.browser;
    set(&open, "speed", 4);
    set(&open, "rank", 5);
    set(&open, "overlap", 4);
    assert_eq!(page.text("#live-overlap-value"), "0.02");
    set(&open, "overlap", 0);
    let errors = ["hals", "mu"].map(|rule| {
        page.click(&format!("#live-{rule}"));
        page.click("#live-restart");
        for step in 1..=12 {
            page.click("#live-step");
            reach(&open, step);
        }
        assert!(page.text("#live-text").starts_with("Iteration 12:"));
        share(&open, "relative error ")
    });
    assert!(errors[1] > 1.1 * errors[0], "{errors:?}");
    assert!(page.text("#live-curve").contains("the fit before"));
    let disabled = |id: &str| {
        page.run(&format!(
            "return document.querySelector('#live-{id}').disabled"
        ))
    };
    assert_eq!([disabled("bounded"), disabled("overlap")], [true, true]);
    // From the keyboard: the section, its first control, and the box.
    page.run("document.activeElement.blur()");
    page.press(&[&page.key_to("live")]);
    page.wait("return Math.abs(document.querySelector('#live').getBoundingClientRect().top) < 150");
    page.run("document.querySelector('#live-hals').focus()");
    page.press(&[" "]);
    assert_eq!([disabled("bounded"), disabled("mu")], [false, false]);
    page.run("document.querySelector('#live-bounded').focus()");
    page.press(&[" "]);
    assert_eq!([disabled("mu"), disabled("overlap")], [true, true]);
    open.is_well();
}
