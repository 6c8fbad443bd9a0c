//! The command `show`: pictures and figures of W and H that are given.

use std::ffi::OsString;

use anyhow::Result;
use nmf_images::communicator::SingleProcess;

use super::learn::{self, Processes};
use crate::cli::arguments::{Arguments, CommandLine, LearningOptions, Show, StartChoice};
use crate::cli::outcome::Outcome;

/// The options of the main command with which nothing is learned.
const OPTIONS: &str = "--max-iter=0 --tol=0 --sample-start=off --checkpoint=off";

/// Draws and measures W and H as the main command does those that it learns, and writes everything to the output folder.
pub fn show(show: &Show, line: &CommandLine) -> Result<Outcome> {
    let processes = Processes {
        communicator: &SingleProcess,
        traffic: None,
    };
    learn::show_given(&arguments(show, line)?, &processes)
}

/// Returns the arguments of a run of the main command that shows W and H; `line` is the command line.
fn arguments(show: &Show, line: &CommandLine) -> Result<Arguments> {
    let mut words: Vec<OsString> = vec!["nmf-images".into()];
    words.extend(OPTIONS.split(' ').map(OsString::from));
    words.extend(["--".into(), show.input.clone().into()]);
    let plain = CommandLine::parsed(words)?.arguments(show.input.clone());
    Ok(Arguments {
        learning: LearningOptions {
            init: StartChoice::in_file(&show.factors),
            threads: show.threads,
            ..plain.learning
        },
        reading: show.reading.clone(),
        writing: show.writing.clone(),
        tiling: show.tiling.clone(),
        exports: show.exports.clone(),
        pictures: show.pictures.clone().of_given()?,
        shows_given: true,
        words: line.words.clone(),
        paths: line.paths.clone(),
        ..plain
    })
}
