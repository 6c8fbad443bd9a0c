//! The arrows between the rooms of `src`: who may know whom, and where outside crates live. A plain scan of the text.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The rooms, from the ground up: a file imports from its own room and from the lines above, never from its own line's
/// other room.
const LINES: [&str; 21] = [
    "error",
    "disk",
    "names",
    "basis",
    "npy",
    "npz",
    "matching",
    // Knows bytes alone.
    "communicator",
    // Knows nothing of images, so that reading and the kernel's products can both be shared among threads.
    "blocks",
    "kernel",
    "linalg",
    "images",
    "nmf pca",
    "metrics recovery",
    "projection",
    "comparison",
    "rank",
    "model",
    "report",
    "render",
    // Of another crate: what it takes from the library begins with `nmf_images::`.
    "cli",
];

/// Each outside crate that has one home, and the home: a file, or a folder with its slash.
const HOMES: [(&str, &str); 28] = [
    ("rayon", "blocks.rs"),
    ("faer", "linalg/"),
    // The system's MPI is known to one file, and whoever sends values says which bytes they are.
    ("mpi", "communicator/mpi.rs"),
    (
        "bytemuck",
        "communicator/ nmf/sample_rows.rs images/distributed/gather.rs",
    ),
    ("pathfinding", "matching.rs"),
    ("kodama", "rank/stability.rs"),
    ("walkdir", "images/files/walk.rs"),
    (
        "ndarray_npy",
        "model/npz.rs recovery/truth.rs error.rs error/model.rs",
    ),
    (
        "zip",
        "npz.rs images/files/zip.rs model/npz.rs error/model.rs error/input.rs error/checkpoint.rs",
    ),
    ("clap", "cli/"),
    ("anyhow", "cli/"),
    ("comfy_table", "cli/table.rs"),
    (
        "csv",
        "cli/table.rs cli/weights.rs images/formats/csv.rs images/formats/csv_lines.rs recovery/truth.rs error.rs",
    ),
    ("indicatif", "cli/"),
    ("libc", "cli/memory.rs"),
    ("ctrlc", "cli/"),
    ("tempfile", "cli/ disk.rs"),
    ("sysinfo", "cli/"),
    ("terminal_size", "cli/view.rs"),
    (
        "flate2",
        "images/input/gzip.rs render/page/packed_arrays.rs",
    ),
    ("sha2", "render/page/document.rs nmf/fingerprint.rs"),
    ("plotters", "render/"),
    ("gif", "render/"),
    ("resvg", "render/"),
    ("palette", "render/figures/pixel_owners.rs"),
    ("tar", "images/files/tar.rs"),
    ("tiff", "images/decode/tiff_floats.rs"),
    // Decoding in one folder, the encoding of tiles beside the drawing.
    ("image", "images/decode/ render/"),
];

/// What a rule may know of the room it stands in.
const RULE_KNOWS: [&str; 8] = [
    "crate::error",
    "crate::kernel",
    "crate::linalg",
    "crate::nmf::half_step",
    "crate::nmf::loss",
    "crate::nmf::penalties",
    "crate::nmf::rule",
    "crate::nmf::stop",
];
/// Inside the library these would print, exit or read the environment.
const FORBIDDEN: [&str; 8] = [
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "process::exit",
    "env::var",
    "env::args",
];
const LONGEST: usize = 500;

/// A file of `src`, without comments, text and its unit tests.
struct Source {
    /// Below `src`.
    name: String,
    lines: usize,
    code: String,
}

impl Source {
    fn new(name: String, text: &str) -> Self {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code = code
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n");
        // What stands between quotes is no code.
        let code = code.replace("\\\"", "").split('"').step_by(2).collect();
        Self {
            name,
            lines: text.lines().count(),
            code,
        }
    }

    fn room(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap_or_default()
    }

    /// The module's path below the crate: `nmf::rules::hals` of `nmf/rules/hals.rs`.
    fn module(&self) -> Vec<&str> {
        let mut path: Vec<&str> = self.name.trim_end_matches(".rs").split('/').collect();
        if matches!(path.last(), Some(&("mod" | "lib" | "main"))) {
            path.pop();
        }
        path
    }

    /// Every path of this crate that the code names, from the crate's root.
    fn imports(&self) -> Vec<String> {
        let module = self.module();
        let up = |count: usize| module[..module.len().saturating_sub(count)].join("::");
        let code = self.code.replace("super::super::", "grandparent::");
        let mut found = Vec::new();
        for (word, base) in [
            ("crate::", String::new()),
            ("grandparent::", up(2)),
            ("super::", up(1)),
        ] {
            for rest in after_each(&code, word) {
                let base = if base.is_empty() {
                    base.clone()
                } else {
                    format!("{base}::")
                };
                found.extend(
                    names(rest)
                        .into_iter()
                        .map(|name| format!("crate::{base}{name}")),
                );
            }
        }
        found
    }

