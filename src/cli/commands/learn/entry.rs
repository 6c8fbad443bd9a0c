//! The entry of the main command: reads where to continue, and runs with one rank or with several.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use anyhow::{Context, Result};
use nmf_images::communicator::{Communicator, check_same};
use nmf_images::images::InputHashes;
use nmf_images::{ImageSet, with_threads};

use super::pipeline::{LearnRun, propagate};
use super::resume::{self, ResumePoint};
use super::several;
use super::traffic::TrafficCounter;
use crate::cli::arguments::{Arguments, CommandLine, Rank};
use crate::cli::outcome::Outcome;

/// The processes of a run, as one of them sees the others.
pub struct Processes<'a> {
    pub communicator: &'a dyn Communicator,
    /// Counts what they exchange, for the report; `None` without `--mpi`.
    pub traffic: Option<&'a dyn TrafficCounter>,
}

/// Learns from the input, or continues from a checkpoint, and writes everything to the output folder. All processes call
/// this; the first one prints, draws and writes.
pub fn learn(line: CommandLine, processes: &Processes) -> Result<Outcome> {
    learn_any(line, Source::default(), processes)
}

/// Learns from images in memory as [`learn`] does from those of the input, which `line` only names.
pub fn learn_from(images: &ImageSet, line: CommandLine, processes: &Processes) -> Result<Outcome> {
    let source = Source {
        images: Some(images),
        ..Source::default()
    };
    learn_any(line, source, processes)
}

/// Repeats a run as [`learn`] does. If the input does not have the hashes of that run, the error is a
/// [`ChangedInput`](super::ChangedInput).
pub fn learn_again(
    line: CommandLine,
    hashes: &InputHashes,
    processes: &Processes,
) -> Result<Outcome> {
    let source = Source {
        repeats: Some(hashes),
        ..Source::default()
    };
    learn_any(line, source, processes)
}

/// What a run learns from, unless it is the input as it is now.
#[derive(Clone, Copy, Default)]
struct Source<'a> {
    /// Images in memory.
    images: Option<&'a ImageSet>,
    /// The hashes that the input must have.
    repeats: Option<&'a InputHashes>,
}

fn learn_any(line: CommandLine, source: Source, processes: &Processes) -> Result<Outcome> {
    let communicator = processes.communicator;
    let (arguments, resume_point) = propagate(communicator, start(line))?;
    check_same_checkpoint(communicator, resume_point.as_ref())?;
    run(&arguments, source, resume_point.as_ref(), processes)
}

/// Draws and measures the W and H that the arguments name, as [`learn`] does those that it learns.
pub fn show_given(arguments: &Arguments, processes: &Processes) -> Result<Outcome> {
    run(arguments, Source::default(), None, processes)
}

fn run(
    arguments: &Arguments,
    source: Source,
    resume_point: Option<&ResumePoint>,
    processes: &Processes,
) -> Result<Outcome> {
    let communicator = processes.communicator;
    let run = LearnRun {
        arguments,
        images: source.images,
        start: None,
        repeats: source.repeats,
        resume_point,
        communicator,
        traffic: processes.traffic,
        is_first: communicator.rank() == 0,
        began: Instant::now(),
    };
    with_threads(arguments.learning.threads, || match &arguments.rank {
        Rank::Several(ranks) => several::learn(&run, ranks),
        Rank::Given(_) | Rank::Auto => run.run(),
    })
}

/// Returns what to learn and, with `--resume`, where to continue.
fn start(line: CommandLine) -> Result<(Arguments, Option<ResumePoint>)> {
    if let Some(folder) = line.resume.clone() {
        let (arguments, point) = resume::read(&folder, line)?;
        return Ok((arguments, Some(point)));
    }
    let input = line.input.clone().context("no images were passed")?;
    Ok((line.arguments(input), None))
}

/// Checks that all processes continue from the same checkpoint.
fn check_same_checkpoint(
    communicator: &dyn Communicator,
    resume_point: Option<&ResumePoint>,
) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    resume_point
        .map(|point| (&point.checkpoint.note, point.checkpoint.at().iteration))
        .hash(&mut hasher);
    Ok(check_same(communicator, "checkpoint", hasher.finish())?)
}
