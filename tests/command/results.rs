//! What a run leaves: its files and its report.

use std::fs;

use serde_json::Value;

use crate::command::Desk;

pub const PICTURES: [&str; 10] = [
    "atlas.png",
    "comparison.png",
    "eigenimages.png",
    "learning.png",
    "map.png",
    "parts.png",
    "recipe.png",
    "reconstructions.png",
    "three-ways.png",
    "usage.png",
];

pub const FILES: [&str; 18] = [
    "atlas.png",
    "comparison.png",
    "convergence.png",
    "convergence.svg",
    "eigenimages.png",
    "learning.gif",
    "learning.png",
    "map.png",
    "model.npz",
    "parts.png",
    "rank-error.png",
    "rank-error.svg",
    "recipe.png",
    "reconstructions.png",
    "report.html",
    "report.json",
    "three-ways.png",
    "usage.png",
];

pub fn report(desk: &Desk, folder: &str) -> Value {
    serde_json::from_slice(&fs::read(desk.path(folder).join("report.json")).unwrap()).unwrap()
}

/// Runs the command with `--quiet`, and reads the report it leaves in `output`.
pub fn report_of(desk: &Desk, arguments: &str) -> Value {
    desk.command(arguments).arg("--quiet").assert().success();
    report(desk, "output")
}

pub fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item.as_str().unwrap())
        .collect()
}
