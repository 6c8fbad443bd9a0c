//! The tour, done step by step; and the page for whoever cannot see it or use a mouse.

use std::env;
use std::fs;

use super::Open;
use super::browser::Browser;
use super::command::{Desk, pgm};
use nmf_images::render::percent;

/// Does what each step asks for.
fn take(open: &Open) -> Vec<String> {
    let page = &open.browser;
    let done = |step: usize| {
        page.wait("return document.querySelector('#tour .found').textContent !== ''");
        assert!(
            page.text("#tour-title")
                .starts_with(&format!("{step} of 6: "))
        );
        let said = page.text("#tour .found");
        page.click("#tour .row button:nth-child(2)");
        said
    };
    page.click("#start-tour");
    let mut said = Vec::new();
    page.click("#next");
    said.push(done(1));
    page.hover("#parts [data-index='1']");
    said.push(done(2));
    page.click("#recipe-nmf .terms li:first-child input[type=checkbox]");
    said.push(done(3));
    page.click("#build-parts");
    said.push(done(4));
    page.click("#build-eigenimages");
    said.push(done(5));
    page.click("#cover-lower");
    said.push(done(6));
    assert_eq!(
        page.run("return document.querySelector('#tour').hidden"),
        true
    );
    said
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_tour_is_done_by_doing_what_it_asks() {
    let open = Open::faces();
    let said = take(&open);
    open.browser.click("#back-eigenimages");
    assert!(
        said[1].starts_with("✓ Part 1 covers ") && !said[1].contains("faint"),
        "{said:?}"
    );
    assert!(said[2].contains("the error went from"), "{said:?}");
    let report = open.report();
    // The tour goes to the next image first; what cancels there is beside its recipe, too.
    let in_this = open.browser.text("#readout-eigenimages");
    let in_this = in_this.split_once(" of the intensity").unwrap().0;
    let in_this = in_this.rsplit_once(". ").unwrap().1;
    let in_all = percent(report["pca"]["parts"]["cancelled"].as_f64().unwrap());
    for lost in [in_this, &in_all] {
        assert!(said[4].contains(lost), "{lost}: {said:?}");
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_tour_of_faint_whole_images_says_so() {
    let desk = Desk::empty();
    let mut state = 7_u32;
    for image in 0..40 {
        let grey: Vec<u8> = (0..64)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (100 + (state >> 24) / 2) as u8
            })
            .collect();
        desk.write(&format!("grey/{image}.pgm"), pgm(8, 8, &grey));
    }
    let open = Open::on(desk, "grey -k 4");
    let said = take(&open);
    assert!(
        said[1].contains("faint whole images") && said[1].contains("--overlap"),
        "{said:?}"
    );
    assert!(open.browser.text("#warnings").contains("--overlap"));
    let beside = open.browser.text("#separated-panels");
    let separated = &open.report()["separated"];
    let verdict = separated["verdict"].as_str().unwrap().to_uppercase();
    for fact in [
        "Faint whole images: sparsity",
        "Parts learned with --overlap 0.02",
        &percent(separated["relative_error"].as_f64().unwrap()),
    ] {
        assert!(beside.contains(fact), "{fact} in {beside}");
    }
    assert!(
        beside.to_uppercase().contains(&verdict),
        "{verdict} in {beside}"
    );
    let tiles = "return document.querySelectorAll('#separated canvas').length";
    assert_eq!(open.browser.run(tiles), 8);
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_tour_leads_the_keyboard_there_and_ends_with_escape() {
    let open = Open::faces();
    let page = &open.browser;
    page.press(&["t"]);
    page.wait("return document.activeElement.id === 'tour-title'");
    page.click("#tour .row button:nth-child(3)");
    page.wait("return document.activeElement.id === 'next'");
    page.run("document.querySelector('#tour-title').focus()");
    page.press(&[super::ESCAPE]);
    page.wait("return document.querySelector('#tour').hidden && document.activeElement.id === 'start-tour'");
    page.click("#help summary");
    page.click("#keys");
    page.run("document.activeElement.blur()");
    page.press(&["t"]);
    page.run("return new Promise((done) => setTimeout(done, 100))");
    assert_eq!(
        page.run("return document.querySelector('#tour').hidden"),
        true,
        "single keys can be switched off"
    );
}

#[test]
#[ignore = "needs chromium and chromedriver, and axe-core at AXE"]
fn a_checker_of_accessibility_finds_nothing_serious() {
    let axe = fs::read_to_string(env::var("AXE").expect("AXE is the path of axe.min.js"))
        .expect("axe-core is there");
    let desk = Desk::empty();
    let faces = format!(
        "{}/assets/faces -k 16 --only page --quiet",
        env!("CARGO_MANIFEST_DIR")
    );
    desk.command(&faces).assert().success();
    for (scheme, width) in [("light", 1280), ("dark", 1280), ("light", 360)] {
        let browser = Browser::start(width, 900, scheme);
        browser.open(&desk.path("output/report.html"));
        browser.unfold();
        browser.click("#help summary");
        browser.click("#cover-lower");
        browser.click("#live-step");
        browser.click("#parts [data-index='0']");
        browser.click("#start-tour");
        browser.settle();
        let found = browser.run(&format!(
            "{axe}; const {{ violations }} = await axe.run(document);
             return violations.filter(({{ impact }}) => ['serious', 'critical'].includes(impact))
                 .map(({{ id, nodes }}) => id + ': ' + nodes.map((node) => node.target + ' ' + node.failureSummary).join(' | '))"
        ));
        assert_eq!(found, serde_json::json!([]), "{scheme} at {width}");
    }
}
