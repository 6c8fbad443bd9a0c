//! The story: a question, a guess, a try on the page, a number and a reason, in each of its steps.

use std::env;
use std::fs;

use nmf_images::render::percent;
use serde_json::{Value, json};

use super::browser::Browser;
use super::command::{Desk, pgm};
use super::{ENTER, ESCAPE, Open, RIGHT, TAB, error_text};

/// The fraction of what a step points at that is out of the window or behind something else.
const COVERED: &str = "
    let [all, gone] = [0, 0];
    for (const target of document.querySelectorAll('.pointed')) {
        const { left, top, width, height } = target.getBoundingClientRect();
        for (let i = 1; i < 20; i++) for (let j = 1; j < 20; j++) {
            const place = document.elementFromPoint(left + i * width / 20, top + j * height / 20);
            all += width * height;
            if (!place || !target.contains(place)) gone += width * height;
        }
    }
    return all > 0 ? gone / all : 1";

fn steps(page: &Browser) -> Vec<String> {
    let ids = page.run(
        "return [...document.querySelectorAll('.story-steps button')].map((b) => b.dataset.step)",
    );
    let ids = ids.as_array().expect("the steps are a list");
    ids.iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect()
}

fn go(page: &Browser, step: &str) {
    page.run(&format!(
        "document.querySelector('.story-steps [data-step={step}]').click()"
    ));
    page.settle();
}

/// Presses Tab until the focus is on an element.
fn tab_to(page: &Browser, css: &str) {
    for _ in 0..40 {
        if page.run(&format!(
            "return document.activeElement.matches({})",
            json!(css)
        )) == json!(true)
        {
            return;
        }
        page.press(&[TAB]);
    }
    panic!("Tab does not lead to {css}");
}

/// Waits for the number of a step, and returns what the step found.
fn found(page: &Browser) -> String {
    page.wait("return document.querySelector('#story .number') !== null");
    page.text("#story .story-found")
}

