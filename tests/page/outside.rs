//! What comes from outside: names that look like markup, and how much a page holds.

use std::fs;

use serde_json::json;

use super::command::{Desk, bars, pgm};
use super::{Open, error_text};

#[test]
#[ignore = "needs chromium and chromedriver"]
fn names_of_files_are_shown_as_text_and_never_run() {
    let names = [
        "<img src=x onerror=\"document.title='run'\">.pgm".to_owned(),
        "'\"><script>document.title='run'<\u{29f8}script>.pgm".to_owned(),
        "-->{{script}}.pgm".to_owned(),
        "\u{202e}gmp.drawkcab.pgm".to_owned(),
        "&lt;b&gt; &amp; \u{2028} \u{1f600}.pgm".to_owned(),
        format!("{}.pgm", "n".repeat(200)),
    ];
    let desk = Desk::empty();
    for (name, picture) in names.iter().zip(bars(names.len(), 6, 8).outer_iter()) {
        let values: Vec<u8> = picture.iter().copied().collect();
        desk.write(&format!("<b>set<!-- &/{name}"), pgm(8, 6, &values));
    }
    let run = desk
        .command("-k 2 --only page --quiet --")
        .arg("<b>set<!-- &")
        .assert();
    run.success();
    let browser = super::Browser::start(1280, 900, "light");
    browser.open(&desk.path("output/report.html"));
    assert_eq!(browser.text("#title"), "<b>set<!-- &");
    assert_eq!(browser.run("return document.title"), "<b>set<!-- &");
    let mut shown: Vec<String> = Vec::new();
    for index in 0..names.len() {
        browser.run(&format!(
            "const s = document.querySelector('#image'); s.value = {index}; s.dispatchEvent(new Event('input'))"
        ));
        browser.see("#chosen");
        shown.push(browser.text("#chosen-name bdi"));
        browser.click("#own-take");
        assert!(browser.text("#own-readout").contains(&shown[index]));
    }
    let mut expected = names.to_vec();
    expected.sort();
    shown.sort();
    assert_eq!(shown, expected);
    let foreign = browser.run(
        "return document.querySelectorAll('img, b, iframe, object, a[href^=\"http\"]').length",
    );
    assert_eq!(foreign, 0);
    let beyond = browser
        .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert_eq!(beyond, 0, "a long name is broken");
    assert_eq!(browser.complaints(), [""; 0]);
    assert_eq!(browser.requests(), [""; 0]);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_page_that_holds_some_of_the_images_says_so() {
    let desk = Desk::with_pictures();
    let open = Open::on(desk, "pictures -k 2 --page-images 5");
    assert!(
        open.browser
            .text("#subtitle")
            .contains("12 images of 8x6, 2 parts; this page has 5 of them")
    );
    assert!(
        open.browser.text("#live-source").starts_with(
            "This page holds 5 of the 12 images, evenly spread, and learns these only"
        )
    );
    assert_eq!(
        open.browser
            .run("return document.querySelector('#image').max"),
        "4"
    );
    let page = fs::read_to_string(open.desk.path("output/report.html")).unwrap();
    let addresses = page.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !addresses.contains("http:") && !addresses.contains("https:"),
        "no address but the name of SVG"
    );
    let weights = open
        .browser
        .run("return document.querySelectorAll('#recipe-nmf .terms li').length");
    assert_eq!(weights, json!(2));
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn unknown_pixels_are_shown_as_such_and_count_nowhere() {
    let desk = Desk::with_pictures();
    let mask: Vec<u8> = (0..48)
        .map(|pixel| if pixel % 8 < 3 { 0 } else { 255 })
        .collect();
    desk.write("mask.pgm", pgm(8, 6, &mask));
    let open = Open::on(desk, "pictures -k 2 --mask mask.pgm");
    let unknown = "r > g + 25 && g > b + 30";
    for canvas in [
        "#chosen",
        "#original-parts",
        "#cover-truth",
        "#users .user canvas",
    ] {
        open.browser.see(canvas);
        assert_eq!(open.pixels(canvas, unknown), 18, "{canvas}");
    }
    assert!(
        open.browser
            .text("#subtitle")
            .contains("216 pixels unknown")
    );
    let error = open
        .browser
        .text("#readout-parts")
        .split("relative error ")
        .nth(1)
        .unwrap()
        .to_owned();
    let name = open.browser.text("#chosen-name");
    let model = nmf_images::Model::read(open.desk.path("output/model.npz")).unwrap();
    let index = model.names.iter().position(|found| *found == name).unwrap();
    let expected = error_text(f64::from(model.by(&nmf_images::NMF).errors[index]));
    assert!(
        error.starts_with(&expected),
        "{error} instead of {expected}"
    );
    open.browser.click("#live-step");
    open.browser
        .wait("return document.querySelector('#live-text').textContent.startsWith('Iteration 1:')");
    assert_eq!(open.pixels("#live-images canvas", unknown), 18);
    assert!(!open.browser.text("#live-text").contains("at least"));
    open.is_well();
}
