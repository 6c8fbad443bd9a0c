//! The atlas: dots in the plane of two weights, the image that is pointed at, and what is selected.

use std::collections::HashMap;
use std::path::Path;

use nmf_images::Model;
use nmf_images::images::{LoadOptions, load};

use super::{ENTER, ESCAPE, Open, RIGHT};

const LEFT: &str = "\u{e012}";
const UP: &str = "\u{e013}";
const PLOT: &str = "#atlas-plot";
/// The space between the plot's sides and its lowest and highest values, in pixels of the page.
const SIDES: (f64, f64) = (77.0, 37.0);

fn digits() -> Open {
    let open = Open::of(&format!(
        "{}/assets/digits -k 9",
        env!("CARGO_MANIFEST_DIR")
    ));
    open.browser
        .run("document.querySelector('#atlas').scrollIntoView()");
    open.browser.wait(&format!(
        "return document.querySelector('{PLOT}').getAttribute('aria-label').startsWith('1000 images')"
    ));
    open.browser.settle();
    open
}

/// Returns the weights of all images by name, of a method and one of its basis images.
fn weights(open: &Open, method: usize, index: usize) -> HashMap<String, f64> {
    let model = Model::read(open.desk.path("output/model.npz")).unwrap();
    let column = model.decompositions[method].weights.column(index).to_vec();
    let weights = column.into_iter().map(f64::from);
    model.names.into_iter().zip(weights).collect()
}

fn chosen(open: &Open) -> String {
    open.browser.see("#chosen");
    open.browser.text("#chosen-name")
}

