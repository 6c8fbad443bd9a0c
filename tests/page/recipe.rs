//! The recipe: weights that are moved, terms that are switched off, sums that are built up.

use std::fs;

use nmf_images::render::percent;
use serde_json::json;

use super::{Open, error_text};

fn error(open: &Open, kind: &str) -> f64 {
    let readout = format!("#readout-{kind}");
    open.browser.see(&readout);
    let said = open.browser.text(&readout);
    let after = said
        .split("relative error ")
        .nth(1)
        .unwrap_or_else(|| panic!("{said}"));
    after.split('\u{a0}').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_term_that_is_switched_off_is_gone_until_it_is_brought_back() {
    let open = Open::faces();
    let page = &open.browser;
    for kind in ["parts", "eigenimages"] {
        let side = if kind == "parts" { "nmf" } else { "pca" };
        let (sum, whole) = (format!("#sum-{kind}"), error(&open, kind));
        let light = open.light(&sum);
        page.click(&format!(
            "#recipe-{side} .terms li:first-child input[type=checkbox]"
        ));
        page.wait(&format!(
            "return !document.querySelector('#readout-{kind}').textContent.includes(' {whole:.2}\\u00a0%')"
        ));
        assert!(
            error(&open, kind) > 2.0 * whole,
            "{kind}: the largest term matters most"
        );
        assert_ne!(open.light(&sum), light);
        if kind == "parts" {
            assert!(open.light(&sum) < light, "what is not added is missing");
        }
        page.click(&format!("#back-{kind}"));
        assert!((error(&open, kind) - whole).abs() < 0.05 && open.light(&sum) == light);
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_weight_that_is_moved_changes_the_sum_at_once() {
    let open = Open::faces();
    let page = &open.browser;
    page.see("#recipe-nmf .terms");
    let light = open.light("#sum-parts");
    let slider = "#recipe-nmf .terms li:first-child input[type=range]";
    page.run(&format!("document.querySelector('{slider}').focus()"));
    let before = page.text("#recipe-nmf .terms li:first-child output");
    let steps = "for (let i = 0; i < 3; i++)";
    page.run(&format!(
        "const s = document.querySelector('{slider}'); {steps} {{ s.value = Number(s.value) / 2; s.dispatchEvent(new Event('input')); }}"
    ));
    page.wait(&format!(
        "return document.querySelector('#recipe-nmf .terms li:first-child output').textContent !== {}",
        json!(before)
    ));
    page.settle();
    assert!(open.light("#sum-parts") < light);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_sum_is_built_up_the_most_light_first() {
    let open = Open::faces();
    let page = &open.browser;
    let whole = error(&open, "parts");
    let mut errors = Vec::new();
    for _ in 0..3 {
        page.click("#next-parts");
        errors.push(error(&open, "parts"));
    }
    assert!(
        errors.windows(2).all(|pair| pair[1] < pair[0]) && errors[2] > whole,
        "{errors:?}, in the end {whole}"
    );
    assert_eq!(
        page.run("return document.querySelectorAll('#recipe-nmf .steps i').length"),
        3
    );
    assert_eq!(
        page.run("return document.querySelectorAll('#recipe-nmf .terms li.off').length"),
        13
    );
    page.click("#back-parts");
    page.click("#build-eigenimages");
    page.wait("return document.querySelectorAll('#recipe-pca .steps i').length >= 3");
    assert!(
        page.text("#readout-eigenimages")
            .contains("of the intensity of all terms cancels")
    );
    assert!(
        open.light("#lost-eigenimages") > 1000,
        "what cancels is shown"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn page_picture_and_report_have_the_same_figures() {
    let open = Open::of(&format!(
        "{}/assets/faces -k 16 --max-iter 30 --only recipe --format svg",
        env!("CARGO_MANIFEST_DIR")
    ));
    let picture = fs::read_to_string(open.desk.path("output/recipe.svg")).unwrap();
    let report = open.report();
    for (kind, key) in [("parts", "nmf"), ("eigenimages", "pca")] {
        let figures = &report["recipe"][key];
        let error = figures["relative_error"].as_f64().unwrap();
        let cancelled = percent(figures["cancelled"].as_f64().unwrap());
        open.browser.see("#recipe-panels");
        let said = open.browser.text(&format!("#readout-{kind}"));
        let on_page = format!("relative error {}.", error_text(error));
        assert!(said.contains(&on_page), "{on_page} in {said}");
        assert!(picture.contains(&percent(error)), "{key}: {error}");
        if key == "pca" {
            let lost = format!("{cancelled} of the intensity of all terms cancels.");
            assert!(said.contains(&lost) && picture.contains(&lost), "{said}");
        } else {
            assert_eq!(cancelled, "0\u{a0}%");
            let instead = open.browser.text("#recipe-nmf .trio");
            assert!(
                instead.contains("Nothing cancels: parts are only added."),
                "{instead}"
            );
        }
    }
    open.browser.see("#frame-images");
    let learned = open.browser.text("#frame-images");
    let error = report["recipe"]["nmf"]["relative_error"].as_f64().unwrap();
    assert!(learned.contains(&error_text(error)), "{learned}");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_moved_weight_is_measured_by_the_formula_of_the_report() {
    let open = Open::faces();
    let page = &open.browser;
    page.see("#recipe-pca");
    let whole = page.text("#readout-eigenimages");
    // A weight that is moved by less than the digits show makes the page measure for itself.
    let slider = "#recipe-pca .terms li:last-child input[type=range]";
    page.run(&format!(
        "const s = document.querySelector('{slider}'); s.value = Number(s.value) + 1e-7; s.dispatchEvent(new Event('input'))"
    ));
    page.settle();
    let measured = page.text("#readout-eigenimages");
    let lost = |said: &str| -> f64 {
        let before = said.split(" of the intensity").next().unwrap();
        let number = before.rsplit(' ').next().unwrap();
        number.split('\u{a0}').next().unwrap().parse().unwrap()
    };
    assert!(
        (lost(&whole) - lost(&measured)).abs() < 0.11,
        "{whole} {measured}"
    );
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_sum_and_its_terms_are_in_one_window() {
    let open = Open::faces();
    let page = &open.browser;
    for width in [1440, 1280] {
        page.resize(width, 900);
        page.run("document.querySelector('#recipe').scrollIntoView()");
        page.settle();
        let seen = page.run(
            "const box = (element) => element.getBoundingClientRect();
             const list = box(document.querySelector('#recipe-nmf .terms'));
             const bottom = Math.min(innerHeight, list.bottom);
             const terms = [...document.querySelectorAll('#recipe-nmf .terms li')];
             return [box(document.querySelector('#sum-parts')).bottom <= innerHeight,
                 box(document.querySelector('#build-parts')).bottom <= innerHeight,
                 terms.filter((term) => box(term).bottom <= bottom).length >= 8]",
        );
        assert_eq!(seen, json!([true, true, true]), "{width}");
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_image_and_what_cancels_have_one_scale() {
    let open = Open::faces();
    let page = &open.browser;
    page.see("#recipe-pca");
    let captions = page.text("#recipe-pca .trio");
    assert!(
        captions.contains("the image: white = 1")
            && captions.contains("cancelled intensity, same scale"),
        "{captions}"
    );
    assert!(
        open.pixels("#lost-eigenimages", "r > 250 && b < 100") > 20,
        "what is above white is yellow"
    );
    open.is_well();
}
