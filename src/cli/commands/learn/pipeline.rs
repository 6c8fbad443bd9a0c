//! The phases of a run: check, read, fit, gather, report, draw and write.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use nmf_images::communicator::{Communicator, propagate_error};
use nmf_images::error::CommunicatorError;
use nmf_images::images::{ImageShard, Images, InputHashes};
use nmf_images::memory::Workload;
use nmf_images::outputs::WrittenBy;
use nmf_images::rank::RankChoice;
use nmf_images::recovery::Truth;
use nmf_images::{ImageSet, Report};

use super::fit::{Fitted, RunFit};
use super::gather::{Gathered, can_gather_all};
use super::given::{self, Given};
use super::provenance::ChangedInput;
use super::report::{Totals, report};
use super::results::{FinishedRun, RunResults};
use super::resume::ResumePoint;
use super::run_images::RunImages;
use super::shown::ShownImages;
use super::traffic::{PassTraffic, TrafficCounter};
use crate::cli::arguments::{Arguments, CheckpointInterval, PictureChoice, Rank};
use crate::cli::commands::own_start::{CompleteStart, OwnStart};
use crate::cli::commands::ranks;
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::checkpoints::{self, Checkpoints};
use crate::cli::output::{Output, RunFiles, exports};
use crate::cli::pictures;
use crate::cli::terminal::error;
use crate::cli::terminal::progress::Interrupt;

/// One run of the main command.
pub(super) struct LearnRun<'a> {
    pub arguments: &'a Arguments,
    /// The images, if they are in memory rather than at the input.
    pub images: Option<&'a ImageSet>,
    /// The start, once it is complete, if it is from a file.
    pub start: Option<&'a CompleteStart>,
    /// The hashes that the images must have, if the run repeats another one.
    pub repeats: Option<&'a InputHashes>,
    pub resume_point: Option<&'a ResumePoint>,
    pub communicator: &'a dyn Communicator,
    pub traffic: Option<&'a dyn TrafficCounter>,
    /// Whether this is the process that prints, draws and writes.
    pub is_first: bool,
    pub began: Instant,
}

/// How many parts to learn.
struct ChosenRank {
    rank: usize,
    /// Why, if a search chose it.
    choice: Option<RankChoice>,
}

/// Returns the result, or on all processes the first error of any of them, as it is printed.
pub(super) fn propagate<T>(communicator: &dyn Communicator, result: Result<T>) -> Result<T> {
    if communicator.size() == 1 {
        return result;
    }
    let result = result.map_err(|failure| anyhow!(error::message(&failure)));
    propagate_error(communicator, result)
}

