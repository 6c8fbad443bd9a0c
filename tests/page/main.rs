//! The page as its reader meets it, in a browser: what is seen and said after what is done.
//!
//! Needs Debian's packages `chromium` and `chromium-driver`: `cargo test --release --test page -- --ignored`. With the path of
//! axe-core's `axe.min.js` in the variable `AXE`, accessibility is checked too.

mod atlas;
mod blocks;
mod browser;
#[path = "../common/command.rs"]
mod command;
#[path = "../common/mod.rs"]
mod common;
mod folder;
mod links;
mod live;
mod manners;
mod outside;
mod own;
mod prototypes;
mod recipe;
mod story;
mod world;

use std::fs;

use browser::Browser;
use command::Desk;
use nmf_images::render::percent;
use serde_json::{Value, json};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";
const RIGHT: &str = "\u{e014}";

/// A run on the drawn faces, and its page in a browser.
struct Open {
    desk: Desk,
    browser: Browser,
}

impl Open {
    fn faces() -> Self {
        Self::of(&format!(
            "{}/assets/faces -k 16",
            env!("CARGO_MANIFEST_DIR")
        ))
    }

    fn of(arguments: &str) -> Self {
        Self::on(Desk::empty(), arguments)
    }

    fn on(desk: Desk, arguments: &str) -> Self {
        desk.command(&format!("{arguments} --only page --quiet"))
            .assert()
            .success();
        let browser = Browser::start(1280, 900, "light");
        browser.open(&desk.path("output/report.html"));
        Self { desk, browser }
    }

    fn report(&self) -> Value {
        serde_json::from_slice(&fs::read(self.desk.path("output/report.json")).unwrap()).unwrap()
    }

    /// How many pixels of a canvas are of a kind, said as a condition on `r`, `g` and `b`.
    fn pixels(&self, css: &str, kind: &str) -> u64 {
        let body = format!(
            "const canvas = document.querySelector({});
             const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
             let count = 0;
             for (let i = 0; i < data.length; i += 4) {{ const [r, g, b] = data.slice(i, i + 3); if ({kind}) count++; }}
             return count",
            json!(css)
        );
        self.browser
            .run(&body)
            .as_u64()
            .expect("a canvas has pixels")
    }

    /// The light of all pixels of a canvas.
    fn light(&self, css: &str) -> u64 {
        let body = format!(
            "const canvas = document.querySelector({});
             const {{ data }} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
             let sum = 0;
             for (let i = 0; i < data.length; i += 4) sum += data[i];
             return sum",
            json!(css)
        );
        self.browser
            .run(&body)
            .as_u64()
            .expect("a canvas has pixels")
    }

    /// Nothing has gone wrong, and nothing was asked of any network.
    fn is_well(&self) {
        assert_eq!(self.browser.complaints(), [""; 0]);
        assert_eq!(self.browser.requests(), [""; 0]);
    }
}

/// Returns a relative error as the page writes it.
fn error_text(error: f64) -> String {
    format!("{:.2}\u{a0}%", 100.0 * error)
}

