//! Checkpoints from which a run continues after a crash, and the arguments in them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::nmf::{Checkpoint, FitProgress, StopReason};
use nmf_images::rank::RankChoice;
use serde::{Deserialize, Serialize};

use super::folder::{Output, written};
use super::staged::StagedFiles;
use crate::cli::arguments::{Arguments, CheckpointInterval};

/// The file in the output folder.
pub const FILE: &str = "checkpoint.npz";

/// The arguments of the run, and the rank that a search has chosen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckpointNote {
    /// The input path as it was given.
    pub input: String,
    /// Every option that was given, each as one word.
    pub options: Vec<String>,
    /// The choice of the rank if a search made it.
    pub rank_choice: Option<RankChoice>,
}

/// Prints a note if this run will replace the checkpoint of an interrupted one.
pub fn note_if_any(output: &Output, quiet: bool) {
    if !quiet && output.path(FILE).exists() {
        let folder = output.name();
        let _ = writeln!(
            std::io::stderr(),
            "note: {folder} holds the checkpoint of an interrupted run, which this one will replace; to continue that \
            run, end this one now, and pass --resume {folder}"
        );
    }
}

/// Returns whether the fit ends before it has converged.
pub fn ends_early(moment: &FitProgress, interrupted: bool) -> bool {
    interrupted || moment.ends == Some(StopReason::TimeLimit)
}

/// The checkpoints of a run.
pub struct Checkpoints<'a> {
    output: &'a Output,
    every: CheckpointInterval,
    note: String,
    /// When the last one was written, or the fit began.
    last: Instant,
    /// Whether this run ended early and left a checkpoint to continue from.
    can_resume: bool,
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
            options: arguments.options.clone(),
            rank_choice,
        })?;
        let every = arguments.checkpoint;
        Ok(Self {
            output,
            every,
            note,
            last: Instant::now(),
            can_resume: false,
            failure: None,
        })
    }

    /// Returns whether a checkpoint is due.
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

    /// Writes a checkpoint. A failure does not end the run; it is noted at the end.
    pub fn write(&mut self, mut checkpoint: Checkpoint, ends_early: bool) {
        checkpoint.note.clone_from(&self.note);
        self.write_by(ends_early, |file| checkpoint.write_npz(file));
    }

    /// Does what [`Checkpoints::write`] does for the only process, in half of the memory.
    pub fn write_alone(&mut self, moment: &FitProgress, ends_early: bool) {
        let note = self.note.clone();
        self.write_by(ends_early, |file| moment.write_checkpoint(&note, file));
    }

    fn write_by(
        &mut self,
        ends_early: bool,
        write: impl FnOnce(&mut BufWriter<&mut File>) -> nmf_images::Result<()>,
    ) {
        let mut staged = self.output.stage();
        let written = staged
            .add_by(FILE, |file| written(file, write))
            .and_then(|()| staged.replace());
        self.can_resume = ends_early && written.is_ok();
        self.failure = written.err().map(|error| format!("{error:#}"));
        self.last = Instant::now();
    }

    /// Removes the file when the results are in place, unless the run ended early.
    pub fn remove_if_finished(&self, staged: &mut StagedFiles) {
        if !self.can_resume {
            staged.remove(FILE);
        }
    }

    /// Returns notes about the checkpoint for the end of the run.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let folder = self.output.name();
        let resume = self
            .can_resume
            .then(|| format!("nmf-images --resume {folder} continues from here"));
        let failed = self
            .failure
            .as_ref()
            .map(|failure| format!("no checkpoint could be kept: {}", one_line(failure)));
        resume.into_iter().chain(failed)
    }
}
