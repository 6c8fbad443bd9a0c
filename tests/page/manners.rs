//! What holds for the whole page: what is drawn, where the Tab key stops, and what is folded on a narrow window.

use std::fs;

use serde_json::{Value, json};

use super::Open;
use super::browser::Browser;
use super::command::{Desk, bars, pgm};

const TAB: &str = "\u{e004}";
const DOWN: &str = "\u{e015}";
const END: &str = "\u{e010}";
const SPACE: &str = " ";

/// Counts the pictures that are drawn, by section, as `window.drawn`.
const WATCH: &str = "
    window.drawn = {};
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...rest) {
        const id = this.canvas.closest('section')?.id;
        window.drawn[id] = (window.drawn[id] ?? 0) + 1;
        return put.apply(this, rest);
    };";

fn drawn(page: &Browser) -> Vec<String> {
    let drawn =
        page.run("const drawn = Object.keys(window.drawn).sort(); window.drawn = {}; return drawn");
    serde_json::from_value(drawn).unwrap()
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_section_is_drawn_once_it_is_in_sight_or_printed() {
    let open = Open::faces();
    let page = &open.browser;
    page.settle();
    page.run(WATCH);
    page.run("const s = document.querySelector('#image'); s.value = 7; s.dispatchEvent(new Event('input'))");
    page.settle();
    assert_eq!(drawn(page), ["look"], "the others are out of sight");
    page.see("#recipe-panels");
    page.wait("return window.drawn.recipe > 2");
    assert!(!drawn(page).contains(&"cover".to_owned()));
    page.see("#cover-panels");
    page.wait("return window.drawn.cover > 2");
    drawn(page);
    page.run("window.scrollTo(0, 0); return new Promise((done) => setTimeout(done, 100))");
    page.run("const s = document.querySelector('#image'); s.value = 9; s.dispatchEvent(new Event('input'))");
    page.settle();
    drawn(page);
    page.run("dispatchEvent(new Event('beforeprint'))");
    let printed = drawn(page);
    for section in ["recipe", "blocks", "learning", "cover"] {
        assert!(
            printed.contains(&section.to_owned()),
            "{section}: {printed:?}"
        );
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_tab_key_stops_once_in_each_list_of_terms() {
    let open = Open::faces();
    let page = &open.browser;
    page.see("#recipe-nmf");
    page.run("document.querySelector('#back-parts').focus()");
    page.press(&[TAB]);
    let focused = || {
        page.run(
            "return document.activeElement.getAttribute('aria-label') ?? document.activeElement.id",
        )
    };
    let name_at = |place: &str| {
        let name = page.run(&format!(
            "return document.querySelector('#recipe-nmf .terms li:{place} .term').textContent"
        ));
        json!(format!("Weight of {}", name.as_str().unwrap()))
    };
    assert_eq!(focused(), name_at("first-child"));
    page.press(&[DOWN]);
    assert_eq!(focused(), name_at("nth-child(2)"));
    let off = || {
        page.run("return [...document.querySelectorAll('#recipe-nmf .terms li')].map((row) => row.classList.contains('off')).indexOf(true)")
    };
    let weight = || page.text("#recipe-nmf .terms li:nth-child(2) output");
    let before = weight();
    page.press(&[super::RIGHT]);
    page.settle();
    assert_ne!(weight(), before, "an arrow changes the weight");
    page.press(&[SPACE]);
    page.settle();
    assert_eq!(off(), 1, "the space bar switches the term off");
    page.press(&[END]);
    assert_eq!(focused(), name_at("last-child"));
    page.press(&[TAB]);
    assert_eq!(focused(), "build-eigenimages");
    page.run("document.querySelector('.skip').focus()");
    let mut all = Vec::new();
    for _ in 0..120 {
        page.press(&[TAB]);
        let at = page.run("return document.activeElement.closest('section')?.id ?? document.activeElement.tagName");
        all.push(at.as_str().unwrap().to_owned());
    }
    let once = all
        .iter()
        .position(|at| at == "BODY")
        .expect("the Tab key leaves the page");
    let most = all[..once]
        .chunk_by(|a, b| a == b)
        .map(<[String]>::len)
        .max();
    assert!(
        most <= Some(12),
        "at most a dozen stops in a section: {all:?}"
    );
    let recipe = all[..once].iter().filter(|at| *at == "recipe").count();
    assert_eq!(
        recipe, 9,
        "what it shows, and three buttons and a list for each method"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn on_a_narrow_window_sections_are_folded_until_they_are_wanted() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 2 --only page --quiet")
        .assert()
        .success();
    let page = Browser::start(390, 844, "light");
    page.open(&desk.path("output/report.html"));
    let open = || {
        page.run(
            "const sections = [...document.querySelectorAll('main > section')];
             return sections.filter((s) => s.querySelector('.lead, .panel').checkVisibility()).map((s) => s.id)",
        )
    };
    assert_eq!(open(), json!(["look"]));
    let inside = page.run("return document.querySelector('#cover .inside').checkVisibility()");
    assert_eq!(inside, true, "a heading says what is inside");
    page.click("#recipe .fold");
    assert_eq!(open(), json!(["look", "recipe"]));
    page.wait(
        "return document.querySelector('#readout-parts').textContent.includes('relative error')",
    );
    page.click("#look .fold");
    assert_eq!(open(), json!(["recipe"]));
    page.click("nav a[href='#numbers']");
    assert_eq!(open(), json!(["recipe", "numbers"]));
    page.press(&[&page.key_to("own")]);
    assert_eq!(open(), json!(["recipe", "own", "numbers"]));
    page.press(&["s"]);
    page.wait("return !document.querySelector('#story').hidden");
    assert_eq!(open(), json!(["look", "recipe", "own", "numbers"]));
    page.print();
    let printed = page.run("return document.querySelector('#cover .lead').checkVisibility()");
    assert_eq!(printed, true, "all sections are printed");
    let wide = Browser::start(1280, 900, "light");
    wide.open(&desk.path("output/report.html"));
    let folds = wide.run("return [document.querySelectorAll('.fold').length, document.querySelector('#cover .lead').checkVisibility()]");
    assert_eq!(
        folds,
        json!([0, true]),
        "nothing is folded on a wide window"
    );
    assert_eq!(page.complaints(), [""; 0]);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn explanations_are_folded_but_printed() {
    let open = Open::faces();
    let page = &open.browser;
    let shown = || {
        page.run(
            "const all = [...document.querySelectorAll('.more p')];
             const texts = all.filter((text) => text.closest('section').checkVisibility());
             const seen = texts.filter((text) => text.checkVisibility({ contentVisibilityAuto: true }));
             return [seen.length, texts.length]",
        )
    };
    assert_eq!(shown()[0], 0, "folded on a wide window");
    page.click("#world .more summary");
    assert_eq!(shown()[0], 4, "a click opens one of them");
    page.run("dispatchEvent(new Event('beforeprint'))");
    page.print();
    let printed = shown();
    assert_eq!(printed[0], printed[1], "all are printed");
    page.run("dispatchEvent(new Event('afterprint'))");
    let open_ones = page.run("return document.querySelectorAll('.more[open]').length");
    assert_eq!(open_ones, 1, "as before");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn an_eigenimage_is_added_to_the_mean_and_subtracted() {
    let open = Open::faces();
    let page = &open.browser;
    page.wait(
        "return document.querySelector('#ends-text').textContent.startsWith('Eigenimage 0 ')",
    );
    let first = open.light("#ends-plus");
    assert_ne!(first, open.light("#ends-minus"));
    page.hover("#eigenimages [data-index='2']");
    page.wait(
        "return document.querySelector('#ends-text').textContent.startsWith('Eigenimage 2 ')",
    );
    let model = nmf_images::Model::read(open.desk.path("output")).unwrap();
    let scores = model.by(&nmf_images::PCA).weights.column(2).mapv(f64::from);
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let caption = page.text("figure:has(#ends-plus) figcaption");
    let said: f64 = caption
        .strip_prefix("mean + ")
        .and_then(|rest| rest.strip_suffix(" × eigenimage 2"))
        .unwrap_or_else(|| panic!("{caption}"))
        .parse()
        .unwrap();
    assert!((said / highest - 1.0).abs() < 0.006, "{said} is {highest}");
    assert!(
        open.pixels("#ends-minus", "b > 150 && r < 60") > 20,
        "below 0 is blue"
    );
    assert!(
        open.pixels("#ends-plus", "r > 250 && b < 100") > 5,
        "above white is yellow"
    );
    page.hover("#title");
    page.settle();
    assert!(
        page.text("#ends-text").starts_with("Eigenimage 2 "),
        "it stays"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_still_of_the_camera_is_taken_and_the_camera_stops() {
    let open = Open::faces();
    let page = &open.browser;
    page.run(
        "const media = navigator.mediaDevices;
         const ask = media.getUserMedia.bind(media);
         media.getUserMedia = async (wanted) => (window.stream = await ask(wanted));",
    );
    page.click("#own-clear");
    page.settle();
    assert_eq!(open.light("#own-easel canvas"), 0);
    page.click("#own-camera");
    page.wait("return document.querySelector('#own-readout').textContent.includes('a still in ')");
    page.wait("return document.querySelector('#own-readout').textContent.startsWith('This is a still of the camera')");
    page.settle();
    assert!(
        open.light("#own-easel canvas") > 10_000,
        "the test picture is bright"
    );
    assert_eq!(
        page.run("return window.stream.getTracks().map((track) => track.readyState)"),
        json!(["ended"])
    );
    page.run("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))");
    page.click("#own-camera");
    page.wait("return document.querySelector('#own-readout').textContent.startsWith('The camera was not allowed')");
    open.is_well();
    page.before_pages("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })");
    page.open(&open.desk.path("output/report.html"));
    assert_eq!(
        page.run("return document.querySelector('#own-camera').checkVisibility()"),
        Value::Bool(false)
    );
}

#[test]
fn the_page_has_no_path_of_the_computer_that_made_it() {
    let desk = Desk::empty();
    for (index, picture) in bars(12, 6, 8).outer_iter().enumerate() {
        let values: Vec<u8> = picture.iter().copied().collect();
        desk.write(&format!("our pictures/set/{index}.pgm"), pgm(8, 6, &values));
    }
    desk.write("our pictures/set/bad.png", "no picture");
    let mask: Vec<u8> = (0..48)
        .map(|pixel| if pixel < 3 { 0 } else { 255 })
        .collect();
    desk.write("mask.pgm", pgm(8, 6, &mask));
    let (set, out) = (desk.path("our pictures/set"), desk.path("out"));
    let run = desk
        .command("-k 2 --only page --quiet")
        .arg(format!("--mask={}", desk.path("mask.pgm").display()))
        .arg("--out")
        .arg(&out)
        .arg(&set)
        .assert();
    run.success();
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    let folder = desk.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    for gone in [folder, "our pictures"] {
        assert!(!page.contains(gone), "{gone} is in the page");
    }
    for kept in ["--mask=mask.pgm", "'set'", "bad.png"] {
        assert!(page.contains(kept), "{kept}");
    }
    let report = fs::read_to_string(out.join("report.json")).unwrap();
    assert!(
        report.contains(folder),
        "report.json keeps the paths as given"
    );
}