const ORANGE: &str = "r > g + 25 && g > b + 10";
const RED: &str = "r > b + 60";
const BLUE: &str = "b > r + 60";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_part_that_is_pointed_at_lights_up_everywhere() {
    let open = Open::faces();
    let page = &open.browser;
    assert_eq!(open.pixels("#chosen", ORANGE), 0, "nothing is lit before");
    assert_eq!(
        open.pixels("#parts [data-index='3'] canvas", "r !== g || g !== b"),
        0,
        "parts are grey"
    );
    for colour in [RED, BLUE] {
        assert!(
            open.pixels("#eigenimages [data-index='1'] canvas", colour) > 100,
            "eigenimages are signed: {colour}"
        );
    }
    page.see("#recipe-nmf");
    let of_term = |place: &str| {
        page.run(&format!(
            "return document.querySelector('#recipe-nmf .terms li:{place}').dataset.index"
        ))
    };
    let (used, unused) = (of_term("first-child"), of_term("last-child"));
    let (used, unused) = (used.as_str().unwrap(), unused.as_str().unwrap());
    let hover = |part: &str| {
        page.hover(&format!("#parts [data-index='{part}']"));
        page.wait(&format!(
            "return document.querySelector('#users-title').textContent === 'Images that use part {part} most'"
        ));
    };
    hover(unused);
    assert_eq!(
        open.pixels("#chosen", ORANGE),
        0,
        "a part that the image does without is not lit"
    );
    assert!(page.text("#focus-text").contains("does not use it"));
    hover(used);
    assert!(
        open.pixels("#chosen", ORANGE) > 50,
        "its pixels light up in the image"
    );
    assert!(
        page.text("#focus-text")
            .starts_with(&format!("Part {used}, "))
    );
    let lit =
        page.run("return document.querySelector('#recipe-nmf .terms li.lit .term').textContent");
    assert_eq!(
        lit,
        format!("part {used}"),
        "its weight stands out in the recipe"
    );
    let weights =
        page.run("return [...document.querySelectorAll('#users .caption')].map((c) => Number(c.textContent))");
    let weights: Vec<f64> = weights
        .as_array()
        .unwrap()
        .iter()
        .map(|weight| weight.as_f64().unwrap())
        .collect();
    assert!(
        weights.len() == 8 && weights.windows(2).all(|pair| pair[0] >= pair[1]),
        "{weights:?}"
    );
    page.hover("#eigenimages [data-index='2']");
    page.wait("return document.querySelector('#users-title').textContent.endsWith('score of eigenimage 2')");
    let scores = page.run(
        "return [...document.querySelectorAll('#users .caption')].map((c) => c.textContent[0])",
    );
    assert_eq!(
        scores,
        json!([
            "+", "+", "+", "+", "\u{2212}", "\u{2212}", "\u{2212}", "\u{2212}"
        ])
    );
    for colour in ["r > b + 30", "b > r + 20"] {
        assert!(
            open.pixels("#chosen", colour) > 20,
            "both signs light up: {colour}"
        );
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_part_is_kept_by_a_click_or_by_keys() {
    let open = Open::faces();
    let page = &open.browser;
    let kept = |css: &str| {
        page.run(&format!(
            "return document.querySelector(\"{css}\").getAttribute('aria-pressed')"
        ))
    };
    page.click("#parts [data-index='4']");
    page.hover("#title");
    page.wait("return document.querySelector('#users-title').textContent === 'Images that use part 4 most'");
    assert_eq!(kept("#parts [data-index='4']"), "true");
    page.run("document.querySelector('#parts .tile').focus()");
    page.press(&[RIGHT, RIGHT, ENTER]);
    page.wait("return document.activeElement.dataset.index === '2'");
    page.wait("return document.querySelector(\"#parts [data-index='2']\").getAttribute('aria-pressed') === 'true'");
    assert_eq!(kept("#parts [data-index='4']"), "false");
    page.press(&[ESCAPE]);
    page.wait("return document.querySelector('#users-title').textContent === 'Some of the images'");
    let stops = page.run("return document.querySelectorAll('#parts [tabindex=\"0\"]').length");
    assert_eq!(stops, 1, "a gallery is one stop of the Tab key");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn another_image_is_chosen_by_button_slider_and_key() {
    let open = Open::faces();
    let page = &open.browser;
    let name = || page.text("#chosen-name");
    let first = name();
    page.click("#next");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent !== {}",
        json!(first)
    ));
    let second = name();
    page.click("#previous");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent === {}",
        json!(first)
    ));
    page.run("document.activeElement.blur()");
    page.press(&["n"]);
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent === {}",
        json!(second)
    ));
    page.run("const s = document.querySelector('#image'); s.value = 0; s.dispatchEvent(new Event('input'))");
    page.wait("return document.querySelector('#chosen-name').textContent === 'face000.png'");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_learning_can_be_walked_through() {
    let open = Open::faces();
    let page = &open.browser;
    let iterations = open.report()["nmf"]["iterations"].as_u64().unwrap();
    let first_tile = "#frame-parts canvas";
    page.see("#frame-parts");
    let dot = || {
        page.run("return Number(document.querySelector('#curve .dot').getAttribute('cx'))")
            .as_f64()
            .unwrap()
    };
    assert!(
        page.text("#frame-text")
            .starts_with(&format!("Iteration {iterations} of {iterations}: "))
    );
    let (end, end_dot) = (open.light(first_tile), dot());
    page.run("const s = document.querySelector('#frame'); s.value = 0; s.dispatchEvent(new Event('input'))");
    assert!(
        page.text("#frame-text")
            .starts_with(&format!("Iteration 1 of {iterations}: "))
    );
    assert!(open.light(first_tile) != end && dot() < end_dot);
    let error = "return parseFloat(document.querySelector('#frame-images figure:last-child figcaption').textContent.split('error')[1])";
    let at_start = page.run(error).as_f64().unwrap();
    page.click("#play");
    page.wait(&format!(
        "return document.querySelector('#frame-text').textContent.startsWith('Iteration {iterations} of')"
    ));
    page.wait("return document.querySelector('#play').textContent === 'Play'");
    assert!(
        page.run(error).as_f64().unwrap() < at_start,
        "the image is rebuilt better at the end"
    );
    assert_eq!((open.light(first_tile), dot()), (end, end_dot));
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_numbers_are_those_of_the_report() {
    let open = Open::faces();
    let page = &open.browser;
    let report = open.report();
    let said = page.text("#numbers");
    for method in ["nmf", "pca"] {
        let error = error_text(report[method]["relative_error"].as_f64().unwrap());
        let table_and_readout = said.matches(&error).count();
        assert!(table_and_readout >= 2, "{method}: {error} in {said}");
    }
    for parts in [&report["parts"], &report["pca"]["parts"]] {
        let cancelled = percent(parts["cancelled"].as_f64().unwrap());
        assert!(said.contains(&cancelled), "{cancelled} in {said}");
        for key in ["sparsity", "overlap", "localisation"] {
            let value = parts[key].as_f64().unwrap();
            assert!(
                said.contains(&format!("{value:.2}")),
                "{key}: {value} in {said}"
            );
        }
    }
    for fact in [
        "-k 16 --only page",
        "nmf-images 0.1.0",
        "seed 0",
        "400 of 48x64",
        "black in every image",
    ] {
        assert!(said.contains(fact), "{fact} in {said}");
    }
    let points = page.run(
        "return document.querySelector('#ranks polyline').getAttribute('points').split(' ').length",
    );
    assert_eq!(points, report["pca"]["errors"].as_array().unwrap().len());
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn every_picture_keeps_its_proportions_and_nothing_overhangs() {
    let desk = Desk::empty();
    for (name, height, width) in [
        ("wide.npy", 4, 60),
        ("tall.npy", 60, 4),
        ("square.npy", 12, 12),
    ] {
        desk.write_npy(name, &command::bars(30, height, width));
        desk.command(&format!("{name} -k 3 --only page --quiet --out {name}.out"))
            .assert()
            .success();
    }
    for (width, height) in [(360, 780), (1280, 800), (1920, 1080)] {
        let browser = Browser::start(width, height, "dark");
        for (name, ratio) in [
            ("wide.npy", 15.0),
            ("tall.npy", 1.0 / 15.0),
            ("square.npy", 1.0),
        ] {
            browser.open(&desk.path(&format!("{name}.out/report.html")));
            let beyond =
                browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assert_eq!(beyond, 0, "{name} at {width}");
            let shown = browser.run(
                "const box = document.querySelector('#chosen').getBoundingClientRect(); return box.width / box.height",
            );
            let shown = shown.as_f64().unwrap();
            assert!(
                (shown / ratio - 1.0).abs() < 0.02,
                "{name} at {width}: {shown}"
            );
        }
    }
}
