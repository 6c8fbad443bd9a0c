//! One table and two factors: what a cell is, and what lights up with it.

use nmf_images::{Decomposition, Model, NMF, PCA};
use serde_json::{Value, json};

use super::browser::Browser;
use super::{ENTER, Open, RIGHT};

const TAB: &str = "\u{e004}";
const DOWN: &str = "\u{e015}";
/// Neighbouring pixels of a row of the image that are one cell of the faces: 3072 pixels in at most 256 cells.
const RUN: usize = 12;

/// The page of the faces at this section, with the focus on one of its tables.
fn at_table(name: &str) -> Open {
    let open = Open::faces();
    to_table(&open.browser, name);
    open
}

fn to_table(page: &Browser, name: &str) {
    page.see("#blocks-body");
    page.run("document.querySelector('#blocks-kinds input:checked').focus()");
    let stops = ["h", "w", "x"].iter().position(|stop| *stop == name);
    let tabs = vec![TAB; stops.expect("a table has a name") + 1];
    page.press(&tabs);
    page.wait(&format!(
        "return document.activeElement === document.querySelector('#blocks-{name} canvas')"
    ));
    page.settle();
}

fn words(page: &Browser) -> String {
    page.settle();
    page.text("#blocks-text")
}

/// The number after a text.
fn number_after(words: &str, before: &str) -> f64 {
    let rest = words
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} in {words}"))
        .1;
    let end = rest.find(|letter: char| !"0123456789.\u{2212}".contains(letter));
    let number = rest[..end.unwrap_or(rest.len())].replace('\u{2212}', "-");
    number
        .trim_end_matches('.')
        .parse()
        .unwrap_or_else(|_| panic!("a number after {before} in {words}"))
}

fn model(open: &Open) -> Model {
    Model::read(open.desk.path("output")).unwrap()
}

/// The image of a row, as a row of the model.
fn image_of(open: &Open, model: &Model, row: usize) -> usize {
    let name = open.browser.run(&format!(
        "return document.querySelectorAll('#blocks-images canvas')[{row}].title"
    ));
    let place = model.names.iter().position(|found| json!(found) == name);
    place.unwrap_or_else(|| panic!("{name} is an image"))
}

/// The fraction of the magnitude of all terms of an image that is that of one of them, without a mean.
fn share(learned: &Decomposition, image: usize, part: usize) -> f64 {
    let size = |part: usize| -> f64 {
        let intensity: f32 = learned.basis.rows().row(part).iter().map(|v| v.abs()).sum();
        f64::from((learned.weights[[image, part]] * intensity).abs())
    };
    size(part) / (0..16).map(size).sum::<f64>()
}

