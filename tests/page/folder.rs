//! A folder of images that is given to the page: it learns them, and shows them in place of its own.

use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, Rgba};
use serde_json::{Value, json};

use super::command::Desk;
use super::{Open, error_text};

const FACES: usize = 25;
const BROKEN: [&str; 5] = [
    "cut.png",
    "damaged.png",
    "empty.png",
    "half.png",
    "words.png",
];

fn face(index: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/faces/face{index:03}.png"))
}

/// Writes faces to the folder `mine`, two of them in colour and partly transparent, and files that are no images.
fn folder_of_faces(desk: &Desk) -> Vec<PathBuf> {
    let mine = desk.path("mine");
    fs::create_dir(&mine).unwrap();
    for index in 0..FACES {
        let path = mine.join(format!("face{index:03}.png"));
        if index % 12 == 7 {
            tinted(&face(index)).save(path).unwrap();
        } else {
            fs::copy(face(index), path).unwrap();
        }
    }
    let whole = fs::read(face(30)).unwrap();
    let mut damaged = whole.clone();
    for byte in &mut damaged[200..260] {
        *byte ^= 0x55;
    }
    let contents: [&[u8]; 5] = [
        &whole[..whole.len() - 40],
        &damaged,
        b"",
        &whole[..whole.len() / 2],
        b"no picture at all",
    ];
    for (name, content) in BROKEN.iter().zip(contents) {
        fs::write(mine.join(name), content).unwrap();
    }
    let mut files: Vec<PathBuf> = fs::read_dir(mine)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 30);
    files
}

fn tinted(face: &Path) -> DynamicImage {
    let mut picture = image::open(face).unwrap().into_rgba8();
    for (x, y, Rgba([_, green, _, alpha])) in picture.enumerate_pixels_mut() {
        *green /= 2;
        *alpha = if x < 6 && y < 9 { 0 } else { 255 };
    }
    picture.into()
}

/// Returns the figure of a method in the table of figures: 1 is NMF, 2 PCA.
fn figure(open: &Open, name: &str, method: usize) -> f64 {
    let text = open.browser.run(&format!(
        "const row = [...document.querySelectorAll('#facts tbody tr')].find((row) => row.cells[0].textContent === {});
         return row.cells[{method}].textContent",
        json!(name)
    ));
    let text = text.as_str().unwrap().replace('\u{2212}', "-");
    let number = text.trim_end_matches('%').trim();
    let value: f64 = number.parse().unwrap();
    if text.ends_with('%') {
        value / 100.0
    } else {
        value
    }
}

fn count(open: &Open, css: &str) -> Value {
    let all = format!("return document.querySelectorAll({}).length", json!(css));
    open.browser.run(&all)
}

