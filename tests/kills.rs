//! Killed runs: at any moment each file is the old one or the new one, and a checkpoint can be
//! resumed.

#![cfg(unix)]

#[path = "common/command.rs"]
mod command;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use command::{Desk, bars};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const KILLS: usize = 50;
/// A run is killed within this time after it began, or after its first checkpoint: both lie before its end.
const LONGEST: Duration = Duration::from_millis(200);
const RUN: &str = "bars.npy -k 5 --tol 0 --max-iter 150 --checkpoint 3it --only parts,convergence,learning,page --csv --tiles";

/// Kills a run at a random moment, half of the times one after the first checkpoint.
fn kill(desk: &Desk, arguments: &str, random: &mut ChaCha8Rng) {
    let mut run = desk.begin(arguments);
    if random.random() {
        while !desk.path("output/checkpoint.npz").exists() && run.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
    }
    sleep(LONGEST.mul_f64(random.random()));
    // A run that has ended already was as short as that: its files are looked at all the same.
    let _ = run.kill();
    run.wait().unwrap();
}

/// Reads every file to its end.
fn check(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            check(&path);
        } else if name.starts_with('.') {
            let is_temporary = name.starts_with(".nmf-images-")
                && path.extension().is_some_and(|end| end == "tmp");
            assert!(
                is_temporary || name == ".nmf-images.lock",
                "{name} is left over"
            );
        } else {
            assert!(is_whole(&path), "{name} is not whole");
        }
    }
}

fn is_whole(path: &Path) -> bool {
    let text = || fs::read_to_string(path).unwrap();
    match path.extension().unwrap().to_str().unwrap() {
        "png" => image::open(path).is_ok(),
        "gif" => {
            let decoder = image::codecs::gif::GifDecoder::new(std::io::BufReader::new(
                File::open(path).unwrap(),
            ));
            decoder.is_ok_and(|gif| {
                image::AnimationDecoder::into_frames(gif).all(|frame| frame.is_ok())
            })
        }
        "svg" => resvg::usvg::Tree::from_str(&text(), &resvg::usvg::Options::default()).is_ok(),
        "html" => text().starts_with("<!doctype html>") && text().trim_end().ends_with("</html>"),
        "json" => serde_json::from_str::<serde_json::Value>(&text()).is_ok(),
        "csv" => csv::Reader::from_path(path)
            .unwrap()
            .records()
            .all(|record| record.is_ok()),
        "npz" => {
            let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
            // The checksum is compared at the end.
            (0..archive.len()).all(|index| {
                archive
                    .by_index(index)
                    .unwrap()
                    .read_to_end(&mut Vec::new())
                    .is_ok()
            })
        }
        other => panic!("there is a file .{other}"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// The names of report.json are those of files that are there.
fn check_report(folder: &Path) {
    let Ok(report) = fs::read(folder.join("report.json")) else {
        return;
    };
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    for file in report["files"].as_array().unwrap() {
        assert!(
            folder.join(file["name"].as_str().unwrap()).exists(),
            "{} is not there",
            file["name"]
        );
    }
}

#[test]
fn killed_runs_leave_whole_files_and_resume_to_the_same_model() {
    let desk = Desk::empty();
    desk.write_npy("bars.npy", &bars(100, 12, 12));
    assert!(
        desk.begin(&format!("{RUN} --out whole"))
            .wait()
            .unwrap()
            .success()
    );
    let model = fs::read(desk.path("whole/model.npz")).unwrap();
    let (mut random, mut resumed) = (ChaCha8Rng::seed_from_u64(50), 0);
    for index in 0..KILLS {
        // In turn a run from the beginning and one that goes on, as long as there is something to go on from.
        let goes_on = index % 3 == 2 && desk.path("output/checkpoint.npz").exists();
        kill(
            &desk,
            if goes_on { "--resume output" } else { RUN },
            &mut random,
        );
        let output = desk.path("output");
        if !output.exists() {
            continue;
        }
        check(&output);
        check_report(&output);
        if output.join("checkpoint.npz").exists() {
            resumed += 1;
            let copied = desk.path(&format!("copy{index}"));
            copy(&output, &copied);
            let resume = format!("--resume copy{index} --only parts,page --checkpoint off");
            assert!(
                desk.begin(&resume).wait().unwrap().success(),
                "kill {index}: it does not go on"
            );
            assert!(
                fs::read(copied.join("model.npz")).unwrap() == model,
                "kill {index}: another model came out"
            );
            let hidden = |name: &String| name.starts_with('.');
            assert!(
                !desk.files(&format!("copy{index}")).iter().any(hidden),
                "kill {index}: something is left over"
            );
        }
    }
    assert!(resumed > 0, "no kill left a checkpoint");
}
