//! The command under `mpirun`: any number of ranks writes what a single process writes.

#[path = "common/process.rs"]
mod process;
#[path = "common/keys.rs"]
mod report_keys;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{GrayAlphaImage, LumaA};
use nmf_images::ndarray::Array2;
use nmf_images::{Model, NMF, PCA};
use process::{signal, wait_for_end, wait_until};
use report_keys::assert_keys;
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_nmf-images");
/// How long an error may take to end all ranks.
const SOON: Duration = Duration::from_secs(20);

fn mpirun(ranks: usize) -> Command {
    let mut command = Command::new("mpirun");
    command.args([
        "--allow-run-as-root",
        "--oversubscribe",
        "--bind-to",
        "none",
        "-n",
        &ranks.to_string(),
        PROGRAM,
    ]);
    command
}

/// Images as a .npy file of bytes, (images, side, side).
fn npy(path: &Path, images: usize, side: usize) {
    let header = format!(
        "{{'descr': '|u1', 'fortran_order': False, 'shape': ({images}, {side}, {side}), }}"
    );
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(pixels(images, side));
    fs::write(path, bytes).unwrap();
}

/// The same as an IDX file.
fn idx(path: &Path, images: usize, side: usize) {
    let mut bytes = vec![0, 0, 8, 3];
    for length in [images, side, side] {
        bytes.extend((length as u32).to_be_bytes());
    }
    bytes.extend(pixels(images, side));
    fs::write(path, bytes).unwrap();
}

/// Crossing strokes, a grain, and some black images.
fn pixels(images: usize, side: usize) -> Vec<u8> {
    let value = |at: usize| {
        let (image, row, column) = (at / (side * side), at / side % side, at % side);
        let seed = image * 7919 % 10_007;
        let strokes = usize::from(seed % side == row) * (60 + seed % 190)
            + usize::from(seed / 7 % side == column) * 60;
        if image % 61 == 60 {
            0
        } else {
            (strokes + image * at % 7).min(255) as u8
        }
    };
    (0..images * side * side).map(value).collect()
}

fn run(mut command: Command, words: &[&str], out: &Path) -> Output {
    command
        .args(words)
        .arg("--out")
        .arg(out)
        .args(["--threads", "1", "--only", "convergence"])
        .output()
        .unwrap()
}

/// What the program leaves alone, and on some ranks.
fn alone_and_on(ranks: usize, words: &[&str], folder: &Path) -> (PathBuf, PathBuf) {
    let (alone, together) = (folder.join("alone"), folder.join("together"));
    let words: Vec<&str> = words.iter().copied().chain(["--quiet"]).collect();
    let by_one = run(Command::new(PROGRAM), &words, &alone);
    assert!(
        by_one.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&by_one.stderr)
    );
    let by_all = run(mpirun(ranks), &[&words[..], &["--mpi"]].concat(), &together);
    assert!(
        by_all.status.success(),
        "{ranks} ranks, {words:?}: {}",
        String::from_utf8_lossy(&by_all.stderr)
    );
    (alone, together)
}

fn report(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap()
}

fn assert_near(what: &str, found: &Value, expected: &Value) {
    assert_within(1e-5, what, found, expected);
}

/// They may differ by this share.
fn assert_within(share: f64, what: &str, found: &Value, expected: &Value) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!(
        (found - expected).abs() <= share * expected,
        "{what}: {found} for {expected}"
    );
}

/// Nothing but rounding may differ.
fn assert_nearly_same(what: &str, alone: &Path, together: &Path) {
    let ((one, all), (left, right)) = (
        (report(alone), report(together)),
        (model(alone), model(together)),
    );
    let (nmf, other) = (left.by(&NMF), right.by(&NMF));
    for key in ["relative_error", "objective"] {
        assert_near(
            &format!("{what}: {key}"),
            &all["nmf"][key],
            &one["nmf"][key],
        );
    }
    assert_near(
        what,
        &all["pca"]["relative_error"],
        &one["pca"]["relative_error"],
    );
    assert_eq!(all["nmf"]["iterations"], one["nmf"]["iterations"], "{what}");
    assert_eq!(
        (all["input"]["images"].as_u64(), &left.names),
        (Some(right.names.len() as u64), &right.names),
        "{what}"
    );
    assert_eq!(
        (nmf.weights.dim(), &left.labels),
        (other.weights.dim(), &right.labels),
        "{what}"
    );
    let near = |a: &Array2<f32>, b: &Array2<f32>| (a - b).iter().all(|v| v.abs() < 2e-2);
    assert!(
        near(&nmf.basis.rows().to_owned(), &other.basis.rows().to_owned()),
        "{what}: other parts"
    );
}

