//! The address: a link opens the page as it was, and nothing of it is lost when it is opened anew.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Open;
use super::browser::Browser;

/// Draws what is out of sight, too.
const DRAW: &str = "
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
    dispatchEvent(new Event('beforeprint'));";
/// What a reader sees of the state that a link has.
const SEEN: &str = "
    const value = (id) => document.querySelector('#' + id).value;
    const off = (id) => [...document.querySelectorAll('#recipe-' + id + ' .terms li.off')].map((term) => term.dataset.index).sort();
    const cover = document.querySelector('#cover-easel canvas');
    const { data } = cover.getContext('2d').getImageData(0, 0, cover.width, cover.height);
    let covered = '';
    for (let i = 0; i < data.length; i += 4) covered += data[i] > data[i + 2] + 60 ? 1 : 0;
    return {
        image: document.querySelector('#chosen-name').textContent,
        kept: [...document.querySelectorAll('.tile[aria-pressed=true]')].map((tile) => tile.ariaLabel),
        nmf: off('nmf'), pca: off('pca'), missed: document.querySelector('#readout-parts').textContent,
        rank: value('live-rank'), seed: value('live-seed'), overlap: value('live-overlap'),
        bounded: document.querySelector('#live-bounded').checked, mu: document.querySelector('#live-mu').checked,
        frame: document.querySelector('#frame-text').textContent,
        covered, paper: getComputedStyle(document.body).backgroundColor,
        section: document.querySelector('nav [aria-current]').hash,
        blocks: document.querySelector('#blocks-h-name').textContent,
        world: document.querySelector('#world-fits').textContent + document.querySelectorAll('#world-sets [aria-pressed=true]')[0].textContent,
        atlas: document.querySelector('#atlas-plot').ariaLabel,
        story: document.querySelector('#story').hidden || document.querySelector('#story-title').textContent,
    }";

fn seen(page: &Browser) -> Value {
    page.run(&format!("{DRAW} {SEEN}"))
}

/// Waits until something holds once all is drawn.
fn holds(page: &Browser, condition: &str) {
    page.wait(&format!("{DRAW} return {condition}"));
}

fn address(page: &Browser) -> String {
    page.run("return location.href")
        .as_str()
        .unwrap()
        .to_owned()
}

fn slide(page: &Browser, id: &str, value: u32) {
    page.run(&format!(
        "const slider = document.querySelector('#{id}'); slider.value = {value}; slider.dispatchEvent(new Event('input'))"
    ));
}

/// Waits until the address has a piece of the state.
fn written(page: &Browser, piece: &str) {
    page.wait(&format!("return location.hash.includes({})", json!(piece)));
}

/// Goes to another fragment of the page that is open.
fn change_to(page: &Browser, fragment: &str) {
    page.run(&format!("location.hash = {}", json!(fragment)));
}

