//! Hostile file names, labels and arguments: they are escaped in everything that is printed and
//! written.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Cursor, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::Output;

use ndarray::Array1;
use ndarray_npy::NpzReader;
use nmf_images::Model;
use nmf_images::images::{LoadOptions, load, load_listed};
use resvg::usvg;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::command::{Desk, bars, pgm};

const FOLDER: &str = "<b>s\n\u{1b}[31me't\" & \u{202e}x";
const LABEL: &str = "lab\nel\u{1b}[2J, \"quoted\"";

/// Names of files as people, and people of ill will, give them.
fn names() -> Vec<OsString> {
    let texts = [
        "line\nbreak.pgm",
        "return\r\u{8}\u{7f}.pgm",
        "\u{1b}]0;title\u{7}\u{1b}[31mred\u{9b}2J.pgm",
        "x..\\..\\up.pgm",
        "x..%2f.pgm",
        "\"double\" 'single' `tick`.pgm",
        "<img src=x onerror=1>.pgm",
        "<!--<script>.pgm",
        "]]>&lt;b&gt;{{data}}.pgm",
        "-k 7 --out=elsewhere.pgm",
        "=1+2, \t;x.pgm",
        "$(touch run) ${HOME} *.pgm",
        "back\\n\\slash.pgm",
        "\u{202e}gmp.drawkcab \u{2028}\u{2029}\u{feff}.pgm",
        " .pgm",
        "面 é \u{1f600}.pgm",
    ];
    let long = format!("{}.pgm", "n".repeat(251));
    let mut names: Vec<OsString> = texts
        .iter()
        .map(OsString::from)
        .chain([long.into()])
        .collect();
    names.push(OsString::from_vec(b"no \xff\xfe text.pgm".to_vec()));
    names
}

/// As texts, below the folder that is their label.
fn expected() -> BTreeSet<String> {
    names()
        .iter()
        .map(|name| format!("{LABEL}/{}", name.to_string_lossy()))
        .collect()
}

/// A desk with pictures of such names in such a folder, and files beside them that are no pictures.
fn desk() -> Desk {
    let desk = Desk::empty();
    let folder = desk.path(FOLDER).join(LABEL);
    fs::create_dir_all(&folder).unwrap();
    for (name, picture) in names().iter().zip(bars(names().len(), 6, 8).outer_iter()) {
        fs::write(
            folder.join(name),
            pgm(8, 6, &picture.iter().copied().collect::<Vec<_>>()),
        )
        .unwrap();
        let broken = [b"!", name.as_bytes()].concat();
        if broken.len() < 256 {
            fs::write(folder.join(OsString::from_vec(broken)), "no picture").unwrap();
        }
    }
    desk
}

/// Runs the command, which prints lines and nothing that moves a cursor, turns a text, or rings a bell.
fn run(desk: &Desk, arguments: &[impl AsRef<OsStr>]) -> Output {
    let output = desk.command("").args(arguments).output().unwrap();
    for printed in [&output.stdout, &output.stderr] {
        let printed = String::from_utf8(printed.clone()).expect("text is printed");
        let hostile = |sign: char| {
            sign.is_control() && sign != '\n' || ('\u{2028}'..='\u{202e}').contains(&sign)
        };
        assert!(!printed.contains(hostile), "{printed:?}");
    }
    let begins = ["note: ", "warning: ", "error: ", "progress: "];
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let is_usage = output.status.code() == Some(2);
    assert!(
        is_usage
            || stderr
                .lines()
                .all(|line| begins.iter().any(|begin| line.starts_with(begin))),
        "{stderr}"
    );
    output
}