fn model(folder: &Path) -> Model {
    Model::read(folder).unwrap()
}

#[test]
fn shares_cut_between_runs_leave_the_same_bits() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 12_300, 6);
    let input = input.to_str().unwrap();
    let mut traffic = Vec::new();
    for (ranks, more) in [(1, "hals"), (2, "mu:kl"), (3, "hals"), (3, "mu")] {
        let words = [input, "-k", "4", "--max-iter", "8", "--solver", more];
        let (alone, together) = alone_and_on(ranks, &words, folder.path());
        assert_eq!(model(&together), model(&alone), "{more} on {ranks} ranks");
        let mpi = &report(&together)["mpi"];
        assert_eq!(
            (mpi["ranks"].as_u64(), mpi["passes"].as_u64()),
            (Some(ranks as u64), Some(7))
        );
        assert_eq!(mpi["bytes_per_pass"].as_u64().unwrap() > 0, ranks > 1);
        assert_eq!(mpi["seconds_per_pass"].as_f64().unwrap() > 0.0, ranks > 1);
        traffic.push(mpi.clone());
    }
    assert_keys("mpi-keys.txt", &traffic);
}

/// Sums over images are exact, so that shares may be cut anywhere.
#[test]
fn prototypes_have_the_same_bits_on_any_number_of_ranks() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 301, 7);
    let input = input.to_str().unwrap();
    for (ranks, missing) in [(1, None), (3, None), (3, Some("3"))] {
        let mut words = vec![input, "-k", "5", "--max-iter", "3", "--only", "three-ways"];
        words.extend(missing.into_iter().flat_map(|value| ["--missing", value]));
        let (alone, together) = alone_and_on(ranks, &words, folder.path());
        let (left, right) = (model(&together).vq.unwrap(), model(&alone).vq.unwrap());
        assert!(left == right, "{ranks} ranks, {missing:?}");
        let [one, all] = [report(&alone), report(&together)];
        for key in ["relative_error", "inertia", "iterations", "sizes"] {
            assert_eq!(all["vq"][key], one["vq"][key], "{ranks} ranks: {key}");
        }
    }
}

#[test]
fn rules_starts_and_masks_leave_what_one_process_leaves() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 301, 7);
    let input = input.to_str().unwrap();
    let cases: [(usize, &[&str]); 6] = [
        (2, &["--init", "nndsvd"]),
        (
            3,
            &["--init", "random", "--solver", "mu", "--restarts", "2"],
        ),
        (4, &["--solver", "mu:kl", "--init", "nndsvda"]),
        (3, &["--missing", "3"]),
        (4, &["--missing", "3", "--solver", "mu:kl", "--invert"]),
        (3, &["--solver", "hoyer:H=0.6", "--limit", "100"]),
    ];
    for (ranks, more) in cases {
        let words = [&[input, "-k", "4", "--max-iter", "8"], more].concat();
        let (alone, together) = alone_and_on(ranks, &words, folder.path());
        assert_nearly_same(&format!("{more:?} on {ranks} ranks"), &alone, &together);
    }
}

