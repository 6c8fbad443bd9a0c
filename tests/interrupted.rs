//! Interrupted, failing and concurrent runs: earlier results stay, new ones are written whole, and one line gives the
//! reason.

#![cfg(unix)]

#[path = "common/command.rs"]
mod command;
#[path = "common/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};

use command::{COUNT, Desk, bars};
use predicates::prelude::*;
use predicates::str::contains;
use process::{signal, wait_until};

/// Runs that take far longer than what is done to them, unless they are ended.
const ENDLESS: &str = "pictures -k 3 --tol 0 --max-iter 100000000 --checkpoint 1it";

fn learns(desk: &Desk, run: &mut Child, folder: &str) {
    wait_until(run, "its first checkpoint", || {
        desk.path(folder).join("checkpoint.npz").exists()
    });
}

/// Returns what a run said on stderr, but for its progress.
fn without_progress(stderr: Vec<u8>) -> String {
    let said = String::from_utf8(stderr).unwrap();
    let lines = said.split_inclusive('\n');
    lines
        .filter(|line| !line.starts_with("progress: "))
        .collect()
}

/// How a run ended, and what it said on stderr.
fn ended(run: Child) -> (ExitStatus, String) {
    let output = run.wait_with_output().unwrap();
    (output.status, without_progress(output.stderr))
}

/// Every file of a folder and below, hidden ones too, with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                contents(&path)
                    .into_iter()
                    .map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

fn model(desk: &Desk, folder: &str) -> Vec<u8> {
    fs::read(desk.path(folder).join("model.npz")).unwrap()
}

#[test]
fn both_signals_end_a_run_that_then_resumes_to_the_same_model() {
    let desk = Desk::with_pictures();
    let run = "pictures -k 3 --tol 0 --max-iter 3000 --only parts --checkpoint";
    desk.command(&format!("{run} off --out whole"))
        .assert()
        .success();
    assert!(!desk.path("whole/checkpoint.npz").exists());
    for name in ["-INT", "-TERM"] {
        let mut child = desk.begin(&format!("{run} 1it"));
        learns(&desk, &mut child, "output");
        signal(child.id(), name);
        let (status, said) = ended(child);
        assert_eq!(status.code(), Some(130), "{said}");
        assert!(said.contains("warning: interrupted after"), "{said}");
        assert!(
            said.contains("note: nmf-images --resume output continues from here"),
            "{said}"
        );
        assert!(
            model(&desk, "output") != model(&desk, "whole"),
            "it ended before it was interrupted"
        );

        desk.command("--resume output --checkpoint off")
            .assert()
            .success()
            .stderr(contains("interrupted").not());
        assert!(
            model(&desk, "output") == model(&desk, "whole"),
            "another model came out"
        );
        assert_eq!(
            desk.files("output"),
            ["model.npz", "parts.png", "report.json"]
        );
        fs::remove_dir_all(desk.path("output")).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_second_ctrl_c_ends_at_once_and_leaves_the_old_files() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(600, 60, 60));
    desk.command("bars.npy -k 20 --max-iter 2")
        .assert()
        .success();
    let old = contents(&desk.path("output"));
    // A second one in the time that all the pictures take to draw.
    let mut run =
        desk.begin("bars.npy -k 20 --tol 0 --max-iter 100000000 --checkpoint 100000000it");
    process::wait_until_ctrl_c_is_caught(&mut run);
    signal(run.id(), "-INT");
    learns(&desk, &mut run, "output");
    signal(run.id(), "-INT");
    let (status, said) = ended(run);
    assert_eq!((status.code(), said.as_str()), (Some(130), ""));
    let mut new = contents(&desk.path("output"));
    assert!(new.remove("checkpoint.npz").is_some());
    new.retain(|name, _| !name.starts_with('.'));
    assert!(new == old, "files changed");

    desk.command("--resume output --max-iter 3 --only parts")
        .assert()
        .success();
    assert!(
        !desk
            .files("output")
            .iter()
            .any(|name| name.starts_with('.')),
        "what it left over is still there"
    );
}

