//! When a run keeps what it would need to go on after a crash, and what it notes beside it.

use std::io::Write;
use std::time::Instant;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::nmf::{Checkpoint, FitProgress, StopReason};
use nmf_images::rank::RankChoice;
use serde::{Deserialize, Serialize};

use super::folder::Output;
use super::staged::StagedFiles;
use crate::cli::arguments::{Arguments, CheckpointInterval};

/// The file in the output folder.
pub const FILE: &str = "checkpoint.npz";

/// What the command line said and found before the learning.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckpointNote {
    /// The images, as they were given.
    pub input: String,
    /// Every option that was given, each as one word.
    pub options: Vec<String>,
    /// Why there are so many parts, where a search chose them.
    pub rank_choice: Option<RankChoice>,
}

/// Says that an interrupted run may lose its checkpoint to this one, where its folder still holds it.
pub fn note_if_any(output: &Output, quiet: bool) {
    if !quiet && output.path(FILE).exists() {
        let folder = output.name();
        let _ = writeln!(
            std::io::stderr(),
            "note: {folder} holds the checkpoint of an interrupted run, which this one is to replace; to go on with that \
            one, end this one now, and pass --resume {folder}"
        );
    }
}

/// Whether the learning ends before it has come to its end.
pub fn ends_early(moment: &FitProgress, interrupted: bool) -> bool {
    interrupted || moment.ends == Some(StopReason::TimeLimit)
}

/// The checkpoints of a run.
pub struct Checkpoints<'a> {
    output: &'a Output,
    every: CheckpointInterval,
    note: String,
    /// When the last one was written, or the learning began.
    last: Instant,
    /// Whether the file is one of this run, taken where it ended early.
    is_left: bool,
    /// Why the last one could not be written.
    failure: Option<String>,
}

impl<'a> Checkpoints<'a> {
    pub fn new(
        output: &'a Output,
        arguments: &Arguments,
        rank_choice: Option<RankChoice>,
    ) -> Result<Self> {
        let input = arguments.input.to_string_lossy().into_owned();
        let note = serde_json::to_string(&CheckpointNote {
            input,
            options: arguments.typed.clone(),
            rank_choice,
        })?;
        let every = arguments.checkpoint;
        Ok(Self {
            output,
            every,
            note,
            last: Instant::now(),
            is_left: false,
            failure: None,
        })
    }

    /// Whether it is time to write one.
    pub fn is_due(&self, moment: &FitProgress, interrupted: bool) -> bool {
        let ends_early = ends_early(moment, interrupted);
        match self.every {
            CheckpointInterval::Seconds(seconds) => ends_early || self.last.elapsed() >= seconds,
            CheckpointInterval::Iterations(count) => {
                ends_early || moment.at.iteration.is_multiple_of(count)
            }
            CheckpointInterval::Never => false,
        }
    }

    /// Writes one. A run goes on where it cannot be written: what is learned is worth more.
    pub fn write(&mut self, mut checkpoint: Checkpoint, ends_early: bool) {
        checkpoint.note.clone_from(&self.note);
        let written = checkpoint
            .to_npz()
            .map_err(Into::into)
            .and_then(|bytes| self.output.write(FILE, &bytes));
        self.is_left = ends_early && written.is_ok();
        self.failure = written.err().map(|error| format!("{error:#}"));
        self.last = Instant::now();
    }

    /// Leaves the file where the run ended early, to go on from; else it goes once the results are there.
    pub fn settle(&self, staged: &mut StagedFiles) {
        if !self.is_left {
            staged.remove(FILE);
        }
    }

    /// What is worth saying of them in the end.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let folder = self.output.name();
        let left = self
            .is_left
            .then(|| format!("nmf-images --resume {folder} goes on from here"));
        let failed = self
            .failure
            .as_ref()
            .map(|failure| format!("no checkpoint could be kept: {}", one_line(failure)));
        left.into_iter().chain(failed)
    }
}