#[test]
fn any_number_of_ranks_holds_the_same_images_out() {
    let folder = TempDir::new().unwrap();
    let digits = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/digits");
    let digits = digits.to_str().unwrap();
    let words = [digits, "-k", "4", "--max-iter", "8", "--hold-out", "0.07"];
    let (alone, together) = alone_and_on(3, &words, folder.path());
    let (alone, together) = (report(&alone), report(&together));
    assert_eq!(together["held_out"]["images"], 70);
    assert_eq!(together["held_out"]["names"], alone["held_out"]["names"]);
    let of = |report: &Value, method: &str| report["held_out"][method]["relative_error"].clone();
    assert_near("pca", &of(&together, "pca"), &of(&alone, "pca"));
    // Shares of what remains are no whole panels, of which NMF rounds each in its own way.
    assert_within(1e-3, "nmf", &of(&together, "nmf"), &of(&alone, "nmf"));
    assert_eq!(together["labels"]["count"], alone["labels"]["count"]);
    assert_eq!(together["labels"]["held_out"], true);
}

#[test]
fn any_number_of_ranks_adds_the_same_noise() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 301, 7);
    let input = input.to_str().unwrap();
    let noise = [
        "--noise",
        "gaussian:0.2",
        "--noise",
        "block:2",
        "--seed",
        "3",
    ];
    let words = [&[input, "-k", "4", "--max-iter", "8"], &noise[..]].concat();
    let (alone, together) = alone_and_on(3, &words, folder.path());
    let (alone, together) = (report(&alone), report(&together));
    let of = |report: &Value, key: &str| report["noise"][key]["clean_error"].clone();
    assert_eq!(of(&together, "noisy"), of(&alone, "noisy"));
    assert_near("pca", &of(&together, "pca"), &of(&alone, "pca"));
    // As for held-out images, NMF rounds panels of other images.
    assert_within(1e-3, "nmf", &of(&together, "nmf"), &of(&alone, "nmf"));
}

#[test]
fn each_rank_takes_its_rows_of_a_start_in_a_file() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 301, 7);
    let input = input.to_str().unwrap();
    let earlier = folder.path().join("earlier");
    let command = Command::new(env!("CARGO_BIN_EXE_nmf-images"));
    run(command, &[input, "-k", "4", "--max-iter", "3"], &earlier);
    let start = earlier.join("model.npz");
    let words = [input, "--init", start.to_str().unwrap(), "--max-iter", "6"];
    let (alone, together) = alone_and_on(3, &words, folder.path());
    assert_nearly_same("W and H", &alone, &together);
}

#[test]
fn folders_and_idx_files_are_shared_too() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes-idx3-ubyte");
    idx(&input, 130, 7);
    for words in [
        &[input.to_str().unwrap(), "-k", "3"][..],
        &["assets/digits", "-k", "5", "--limit", "90"],
    ] {
        let (alone, together) =
            alone_and_on(3, &[words, &["--max-iter", "6"]].concat(), folder.path());
        assert_nearly_same(&format!("{words:?}"), &alone, &together);
    }
    let folders = |report: &Value| report["input"]["labels"].as_array().unwrap().len();
    assert_eq!(folders(&report(&folder.path().join("together"))), 10);
}

/// Strokes of dark ink on paper in two folders, with a file for each count and note: transparent corners, a broken image,
/// a wrong extension, a file that is not an image. Most of them are images of the last rank.
fn folder_with_notes(folder: &Path) {
    for label in ["first", "second"] {
        fs::create_dir_all(folder.join(label)).unwrap();
    }
    // Columns and rows have ink with different frequencies: eigenimages of equal variance would be arbitrary mixtures.
    let (columns, rows) = ([0, 0, 0, 0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 1, 1, 2]);
    for index in 0..200_usize {
        let image = GrayAlphaImage::from_fn(8, 8, |column, row| {
            let is_ink = column == columns[index % 9] || row == rows[index % 7];
            let is_clear = index > 150 && column == 7;
            LumaA([if is_ink { 0 } else { 255 }, if is_clear { 0 } else { 255 }])
        });
        let label = if index < 100 { "first" } else { "second" };
        image
            .save(folder.join(format!("{label}/{index:03}.png")))
            .unwrap();
    }
    let second = folder.join("second");
    fs::rename(second.join("190.png"), second.join("190.bmp")).unwrap();
    fs::write(second.join("195.png"), b"\x89PNG\r\n\x1a\nno more").unwrap();
    fs::write(folder.join("readme.txt"), "not an image").unwrap();
}

