//! What a run may replace and what it leaves as it was: older results, other files, a folder that cannot be written to.

use std::fs;

use predicates::prelude::*;

use predicates::str::{contains, is_empty};

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars};

use crate::failing::fails;

#[test]
fn synthetic_images_never_replace_a_file() {
    let desk = Desk::with_pictures();
    fails(
        &desk,
        "synth bars --out pictures",
        1,
        &["pictures is not empty", "--out"],
    );
    desk.write("file", "in the way");
    fails(
        &desk,
        "synth swimmer --out file",
        1,
        &["cannot write to file"],
    );
    assert_eq!(fs::read(desk.path("file")).unwrap(), b"in the way");
    fails(
        &desk,
        "synth swimmer --out new --limb 9",
        1,
        &["limbs of length 9", "a torso of at least 2x20"],
    );
    fails(
        &desk,
        "synth swimmer --out new --size 9x9",
        1,
        &["needs images of at least 12x22, not 9x9"],
    );
    fails(
        &desk,
        "synth bars --out new --size 2000x9",
        1,
        &["2000x9 is out of range", "1 to 1024"],
    );
    fails(
        &desk,
        "synth bars --out new --images 99999999999",
        1,
        &["99999999999 images", "at most 16777216"],
    );
    for wrong in [
        "",
        "fish --out new",
        "bars",
        "bars --out new --density 2",
        "swimmer --out new --limb 0",
    ] {
        let run = desk.command(&format!("synth {wrong}")).assert().code(2);
        run.stdout(is_empty())
            .stderr(contains("Usage: ").or(contains("--help")));
    }
    assert!(!desk.path("new").exists());
    fails(&desk, "pictures synth", 2, &["synth"]);
}

#[test]
fn an_output_folder_that_cannot_be_is_refused_before_the_work() {
    let desk = Desk::with_pictures();
    desk.write("file", "in the way");
    for out in ["file", "file/below", "file/far/below"] {
        fails(
            &desk,
            &format!("pictures -k 3 --out {out}"),
            1,
            &["cannot write to", out, "--out"],
        );
    }
    // The folder is tried first: the input is not even looked for.
    fails(&desk, "nowhere --out file", 1, &["cannot write to file"]);
}

#[test]
fn a_run_that_fails_leaves_an_older_run_whole() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3").assert().success();
    let contents = || -> Vec<(String, Vec<u8>)> {
        let read = |name: String| {
            (
                name.clone(),
                fs::read(desk.path("output").join(name)).unwrap(),
            )
        };
        desk.files("output").into_iter().map(read).collect()
    };
    let before = contents();
    assert_eq!(before.len(), 18);
    desk.command("pictures -k 300").assert().code(1);
    desk.command("nowhere").assert().code(1);
    assert!(
        contents() == before,
        "a failed run changed the files of an older one"
    );
}

#[test]
fn a_new_run_replaces_the_files_of_an_older_one() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3").assert().success();
    let model = || fs::read(desk.path("output/model.npz")).unwrap();
    let (before, files) = (model(), desk.files("output"));
    desk.write_npy("bars.npy", &bars(COUNT + 1, HEIGHT, WIDTH));
    desk.command("bars.npy -k 4")
        .assert()
        .success()
        .stderr(contains("error:").not());
    assert_ne!(model(), before);
    assert_eq!(desk.files("output"), files);
}

#[test]
fn a_run_removes_what_an_older_one_wrote_and_nothing_else() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 5 --csv --tiles -q")
        .assert()
        .success();
    desk.write("output/notes.txt", "mine");
    // What was changed since the run is the user's.
    std::thread::sleep(std::time::Duration::from_millis(50));
    desk.write("output/map.png", "mine");
    let run = desk
        .command("pictures -k 3 --only parts,usage --format svg")
        .assert()
        .success();
    run.stderr(contains(
        "note: the output folder also holds files of an earlier run that were changed since (map.png): remove them, or pass another --out",
    ));
    let left = [
        "map.png",
        "model.npz",
        "notes.txt",
        "parts.svg",
        "report.json",
        "usage.svg",
    ];
    assert_eq!(desk.files("output"), left);
    assert_eq!(fs::read(desk.path("output/map.png")).unwrap(), b"mine");
    // Another command leaves the files of the run.
    desk.command("compare pictures -k 2 --rules hals -q")
        .assert()
        .success();
    assert!(desk.path("output/model.npz").exists());
}

#[test]
fn pictures_that_are_read_are_never_replaced() {
    let desk = Desk::with_pictures();
    let face = fs::read(desk.path("pictures/3.pgm")).unwrap();
    desk.write("pictures/parts.png", &face);
    for run in [
        "pictures -k 3 --only parts",
        "compare pictures",
        "ranks pictures -k 1..3",
    ] {
        fails(
            &desk,
            &format!("{run} --out pictures"),
            1,
            &["pictures/parts.png", "--out"],
        );
    }
    desk.command("pictures -k 3 --only parts")
        .assert()
        .success();
    fails(
        &desk,
        "project output pictures --out pictures",
        1,
        &["pictures/parts.png", "--out"],
    );
    assert_eq!(fs::read(desk.path("pictures/parts.png")).unwrap(), face);
}

#[cfg(unix)]
#[test]
fn a_picture_in_a_folder_whose_name_is_not_unicode_is_never_replaced() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let desk = Desk::with_pictures();
    let name = OsStr::from_bytes(b"caf\xe9");
    let folder = desk.path(".").join(name);
    fs::rename(desk.path("pictures"), &folder).unwrap();
    let face = fs::read(folder.join("3.pgm")).unwrap();
    fs::write(folder.join("parts.png"), &face).unwrap();
    desk.command("-k 3 --only parts")
        .args([name, OsStr::new("--out"), name])
        .assert()
        .code(1)
        .stderr(contains("would be overwritten"));
    assert_eq!(fs::read(folder.join("parts.png")).unwrap(), face);
}

#[test]
fn a_folder_of_other_pictures_is_not_taken_for_single_parts() {
    let desk = Desk::with_pictures();
    desk.write("output/parts/005.png", "mine");
    fails(
        &desk,
        "pictures -k 3 --tiles",
        1,
        &["output/parts", "--out"],
    );
    assert_eq!(
        fs::read(desk.path("output/parts/005.png")).unwrap(),
        b"mine"
    );
    desk.command("pictures -k 5 --only parts --tiles --out own")
        .assert()
        .success();
    desk.command("pictures -k 3 --only parts --tiles --out own")
        .assert()
        .success();
    assert_eq!(desk.files("own/parts"), ["000.png", "001.png", "002.png"]);
}
