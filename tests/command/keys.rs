//! The keys of the reports, which scripts rely on: `REGENERATE=1 cargo test --release --test command keys` lists them anew.

use std::fs;
use std::io::Cursor;

use ndarray::Array3;
use ndarray_npy::NpzWriter;
use serde_json::Value;

use crate::command::{COUNT, Desk, HEIGHT, WIDTH, bars, pgm};
use crate::notes::desk_of_ghosts;
use crate::report_keys::assert_keys;

/// Runs the command once for each line of arguments and returns what it leaves in the file `report` of `output`.
fn reports(desk: &Desk, report: &str, runs: &[&str]) -> Vec<Value> {
    let report_of = |arguments: &&str| {
        desk.command(arguments).arg("--quiet").assert().success();
        let bytes = fs::read(desk.path("output").join(report)).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    runs.iter().map(report_of).collect()
}

/// Returns a desk whose inputs together fill every key: labels, masks, archives, tables, known parts and features.
fn desk() -> Desk {
    let desk = Desk::with_pictures();
    let images = bars(COUNT, HEIGHT, WIDTH);
    for (index, image) in images.outer_iter().enumerate() {
        let values: Vec<u8> = image.iter().copied().collect();
        let name = format!("labelled/{}/{index}.pgm", index % 2);
        desk.write(&name, pgm(WIDTH, HEIGHT, &values));
    }
    let stripes: Vec<u8> = (0..WIDTH * HEIGHT)
        .map(|at| 255 * (at / WIDTH % 2) as u8)
        .collect();
    desk.write("labelled/2/stripes.pgm", pgm(WIDTH, HEIGHT, &stripes));
    desk.write("labelled/broken.png", "no picture at all");
    let mut mask = [255; WIDTH * HEIGHT];
    mask[..5].fill(0);
    desk.write("mask.pgm", pgm(WIDTH, HEIGHT, &mask));
    desk.write_npy("set.npy", &images);
    let truth = Array3::from_shape_fn((4, HEIGHT, WIDTH), |(part, _, column)| {
        u8::from(3 * column / WIDTH == part.min(2))
    });
    desk.write_npy("truth.npy", &truth);
    let features = (0..COUNT).map(|image| format!("{image}.pgm,{}\n", image % 2));
    desk.write(
        "features.csv",
        format!("image,odd\n{}", features.collect::<String>()),
    );
    let rows = (0..COUNT).map(|row| format!("{row},{},1,{}\n", row % 5, row % 2));
    desk.write(
        "table.csv",
        format!("a,b,c,kind\n{}", rows.collect::<String>()),
    );
    let mut npz = NpzWriter::new(Cursor::new(Vec::new()));
    npz.add_array("faces", &images).unwrap();
    desk.write("set.npz", npz.finish().unwrap().into_inner());
    desk
}

#[test]
fn a_run_reports_the_keys_of_the_list() {
    let runs = [
        "pictures -k 3",
        "labelled -k 2 --size 4x3 --invert",
        "table.csv -k 2 --from csv --row-size 3x1 --label kind --only parts",
        "set.npz -k 2 --key faces --limit 8 --only parts",
        "pictures -k 3 --mask mask.pgm --only parts",
        "pictures -k auto --init random --restarts 2 --max-iter 30 --time-limit 1000 --target-error 1e-9 --only parts",
        "pictures -k 3 --truth truth.npy --only parts",
        "pictures -k 3 --truth features.csv --only parts",
        "set.npy -k 2 --missing 0 --solver mu:kl --only parts",
        "labelled -k 2 --size 4x3 --hold-out 0.3 --only parts",
        "pictures -k 2 --noise gaussian:0.1 --only parts",
    ];
    let mut all = reports(&desk(), "report.json", &runs);
    // Whole images, which are separated beside them.
    all.extend(reports(
        &desk_of_ghosts(),
        "report.json",
        &["grey -k 4 --only page"],
    ));
    assert_keys("report-keys.txt", &all);
}

#[test]
fn a_comparison_reports_the_keys_of_the_list() {
    let runs = [
        "compare labelled -k 3 --rules hals,mu --target-error 0.5 --time-limit 1000",
        "compare pictures --rules hals --ranks 2,3 --seeds 0,1 --noises none,salt:0.1 --max-iter 3",
    ];
    assert_keys("compare-keys.txt", &reports(&desk(), "report.json", &runs));
}

#[test]
fn a_search_for_the_rank_reports_the_keys_of_the_list() {
    let runs = ["ranks labelled -k 1..3"];
    assert_keys("ranks-keys.txt", &reports(&desk(), "ranks.json", &runs));
}

#[test]
fn a_run_with_several_ranks_reports_the_keys_of_the_list() {
    let runs = [
        "labelled -k 2,3 --size 4x3 --hold-out 0.3 --only parts --max-iter 1",
        "pictures -k 2,3 --mask mask.pgm --only parts",
    ];
    assert_keys("ladder-keys.txt", &reports(&desk(), "ladder.json", &runs));
}

#[test]
fn a_projection_reports_the_keys_of_the_list() {
    let desk = desk();
    desk.command("pictures -k 3 --only parts --out learned --quiet")
        .assert()
        .success();
    let runs = [
        "project learned pictures --out output",
        "project learned labelled --out output",
        "project learned pictures --mask mask.pgm --out output",
    ];
    assert_keys(
        "projection-keys.txt",
        &reports(&desk, "projection.json", &runs),
    );
}