/// Compares two reports, but for what belongs to one run: command line, times, and what the ranks exchanged.
fn assert_same_facts(key: &str, alone: &Value, together: &Value) {
    match (alone, together) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = |facts: &serde_json::Map<String, Value>| {
                let of_one_run = |key: &String| {
                    ["mpi", "arguments", "date"].contains(&key.as_str()) || key.contains("seconds")
                };
                let keys = facts.keys().filter(|key| !of_one_run(key));
                keys.cloned().collect::<Vec<String>>()
            };
            assert_eq!(keys(left), keys(right), "keys of {key}");
            for name in keys(left) {
                assert_same_facts(&format!("{key}.{name}"), &left[&name], &right[&name]);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            assert_eq!(left.len(), right.len(), "length of {key}");
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                assert_same_facts(&format!("{key}[{index}]"), left, right);
            }
        }
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            // Sums over few images are rounded differently where they are cut.
            let near = (left - right).abs() <= 1e-3 * left.abs().max(1e-2);
            assert!(near, "{key}: {left} alone, {right} together");
        }
        _ => assert_eq!(alone, together, "{key}"),
    }
}

#[test]
fn notes_warnings_and_report_do_not_depend_on_the_number_of_ranks() {
    let folder = TempDir::new().unwrap();
    let images = folder.path().join("images");
    folder_with_notes(&images);
    let images = images.to_str().unwrap();
    for more in [&["--missing", "alpha"][..], &["--background", "255"]] {
        let words = [&[images, "-k", "3", "--max-iter", "6"], more].concat();
        let printed = |output: Output| {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{more:?}: {text}");
            let is_kept = |line: &&str| line.starts_with("note:") || line.starts_with("warning:");
            let lines = text.lines().filter(is_kept).map(str::to_owned);
            lines.collect::<Vec<String>>()
        };
        let out = folder.path().join("out");
        let notes_alone = printed(run(Command::new(PROGRAM), &words, &out));
        let report_alone = report(&out);
        let words = [&words[..], &["--mpi"]].concat();
        let notes_together = printed(run(mpirun(3), &words, &out));
        assert_eq!(notes_together, notes_alone, "{more:?}");
        for expected in ["transparency", "dark ink", "195.png"] {
            assert!(
                notes_alone.iter().any(|line| line.contains(expected)),
                "{expected} is missing: {notes_alone:?}"
            );
        }
        assert_same_facts("report", &report_alone, &report(&out));
    }
}