impl LearnRun<'_> {
    /// Runs with one rank, and prints the result on the first process.
    pub(super) fn run(&self) -> Result<Outcome> {
        let output = self.propagate(self.prepare())?;
        let file = self.propagate(OwnStart::read(&self.arguments.learning.init))?;
        let Some(file) = file else {
            return self.run_from(None, output.as_ref());
        };
        let arguments = self.propagate(file.arguments(self.arguments))?;
        let run = LearnRun {
            arguments: &arguments,
            ..*self
        };
        run.run_from(Some(file), output.as_ref())
    }

    /// Runs from the start in a file, if there is one.
    fn run_from(&self, file: Option<OwnStart>, output: Option<&Output>) -> Result<Outcome> {
        let images = RunImages::prepare(self.read(output)?, self.arguments)?;
        self.check_same_input(&images.hashes)?;
        let start = file.map(|file| file.complete(&images.training));
        let start = self.propagate(start.transpose())?;
        let run = LearnRun {
            start: start.as_ref(),
            ..*self
        };
        let interrupt = Interrupt::listen()?;
        let finished = run.learn(&images, output, &interrupt)?;
        if let (Some(finished), Some(output)) = (finished, output) {
            finished.print(self.arguments, output, self.began)?;
        }
        Ok(interrupt.outcome())
    }

    /// Learns from the images and writes everything to the output folder, on the first process.
    pub(super) fn learn(
        &self,
        images: &RunImages,
        output: Option<&Output>,
        interrupt: &Interrupt,
    ) -> Result<Option<FinishedRun>> {
        let shown = ShownImages::choose(&images.training);
        self.check_images(images, &shown.images)?;
        let truth = self.read_truth(&shown.images)?;
        let ChosenRank { rank, choice } = self.choose_rank(&images.training, interrupt)?;
        let mut checkpoints = self.propagate(self.checkpoints(output, choice.clone()))?;
        let mut traffic = self.traffic.map(PassTraffic::new);
        let fit = RunFit {
            arguments: self.arguments,
            shard: &images.training,
            rank,
            start: self.start.map(|start| &start.init),
            saves_start_to: output.filter(|_| self.arguments.method.save_start),
            given: self.propagate(Given::read(self.arguments, &images.training))?,
            checkpoint: self.resume_point.map(|point| &point.checkpoint),
            interrupt,
            keeps_checkpoints: self.keeps_checkpoints(&images.training, rank),
            checkpoints: checkpoints.as_mut(),
            traffic: traffic.as_mut(),
        };
        let learned = self.gather(images, &shown, self.fit(fit)?)?;
        // All processes take part.
        let totals = Totals::of(&images.training);
        let (Some(output), Some(checkpoints)) = (output, &checkpoints) else {
            return Ok(None);
        };
        let mut report = self.report(&shown.images, &learned, totals, choice)?;
        report.mpi = traffic.map(|traffic| traffic.report(self.communicator.size()));
        let results = RunResults {
            arguments: self.arguments,
            resume_point: self.resume_point,
            shown: &shown.images,
            learned: &learned,
            began: self.began,
            truth: truth.as_ref(),
            output,
            checkpoints,
        };
        let written = results.draw_and_write(report, interrupt)?;
        let model = learned.model;
        Ok(Some(FinishedRun { written, model }))
    }

    /// Returns the report, with why the rank was chosen, the file of the start and what was not taken from it.
    fn report(
        &self,
        shown: &ImageSet,
        learned: &Gathered,
        totals: Totals,
        choice: Option<RankChoice>,
    ) -> Result<Report> {
        let mut report = report(self.arguments, shown, learned, totals)?;
        report.nmf.rank_choice = choice;
        if let Some(start) = self.start {
            report.nmf.init.clone_from(&start.name);
            report.input.notes.extend(start.note.clone());
        }
        Ok(report)
    }

    /// Returns what is done with the images. A checkpoint is held twice while its factors are restored.
    fn workload(&self) -> Result<Workload> {
        let checkpoint = self
            .resume_point
            .map_or(0, |point| point.checkpoint.bytes());
        Ok(Workload {
            besides: 2 * checkpoint as u64,
            ..self.arguments.workload()?
        })
    }

    /// Returns whether checkpoints are written, which need the weights of all images.
    fn keeps_checkpoints(&self, shard: &ImageShard, rank: usize) -> bool {
        self.arguments.checkpoint != CheckpointInterval::Never && can_gather_all(shard, rank)
    }

    /// Learns, and checks that no image was unreadable meanwhile.
    fn fit(&self, fit: RunFit) -> Result<Fitted> {
        let shard = fit.shard;
        let fitted = fit.run()?;
        self.propagate(shard.check().map_err(Into::into))?;
        Ok(fitted)
    }

    fn gather<'i>(
        &self,
        images: &'i RunImages,
        shown: &ShownImages,
        fitted: Fitted,
    ) -> Result<Gathered<'i>> {
        let options = self.arguments.reading.options();
        Ok(Gathered::new(images, shown, &options, fitted)?)
    }

    /// Checks that a repeated run reads the images of the first one.
    fn check_same_input(&self, hashes: &InputHashes) -> Result<()> {
        let changed = self.repeats.map(|first| first.different(hashes));
        match changed {
            Some(changed) if !changed.is_empty() => Err(ChangedInput { changed }.into()),
            _ => Ok(()),
        }
    }

    fn propagate<T>(&self, result: Result<T>) -> Result<T> {
        propagate(self.communicator, result)
    }

    /// Checks that the options fit one another and the number of processes.
    pub(super) fn check_arguments(&self) -> Result<()> {
        given::check(self.arguments, self.communicator.size())?;
        let method = &self.arguments.method;
        if method.keep_starts && method.restarts < 2 {
            bail!(
                "--keep-starts keeps the parts of several starts: pass --restarts with 2 or more"
            );
        }
        self.check_one_process()
    }

    /// Checks that several processes are not asked for what needs all images in one.
    fn check_one_process(&self) -> Result<()> {
        if self.communicator.size() == 1 {
            return Ok(());
        }
        let Arguments {
            input,
            rank,
            method,
            pictures,
            ..
        } = self.arguments;
        let (what, try_instead) = if *rank == Rank::Auto {
            (
                "-k auto",
                "search with --limit first, and pass -k with what it finds",
            )
        } else if matches!(rank, Rank::Several(_)) {
            ("several ranks", "learn one after another")
        } else if input == Path::new(input::LIST) {
            ("a list on stdin", "name a folder")
        } else if method.save_start {
            ("--save-start", "save the start with one process")
        } else if method.truth.is_some() {
            ("--truth", "compare the parts in model.npz")
        } else if pictures.is_asked_for(PictureChoice::Ladder) {
            ("--only ladder", "draw it with `nmf-images ranks`")
        } else {
            return Ok(());
        };
        Err(CommunicatorError::NeedsOneProcess {
            what: what.to_owned(),
            try_instead,
        }
        .into())
    }

    /// Checks the arguments, and opens the output folder on the first process.
    fn prepare(&self) -> Result<Option<Output>> {
        self.check_arguments()?;
        self.open_output()
    }

    /// Opens the output folder on the first process.
    pub(super) fn open_output(&self) -> Result<Option<Output>> {
        if !self.is_first {
            return Ok(None);
        }
        let Arguments {
            writing,
            exports,
            paths,
            ..
        } = self.arguments;
        let files = RunFiles {
            csv: exports.csv,
            tiles: exports.tiles,
            ..RunFiles::of(WrittenBy::Learn)
        };
        let output = Output::prepare_for(&writing.out, files, paths)?;
        // A continued run wrote its checkpoint here, and may have been killed while it wrote its results.
        if self.resume_point.is_none() {
            checkpoints::note_if_any(&output, writing.printing.quiet);
            exports::check(exports, &output)?;
        }
        Ok(Some(output))
    }

    /// Reads this process's images.
    pub(super) fn read(&self, output: Option<&Output>) -> Result<ImageShard<'_>> {
        if let Some(images) = self.images {
            return Ok(ImageShard::new(images.clone(), self.communicator));
        }
        let workload = self.propagate(self.workload())?;
        let Arguments {
            input,
            reading,
            writing,
            ..
        } = self.arguments;
        let place = input::ReadingPlace {
            scratch: &writing.out,
            output,
            quiet: writing.printing.quiet || !self.is_first,
        };
        input::read_shard(input, reading, &place, self.communicator, &workload)
    }

    /// Checks on the first process that the pictures can be drawn of the images shown.
    pub(super) fn check_images(&self, images: &RunImages, shown: &ImageSet) -> Result<()> {
        let shows_all = shown.len() == images.training.whole_len();
        if !self.is_first {
            return self.propagate(Ok(()));
        }
        let held_out = images.held_out.as_ref();
        let held_out = held_out.map_or(&[][..], |held_out| &held_out.set.names);
        let mut checked = pictures::check(self.arguments, shown, held_out);
        if !shows_all {
            checked = checked.context("among the images that pictures show");
        }
        self.propagate(checked)
    }

    fn read_truth(&self, images: &ImageSet) -> Result<Option<Truth>> {
        let file = self.arguments.method.truth.as_deref();
        Ok(file.map(|file| Truth::read(file, images)).transpose()?)
    }

    /// Returns the rank that was given, or that a search has chosen.
    fn choose_rank(&self, shard: &ImageShard, interrupt: &Interrupt) -> Result<ChosenRank> {
        match (&self.arguments.rank, self.resume_point) {
            (Rank::Given(rank), _) => Ok(ChosenRank {
                rank: *rank,
                choice: None,
            }),
            (Rank::Several(_), _) => unreachable!("several ranks are learned one by one"),
            (Rank::Auto, Some(point)) => Ok(ChosenRank {
                rank: point.checkpoint.rank(),
                choice: point.note.rank_choice.clone(),
            }),
            (Rank::Auto, None) => {
                let images = shard.set.in_memory()?;
                let Arguments {
                    learning, writing, ..
                } = self.arguments;
                let choice =
                    ranks::auto(&images, learning.seed, writing.printing.quiet, interrupt)?;
                Ok(ChosenRank {
                    rank: choice.choice,
                    choice: Some(choice),
                })
            }
        }
    }

    fn checkpoints<'o>(
        &self,
        output: Option<&'o Output>,
        choice: Option<RankChoice>,
    ) -> Result<Option<Checkpoints<'o>>> {
        output
            .map(|output| Checkpoints::new(output, self.arguments, choice))
            .transpose()
    }
}