fn succeeds(desk: &Desk, arguments: &[&str]) -> Output {
    let output = run(desk, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn first_column(path: &Path) -> Vec<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader
        .records()
        .map(|record| record.unwrap()[0].to_owned())
        .collect()
}

/// The names in an archive of arrays, a line each.
fn lines(path: &Path) -> BTreeSet<String> {
    let mut npz = NpzReader::new(fs::File::open(path).unwrap()).unwrap();
    let names: Array1<u8> = npz.by_name("names").unwrap();
    String::from_utf8(names.to_vec())
        .unwrap()
        .split('\n')
        .map(str::to_owned)
        .collect()
}

/// What the page says of its run.
fn facts(path: &Path) -> Value {
    let page = fs::read_to_string(path).unwrap();
    let facts = page
        .split_once("id=\"run\">")
        .unwrap()
        .1
        .split_once("</script>")
        .unwrap()
        .0;
    serde_json::from_str(facts).unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_file_that_is_written_has_the_names_as_they_are() {
    let desk = desk();
    succeeds(
        &desk,
        &[
            FOLDER,
            "-k",
            "3",
            "--csv",
            "--show",
            "18",
            "--max-iter",
            "20",
        ],
    );
    succeeds(&desk, &["pack", FOLDER, "--out", "packed.npy"]);
    succeeds(
        &desk,
        &[
            "packed.npy",
            "-k",
            "3",
            "--only",
            "parts",
            "-o",
            "from-packed",
        ],
    );
    succeeds(&desk, &["project", "output", FOLDER, "-o", "projected"]);
    let at = |name: &str| desk.path(name);
    for (what, found) in [
        ("model.npz", Model::read(at("output")).unwrap().names),
        ("weights.csv", first_column(&at("output/weights.csv"))),
        (
            "report.html",
            texts(&facts(&at("output/report.html"))["names"]),
        ),
        (
            "packed.npy",
            load(&at("packed.npy"), &LoadOptions::default())
                .unwrap()
                .names,
        ),
        (
            "the model of what was packed",
            Model::read(at("from-packed")).unwrap().names,
        ),
        (
            "weights.csv of a projection",
            first_column(&at("projected/weights.csv")),
        ),
    ] {
        assert_eq!(found.len(), names().len(), "{what}");
        assert_eq!(
            found.into_iter().collect::<BTreeSet<_>>(),
            expected(),
            "{what}"
        );
    }
    let escaped = expected()
        .iter()
        .map(|name| name.replace('\\', "\\\\").replace('\n', "\\n"))
        .collect();
    assert_eq!(lines(&at("projected/projection.npz")), escaped);
    for report in [
        json(&at("output/report.json")),
        facts(&at("output/report.html"))["report"].clone(),
    ] {
        assert_eq!(report["input"]["path"], FOLDER);
        assert_eq!(texts(&report["input"]["labels"]), [LABEL]);
        let skipped = report["input"]["skipped"].as_array().unwrap().iter();
        let skipped: BTreeSet<String> = skipped
            .map(|file| file["path"].as_str().unwrap().replace("/!", "/"))
            .collect();
        assert!(
            skipped.is_subset(&expected()) && skipped.len() == names().len() - 1,
            "{skipped:?}"
        );
    }
    assert_eq!(
        json(&at("projected/projection.json"))["input"]["paths"],
        serde_json::json!([FOLDER])
    );
}

#[test]
fn pages_hold_no_element_that_a_name_made() {
    let desk = desk();
    succeeds(
        &desk,
        &[
            FOLDER,
            "-k",
            "3",
            "--show",
            "18",
            "--format",
            "svg",
            "--max-iter",
            "20",
        ],
    );
    let is_page = |name: &String| {
        Path::new(name)
            .extension()
            .is_some_and(|last| last == "svg")
    };
    let written: Vec<String> = desk.files("output").into_iter().filter(is_page).collect();
    assert!(written.len() > 8, "{written:?}");
    for name in written {
        let text = fs::read_to_string(desk.path("output").join(&name)).unwrap();
        assert!(
            !text.contains("<img") && !text.contains("<script") && !text.contains("<b>"),
            "{name}"
        );
        // What is no XML, such as a control character, is refused.
        usvg::Tree::from_str(&text, &usvg::Options::default())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    // The page has as many elements as that of a folder with tame names.
    for (index, picture) in bars(names().len(), 6, 8).outer_iter().enumerate() {
        desk.write(
            &format!("tame/{index}.pgm"),
            pgm(8, 6, &picture.iter().copied().collect::<Vec<_>>()),
        );
    }
    succeeds(&desk, &["tame", "-k", "3", "--only", "page", "-o", "tamed"]);
    let elements = |page: &str| {
        fs::read_to_string(desk.path(page))
            .unwrap()
            .matches('<')
            .count()
    };
    assert_eq!(
        elements("output/report.html"),
        elements("tamed/report.html")
    );
}

#[test]
fn every_command_prints_names_on_one_line() {
    let desk = desk();
    let all = |arguments: &[&str]| arguments.iter().map(OsString::from).collect::<Vec<_>>();
    let picture = desk
        .path(FOLDER)
        .join(LABEL)
        .join(&names()[2])
        .into_os_string();
    let broken = desk
        .path(FOLDER)
        .join(LABEL)
        .join(format!("!{}", names()[2].display()))
        .into_os_string();
    assert!(
        run(
            &desk,
            &all(&[FOLDER, "-k", "2", "--only", "parts", "-o", "a\u{1b}[31m\nb"])
        )
        .status
        .success()
    );
    let with = |more: &OsStr, arguments: &[&str]| [all(arguments), vec![more.to_owned()]].concat();
    for (arguments, code) in [
        (all(&["compare", FOLDER, "-k", "2", "--rules", "hals"]), 0),
        (all(&["ranks", FOLDER, "--to", "2"]), 0),
        (all(&["pack", FOLDER, "--out", "a\u{1b}[31m\nb.npy"]), 0),
        (all(&["project", "a\u{1b}[31m\nb", FOLDER]), 0),
        (all(&["synth", "bars", "--out", "bars\u{1b}[31m\n"]), 0),
        (all(&["synth", "bars", "--out", "bars\u{1b}[31m\n"]), 1),
        (all(&["nowhere\u{1b}[31m\n\u{202e}"]), 1),
        (all(&[FOLDER, "--strict"]), 1),
        (all(&[FOLDER, "--recipe", "\u{1b}[31m\n"]), 1),
        (all(&[FOLDER, "--mask", "\u{1b}[31m\n"]), 1),
        (all(&[FOLDER, "--truth", "\u{1b}[31m\n.npy"]), 1),
        (all(&[FOLDER, "--key", "\u{1b}[31m\n"]), 1),
        (all(&["project", FOLDER, FOLDER]), 1),
        (with(&picture, &["--"]), 1),
        (with(&picture, &[FOLDER, "-o"]), 1),
        (with(&broken, &[FOLDER, "--mask"]), 1),
        (with(&picture, &["tame"]), 2),
        (all(&[FOLDER, "--solver", "\u{1b}[31m\n"]), 2),
        (all(&["--no\u{1b}[31m\n"]), 2),
    ] {
        let output = run(&desk, &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(
            code == 2
                || said
                    .lines()
                    .filter(|line| line.starts_with("error: "))
                    .count()
                    == usize::from(code > 0)
        );
    }
}

#[test]
fn names_in_archives_are_those_of_the_folder() {
    let desk = Desk::empty();
    let tame: Vec<String> = names()
        .into_iter()
        .filter_map(|name| name.into_string().ok())
        .collect();
    let picture = pgm(1, 1, &[7]);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut tar = tar::Builder::new(Vec::new());
    for name in &tame {
        zip.start_file(format!("../{LABEL}/{name}"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&picture).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(picture.len() as u64);
        tar.append_data(&mut header, format!("{LABEL}/{name}"), &*picture)
            .unwrap();
    }
    let expected: BTreeSet<String> = tame.iter().map(|name| format!("{LABEL}/{name}")).collect();
    for (file, bytes) in [
        ("a.zip", zip.finish().unwrap().into_inner()),
        ("a.tar", tar.into_inner().unwrap()),
    ] {
        desk.write(file, bytes);
        let found = load(&desk.path(file), &LoadOptions::default())
            .unwrap()
            .names;
        assert_eq!(
            found.into_iter().collect::<BTreeSet<_>>(),
            expected,
            "{file}"
        );
    }
}

#[test]
fn a_list_names_files_as_they_are_called() {
    let desk = Desk::empty();
    let names: Vec<String> = names()
        .into_iter()
        .filter_map(|name| name.into_string().ok())
        .collect();
    let in_a_line = names.iter().filter(|name| !name.contains(['\n', '\r']));
    let paths: Vec<String> = in_a_line
        .map(|name| desk.path(name).display().to_string())
        .collect();
    for path in &paths {
        fs::write(path, pgm(1, 1, &[7])).unwrap();
    }
    let list = paths.join("\n");
    let found = load_listed("list".as_ref(), list.as_bytes(), &LoadOptions::default()).unwrap();
    assert_eq!(found.names, paths);
}