#[test]
fn packed_images_keep_their_names_and_labels() {
    let folder = TempDir::new().unwrap();
    let packed = folder.path().join("digits.npy");
    let command = Command::new(PROGRAM)
        .args(["pack", "assets/digits", "--out"])
        .arg(&packed)
        .output()
        .unwrap();
    assert!(
        command.status.success(),
        "{}",
        String::from_utf8_lossy(&command.stderr)
    );
    let words = [
        packed.to_str().unwrap(),
        "-k",
        "5",
        "--limit",
        "200",
        "--max-iter",
        "6",
        "--csv",
    ];
    let (alone, together) = alone_and_on(3, &words, folder.path());
    assert_nearly_same("packed digits", &alone, &together);
    let facts = |folder: &Path| {
        let table = fs::read_to_string(folder.join("weights.csv")).unwrap();
        let facts = |line: &str| {
            line.split(',')
                .take(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        table.lines().map(facts).collect::<Vec<_>>()
    };
    let expected = facts(&alone);
    assert_eq!(expected.len(), 201);
    assert_eq!(expected.last().unwrap()[1], "9");
    assert_eq!(facts(&together), expected);
}

#[test]
fn there_may_be_more_ranks_than_images() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("few.npy");
    for (images, ranks) in [(10, 3), (3, 4)] {
        npy(&input, images, 5);
        let words = [input.to_str().unwrap(), "-k", "2", "--max-iter", "4"];
        let (alone, together) = alone_and_on(ranks, &words, folder.path());
        assert_nearly_same(
            &format!("{images} images on {ranks} ranks"),
            &alone,
            &together,
        );
    }
}

#[test]
fn a_run_resumes_from_its_checkpoint_on_another_number_of_ranks() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 12_300, 6);
    let words = [
        input.to_str().unwrap(),
        "-k",
        "4",
        "--max-iter",
        "8",
        "--init",
        "nndsvd",
        "--quiet",
        "--tol",
        "0",
    ];
    let whole = folder.path().join("whole");
    assert!(run(Command::new(PROGRAM), &words, &whole).status.success());
    for (first, second) in [(3, 2), (2, 1)] {
        let out = folder.path().join(format!("by {first}"));
        let stopped = run(
            mpirun(first),
            &[&words[..], &["--mpi", "--time-limit", "0.000001"]].concat(),
            &out,
        );
        assert!(
            stopped.status.success(),
            "{}",
            String::from_utf8_lossy(&stopped.stderr)
        );
        assert!(
            out.join("checkpoint.npz").exists(),
            "{first} ranks kept no checkpoint"
        );
        assert_eq!(report(&out)["nmf"]["stop"], "time_limit");
        let mut again = mpirun(second);
        let again = again
            .arg("--resume")
            .arg(&out)
            .args(["--mpi", "--time-limit", "1000", "--threads", "1"])
            .output()
            .unwrap();
        assert!(
            again.status.success(),
            "{}",
            String::from_utf8_lossy(&again.stderr)
        );
        let (found, expected) = (model(&out), model(&whole));
        let same = [&NMF, &PCA].into_iter().all(|method| {
            let (found, expected) = (found.by(method), expected.by(method));
            found.basis == expected.basis && found.weights == expected.weights
        });
        assert!(same, "from {first} to {second} ranks");
        assert!(
            !out.join("checkpoint.npz").exists(),
            "the checkpoint of a run that came to its end is there"
        );
        assert_eq!(report(&out)["mpi"]["passes"], 7);
    }
}

#[test]
fn a_folder_that_cannot_be_resumed_is_one_error() {
    let folder = TempDir::new().unwrap();
    let said = mpirun(3)
        .arg("--resume")
        .arg(folder.path())
        .arg("--mpi")
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(1));
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error:"))
        .collect();
    assert!(
        errors.len() == 1 && errors[0].contains("contains no checkpoint.npz"),
        "{said}"
    );
}

#[test]
fn shares_may_stay_in_the_file() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 40_960, 20);
    let refused = run(
        Command::new(PROGRAM),
        &[input.to_str().unwrap(), "-k", "4", "--memory", "1MB"],
        &folder.path().join("refused"),
    );
    let refused = String::from_utf8_lossy(&refused.stderr).into_owned();
    let (_, least) = refused.split_once("pass --memory ").unwrap();
    let least = least.split_whitespace().next().unwrap();
    let words = [
        input.to_str().unwrap(),
        "-k",
        "4",
        "--max-iter",
        "2",
        "--memory",
        least,
    ];
    let (alone, together) = alone_and_on(2, &words, folder.path());
    assert_eq!(model(&together), model(&alone));
    let notes = report(&together)["input"]["notes"].to_string();
    assert!(notes.contains("stay in the file"), "{notes}");
}

