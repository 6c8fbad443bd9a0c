//! Rules on the sources: which file may import from which, where outside crates are used, and how
//! long files and functions may be. The tables are here; `rules.rs` checks them on the parsed
//! sources.

#[path = "arrows/checker.rs"]
mod checker;
#[path = "arrows/functions.rs"]
mod functions;
#[path = "arrows/graph.rs"]
mod graph;
#[path = "arrows/project.rs"]
mod project;
#[path = "arrows/rules.rs"]
mod rules;
#[path = "arrows/syntax.rs"]
mod syntax;

use project::{Project, Source};
use rules::complaints;

/// The rooms, from the ground up: a file imports from its own room and from the lines above, never from its own line's
/// other room.
const LINES: &[&str] = &[
    "plural",
    "error",
    "disk",
    "names",
    "placeholders",
    "outputs",
    "basis",
    "memory",
    "decomposition",
    "npy",
    "npz",
    "matching",
    "deviates",
    // Knows bytes alone.
    "communicator",
    // Knows nothing of images, so that reading and the kernel's products can both be shared among threads.
    "blocks",
    "kernel",
    "linalg",
    "images",
    "nmf pca vq",
    "metrics recovery",
    "projection",
    "comparison",
    "rank",
    "model",
    "report",
    "render guide",
    // Of another crate: what it takes from the library begins with `nmf_images::`.
    "cli",
    // The Python package: the library, and the command inside it.
    "binding",
];

/// Each outside crate that has one home, and the home: a file, or a folder with its slash.
const HOMES: &[(&str, &str)] = &[
    ("rayon", "blocks.rs"),
    ("faer", "linalg/"),
    // The system's MPI is known to one file, and whoever sends values says which bytes they are.
    ("mpi", "communicator/mpi.rs"),
    (
        "bytemuck",
        "communicator/ nmf/sample_rows.rs npy/writing.rs images/distributed/gather.rs images/reading/duplicates.rs",
    ),
    ("pathfinding", "matching.rs"),
    ("kodama", "rank/stability.rs"),
    ("walkdir", "images/reading/files/walk.rs"),
    ("zip", "npz.rs images/reading/files/zip.rs model/npz.rs"),
    ("clap", "cli/"),
    ("clap_complete", "cli/commands/generate.rs"),
    ("clap_mangen", "cli/commands/generate.rs"),
    ("anyhow", "cli/"),
    (
        "comfy_table",
        "cli/terminal/table.rs cli/terminal/table/means.rs",
    ),
    (
        "csv",
        "cli/output/csv_tables.rs images/reading/formats/csv_columns.rs images/reading/formats/csv_lines.rs recovery/reading.rs",
    ),
    ("indicatif", "cli/"),
    ("libc", "cli/allocator.rs"),
    ("numpy", "binding/"),
    ("pyo3", "binding/"),
    ("ctrlc", "cli/"),
    ("tempfile", "cli/ disk.rs"),
    ("humantime", "cli/"),
    ("sysinfo", "cli/"),
    ("terminal_size", "cli/terminal/view.rs"),
    (
        "flate2",
        "images/reading/input/gzip.rs images/reading/decode/tiff/codec.rs render/page/packed_arrays.rs render/canvas/png.rs",
    ),
    ("twox_hash", "images/reading/duplicates.rs"),
    (
        "sha2",
        "render/page/document.rs images/fingerprint.rs images/reading/input_hashes.rs",
    ),
    ("plotters", "render/"),
    ("gif", "render/"),
    ("resvg", "render/"),
    ("palette", "render/canvas/colour_difference.rs"),
    ("tar", "images/reading/files/tar.rs"),
    ("fax", "images/reading/decode/tiff/fax.rs"),
    ("weezl", "images/reading/decode/tiff/lzw.rs"),
    ("zune_jpeg", "images/reading/decode/tiff/jpeg_chunk.rs"),
    ("roxmltree", "images/reading/decode/tiff/ome.rs"),
    ("image", "images/reading/decode/"),
];