fn note(page: &Browser) -> String {
    page.wait("return !document.querySelector('#link-note').hidden");
    page.text("#link-said")
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_link_to_the_first_image_restores_its_terms() {
    let open = Open::faces();
    let page = &open.browser;
    let see_terms = |page: &Browser| {
        page.see("#recipe-nmf .terms");
        page.see("#recipe-pca .terms");
    };
    see_terms(page);
    let strongest = page.run(
        "return ['nmf', 'pca'].map((key) => document.querySelector(`#recipe-${key} .terms li`).dataset.index)",
    );
    let link = format!(
        "{}#recipe?off=nmf.{},pca.{}",
        address(page).split('#').next().unwrap(),
        strongest[0].as_str().unwrap(),
        strongest[1].as_str().unwrap()
    );
    let other = Browser::start(1280, 900, "light");
    other.follow(&link);
    see_terms(&other);
    let off = other.run(
        "return ['nmf', 'pca'].map((key) => document.querySelector(`#recipe-${key} .terms li.off`).dataset.index)",
    );
    assert_eq!(off, strongest);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_link_opens_the_page_as_it_was() {
    let open = Open::faces();
    let page = &open.browser;
    assert_eq!(
        page.run("return location.hash"),
        "",
        "the beginning needs no words"
    );
    slide(page, "image", 12);
    page.click("#parts [data-index='5']");
    written(page, "image=12&part=nmf.5");
    for term in [
        "#recipe-nmf .terms li:nth-child(1)",
        "#recipe-nmf .terms li:nth-child(2)",
        "#recipe-pca .terms li:nth-child(3)",
    ] {
        page.click(&format!("{term} input[type=checkbox]"));
    }
    page.run(
        "const slider = document.querySelector('#recipe-nmf .terms li:nth-child(4) input[type=range]');
         slider.value = slider.max; slider.dispatchEvent(new Event('input'))",
    );
    slide(page, "frame", 2);
    slide(page, "live-rank", 9);
    slide(page, "live-seed", 41);
    slide(page, "live-overlap", 4);
    page.click("#live-bounded");
    page.click("#blocks-of-pca");
    page.click("#world-sets [data-set=rim]");
    page.click("#world-rank-3");
    page.click("#atlas-methods [value=pca]");
    page.run(
        "const axis = document.querySelector('#atlas-up'); axis.value = 5; axis.dispatchEvent(new Event('change'))",
    );
    page.stroke("#cover-easel canvas", (0.2, 0.2), (0.7, 0.5));
    page.click("#theme");
    page.click("#start-story");
    page.run("document.querySelector('[data-step=cancel]').click()");
    page.press(&["2"]);
    for piece in [
        "#recipe?",
        "off=nmf.",
        ",pca.",
        "&weight=nmf.",
        "blocks=pca",
        "world=rim.3",
        "atlas=pca.0.5",
        "frame=2",
        "rank=9",
        "seed=41",
        "overlap=0.02",
        "bound=off",
        "theme=dark",
        "cover=~",
        "story=cancel",
    ] {
        written(page, piece);
    }
    let (found, link) = (seen(page), address(page));
    assert_eq!(found["nmf"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(
        (&found["pca"].as_array().unwrap().len(), &found["bounded"]),
        (&1, &json!(false))
    );
    assert!(link.len() - link.find('#').unwrap() < 400, "{link}");

    let other = Browser::start(1280, 900, "light");
    other.follow(&link);
    other.settle();
    assert_eq!(seen(&other), found);
    assert_eq!(address(&other), link);
    other.reload();
    other.settle();
    assert_eq!(seen(&other), found, "nothing is lost");
    assert_eq!(other.complaints(), [""; 0]);
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_link_within_the_page_is_followed_and_a_section_alone_changes_nothing_else() {
    let open = Open::faces();
    let page = &open.browser;
    let first = page.text("#chosen-name");
    let covered =
        "document.querySelector('#cover-readout').textContent.includes('Nothing is covered')";
    let chosen = |name: &str| {
        let name = json!(name);
        holds(
            page,
            &format!("document.querySelector('#chosen-name').textContent === {name}"),
        );
    };
    change_to(page, "cover?image=7&cover=none&rule=mu");
    chosen("face007.png");
    holds(page, covered);
    page.wait("return document.querySelector('#live-mu').checked");
    page.wait("return document.querySelector('nav [aria-current]').hash === '#cover'");
    page.click("nav a[href='#recipe']");
    page.wait("return document.querySelector('nav [aria-current]').hash === '#recipe'");
    written(page, "#recipe?image=7&rule=mu&cover=none");
    chosen("face007.png");
    change_to(page, "recipe?off=nmf.3");
    page.wait("return document.querySelectorAll('#recipe-nmf .terms li.off').length === 1");
    chosen(&first);
    assert_eq!(
        page.run("return document.querySelector('#live-mu').checked"),
        false,
        "the rest is as at the beginning"
    );
    holds(page, &format!("!{covered}"));
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn held_out_images_have_their_own_number() {
    let open = Open::of(&format!(
        "{}/assets/faces -k 9 --hold-out 0.1",
        env!("CARGO_MANIFEST_DIR")
    ));
    let page = &open.browser;
    page.click("#cover-next");
    page.click("#cover-next");
    written(page, "held=2");
    let source = page.text("#cover-source");
    page.reload();
    page.settle();
    assert_eq!(page.text("#cover-source"), source);
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn what_a_link_has_wrong_is_ignored_and_said() {
    let open = Open::faces();
    let page = &open.browser;
    let before = seen(page);
    change_to(
        page,
        "rezept?image=900&part=nmf.99&off=pca.77&frame=x&rank=0&seed=-1&rule=als&overlap=3&bound=maybe&cover=~AAAA&theme=blue&story=tour&held=1&blocks=vq9&world=rim.4&atlas=pca.0.99&extra=1",
    );
    let said = note(page);
    for wrong in [
        "section rezept",
        "image 900 (there are 400 images",
        "part nmf.99 (there are 16 parts",
        "off pca.77",
        "frame x",
        "rank 0",
        "seed -1",
        "rule als",
        "overlap 3",
        "bound maybe",
        "cover ~AAAA",
        "theme blue",
        "story tour",
        "held 1",
        "blocks vq9",
        "world rim.4",
        "atlas pca.0.99",
        "extra (not known here)",
    ] {
        assert!(said.contains(wrong), "{wrong} in {said}");
    }
    page.settle();
    assert_eq!(seen(page), before, "nothing has changed");
    page.click("#link-close");
    assert_eq!(
        page.run("return document.querySelector('#link-note').hidden"),
        true
    );
    page.wait("return location.hash === ''");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_address_of_other_images_has_no_more_than_the_section() {
    let open = Open::faces();
    let page = &open.browser;
    slide(page, "image", 12);
    written(page, "image=12");
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/faces");
    let files: Vec<PathBuf> = (0..6)
        .map(|index| faces.join(format!("face{index:03}.png")))
        .collect();
    page.see("#folder-drop");
    page.choose_all("#folder-files", &files);
    page.wait("return document.querySelector('#subtitle').textContent.startsWith('6 images')");
    slide(page, "image", 2);
    page.wait("return !location.hash.includes('image')");
    change_to(page, "cover?image=3");
    assert!(note(page).contains("image (not known here)"));
    page.wait("return location.hash === '#cover'");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn dark_stays_dark() {
    let open = Open::faces();
    let page = &open.browser;
    let paper = || page.run("return getComputedStyle(document.body).backgroundColor");
    let light = paper();
    page.click("#theme");
    let dark = paper();
    assert_ne!(light, dark);
    written(page, "theme=dark");
    page.reload();
    assert_eq!(paper(), dark);
    assert_eq!(page.text("#theme"), "Light");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_link_is_copied_or_shown_selected_where_it_cannot_be() {
    let open = Open::faces();
    let page = &open.browser;
    slide(page, "image", 3);
    page.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }");
    page.click("#copy-link");
    assert!(note(page).starts_with("Link copied."));
    let copied = page.run("return window.copied");
    assert!(
        copied.as_str().unwrap().ends_with("report.html#?image=3"),
        "{copied}"
    );
    page.click("#link-close");
    page.run("navigator.clipboard.writeText = async () => { throw new Error(); }");
    page.click("#copy-link");
    assert!(note(page).starts_with("Copy this link"));
    let field = "document.querySelector('#link-said input')";
    let selected: Value = page.run(&format!(
        "return {field}.value.slice({field}.selectionStart, {field}.selectionEnd)"
    ));
    assert_eq!(selected, copied, "it is selected");
    page.press(&[super::ESCAPE]);
    page.wait("return document.querySelector('#link-note').hidden && document.activeElement.id === 'copy-link'");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_link_names_the_section_in_use_and_an_old_one_is_taken_away() {
    let open = Open::faces();
    let page = &open.browser;
    page.run("navigator.clipboard.writeText = async () => { throw new Error(); }");
    // Low in the window, below the section that begins there.
    page.run(
        "const { bottom } = document.querySelector('#live-bounded').getBoundingClientRect();
         scrollBy({ top: bottom - innerHeight + 20, behavior: 'instant' })",
    );
    page.wait("return location.hash === '#learning'");
    page.run("const box = document.querySelector('#live-bounded'); box.focus({ preventScroll: true }); box.click()");
    written(page, "#live?bound=off");
    page.run("document.querySelector('#copy-link').click()");
    assert!(note(page).starts_with("Copy this link"));
    page.run("document.querySelector('#recipe').scrollIntoView({ behavior: 'instant' })");
    written(page, "#recipe?");
    page.wait("return document.querySelector('#link-note').hidden");
    page.run("document.querySelector('#start-story').click()");
    go_to_step(page, "own");
    written(page, "story=own");
    written(page, "#own?");
    open.is_well();
}

fn go_to_step(page: &Browser, step: &str) {
    page.run(&format!(
        "document.querySelector('.story-steps [data-step={step}]').click()"
    ));
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_address_is_written_seldom_however_much_changes() {
    let open = Open::faces();
    let page = &open.browser;
    let writes = page.run(
        "const write = history.replaceState;
         let writes = 0;
         history.replaceState = function (...given) { writes++; return write.apply(this, given); };
         const slider = document.querySelector('#image');
         for (let image = 0; image < 100; image++) {
             slider.value = image;
             slider.dispatchEvent(new Event('input'));
             await new Promise(requestAnimationFrame);
         }
         return writes",
    );
    written(page, "image=99");
    assert!(
        writes.as_u64().unwrap() < 34,
        "fewer than a third of the changes: {writes}"
    );
    open.is_well();
}