/// Guesses an option of the step, by its place, and tries nothing.
fn guess(page: &Browser, option: usize) {
    page.run(&format!(
        "document.querySelectorAll('#story fieldset input')[{option}].click()"
    ));
    page.click("#story-guess");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn every_step_is_guessed_tried_and_answered_with_the_keyboard_alone() {
    let open = Open::faces();
    let page = &open.browser;
    page.press(&["s"]);
    page.wait("return document.activeElement.id === 'story-title'");
    let steps = steps(page);
    assert_eq!(steps.len(), 14, "{steps:?}");
    for step in &steps {
        page.wait(&format!(
            "return document.querySelector('[aria-current=step]').dataset.step === {}",
            json!(step)
        ));
        assert_eq!(page.text("#story .story-found"), "", "{step}");
        // An invitation: which files are chosen is up to the system, and there is nothing to guess.
        if step == "folder" {
            let fields = page.run("return document.querySelectorAll('#story fieldset').length");
            assert_eq!(fields, 0, "{step}");
            tab_to(page, "#story-next");
            page.press(&[ENTER]);
            continue;
        }
        tab_to(page, "#story fieldset input");
        // Where a slider begins is no guess: it has to be moved.
        let is_amount = ["cancel", "zeros"].contains(&step.as_str());
        page.press(&[if is_amount { RIGHT } else { " " }]);
        tab_to(page, "#story-guess");
        page.press(&[ENTER]);
        page.wait("return document.activeElement.id === 'story-there'");
        page.press(&[ENTER]);
        page.wait("return document.activeElement.closest('#sections, #story') !== null");
        match step.as_str() {
            "part" | "zeros" => {
                for _ in 0..3 {
                    page.press(&[RIGHT]);
                    page.settle();
                }
            }
            "remove" | "bound" | "together" => page.press(&[" "]),
            "world" => {
                for starts in 1..3 {
                    tab_to(page, "#world-start");
                    page.press(&[ENTER]);
                    page.wait(&format!(
                        "return document.querySelectorAll('#world-starts button').length >= {starts}"
                    ));
                }
            }
            _ => page.press(&[ENTER]),
        }
        let said = found(page);
        assert!(
            !said.contains("NaN") && !said.contains("undefined"),
            "{said}"
        );
        page.press(&["s"]);
        page.wait("return document.activeElement.id === 'story-title'");
        tab_to(page, "#story-next");
        page.press(&[ENTER]);
    }
    page.wait("return document.activeElement.id === 'story-title'");
    assert_eq!(page.text("#story-title"), "What was found here");
    assert!(page.text("#story .story-body").contains("55,552"));
    // All but the invitation.
    assert!(page.text("#story-score").contains("of 13 guesses right"));
    tab_to(page, "#story-next");
    page.press(&[ENTER]);
    assert_eq!(
        page.run("return document.querySelector('#story').hidden"),
        true,
        "the summary closes it"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn nothing_covers_what_a_step_speaks_of() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("#start-story");
    for (width, height) in [(1440, 900), (1280, 900), (390, 844)] {
        page.resize(width, height);
        page.settle();
        for step in steps(page) {
            go(page, &step);
            page.settle();
            assert_eq!(page.run(COVERED), 0, "{step} at {width}");
        }
        let place = page.run(
            "const story = document.querySelector('#story').getBoundingClientRect();
             const sections = document.querySelector('#sections').getBoundingClientRect();
             return { beside: story.left - sections.right, share: story.height / innerHeight,
                 wide: document.documentElement.scrollWidth - document.documentElement.clientWidth }",
        );
        let number = |key: &str| place[key].as_f64().unwrap();
        assert_eq!(place["wide"], 0, "{width}");
        if width > 1000 {
            assert!(
                number("beside") >= 0.0,
                "the sections are beside it: {place}"
            );
        } else {
            assert!(number("share") < 0.35, "a third of the window: {place}");
            page.click("#story-fold");
            let folded = "return document.querySelector('#story').offsetHeight";
            assert!(page.run(folded).as_u64().unwrap() < 60, "one line");
            page.click("#story-fold");
        }
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn guesses_are_judged_and_counted_and_showing_is_not() {
    let open = Open::faces();
    let page = &open.browser;
    let score = || page.text("#story-score");
    page.click("#start-story");
    assert_eq!(score(), "");
    guess(page, 0);
    assert_eq!(page.text("#story .story-found"), "", "not tried yet");
    page.click("#next");
    let said = found(page);
    assert!(
        said.starts_with("✓ Right: less than a tenth") && said.contains("55,552"),
        "{said}"
    );
    assert_eq!(score(), "1 of 1 guess right.");

    go(page, "build");
    guess(page, 1);
    page.click("#build-parts");
    assert!(found(page).starts_with("Not this time."));
    assert_eq!(score(), "1 of 2 guesses right.");

    go(page, "hidden");
    page.click("#story-show");
    let readout = found(page);
    assert!(
        page.text("#cover-readout p").contains("is closest"),
        "it is done on the page"
    );
    assert!(readout.contains("PCA is closest"), "{readout}");
    assert_eq!(score(), "1 of 2 guesses right.", "no guess, no count");

    let report = open.report();
    let cancelled = report["pca"]["parts"]["cancelled"].as_f64().unwrap();
    go(page, "cancel");
    let is_disabled = || page.run("return document.querySelector('#story-guess').disabled");
    assert_eq!(is_disabled(), true, "a slider that was not moved");
    page.run(&format!(
        "const slider = document.querySelector('#story fieldset input');
         slider.value = {}; slider.dispatchEvent(new Event('input'))",
        (100.0 * cancelled).round() - 12.0
    ));
    page.click("#story-guess");
    page.click("#build-eigenimages");
    let said = found(page);
    assert!(
        said.starts_with("Not this time.") && said.contains(&percent(cancelled)),
        "{said}"
    );
    assert_eq!(score(), "1 of 3 guesses right.");

    go(page, "remove");
    let question = page.text("#story legend");
    page.click("#story-close");
    assert_eq!(
        page.run("return document.querySelector('#story').hidden"),
        true
    );
    page.click("#start-story");
    assert_eq!(
        page.text("#story legend"),
        question,
        "it is where it was left"
    );
    go(page, "cancel");
    assert_eq!(
        page.text("#story .story-found"),
        said,
        "what was found is kept"
    );
    let marks = page.run(
        "return [...document.querySelectorAll('.story-steps .mark')].map((mark) => mark.textContent).join('')",
    );
    assert_eq!(marks, "✓23✗✗678910111213•");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_bound_keeps_the_error_above_the_line_and_its_end_does_not() {
    let open = Open::faces();
    let page = &open.browser;
    page.click("#start-story");
    go(page, "floor");
    guess(page, 0);
    page.click("#live-play");
    assert!(found(page).starts_with("✓ Right: no, never."));
    go(page, "bound");
    guess(page, 0);
    page.click("#live-bounded");
    let said = found(page);
    assert!(
        said.starts_with("✓ Right: the error falls to the line; signed images replace"),
        "{said}"
    );
    assert!(
        said.contains("All 16 parts are now signed images"),
        "{said}"
    );
    open.is_well();
}

/// Returns noise around a grey, which has no parts.
fn grey(seed: u32, count: usize) -> Desk {
    let desk = Desk::empty();
    let mut state = seed;
    for image in 0..count {
        let grey: Vec<u8> = (0..64)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (100 + (state >> 24) / 2) as u8
            })
            .collect();
        desk.write(&format!("grey/{image}.pgm"), pgm(8, 8, &grey));
    }
    desk
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_story_of_faint_whole_images_says_so() {
    let open = Open::on(grey(7, 40), "grey -k 4");
    let page = &open.browser;
    page.click("#start-story");
    go(page, "part");
    guess(page, 2);
    for part in 0..3 {
        page.hover(&format!("#parts [data-index='{part}']"));
    }
    let said = found(page);
    assert!(said.starts_with("✓ Right: more than half."), "{said}");
    assert!(
        said.contains("faint whole images") && said.contains("--overlap 0.02"),
        "{said}"
    );
    assert!(page.text("#warnings").contains("--overlap"));
    let beside = page.text("#separated-panels");
    let separated = &open.report()["separated"];
    let verdict = separated["verdict"].as_str().unwrap().to_uppercase();
    for fact in [
        "Faint whole images: sparsity",
        "Parts learned with --overlap 0.02",
        &error_text(separated["relative_error"].as_f64().unwrap()),
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
fn every_step_is_true_of_a_single_part_too() {
    let open = Open::on(grey(3, 12), "grey -k 1");
    let page = &open.browser;
    page.click("#start-story");
    for step in steps(page) {
        go(page, &step);
        if step == "folder" {
            continue;
        }
        let options = page.run("return document.querySelectorAll('#story [type=radio]').length");
        let options = options.as_u64().unwrap();
        if step == "bound" {
            assert_eq!(options, 4);
            // With one part of images without a negative pixel, the best of any sign has none either.
            guess(page, 3);
        }
        page.click("#story-show");
        let said = found(page);
        for bad in ["NaN", "undefined", "Infinity", "1 parts", "all 1 "] {
            assert!(!said.contains(bad), "{step}: {said}");
        }
        if step == "bound" {
            assert!(said.starts_with("✓ Right"), "{said}");
        }
    }
    page.click("#story-next");
    let summary = page.text("#story .story-body");
    for bad in ["NaN", "undefined", "Infinity", "1 parts", "1 images"] {
        assert!(!summary.contains(bad), "{summary}");
    }
    assert!(summary.contains("The part covers"), "{summary}");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn escape_closes_the_story_and_single_keys_can_be_switched_off() {
    let open = Open::faces();
    let page = &open.browser;
    let is_hidden = || page.run("return document.querySelector('#story').hidden");
    page.press(&["s"]);
    page.wait("return document.activeElement.id === 'story-title'");
    page.press(&[ESCAPE]);
    page.wait("return document.querySelector('#story').hidden && document.activeElement.id === 'start-story'");
    page.run("document.querySelector('#live-seed').focus()");
    page.press(&["1", "s"]);
    page.settle();
    assert_eq!(is_hidden(), true, "what is typed in a field is no key");
    page.click("#help summary");
    page.click("#keys");
    page.run("document.activeElement.blur()");
    page.press(&["s"]);
    page.settle();
    assert_eq!(is_hidden(), true, "single keys can be switched off");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_navigation_shows_where_one_is() {
    let open = Open::faces();
    let page = &open.browser;
    let current = |section: &str| {
        page.wait(&format!(
            "return document.querySelector('nav [aria-current]').hash === '#{section}'"
        ));
    };
    for width in [1280, 390] {
        page.resize(width, 844);
        page.unfold();
        for section in ["look", "live", "own", "recipe"] {
            page.press(&[&page.key_to(section)]);
            current(section);
            let link = page.run(
                "const link = document.querySelector('nav [aria-current]').getBoundingClientRect();
                 return [link.left, innerWidth - link.right, link.top, innerHeight - link.bottom]",
            );
            let inside = |side: &Value| side.as_f64().unwrap() >= 0.0;
            assert!(
                link.as_array().unwrap().iter().all(inside),
                "{section} at {width}: {link}"
            );
        }
        page.run("document.querySelector('#cover').scrollIntoView()");
        current("cover");
        let height = page.run("return document.querySelector('nav').offsetHeight");
        assert!(height.as_u64().unwrap() < 50, "one line: {height}");
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_tab_key_goes_on_from_the_section_that_a_key_went_to() {
    let open = Open::faces();
    let page = &open.browser;
    page.press(&["f"]);
    page.wait("return document.activeElement === document.querySelector('#folder h2')");
    let keys = page.run(
        "return [...document.querySelectorAll('nav kbd')].map((key) => key.textContent).join('')",
    );
    assert_eq!(keys, "1234567F890", "the navigation shows them");
    page.press(&["9"]);
    page.wait("return document.activeElement === document.querySelector('#cover h2')");
    page.press(&[TAB]);
    page.wait("return document.activeElement.closest('section')?.id === 'cover'");
    open.is_well();
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
        // By script: on a narrow window what stays at the top may lie above them.
        for css in [
            "#help summary",
            "#cover-lower",
            "#live-step",
            "#parts .tile",
            "#copy-link",
            "#start-story",
        ] {
            browser.run(&format!("document.querySelector('{css}').click()"));
        }
        for stage in ["question", "answer"] {
            browser.settle();
            let found = browser.run(&format!(
                "{axe}; const {{ violations }} = await axe.run(document);
                 return violations.filter(({{ impact }}) => ['serious', 'critical'].includes(impact))
                     .map(({{ id, nodes }}) => id + ': ' + nodes.map((node) => node.target + ' ' + node.failureSummary).join(' | '))"
            ));
            assert_eq!(found, json!([]), "{stage}, {scheme} at {width}");
            if stage == "question" {
                browser.run("document.querySelector('#story-show').click()");
            }
        }
    }
}