/// What a rule may know of the room it stands in.
const RULE_KNOWS: &[&str] = &[
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
const FORBIDDEN: &[&str] = &[
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "process::exit",
    "env::var",
    "env::args",
];
/// The most lines of a file, its unit tests included: what can be read at one sitting.
const LONGEST: usize = 500;

/// Within a room: its folders and files from the ground up, as in [`LINES`]. A file imports from its own folder and from
/// the lines above; what stands on no line may import from all of them.
const FLOORS: &[(&str, &[&str])] = &[
    (
        "images",
        &[
            "format set",
            "weighting",
            "distributed missing pixel_matrix",
            "options hold_out noise synthetic fingerprint",
            "reading",
        ],
    ),
    (
        "images/reading",
        &[
            "common input",
            "duplicates",
            "survey",
            "outliers",
            "prepare",
            "decode",
            "memory_check",
            "read_set request",
            "files",
            "formats",
        ],
    ),
    ("render", &["canvas", "figures page terminal"]),
    (
        "cli",
        &[
            "allocator arguments memory_limits outcome",
            "hints",
            "output",
            "terminal",
            "input",
            "pictures",
            "commands",
        ],
    ),
];

#[test]
fn every_file_imports_only_from_rooms_above_its_own() {
    let project = Project::of_this_crate();
    let has_rules = |source: &Source| source.name == "nmf/rules/hals.rs";
    assert!(project.sources.len() > 30 && project.sources.iter().any(has_rules));
    let complaints = complaints(&project);
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_home_is_lived_in() {
    let project = Project::of_this_crate();
    for &(outside, homes) in HOMES {
        for home in homes.split(' ') {
            let lived_in = |source: &Source| {
                source.name.starts_with(home) && project.uses_crate(source, outside)
            };
            assert!(
                project.sources.iter().any(lived_in),
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
            "fn f() { let b = crate::Basis::new(); }",
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
    ];
    for (name, code, complaint) in wrong {
        assert_complaint(name, code, complaint);
    }
}

#[test]
fn a_crate_or_a_call_outside_its_home_is_seen() {
    let wrong = [
        ("kernel/mod.rs", "use rayon::prelude::*;", "uses rayon"),
        (
            "pca.rs",
            "fn f() { let m = faer::Mat::zeros(); }",
            "uses faer",
        ),
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
            "fn f() { std::env::var(\"THREADS\"); }",
            "env::var in the library",
        ),
    ];
    for (name, code, complaint) in wrong {
        assert_complaint(name, code, complaint);
    }
}

fn assert_complaint(name: &str, code: &str, complaint: &str) {
    let found = complaints(&Project::new(&[(name, code)]));
    assert!(
        found.starts_with(name) && found.contains(complaint),
        "{name}: {code}: {found:?}"
    );
}

#[test]
fn a_long_file_is_seen() {
    let long = "\n".repeat(LONGEST + 1);
    assert_eq!(
        complaints(&Project::new(&[("basis.rs", &long)])),
        "basis.rs: 501 lines, at most 500\n"
    );
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
            "// use rayon::prelude::*; println!()\n/// [`crate::pca::Pca`]\nstruct Factor;",
        ),
        (
            "kernel/factor.rs",
            "const TEXT: &str = \"crate::pca and println!\";",
        ),
        (
            "kernel/factor.rs",
            "#[cfg(test)]\nmod tests {\n use crate::images::ImageSet;\n}",
        ),
        ("images/reading/decode/mod.rs", "use image::ImageReader;"),
        (
            "images/folder.rs",
            "fn f() { let x = sub_image::x(my_rayon::y); }",
        ),
        (
            "cli/mod.rs",
            "fn f() { eprintln!(\"error\"); std::process::exit(1); }",
        ),
    ];
    for (name, code) in right {
        assert_eq!(
            complaints(&Project::new(&[(name, code)])),
            "",
            "{name}: {code}"
        );
    }
}