/// The errors told, of a command that must end soon with exit code 1 and leave no file.
fn errors(command: Command, words: &[&str]) -> Vec<String> {
    let out = TempDir::new().unwrap();
    let began = Instant::now();
    let output = run(command, words, &out.path().join("out"));
    assert!(
        began.elapsed() < SOON,
        "{words:?} took {:?}",
        began.elapsed()
    );
    assert_eq!(output.status.code(), Some(1), "{words:?}");
    assert!(!out.path().join("out").exists(), "{words:?} left a folder");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines()
        .filter(|line| line.starts_with("error:"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_rank_that_cannot_read_its_share_ends_all_with_one_line() {
    let folder = TempDir::new().unwrap();
    for index in 0..6 {
        fs::copy(
            format!("assets/faces/face00{index}.png"),
            folder.path().join(format!("{index}.png")),
        )
        .unwrap();
    }
    fs::write(folder.path().join("5.png"), b"\x89PNG\r\n\x1a\nno more").unwrap();
    let input = folder.path().to_str().unwrap();
    let said = errors(mpirun(3), &[input, "-k", "2", "--strict", "--mpi"]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("error: rank 2: 5.png: "), "{said:?}");
}

#[test]
fn what_one_process_must_do_is_refused() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 40, 5);
    let input = input.to_str().unwrap();
    for (words, expected) in [
        (
            &[input, "-k", "auto"][..],
            "rank 0: -k auto needs all images in one process: search with --limit first",
        ),
        (
            &[input, "-k", "2", "--truth", "parts.npy"],
            "rank 0: --truth needs all images in one process",
        ),
        (
            &[input, "-k", "2", "--save-start"],
            "rank 0: --save-start needs all images in one process",
        ),
        (
            &[input, "-k", "2", "--solver", "hoyer:W=0.5"],
            "hoyer:W=0.5 needs all images in one process",
        ),
        (
            &["nowhere", "-k", "2"],
            "rank 0: nowhere: no such file or folder",
        ),
    ] {
        let said = errors(mpirun(2), &[words, &["--mpi"]].concat());
        assert!(
            said.len() == 1 && said[0].starts_with(&format!("error: {expected}")),
            "{said:?}"
        );
    }
}

#[test]
fn ranks_that_were_started_otherwise_are_refused() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 40, 5);
    let input = input.to_str().unwrap();
    let mut other_words = mpirun(1);
    other_words.args([input, "-k", "2", "--mpi", ":", "-n", "1", PROGRAM]);
    let said = errors(other_words, &[input, "-k", "3", "--mpi"]);
    assert!(
        said.len() == 1
            && said[0].starts_with("error: rank 1: its command line differs from that of rank 0"),
        "{said:?}"
    );

    let copy = folder.path().join("copy");
    let mut build = fs::read(PROGRAM).unwrap();
    build.push(0);
    fs::write(&copy, build).unwrap();
    fs::set_permissions(&copy, fs::metadata(PROGRAM).unwrap().permissions()).unwrap();
    let mut other_build = mpirun(1);
    other_build.args([
        input,
        "-k",
        "2",
        "--mpi",
        ":",
        "-n",
        "1",
        copy.to_str().unwrap(),
    ]);
    let said = errors(other_build, &[input, "-k", "2", "--mpi"]);
    assert!(
        said.len() == 1
            && said[0].starts_with("error: rank 1: its build differs from that of rank 0"),
        "{said:?}"
    );
}

/// The processes that another one started.
fn children(parent: u32) -> Vec<u32> {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| child_of(parent, &entry.unwrap()))
        .collect()
}

/// The id of the process that this entry of /proc stands for, if `parent` started it.
fn child_of(parent: u32, entry: &fs::DirEntry) -> Option<u32> {
    let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let is_child = after_name.split(' ').nth(1)? == parent.to_string();
    let id = entry.file_name().to_str()?.parse().ok()?;
    is_child.then_some(id)
}

#[test]
fn a_rank_that_is_killed_ends_all() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("strokes.npy");
    npy(&input, 2000, 12);
    let mut endless = mpirun(3);
    endless.args([
        input.to_str().unwrap(),
        "-k",
        "16",
        "--mpi",
        "--tol",
        "0",
        "--max-iter",
        "100000000",
    ]);
    let out = folder.path().join("out");
    endless
        .args(["--checkpoint", "1it", "--threads", "1", "--quiet", "--out"])
        .arg(&out);
    let mut endless = endless
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(&mut endless, "its first checkpoint", || {
        out.join("checkpoint.npz").exists()
    });
    let victim = children(endless.id()).pop().expect("mpirun starts ranks");
    signal(victim, "-9");
    assert!(!wait_for_end(&mut endless, SOON).success());
    assert!(!out.join("model.npz").exists());
}
