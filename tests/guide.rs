//! README and guide: their commands run.

#[path = "common/command.rs"]
mod command;
#[path = "common/pages.rs"]
mod pages;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use command::{Desk, pgm};
use image::{GrayImage, Luma};
use ndarray::{Array2, Array3};
use ndarray_npy::NpzWriter;
use pages::guide_pages;

/// Images of `assets/faces` and of each folder of `assets/digits` that commands read here.
const FACES: usize = 90;
const DIGITS: usize = 10;

/// The pages of the guide with commands, in groups that are tried at the same time.
const PARTS_AND_STARTS: [&str; 7] = [
    "assets/guide/nmf-and-pca.md",
    "assets/guide/reading-the-numbers.md",
    "assets/guide/parts-or-ghosts.md",
    "assets/guide/starts-and-rules.md",
    "assets/guide/own-start.md",
    "assets/guide/coursework.md",
    "assets/guide/known-parts.md",
];
const INPUT_AND_OUTPUT: [&str; 4] = [
    "assets/guide/output-files.md",
    "assets/guide/input-formats.md",
    "assets/guide/unknown-pixels.md",
    "assets/guide/page.md",
];
const RANKS_AND_LONG_RUNS: [&str; 4] = [
    "assets/guide/choosing-the-rank.md",
    "assets/guide/new-images.md",
    "assets/guide/interrupted-runs.md",
    "assets/guide/large-data.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// Returns the commands in the blocks of a page that are marked `sh`, without their comments.
fn commands(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut is_shell = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_shell = line == "```sh";
        } else if is_shell {
            let command = line.split(" #").next().unwrap_or_default().trim();
            commands.push(command.replace("cargo run --release --", "nmf-images"));
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// Returns the command with options that make it quick: few iterations, one picture, few ranks, small images for a search.
fn quick(command: &str) -> String {
    let (_, arguments) = command.rsplit_once("nmf-images ").unwrap();
    let has = |option: &str| arguments.contains(option);
    let mut quick = command.to_owned();
    match arguments.split(' ').next().unwrap() {
        "synth" | "project" | "pack" | "verify" => {}
        "page" => quick += " -k 2",
        "show" => quick += " --only map",
        "ranks" => {
            quick += " --size 12x16";
            quick += if has("-k ") { "" } else { " -k 1,12" };
            quick = quick.replace("-k 1..40 ", "-k 1..40:39 ");
        }
        "compare" | "--resume" => {
            quick += if has("--max-iter") {
                ""
            } else {
                " --max-iter 2"
            };
        }
        _ => {
            quick += if has("--max-iter") {
                ""
            } else {
                " --max-iter 2"
            };
            quick += if has("--only") || has("--no-page") {
                ""
            } else {
                " --only map"
            };
            quick += if has("-k auto") { " --size 12x16" } else { "" };
        }
    }
    quick
}

/// Returns a desk with what the commands read: some images of `assets`, and files that stand for a reader's own.
fn desk() -> Desk {
    let desk = Desk::empty();
    let faces = first_files("assets/faces", FACES);
    for name in &faces {
        for folder in ["assets/faces", "photographs", "scans"] {
            copy(&desk, "assets/faces", name, folder);
        }
    }
    for digit in 0..10 {
        let folder = format!("assets/digits/{digit}");
        for name in first_files(&folder, DIGITS) {
            copy(&desk, &folder, &name, &folder);
            copy(&desk, &folder, &name, "scans");
        }
    }
    copy(&desk, "assets", "faces-features.csv", "assets");
    write_masks(&desk, &faces);
    write_arrays(&desk);
    write_start(&desk);
    write_archive(&desk, &faces);
    desk
}

fn first_files(folder: &str, count: usize) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.truncate(count);
    names
}

fn copy(desk: &Desk, from: &str, name: &str, to: &str) {
    let bytes = fs::read(root().join(from).join(name)).unwrap();
    desk.write(&format!("{to}/{name}"), bytes);
}

/// A mask with a hole for all photographs, and one for each.
fn write_masks(desk: &Desk, faces: &[String]) {
    let has_hole = |x, y| (10..30).contains(&x) && (20..40).contains(&y);
    let mask = GrayImage::from_fn(48, 64, |x, y| Luma([if has_hole(x, y) { 0 } else { 255 }]));
    mask.save(desk.path("scratches.png")).unwrap();
    for name in faces {
        let stem = name.trim_end_matches(".png");
        desk.write(&format!("masks/{stem}.pgm"), pgm(48, 64, mask.as_raw()));
    }
}

fn write_arrays(desk: &Desk) {
    let array = Array3::from_shape_fn((40, 6, 8), |(image, row, column)| {
        u8::try_from((image * 37 + row * 11 + column * 29) % 256).unwrap()
    });
    desk.write_npy("set.npy", &array);
    let mut table = String::from("gnd");
    for column in 0..64 * 48 {
        write!(table, ",p{column}").unwrap();
    }
    for row in 0..20 {
        write!(table, "\n{}", row % 4).unwrap();
        for column in 0..64 * 48 {
            write!(table, ",{}", (row * 37 + column * 29) % 256).unwrap();
        }
    }
    desk.write("faces.csv", table);
}

/// W and H for the first faces, of 16 parts.
fn write_start(desk: &Desk) {
    let mut start = NpzWriter::new(fs::File::create(desk.path("own.npz")).unwrap());
    let factor = |rows, columns| {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            f64::from((row as u32 * 37 + column as u32 * 29) % 256) / 255.0
        })
    };
    start.add_array("W", &factor(FACES, 16)).unwrap();
    start.add_array("H", &factor(16, 64 * 48)).unwrap();
    start.finish().unwrap();
}