fn is_close(found: f64, expected: f64, within: f64) -> bool {
    (found - expected).abs() <= within * (1.0 + expected.abs())
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_sizes_of_the_tables_are_those_of_the_run() {
    let open = Open::faces();
    let page = &open.browser;
    let said = || page.text("#blocks-scheme");
    assert!(
        said().contains("400 × 3072 ≈ 400 × 16 · 16 × 3072"),
        "{}",
        said()
    );
    assert!(said().contains("1,228,800 numbers") && said().contains("So 55,552 numbers"));
    page.click("#blocks-of-pca");
    assert!(
        said().contains("≈ mean + 400 × 16 · 16 × 3072") && said().contains("So 58,624 numbers")
    );
    page.settle();
    for colour in [super::RED, super::BLUE] {
        for table in ["#blocks-w canvas", "#blocks-h canvas"] {
            assert!(open.pixels(table, colour) > 10, "{table}: {colour}");
        }
    }
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_weight_lights_its_image_and_its_part_everywhere() {
    let open = at_table("w");
    let page = &open.browser;
    let model = model(&open);
    let learned = model.by(&NMF);
    page.press(&[DOWN, DOWN]);
    let image = image_of(&open, &model, 2);
    let part = (0..16)
        .max_by(|&a, &b| learned.weights[[image, a]].total_cmp(&learned.weights[[image, b]]))
        .unwrap();
    page.press(&vec![RIGHT; part]);
    let said = words(page);
    let name = &model.names[image];
    assert!(
        said.contains(&format!(" of part {part} in {name} adds ")),
        "{said}"
    );
    let weight = f64::from(learned.weights[[image, part]]);
    assert!(
        is_close(number_after(&said, "Weight "), weight, 0.005),
        "{weight}: {said}"
    );
    let percent = 100.0 * share(learned, image, part);
    assert!(
        is_close(number_after(&said, " adds "), percent, 0.01),
        "{percent}: {said}"
    );
    let lit = page.run(
        "const place = (css) => [...document.querySelectorAll(css)].map((e, i) => e.classList.contains('lit') ? i : -1).filter((i) => i >= 0);
         return [place('#blocks-images canvas'), place('#blocks-terms canvas'), place('#parts .tile')]",
    );
    assert_eq!(lit, json!([[2], [part], [part]]));
    let bands = page.run(
        "return ['w', 'x', 'h'].map((name) => [...document.querySelectorAll(`#blocks-${name} .band`)].map((band) => band.hidden))",
    );
    assert_eq!(bands, json!([[false, false], [false, true], [false, true]]));
    assert!(
        open.pixels("#blocks-pictures canvas", super::ORANGE) > 20,
        "its pixels light up in the image"
    );
    page.press(&[ENTER]);
    page.see("#chosen");
    assert_eq!(&page.text("#chosen-name"), name, "Enter chooses the image");
    let kept = page.run(&format!(
        "return document.querySelector(\"#parts [data-index='{part}']\").getAttribute('aria-pressed')"
    ));
    assert_eq!(kept, "true", "and selects the part");
    open.is_well();
}

/// The mean of a row of pixels over a cell.
fn over(values: &[f32], cell: usize) -> f64 {
    let run = &values[cell * RUN..(cell + 1) * RUN];
    run.iter().map(|&value| f64::from(value)).sum::<f64>() / RUN as f64
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_cell_of_the_images_is_the_sum_that_is_written_out() {
    let open = at_table("x");
    let page = &open.browser;
    let model = model(&open);
    let image = image_of(&open, &model, 1);
    // The middle of the 30th row of pixels: cells 116 to 119.
    let cell = 117;
    page.press(&[DOWN]);
    page.press(&vec![RIGHT; cell]);
    for (key, method) in [("nmf", &NMF), ("pca", &PCA)] {
        if key == "pca" {
            page.click("#blocks-of-pca");
            to_table(page, "x");
            page.press(&[DOWN]);
            page.press(&vec![RIGHT; cell]);
        }
        let said = words(page);
        let place = "Mean of the pixels in row 30, columns 13 to 24: ";
        assert!(said.starts_with(place), "{said}");
        let learned = model.by(method);
        let mean = learned.mean.as_ref().map(|mean| mean.to_vec());
        let terms: f64 = (0..16)
            .map(|part| {
                let basis = learned.basis.rows().row(part).to_vec();
                f64::from(learned.weights[[image, part]]) * over(&basis, cell)
            })
            .sum();
        let sum = terms + mean.map_or(0.0, |mean| over(&mean, cell));
        assert!(
            is_close(number_after(&said, "the sum is "), sum, 0.005),
            "{key} {sum}: {said}"
        );
        let file = format!(
            "{}/assets/faces/{}",
            env!("CARGO_MANIFEST_DIR"),
            model.names[image]
        );
        let grey = image::open(file).unwrap().into_luma8().into_raw();
        let grey: Vec<f32> = grey.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let is = format!("{} is ", model.names[image]);
        assert!(
            is_close(number_after(&said, &is), over(&grey, cell), 0.005),
            "{said}"
        );
        assert_eq!(said.contains("(mean image)"), key == "pca", "{said}");
    }
    let frames = page.run(
        "return [...document.querySelectorAll('#blocks-pictures .band')].slice(0, 2).map((band) => [band.hidden, band.style.left, band.style.top])",
    );
    assert_eq!(
        frames,
        json!([[false, "25%", "45.3125%"], [false, "25%", "45.3125%"]]),
        "the same pixels are framed in both pictures"
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn each_table_is_one_stop_and_the_mouse_lights_cells_too() {
    let open = at_table("h");
    let page = &open.browser;
    let stops = "return [...document.querySelectorAll('#blocks *')].filter((e) => e.tabIndex >= 0 && !e.matches('[type=radio], summary')).length";
    assert_eq!(page.run(stops), Value::from(3));
    assert!(words(page).contains("Part 0 is "));
    page.hover("#blocks-terms canvas:nth-child(4)");
    page.wait(
        "return document.querySelector('#blocks-text').textContent.includes(' of part 3 in ')",
    );
    page.hover("#blocks-x canvas");
    page.wait("return document.querySelector('#blocks-text').textContent.startsWith('Mean of the pixels in row ')");
    let lit = "return document.querySelectorAll('#blocks-images .lit').length";
    assert_eq!(page.run(lit), 1);
    page.hover("#blocks-title");
    page.wait("return document.querySelectorAll('#blocks-images .lit').length === 0");
    page.click("#blocks-images canvas:nth-child(5)");
    page.wait(
        "return document.querySelectorAll('#blocks-images canvas')[4].classList.contains('own')",
    );
    open.is_well();
}
