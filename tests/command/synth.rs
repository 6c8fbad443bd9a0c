//! Common options of `synth` and `pack`.

use predicates::str::{contains, is_empty};
use serde_json::{Value, json};

use crate::command::Desk;

fn printed(desk: &Desk, arguments: &str) -> Value {
    let run = desk.command(arguments).assert().success();
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

#[test]
fn synth_is_quiet_or_prints_json() {
    let desk = Desk::empty();
    for quiet in [
        "synth bars --images 20 --out a -q",
        "synth swimmer --out b --quiet --threads 1",
    ] {
        desk.command(quiet)
            .assert()
            .success()
            .stdout(is_empty())
            .stderr(is_empty());
    }
    assert_eq!(desk.files("a").len(), 21);
    let report = printed(&desk, "synth bars --size 4x3 --images 20 --out c --json");
    assert_eq!(
        report,
        json!({
            "version": env!("CARGO_PKG_VERSION"), "folder": "c", "images": 20, "width": 4, "height": 3,
            "parts": 7, "truth": "c/truth.npy",
        })
    );
}

#[test]
fn pack_prints_json() {
    let desk = Desk::with_pictures();
    desk.write("pictures/broken.png", "no picture at all");
    let run = desk
        .command("pack pictures --out set.npy --json")
        .assert()
        .success()
        .stderr(contains("warning: 1 file could not be read: broken.png"));
    let report: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(
        (&report["file"], &report["images"], &report["values"]),
        (&"set.npy".into(), &12.into(), &"u8".into())
    );
    assert_eq!(
        (&report["width"], &report["height"]),
        (&8.into(), &6.into())
    );
    assert_eq!(report["skipped"][0]["path"], "broken.png");
    assert!(
        report["warnings"][0]
            .as_str()
            .unwrap()
            .contains("broken.png")
    );
    desk.command("pack pictures --out again.npy -q")
        .assert()
        .success()
        .stdout(is_empty())
        .stderr(is_empty());
}