fn learn(open: &Open, files: &[PathBuf], rank: usize) {
    let page = &open.browser;
    page.run(&format!(
        "document.querySelector('#folder-rank').value = {rank}"
    ));
    page.choose_all("#folder-files", files);
    page.wait("return document.querySelector('#folder-readout').textContent !== ''");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_folder_is_learned_and_all_sections_show_it() {
    let desk = Desk::empty();
    let files = folder_of_faces(&desk);
    desk.command("mine -k 4 --only page --quiet --out theirs")
        .assert()
        .success();
    let theirs = fs::read(desk.path("theirs/report.json")).unwrap();
    let theirs: Value = serde_json::from_slice(&theirs).unwrap();
    let open = Open::on(
        desk,
        &format!("{}/assets/faces -k 16", env!("CARGO_MANIFEST_DIR")),
    );
    let page = &open.browser;
    learn(&open, &files, 4);
    assert_eq!(page.text("#subtitle"), "25 images of 48x64, 4 parts");
    let said = page.text("#folder-readout");
    assert!(
        said.starts_with("Learned: 4 parts of 25 images of 48x64"),
        "{said}"
    );

    // What cannot be used is named, and nothing else.
    let skipped = page.text("#folder-skipped");
    assert!(
        skipped.starts_with("5 of 30 image files cannot be used"),
        "{skipped}"
    );
    for name in BROKEN {
        assert!(skipped.contains(name), "{name} in {skipped}");
    }
    assert!(skipped.contains("empty.png: the file is empty") && !skipped.contains("face"));
    assert!(page.text("#warnings").contains("words.png"));

    // The figures are those of the program on the same files.
    let of_program = |path: &str| theirs.pointer(path).unwrap().as_f64().unwrap();
    let is_close = |name: &str, method: usize, path: &str, most: f64| {
        let (found, expected) = (figure(&open, name, method), of_program(path));
        assert!(
            (found - expected).abs() <= most,
            "{name}: {found}, {expected}"
        );
    };
    is_close("relative error", 2, "/pca/relative_error", 1e-4);
    is_close("explained", 2, "/pca/explained", 1e-4);
    for name in ["sparsity", "overlap", "localisation"] {
        is_close(name, 2, &format!("/pca/parts/{name}"), 6e-3);
        is_close(name, 1, &format!("/parts/{name}"), 2e-2);
    }
    is_close("cancelled", 2, "/pca/parts/cancelled", 6e-4);
    let error = of_program("/nmf/relative_error");
    is_close("relative error", 1, "/nmf/relative_error", 0.02 * error);
    let bound = error_text(of_program("/bound/relative_error"));
    assert!(
        page.text("#ranks-readout")
            .contains(&format!("of any sign is {bound}"))
    );

    // The sections show these images.
    assert_eq!(
        (
            count(&open, "#parts .tile"),
            count(&open, "#eigenimages .tile")
        ),
        (json!(4), json!(4))
    );
    page.hover("#parts [data-index='1']");
    page.wait("return document.querySelector('#users-title').textContent === 'Images that use part 1 most'");
    assert_eq!(count(&open, "#recipe-nmf .terms li"), 4);
    page.see("#readout-parts");
    assert!(page.text("#readout-parts").contains("relative error"));
    page.run("document.querySelector('#learning').scrollIntoView()");
    page.wait("return document.querySelector('#frame-text').textContent.startsWith('Iteration ')");
    page.click("#cover-lower");
    page.wait("return document.querySelector('#cover-readout').textContent.startsWith('Relative error under the cover: NMF')");
    let facts = page.text("#run-facts");
    assert!(
        facts.contains("in this page") && !facts.contains("--only page"),
        "{facts}"
    );

    // And those of the page come back.
    page.click("#folder-home");
    page.wait("return document.querySelector('#subtitle').textContent === '400 images of 48x64, 16 parts'");
    assert_eq!(count(&open, "#parts .tile"), 16);
    assert!(page.text("#run-facts").contains("--only page"));
    assert_eq!(page.text("#folder-skipped"), "");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn too_few_images_and_a_cancelled_job_leave_the_page_as_it_is() {
    let desk = Desk::empty();
    let files = folder_of_faces(&desk);
    let open = Open::on(
        desk,
        &format!("{}/assets/faces -k 16", env!("CARGO_MANIFEST_DIR")),
    );
    let page = &open.browser;
    let (broken, faces) = files.split_at(5);
    assert!(broken[0].ends_with("cut.png"), "{broken:?}");
    let two = [broken[2].clone(), faces[0].clone()];
    learn(&open, &two, 4);
    assert_eq!(
        page.text("#folder-readout"),
        "At least two images are needed, and there is one. \
         1 of 2 image files cannot be used: empty.png (the file is empty)."
    );
    let all: Vec<PathBuf> = (0..400).map(face).collect();
    page.choose_all("#folder-files", &all);
    page.click("#folder-cancel");
    page.wait(
        "return document.querySelector('#folder-readout').textContent.startsWith('Cancelled')",
    );
    assert_eq!(page.text("#subtitle"), "400 images of 48x64, 16 parts");
    assert_eq!(
        page.run("return document.querySelector('#folder-work').hidden"),
        true
    );
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn several_files_that_are_dropped_on_the_board_are_learned_and_one_is_opened() {
    let open = Open::faces();
    let page = &open.browser;
    let drop_files = |count: usize| {
        page.run(&format!(
            "const transfer = new DataTransfer();
             const canvas = document.createElement('canvas');
             for (let i = 0; i < {count}; i++) {{
                 [canvas.width, canvas.height] = [20 + i, 30];
                 canvas.getContext('2d').fillStyle = '#fff';
                 canvas.getContext('2d').fillRect(5 * i, 4, 9, 9);
                 const blob = await new Promise((done) => canvas.toBlob(done));
                 transfer.items.add(new File([blob], `drop${{i}}.png`, {{ type: 'image/png' }}));
             }}
             const options = {{ dataTransfer: transfer, bubbles: true, cancelable: true }};
             document.querySelector('#own').dispatchEvent(new DragEvent('drop', options))"
        ));
    };
    drop_files(3);
    page.wait(
        "return document.querySelector('#subtitle').textContent === '3 images of 20x30, 2 parts'",
    );
    let notes = page.text("#folder-notes");
    assert!(notes.contains("The images differ in size"), "{notes}");
    assert!(
        page.text("#warnings")
            .contains("16 parts were asked for; 3 images allow 2 at most.")
    );
    drop_files(1);
    page.wait(
        "return document.querySelector('#own-readout').textContent.startsWith('This is drop0.png')",
    );
    assert_eq!(page.text("#subtitle"), "3 images of 20x30, 2 parts");
    open.is_well();
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_folder_with_sub_folders_is_chosen_and_learned_again() {
    let open = Open::faces();
    let page = &open.browser;
    for (index, label) in ["round", "long"].iter().enumerate() {
        let folder = open.desk.path(&format!("shapes/{label}"));
        fs::create_dir_all(&folder).unwrap();
        for name in 0..4 {
            fs::copy(face(4 * index + name), folder.join(format!("{name}.png"))).unwrap();
        }
    }
    fs::write(open.desk.path("shapes/notes.txt"), "no image").unwrap();
    page.choose("#folder-folder", &open.desk.path("shapes"));
    page.wait("return document.querySelector('#title').textContent === 'shapes'");
    let notes = page.text("#folder-notes");
    assert!(
        notes.contains("2 sub-folders as labels: long, round.") && notes.contains("1 file ignored"),
        "{notes}"
    );
    page.see("#chosen");
    page.wait("return document.querySelector('#chosen-name .name') !== null");
    let name = page.text("#chosen-name");
    assert!(
        name.starts_with("long/") || name.starts_with("round/"),
        "{name}"
    );
    page.run("const rank = document.querySelector('#folder-rank'); rank.value = 3; rank.dispatchEvent(new Event('input'))");
    page.click("#folder-invert");
    page.click("#folder-learn");
    page.wait("return document.querySelector('#subtitle').textContent === '8 images of 48x64, inverted, 3 parts'");
    assert_eq!(
        page.run("return document.querySelector('#folder-invert').checked"),
        true
    );
    assert_eq!(page.text("#folder-rank-value"), "3");
    open.desk
        .command("shapes -k 3 --invert --only page --quiet --out theirs")
        .assert()
        .success();
    let theirs = fs::read(open.desk.path("theirs/report.json")).unwrap();
    let theirs: Value = serde_json::from_slice(&theirs).unwrap();
    let accuracy = theirs["labels"]["pca"]["accuracy"].as_f64().unwrap();
    assert!((figure(&open, "label accuracy", 2) - accuracy).abs() < 1e-3);
    open.is_well();
}

/// Learns in a worker of the page from the images of the page, and returns figures of the PCA and the arrays of its prior,
/// with those that the program has put into the page.
const DECOMPOSED: &str = "
const facts = JSON.parse(document.querySelector('#run').textContent);
const packed = Uint8Array.from(atob(document.querySelector('#data').textContent), (letter) => letter.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
const bytes = await new Response(stream).arrayBuffer();
const array = (wanted) => {
    const { kind, at, length } = facts.arrays.find(({ name }) => name === wanted);
    return new { u8: Uint8Array, f32: Float32Array }[kind](bytes, at, length);
};
const program = new Blob([document.querySelector('#worker').textContent], { type: 'text/javascript' });
const worker = new Worker(URL.createObjectURL(program));
const table = { images: array('images').slice(), pixels: 48 * 64, scale: 1 / 255, known: null };
const found = await new Promise((done) => {
    worker.onmessage = ({ data }) => data.kind === 'decomposed' && done(data);
    worker.postMessage({ kind: 'table', table });
    worker.postMessage({ kind: 'decompose', settings: { wanted: 4, seed: 0, imageWidth: 48 } });
});
const { parts, errors, shares, relativeError, prior, imageErrors, cancelled, basis, weights } = found.pca;
const arrays = { ...prior, errors: imageErrors, cancelled, basis, weights };
const differences = Object.entries(arrays).map(([name, own]) => {
    const theirs = array(`pca_${name}`);
    const largest = (of) => own.reduce((most, value, i) => Math.max(most, Math.abs(of(value, theirs[i]))), 0);
    // What a pull is 0 beside: scores have the mean 0.
    const scale = name === 'pull' ? 1 : largest((_, value) => value);
    return [name, own.length === theirs.length ? largest((a, b) => a - b) / scale : null];
});
return { parts, errors, shares, relativeError, bound: found.bound, differences: Object.fromEntries(differences) };
";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_figures_of_the_worker_are_those_of_the_report() {
    let open = Open::of(&format!("{}/assets/faces -k 4", env!("CARGO_MANIFEST_DIR")));
    let report = open.report();
    let found = open.browser.run(DECOMPOSED);
    let close = |found: &Value, expected: &Value| {
        let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        (found - expected).abs() < 1e-6 * expected.abs().max(1.0)
    };
    for key in [
        "sparsity",
        "overlap",
        "localisation",
        "cancellation",
        "cancelled",
        "dead",
    ] {
        let (own, theirs) = (&found["parts"][key], &report["pca"]["parts"][key]);
        assert!(close(own, theirs), "{key}: {own}, {theirs}");
    }
    for (own, theirs) in [
        (&found["errors"], &report["pca"]["errors"]),
        (&found["shares"], &report["pca"]["explained_variance_ratio"]),
        (&found["bound"], &report["bound"]["errors"]),
    ] {
        let (own, theirs) = (own.as_array().unwrap(), theirs.as_array().unwrap());
        let pairs = own.iter().zip(theirs);
        assert!(pairs.into_iter().all(|(a, b)| close(a, b)) && own.len() == theirs.len());
    }
    assert!(close(
        &found["relativeError"],
        &report["pca"]["relative_error"]
    ));
    let differences = found["differences"].as_object().unwrap();
    assert_eq!(differences.len(), 7);
    for (name, difference) in differences {
        assert!(difference.as_f64().unwrap() < 1e-4, "{name}: {difference}");
    }
}