#[test]
fn a_time_limit_leaves_a_checkpoint_that_a_longer_one_resumes() {
    let desk = Desk::with_pictures();
    let run = "pictures -k 3 --tol 0 --max-iter 400 --only parts";
    desk.command(&format!("{run} --time-limit 0"))
        .assert()
        .success()
        .stderr(contains("--resume output continues"));
    assert!(desk.path("output/checkpoint.npz").exists());
    desk.command("--resume output --time-limit 1000")
        .assert()
        .success();
    desk.command(&format!("{run} --out whole"))
        .assert()
        .success();
    assert!(
        model(&desk, "output") != model(&desk, "whole"),
        "the settings of both are not the same"
    );
    let factors = |folder: &str| {
        let mut npz = ndarray_npy::NpzReader::new(
            fs::File::open(desk.path(folder).join("model.npz")).unwrap(),
        )
        .unwrap();
        let [w, h]: [ndarray::Array2<f32>; 2] = ["W", "H"].map(|key| npz.by_name(key).unwrap());
        (w, h)
    };
    assert!(factors("output") == factors("whole"));
    assert!(!desk.path("output/checkpoint.npz").exists());
}

#[test]
fn checkpoints_that_cannot_be_resumed_are_refused_with_the_reason() {
    let desk = Desk::with_pictures();
    let refused = |arguments: &str, code: i32, words: &str| {
        let run = desk.command(arguments).assert().code(code);
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(
            said.starts_with("error: ") && said.contains(words),
            "{arguments}: {said}"
        );
        assert!(
            code == 2 || said.lines().count() == 1,
            "{arguments}: {said}"
        );
    };
    refused(
        "--resume nowhere",
        1,
        "nowhere contains no checkpoint.npz: pass the output folder",
    );
    assert!(!desk.path("nowhere").exists());
    desk.command("pictures -k 3 --only parts")
        .assert()
        .success();
    refused("--resume output", 1, "holds a finished run");
    desk.command("pictures -k 3 --only parts --time-limit 0")
        .assert()
        .success();
    let old = contents(&desk.path("output"));
    refused("--resume output --seed 4", 1, "seed 0, but this one has 4");
    refused("--resume output -k 4", 1, "rank 3, but this one has 4");
    refused(
        "--resume output --solver mu",
        1,
        "solver hals, but this one has mu",
    );
    refused(
        "--resume output --invert",
        1,
        "these 12 images are not those",
    );
    refused("--resume output --out other", 2, "--out");
    refused(
        "--resume output --no-page",
        1,
        "the options of that run conflict with these: the argument '--only",
    );
    desk.write("more/a.pgm", fs::read(desk.path("pictures/0.pgm")).unwrap());
    desk.write("more/b.pgm", fs::read(desk.path("pictures/1.pgm")).unwrap());
    desk.write("more/c.pgm", fs::read(desk.path("pictures/2.pgm")).unwrap());
    refused("more --resume output", 1, "these 3 images are not those");
    fs::rename(desk.path("pictures"), desk.path("moved")).unwrap();
    refused(
        "--resume output",
        1,
        "pictures, the input of that run, does not exist",
    );
    assert!(contents(&desk.path("output")) == old, "files changed");
    desk.command("moved --resume output --time-limit 1000")
        .assert()
        .success();

    desk.write("damaged/checkpoint.npz", &old["checkpoint.npz"][..1000]);
    refused(
        "--resume damaged",
        1,
        "damaged/checkpoint.npz: not a checkpoint",
    );
    desk.write("other/checkpoint.npz", &old["model.npz"]);
    refused(
        "--resume other",
        1,
        "the checkpoint has format 2, but this version reads format 1",
    );
    for every in ["0it", "it", "-1", "often", "1.5it"] {
        refused(&format!("moved --checkpoint={every}"), 2, "such as 100it");
    }
}

