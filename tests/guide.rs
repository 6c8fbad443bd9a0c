//! README, guide and src/README.md: their commands run, and what they link or name exists.

#[path = "common/command.rs"]
mod command;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use command::{Desk, pgm};
use image::{GrayImage, Luma};
use ndarray::Array3;

/// Images of `assets/faces` and of each folder of `assets/digits` that commands read here.
const FACES: usize = 90;
const DIGITS: usize = 10;

/// The pages of the guide with commands, in groups that are tried at the same time.
const PARTS_AND_STARTS: [&str; 5] = [
    "assets/guide/nmf-and-pca.md",
    "assets/guide/reading-the-numbers.md",
    "assets/guide/parts-or-ghosts.md",
    "assets/guide/starts-and-rules.md",
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

/// README.md, src/README.md, and the pages of the guide, as paths from the root.
fn pages() -> Vec<String> {
    let mut pages = guide_pages();
    pages.extend(["README.md", "src/README.md"].map(str::to_owned));
    pages
}

fn guide_pages() -> Vec<String> {
    let mut pages: Vec<String> = fs::read_dir(root().join("assets/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("assets/guide/{name}"))
        .collect();
    pages.sort();
    pages
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
        "synth" | "project" | "pack" => {}
        "page" => quick += " -k 2",
        "ranks" => {
            quick += " --size 12x16";
            quick += if has("-k ") { "" } else { " -k 1,12" };
            quick = quick.replace("-k 1..40 ", "-k 1..40:39 ");
        }
        "compare" | "--resume" => quick += " --max-iter 2",
        _ => {
            quick += " --max-iter 2";
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
    for page in guide_pages() {
        let has_commands = !commands(&read(&page)).is_empty();
        assert_eq!(tried.contains(&page.as_str()), has_commands, "{page}");
    }
}

/// Returns the targets of `[text](target)` and `[reference]: target` in a page, outside code blocks.
fn links(page: &str) -> Vec<&str> {
    let mut links = Vec::new();
    for line in prose(page) {
        links.extend(
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next()),
        );
        if line.starts_with('[') {
            links.extend(line.split_once("]: ").map(|(_, target)| target));
        }
    }
    links
}

fn prose(page: &str) -> impl Iterator<Item = &str> {
    // What stands between fences is code.
    let blocks = page.split("```").step_by(2);
    blocks.flat_map(str::lines)
}

#[test]
fn every_linked_file_exists() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().map(PathBuf::from).unwrap();
        for link in links(&text) {
            let target = link.split('#').next().unwrap();
            let is_file =
                target.is_empty() || target.starts_with("https://") || folder.join(target).exists();
            assert!(is_file, "{page} links {link}");
        }
    }
}

#[test]
fn every_reference_is_defined_where_it_is_used_and_in_the_library() {
    let library = read("src/guide.rs");
    for page in guide_pages() {
        let text = read(&page);
        let uses = prose(&text).flat_map(|line| line.split("][").skip(1));
        let names: BTreeSet<&str> = uses.filter_map(|rest| rest.split(']').next()).collect();
        for name in names {
            let definition = format!("[{name}]: ");
            assert!(text.contains(&format!("\n{definition}")), "{page}: {name}");
            assert!(library.contains(&definition), "src/guide.rs: {name}");
        }
    }
}

#[test]
fn every_page_of_the_guide_is_listed_built_and_opens_with_its_use() {
    let (index, library) = (read("assets/guide/README.md"), read("src/guide.rs"));
    for page in guide_pages() {
        let name = page.strip_prefix("assets/guide/").unwrap();
        if name == "README.md" {
            continue;
        }
        assert!(index.contains(&format!("]: {name}\n")), "README.md: {name}");
        assert!(
            library.contains(&format!("\"{name}\"")),
            "src/guide.rs: {name}"
        );
        let text = read(&page);
        let opening = text
            .lines()
            .find(|line| !line.is_empty() && !line.starts_with('#'));
        let opening = opening.unwrap_or_default();
        assert!(
            opening.starts_with("After reading this page you"),
            "{page}: {opening}"
        );
    }
}

#[test]
fn every_path_that_contributors_are_sent_to_exists() {
    let text = read("src/README.md");
    let words: Vec<&str> = prose(&text)
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| {
            ["src/", "tests/", ".ci/"]
                .iter()
                .any(|top| word.starts_with(top))
        })
        .collect();
    assert!(words.len() > 40, "{words:?}");
    for word in words {
        assert!(root().join(word).exists(), "src/README.md names {word}");
    }
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 180, "{lines} lines");
}