/// Returns the number that follows a text in the description of a dot.
fn said(open: &Open, after: &str) -> f64 {
    let text = open.browser.text("#atlas-readout");
    let rest = text.split_once(after).unwrap_or_else(|| panic!("{text}")).1;
    let number = rest.trim_start().split([',', ' ']).next().unwrap();
    let number = number.trim_end_matches('.').replace('\u{2212}', "-");
    number.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn dots_are_placed_by_the_axes_that_are_chosen_and_coloured_by_label() {
    let open = digits();
    let page = &open.browser;
    let label = || {
        page.run(&format!(
            "return document.querySelector('{PLOT}').getAttribute('aria-label')"
        ))
    };
    assert!(label().as_str().unwrap().contains("weight of part"));
    page.click("#atlas-pictures");
    page.settle();
    let colours = [
        "r > b + 90 && g > b + 20 && r > g + 40",
        "b > r + 40 && b > g + 20",
        "g > r + 30 && g > b + 20",
    ];
    for colour in colours {
        let count = open.pixels(PLOT, colour);
        assert!(count > 100, "{colour}: {count}");
    }
    let before = open.light(PLOT);
    page.run("const s = document.querySelector('#atlas-up'); s.value = 7; s.dispatchEvent(new Event('change'))");
    page.settle();
    assert!(label().as_str().unwrap().contains("and weight of part 7"));
    assert_ne!(
        open.light(PLOT),
        before,
        "other axes place the dots elsewhere"
    );
    page.click("#atlas-methods [value='pca']");
    page.settle();
    assert!(
        label()
            .as_str()
            .unwrap()
            .contains("score of eigenimage 0 and score of eigenimage 1")
    );
    assert!(
        open.pixels("#atlas-up-image", "b > r + 60") > 20,
        "the axes show signed images"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn without_labels_all_dots_have_one_colour() {
    let open = Open::faces();
    let page = &open.browser;
    page.run("document.querySelector('#atlas').scrollIntoView()");
    page.wait("return document.querySelector('#atlas-plot').getAttribute('aria-label').startsWith('400 images')");
    page.click("#atlas-pictures");
    page.settle();
    assert!(
        open.pixels(PLOT, "g > r + 60") > 300,
        "in the colour of the NMF"
    );
    let blue = open.pixels(PLOT, "b > r + 40 && b > g + 20");
    assert!(blue < 30, "only at the edges of letters: {blue}");
    assert_eq!(
        page.run("return document.querySelector('#atlas-legend').hidden"),
        true
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn images_without_a_part_are_counted_and_lie_in_a_band() {
    let open = digits();
    let page = &open.browser;
    let axes = page.run(
        "return ['#atlas-across', '#atlas-up'].map((axis) => document.querySelector(axis).value)",
    );
    let axes: Vec<String> = serde_json::from_value(axes).unwrap();
    let text = page.text("#atlas-zeros");
    assert!(text.starts_with("Grey bands: "), "{text}");
    for axis in &axes {
        let zeros = weights(&open, 0, axis.parse().unwrap());
        let zeros = zeros.values().filter(|weight| **weight == 0.0).count();
        let stated = format!("weight of part {axis} in {zeros}");
        assert!(zeros > 0 && text.contains(&stated), "{stated}: {text}");
    }
    page.click("#atlas-methods [value='pca']");
    page.settle();
    assert_eq!(page.text("#atlas-zeros"), "", "0 is a score among others");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_dot_shows_its_image_and_a_click_chooses_it() {
    let open = digits();
    let page = &open.browser;
    page.click("#atlas-methods [value='pca']");
    page.settle();
    let before = chosen(&open);
    page.click(PLOT);
    let is_shown = "return !document.querySelector('#atlas-tip').hidden";
    page.wait(is_shown);
    let name = page.text("#atlas-tip-name");
    assert!(name != before && open.light("#atlas-tip-image") > 1_000);
    page.see("#chosen");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent === '{name}'"
    ));
    for index in 0..2 {
        let expected = weights(&open, 1, index)[&name];
        let found = said(&open, &format!("score of eigenimage {index}"));
        assert!(
            (found - expected).abs() < 0.006 * expected.abs().max(0.1),
            "{found} {expected}"
        );
    }
    let label = name.split('/').next().unwrap();
    assert!(
        page.text("#atlas-readout")
            .contains(&format!("label {label}:"))
    );
    page.run("document.querySelector('#recipe').scrollIntoView()");
    page.wait(
        "const of = (css) => {
             const canvas = document.querySelector(css);
             return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join();
         };
         return of('#original-parts') === of('#atlas-tip-image')",
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_line_around_dots_selects_them() {
    let open = digits();
    let page = &open.browser;
    page.click("#atlas-methods [value='pca']");
    page.settle();
    let corners = |left: f64| [(left, 0.001), (0.999, 0.001), (0.999, 0.999), (left, 0.999)];
    page.draw(PLOT, &corners(0.001));
    page.wait("return document.querySelector('#atlas-count').textContent.startsWith('1000 images selected, 24 of them shown')");
    page.draw(PLOT, &corners(0.6));
    page.wait("return !document.querySelector('#atlas-count').textContent.startsWith('1000')");
    let width = page.run(&format!(
        "return document.querySelector('{PLOT}').clientWidth"
    ));
    let width = width.as_f64().unwrap();
    let scores = weights(&open, 1, 0);
    let low = scores.values().copied().fold(0.0, f64::min);
    let high = scores.values().copied().fold(0.0, f64::max);
    let share = (0.6 * width - SIDES.0) / (width - SIDES.0 - SIDES.1);
    let edge = low + share * (high - low);
    let slack = (high - low) / width;
    let beyond = |edge: f64| scores.values().filter(|score| **score > edge).count();
    let text = page.text("#atlas-count");
    let count: usize = text.split(' ').next().unwrap().parse().unwrap();
    assert!(
        (beyond(edge + slack)..=beyond(edge - slack)).contains(&count) && count > 50,
        "{text}, between {} and {}",
        beyond(edge + slack),
        beyond(edge - slack)
    );
    let names = page.run("return [...document.querySelectorAll('#atlas-users button')].map((button) => button.title)");
    let names: Vec<String> = serde_json::from_value(names).unwrap();
    assert_eq!(names.len(), 24);
    for name in &names {
        assert!(scores[name] > edge - slack, "{name}: {}", scores[name]);
    }
    page.click("#atlas-users button:last-child");
    page.see("#chosen");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent === '{}'",
        names[23]
    ));
    page.click("#atlas-clear");
    assert!(page.text("#atlas-count").starts_with("Draw a line"));
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_label_selects_its_images_and_shows_their_mean() {
    let open = digits();
    let page = &open.browser;
    page.click("#atlas-legend button:nth-child(4)");
    page.wait(
        "return document.querySelector('#atlas-count').textContent.endsWith('Labels: 3 (100).')",
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let images = load(&root.join("assets/digits/3"), &LoadOptions::default()).unwrap();
    let images = images.to_f32();
    let mean = images.mean_axis(ndarray::Axis(0)).unwrap();
    let expected: f32 = mean.iter().map(|value| 255.0 * value).sum();
    let light = open.light("#atlas-mean") as f32;
    assert!(
        (light - expected).abs() < 0.01 * expected,
        "{light} {expected}"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_keyboard_moves_between_dots_chooses_and_selects() {
    let open = digits();
    let page = &open.browser;
    page.click("#atlas-methods [value='pca']");
    page.settle();
    page.run("document.querySelector('#atlas-methods [value=pca]').focus()");
    page.run(&format!(
        "document.querySelector('{PLOT}').focus({{ focusVisible: true }})"
    ));
    page.wait("return document.querySelector('#atlas-readout').textContent.includes('label')");
    for (key, axis, sign) in [(RIGHT, 0, 1.0), (LEFT, 0, -1.0), (UP, 1, 1.0)] {
        let name = format!("score of eigenimage {axis}");
        let (before, text) = (said(&open, &name), page.text("#atlas-readout"));
        page.press(&[key]);
        page.wait(&format!(
            "return document.querySelector('#atlas-readout').textContent !== {}",
            serde_json::json!(text)
        ));
        let moved = sign * (said(&open, &name) - before);
        assert!(
            moved > 0.0 && moved < 1.0,
            "{key:?} leads to a close dot from {text}: {moved}"
        );
    }
    let name = page.text("#atlas-tip-name");
    page.press(&[" ", ENTER]);
    page.see("#chosen");
    page.wait(&format!(
        "return document.querySelector('#chosen-name').textContent === '{name}'"
    ));
    assert!(page.text("#atlas-count").starts_with("1 image selected."));
    page.press(&[ESCAPE]);
    assert!(page.text("#atlas-count").starts_with("Draw a line"));
    open.is_well();
}