#[test]
fn a_run_of_chosen_rank_and_several_starts_resumes() {
    let desk = Desk::with_pictures();
    let run = "pictures -k auto --init random --restarts 4 --tol 0 --max-iter 40 --only parts,learning,page";
    desk.command(&format!("{run} --out whole"))
        .assert()
        .success();
    let mut child = desk.begin(&format!("{run} --checkpoint 7it"));
    learns(&desk, &mut child, "output");
    child.kill().unwrap();
    child.wait().unwrap();
    desk.command("--resume output").assert().success();
    assert!(model(&desk, "output") == model(&desk, "whole"));
    let reason = |folder: &str| {
        let report = fs::read(desk.path(folder).join("report.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(&report).unwrap()["nmf"]["rank_choice"].take()
    };
    assert!(reason("output").is_object());
    assert_eq!(reason("output"), reason("whole"));
}

#[test]
fn of_several_ranks_those_before_a_signal_are_kept_and_the_interrupted_one_resumes() {
    let desk = Desk::with_pictures();
    let mut run = desk.begin(&ENDLESS.replace("-k 3", "-k 2,3,4 --only parts"));
    learns(&desk, &mut run, "output/k2");
    signal(run.id(), "-INT");
    let (status, said) = ended(run);
    assert_eq!(status.code(), Some(130));
    assert!(
        said.contains("note: nmf-images --resume output/k2 continues from here")
            && said.contains("warning: interrupted before k = 3, 4 could be learned"),
        "{said}"
    );
    let report = fs::read(desk.path("output/ladder.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let ranks = report["ranks"].as_array().unwrap();
    assert_eq!((ranks.len(), &ranks[0]["rank"]), (1, &2.into()));
    assert!(!desk.path("output/k3").exists() && !desk.path("output/k4").exists());
    let refused = desk.command("--resume output/k2 -k 2,3").assert().code(1);
    refused.stderr("error: --resume continues a run with one rank: omit -k\n");
    let resumed = desk.command("--resume output/k2 --max-iter 1").assert();
    resumed.success().stdout(contains("NMF     2 parts"));
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3").assert().success();
    let old = contents(&desk.path("output"));
    let mut first = desk.begin(ENDLESS);
    learns(&desk, &mut first, "output");
    for other in [
        "pictures -k 3",
        "compare pictures",
        "ranks pictures",
        "--resume output",
    ] {
        let run = desk.command(other).assert().code(1);
        run.stdout("").stderr(
            "error: another run writes to output: wait until it ends, or choose another folder with --out\n",
        );
    }
    desk.command("project output pictures --out other")
        .assert()
        .success();
    // Killed, it holds the folder no longer.
    first.kill().unwrap();
    first.wait().unwrap();
    let mut left = contents(&desk.path("output"));
    assert!(left.remove("checkpoint.npz").is_some() && left.remove(".nmf-images.lock").is_some());
    left.retain(|name, _| !name.starts_with(".nmf-images-"));
    assert!(left == old, "files changed");
    let run = desk.command("pictures -k 3").assert().success();
    run.stderr(contains(
        "note: output holds the checkpoint of an interrupted run",
    ));
    assert_eq!(desk.files("output").len(), old.len());
}

#[test]
fn what_killed_runs_left_over_is_no_input_and_goes() {
    let desk = Desk::with_pictures();
    let picture = fs::read(desk.path("pictures/0.pgm")).unwrap();
    for left in [
        ".nmf-images-parts.png-aB3x.tmp",
        ".nmf-images.lock",
        "parts/.nmf-images-000.png-9.tmp",
    ] {
        desk.write(&format!("pictures/{left}"), &picture);
    }
    desk.write("pictures/.others.tmp", "not ours");
    desk.command("pictures -k 3 --only parts --tiles --out pictures")
        .assert()
        .success();
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(desk.path("pictures/report.json")).unwrap()).unwrap();
    assert_eq!(report["input"]["images"], COUNT);
    let hidden: Vec<String> = contents(&desk.path("pictures"))
        .into_keys()
        .filter(|name| name.contains("/.") || name.starts_with('.'))
        .collect();
    assert_eq!(hidden, [".others.tmp"]);
}

#[test]
fn a_folder_that_goes_away_is_one_line() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3").assert().success();
    let old = contents(&desk.path("output"));
    let mut run = desk.begin(ENDLESS);
    learns(&desk, &mut run, "output");
    fs::rename(desk.path("output"), desk.path("elsewhere")).unwrap();
    signal(run.id(), "-INT");
    let (status, said) = ended(run);
    assert_eq!(
        (status.code(), said.as_str()),
        (
            Some(1),
            "error: cannot write to output: the folder no longer exists\n"
        )
    );
    assert!(!desk.path("output").exists());
    let mut left = contents(&desk.path("elsewhere"));
    left.retain(|name, _| old.contains_key(name));
    assert!(left == old, "files changed");
}

#[test]
fn a_place_that_is_taken_leaves_all_files_as_they_were() {
    let desk = Desk::with_pictures();
    desk.command("pictures -k 3 --only parts,map --tiles")
        .assert()
        .success();
    fs::remove_file(desk.path("output/map.png")).unwrap();
    desk.write("output/map.png/in the way", "");
    let old = contents(&desk.path("output"));
    let run = desk
        .command("pictures -k 4 --only parts,map --tiles")
        .assert()
        .code(1);
    run.stderr(predicates::str::ends_with(
        "\nerror: cannot write output/map.png: there is a folder of that name\n",
    ));
    assert!(contents(&desk.path("output")) == old, "files changed");
}

/// As many of these as there are commands that write: each meets a bound on the size of files that its first pictures
/// pass and a later file does not.
#[test]
fn a_bound_on_the_size_of_files_leaves_all_files_as_they_were() {
    let desk = Desk::with_pictures();
    let bounded = |arguments: &str, kilobytes: usize| {
        // A system that would kill the program is told to refuse the write instead.
        let script = format!(
            "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
            kilobytes * 2
        );
        let mut command = Command::new("sh");
        command
            .current_dir(desk.path("."))
            .args(["-c", &script, env!("CARGO_BIN_EXE_nmf-images")]);
        let output = command.args(arguments.split_whitespace()).output().unwrap();
        let said = without_progress(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments}: {said}");
        assert!(
            said.starts_with("error: cannot write ") && said.contains("File too large"),
            "{arguments}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{arguments}: {said}");
    };
    desk.command("pictures -k 3 --only parts,page --tiles --csv")
        .assert()
        .success();
    desk.command("ranks pictures -k 1..2 --out ranks")
        .assert()
        .success();
    desk.command("compare pictures -k 3 --rules hals,mu --out compared")
        .assert()
        .success();
    desk.command("project output pictures --out projected")
        .assert()
        .success();
    let old = contents(&desk.path("."));
    bounded("pictures -k 4 --only parts,page --tiles --csv", 100);
    bounded("pictures -k 4 --only parts,page --out new/folder", 100);
    bounded("ranks pictures -k 1..3 --out ranks", 20);
    bounded("compare pictures -k 4 --rules hals,mu --out compared", 4);
    bounded("project output pictures --out projected", 4);
    bounded("synth bars --size 20x20 --images 3 --out bars", 10);
    let mut new = contents(&desk.path("."));
    // The one file that a search writes on its way.
    assert!(
        new.insert(
            "ranks/ranks.json".to_owned(),
            old["ranks/ranks.json"].clone()
        )
        .is_some()
    );
    let names: Vec<&String> = new
        .keys()
        .filter(|name| old.get(*name) != new.get(*name))
        .collect();
    assert!(new == old, "these changed: {names:?}");
    assert!(!desk.path("new").exists() && !desk.path("bars").exists());
}

/// Runs a script where file systems of its own can be mounted; nothing where the system allows none.
#[cfg(target_os = "linux")]
fn with_mounts(desk: &Desk, script: &str) -> Option<std::process::Output> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.current_dir(desk.path(".")).args([
            "--map-root-user",
            "--mount",
            "sh",
            "-ec",
            script,
        ]);
        command
            .env("NMF", env!("CARGO_BIN_EXE_nmf-images"))
            .output()
    };
    let allowed =
        unshare("mount -t tmpfs -o size=64k tmpfs .").is_ok_and(|output| output.status.success());
    if !allowed {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"no file system can be mounted here\n",
        );
    }
    allowed.then(|| unshare(script).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_all_files_as_they_were() {
    let desk = Desk::with_pictures();
    fs::create_dir(desk.path("small")).unwrap();
    let script = "mount -t tmpfs -o size=400k tmpfs small
        \"$NMF\" pictures -k 3 --only parts --quiet --out small
        (cd small; sha256sum *) > before
        if \"$NMF\" pictures -k 4 --out small; then exit 9; else echo $? > code; fi
        (cd small; sha256sum *) > after
        ls -A small > files";
    let Some(output) = with_mounts(&desk, script) else {
        return;
    };
    let (read, said) = (
        |name: &str| fs::read_to_string(desk.path(name)).unwrap(),
        without_progress(output.stderr),
    );
    assert!(output.status.success(), "{said}");
    assert_eq!(
        (read("code").as_str(), read("files").as_str()),
        ("1\n", "model.npz\nparts.png\nreport.json\n")
    );
    assert_eq!(read("before"), read("after"));
    assert!(
        said.starts_with("error: cannot write small/") && said.contains("No space left on device"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_checkpoint_that_cannot_be_written_does_not_end_the_learning() {
    let desk = Desk::with_pictures();
    desk.write("output/checkpoint.npz/in the way", "");
    let run = desk
        .command("pictures -k 3 --only parts --checkpoint 1it")
        .assert()
        .success();
    run.stderr(contains(
        "note: no checkpoint could be kept: cannot write output/checkpoint.npz: there is a folder",
    ));
    assert!(desk.path("output/checkpoint.npz/in the way").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_can_only_be_read_is_refused_before_the_work() {
    let desk = Desk::with_pictures();
    fs::create_dir(desk.path("fixed")).unwrap();
    let script = "mount -t tmpfs tmpfs fixed
        touch fixed/old
        mount -o remount,ro fixed
        if \"$NMF\" nowhere --out fixed; then exit 9; else echo $? > code; fi
        ls -A fixed > files";
    let Some(output) = with_mounts(&desk, script) else {
        return;
    };
    let (read, said) = (
        |name: &str| fs::read_to_string(desk.path(name)).unwrap(),
        without_progress(output.stderr),
    );
    assert!(output.status.success(), "{said}");
    assert_eq!(
        (read("code").as_str(), read("files").as_str()),
        ("1\n", "old\n")
    );
    assert!(
        said.starts_with(
            "error: cannot write to fixed: choose another folder with --out: Read-only"
        ),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn images_that_vanish_before_they_are_read_are_skipped_with_a_warning() {
    let desk = Desk::with_pictures();
    let list = |missing: usize| {
        let name = |image: usize| {
            format!(
                "pictures/{}{image}.pgm",
                if image < missing { "gone" } else { "" }
            )
        };
        (0..COUNT).map(name).collect::<Vec<_>>().join("\n")
    };
    let run = desk
        .command("- -k 3 --only parts")
        .write_stdin(list(1))
        .assert()
        .success();
    run.stderr(contains(
        "warning: 1 file could not be read: pictures/gone0.pgm",
    ));
    let old = contents(&desk.path("output"));
    let run = desk
        .command("- -k 3 --only parts")
        .write_stdin(list(COUNT - 1))
        .assert()
        .code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("1 usable, at least 2") && said.lines().count() == 1,
        "{said}"
    );
    assert!(contents(&desk.path("output")) == old, "files changed");
}