fn write_archive(desk: &Desk, faces: &[String]) {
    let file = fs::File::create(desk.path("faces.zip")).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    for name in faces {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name.as_str(), options).unwrap();
        let bytes = fs::read(root().join("assets/faces").join(name)).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// Runs a line by the shell, which finds this build's `nmf-images`.
fn run(desk: &Desk, line: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_nmf-images"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [program.parent().unwrap().to_owned()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    let output = Command::new("sh")
        .args(["-c", line])
        .env("PATH", std::env::join_paths(folders).unwrap())
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{line}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Runs all commands of these pages, one after another, those of each page on a desk of its own.
fn run_commands(pages: &[&str]) {
    for page in pages {
        let commands = commands(&read(page));
        assert!(!commands.is_empty(), "{page} has no commands");
        let desk = desk();
        for command in commands {
            match command.as_str() {
                "cargo test --release" => continue,
                // A run that the time ends leaves a checkpoint, as one that is killed does.
                "nmf-images --resume output" => {
                    run(
                        &desk,
                        "nmf-images assets/faces --time-limit 0.001 --only map",
                    );
                }
                _ => {}
            }
            assert!(command.contains("nmf-images "), "{page}: {command}");
            run(&desk, &quick(&command));
        }
    }
}

#[test]
fn the_readmes_commands_run() {
    run_commands(&["README.md"]);
}

#[test]
fn the_guides_commands_run_on_parts_and_starts() {
    run_commands(&PARTS_AND_STARTS);
}

#[test]
fn the_guides_commands_run_on_input_and_output() {
    run_commands(&INPUT_AND_OUTPUT);
}

#[test]
fn the_guides_commands_run_on_ranks_and_long_runs() {
    run_commands(&RANKS_AND_LONG_RUNS);
}

#[test]
fn every_page_with_commands_is_tried() {
    let tried = [
        &PARTS_AND_STARTS[..],
        &INPUT_AND_OUTPUT,
        &RANKS_AND_LONG_RUNS,
    ]
    .concat();
    for page in guide_pages(root()) {
        let has_commands = !commands(&read(&page)).is_empty();
        assert_eq!(tried.contains(&page.as_str()), has_commands, "{page}");
    }
}