    /// Whether the code names the crate `name` at the root of a path.
    fn uses(&self, name: &str) -> bool {
        let path = after_each(&self.code, &format!("{name}::"))
            .next()
            .is_some();
        path || after_each(&self.code, &format!("use {name}"))
            .any(|rest| rest.starts_with([';', ' ']))
    }
}

/// What follows each place where `word` stands as a word of its own.
fn after_each<'a>(code: &'a str, word: &str) -> impl Iterator<Item = &'a str> {
    code.match_indices(word).filter_map(|(place, word)| {
        let before = code[..place].chars().next_back();
        let joined = before.is_some_and(|sign| sign.is_alphanumeric() || "_:".contains(sign));
        (!joined).then(|| &code[place + word.len()..])
    })
}

/// The paths at the beginning of `rest`: one, or those of a list in braces; a name within inner braces counts for its head.
fn names(rest: &str) -> Vec<String> {
    let path = |text: &str| -> String {
        let end = text
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == ':'))
            .unwrap_or(text.len());
        text[..end].trim_end_matches(':').to_owned()
    };
    let Some(list) = rest.strip_prefix('{') else {
        return vec![path(rest)];
    };
    let (mut depth, mut names) = (0, vec![String::new()]);
    for sign in list.chars().filter(|sign| !sign.is_whitespace()) {
        match sign {
            '}' if depth == 0 => break,
            ',' if depth == 0 => names.push(String::new()),
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => names.last_mut().unwrap().push(sign),
            _ => {}
        }
    }
    names
        .iter()
        .map(|name| path(name))
        .filter(|name| !name.is_empty())
        .collect()
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let parts: Vec<_> = path
                    .strip_prefix(&root)
                    .unwrap()
                    .iter()
                    .map(|part| part.to_string_lossy())
                    .collect();
                sources.push(Source::new(
                    parts.join("/"),
                    &fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    sources.sort_by(|left, right| left.name.cmp(&right.name));
    sources
}

/// One line for everything that stands where it should not.
fn complaints(sources: &[Source]) -> String {
    let mut said = String::new();
    for source in sources {
        complain_of_imports(source, &mut said);
        complain_of_crates(source, &mut said);
        let library = !(source.name.starts_with("cli/") || source.name == "main.rs");
        for word in FORBIDDEN
            .iter()
            .filter(|word| library && source.code.contains(**word))
        {
            writeln!(said, "{}: {word} in the library", source.name).unwrap();
        }
        if source.lines > LONGEST {
            writeln!(
                said,
                "{}: {} lines, at most {LONGEST}",
                source.name, source.lines
            )
            .unwrap();
        }
    }
    said
}

fn complain_of_imports(source: &Source, said: &mut String) {
    let (name, room) = (&source.name, source.room());
    if ["lib", "main"].contains(&room) {
        return;
    }
    let Some(line) = LINES
        .iter()
        .position(|line| line.split(' ').any(|known| known == room))
    else {
        return writeln!(said, "{name}: this room stands on no line").unwrap();
    };
    let above: Vec<&str> = LINES[..line]
        .iter()
        .flat_map(|line| line.split(' '))
        .collect();
    for import in source.imports() {
        // A name that `lib.rs` re-exports hides the room that it comes from, and is no room.
        let head = import.split("::").nth(1).unwrap_or_default();
        if head != room && !(room != "cli" && above.contains(&head)) {
            writeln!(
                said,
                "{name}: imports {import}; above {room} stand: {}",
                above.join(" ")
            )
            .unwrap();
        }
        let rule = name.starts_with("nmf/rules/") && name != "nmf/rules/mod.rs";
        if rule
            && !RULE_KNOWS
                .iter()
                .any(|known| import == *known || import.starts_with(&format!("{known}::")))
        {
            writeln!(
                said,
                "{name}: imports {import}; a rule may know: {}",
                RULE_KNOWS.join(" ")
            )
            .unwrap();
        }
    }
}

fn complain_of_crates(source: &Source, said: &mut String) {
    for (outside, homes) in HOMES {
        let home = homes.split(' ').any(|home| {
            source.name == home || home.ends_with('/') && source.name.starts_with(home)
        });
        if !home && source.uses(outside) {
            writeln!(
                said,
                "{}: uses {outside}, which lives in: {homes}",
                source.name
            )
            .unwrap();
        }
    }
}

#[test]
fn every_file_imports_only_from_rooms_above_its_own() {
    let sources = sources();
    assert!(
        sources.len() > 30
            && sources
                .iter()
                .any(|source| source.name == "nmf/rules/hals.rs")
    );
    let complaints = complaints(&sources);
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_home_is_lived_in() {
    let sources = sources();
    for (outside, homes) in HOMES {
        for home in homes.split(' ') {
            let lived_in = |source: &Source| source.name.starts_with(home) && source.uses(outside);
            assert!(
                sources.iter().any(lived_in),
                "nothing in {home} uses {outside}"
            );
        }
    }
}

#[test]
fn every_kind_of_wrong_import_is_seen() {
    let wrong = [
        (
            "nmf/driver.rs",
            "use crate::pca::Pca;",
            "imports crate::pca::Pca",
        ),
        (
            "pca.rs",
            "use crate::{basis::Basis, nmf::{Nmf, Init}};",
            "imports crate::nmf",
        ),
        (
            "pca.rs",
            "use crate::{\n    basis::Basis,\n    report,\n};",
            "imports crate::report",
        ),
        (
            "kernel/factor.rs",
            "fn f(x: &super::super::images::ImageSet) {}",
            "imports crate::images::ImageSet",
        ),
        (
            "linalg/svd.rs",
            "use super::super::nmf::Nmf;",
            "imports crate::nmf::Nmf",
        ),
        (
            "images/npy.rs",
            "use super::super::pca;",
            "imports crate::pca",
        ),
        (
            "metrics.rs",
            "let b = crate::Basis::new();",
            "imports crate::Basis",
        ),
        (
            "nmf/rules/new.rs",
            "use super::hals::Hals;",
            "a rule may know",
        ),
        (
            "nmf/rules/new.rs",
            "use crate::nmf::rules::hals::Hals;",
            "a rule may know",
        ),
        (
            "nmf/rules/new.rs",
            "use super::super::driver::run;",
            "a rule may know",
        ),
        (
            "nmf/rules/new.rs",
            "use crate::images::Images;",
            "a rule may know",
        ),
        (
            "cli/learn.rs",
            "use crate::report::Report;",
            "imports crate::report",
        ),
        ("new.rs", "", "stands on no line"),
        ("kernel/mod.rs", "use rayon::prelude::*;", "uses rayon"),
        ("pca.rs", "let m = faer::Mat::zeros();", "uses faer"),
        ("main.rs", "use anyhow::Result;", "uses anyhow"),
        ("report.rs", "use clap;", "uses clap"),
        ("images/folder.rs", "use walkdir::WalkDir;", "uses walkdir"),
        (
            "images/picture.rs",
            "use image::DynamicImage;",
            "uses image",
        ),
        (
            "cli/pictures.rs",
            "use plotters::prelude::*;",
            "uses plotters",
        ),
        (
            "nmf/mod.rs",
            "println!(\"learning\");",
            "println! in the library",
        ),
        (
            "blocks.rs",
            "std::env::var(\"THREADS\")",
            "env::var in the library",
        ),
    ];
    for (name, code, complaint) in wrong {
        let said = complaints(&[Source::new(name.to_owned(), code)]);
        assert!(
            said.starts_with(name) && said.contains(complaint),
            "{name}: {code}: {said:?}"
        );
    }
    let long = complaints(&[Source::new(
        "basis.rs".to_owned(),
        &"\n".repeat(LONGEST + 1),
    )]);
    assert_eq!(long, "basis.rs: 501 lines, at most 500\n");
}

#[test]
fn what_is_allowed_is_no_complaint() {
    let right = [
        (
            "pca.rs",
            "use crate::{basis::{Basis, Weights}, error::Result};\nuse std::collections::BTreeMap;",
        ),
        (
            "nmf/rules/new.rs",
            "use crate::nmf::rule::UpdateRule;\nuse crate::kernel::{sweep, Row};\nuse std::fmt;",
        ),
        (
            "nmf/rules/new.rs",
            "use super::super::rule::{Half, UpdateRule};",
        ),
        (
            "nmf/driver.rs",
            "use super::rule::UpdateRule;\nuse super::stop;",
        ),
        (
            "images/npy.rs",
            "use super::{ImageSet, Pixels};\nuse crate::images::picture;",
        ),
        (
            "kernel/factor.rs",
            "// use rayon::prelude::*; println!()\n/// [`crate::pca::Pca`]",
        ),
        (
            "kernel/factor.rs",
            "let text = \"crate::pca and println!\";",
        ),
        (
            "kernel/factor.rs",
            "#[cfg(test)]\nmod tests {\n use crate::images::ImageSet;\n}",
        ),
        ("images/decode/mod.rs", "use image::ImageReader;"),
        ("images/folder.rs", "let sub_image::x = my_rayon::y;"),
        ("cli/mod.rs", "eprintln!(\"error\"); std::process::exit(1);"),
    ];
    for (name, code) in right {
        assert_eq!(
            complaints(&[Source::new(name.to_owned(), code)]),
            "",
            "{name}: {code}"
        );
    }
}
