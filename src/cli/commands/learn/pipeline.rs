//! The phases of a run: check, read, fit, gather, report, draw, write.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use nmf_images::communicator::{Communicator, check_same, propagate_error};
use nmf_images::error::CommunicatorError;
use nmf_images::images::{ImageShard, Images};
use nmf_images::memory::Workload;
use nmf_images::outputs::WrittenBy;
use nmf_images::rank::RankChoice;
use nmf_images::recovery::Truth;
use nmf_images::report::TruthReport;
use nmf_images::{ImageSet, Model, Report, with_threads};

use super::fit::{Fitted, RunFit};
use super::gather::{Gathered, ShownImages, can_gather_all};
use super::report::{Totals, report};
use super::resume::{self, ResumePoint};
use super::traffic::{PassTraffic, TrafficCounter};
use crate::cli::arguments::{Arguments, CheckpointInterval, CommandLine, Rank};
use crate::cli::commands::ranks;
use crate::cli::outcome::Outcome;
use crate::cli::output::checkpoints::{self, Checkpoints};
use crate::cli::output::{Output, RunFiles, exports, file, json, written};
use crate::cli::pictures::{self, Picture};
use crate::cli::terminal::progress::{Interrupt, Progress};
use crate::cli::terminal::{error, summary, view};
use crate::cli::{allocator, input};

/// The processes of a run, as one of them sees the others.
pub struct Processes<'a> {
    pub communicator: &'a dyn Communicator,
    /// Counts what they exchange, for the report; `None` without `--mpi`.
    pub traffic: Option<&'a dyn TrafficCounter>,
}

/// Learns from the input, or continues from a checkpoint, and writes everything to the output folder. All processes call
/// this; the first one prints, draws and writes.
pub fn learn(line: CommandLine, processes: &Processes) -> Result<Outcome> {
    let communicator = processes.communicator;
    let (arguments, resume_point) = propagate(communicator, start(line))?;
    check_same_checkpoint(communicator, resume_point.as_ref())?;
    let run = LearnRun {
        arguments: &arguments,
        resume_point: resume_point.as_ref(),
        communicator,
        traffic: processes.traffic,
        is_first: communicator.rank() == 0,
        began: Instant::now(),
    };
    with_threads(arguments.learning.threads, || run.run())
}

/// Returns the result, or on all processes the first error of any of them, as it is printed.
fn propagate<T>(communicator: &dyn Communicator, result: Result<T>) -> Result<T> {
    if communicator.size() == 1 {
        return result;
    }
    let result = result.map_err(|failure| anyhow!(error::message(&failure)));
    propagate_error(communicator, result)
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

/// One run of the main command.
struct LearnRun<'a> {
    arguments: &'a Arguments,
    resume_point: Option<&'a ResumePoint>,
    communicator: &'a dyn Communicator,
    traffic: Option<&'a dyn TrafficCounter>,
    /// Whether this is the process that prints, draws and writes.
    is_first: bool,
    began: Instant,
}

/// How many parts to learn.
struct ChosenRank {
    rank: usize,
    /// Why, if a search chose it.
    choice: Option<RankChoice>,
}

/// What is written and printed in the end, on the first process.
struct Results<'a> {
    shown: &'a ImageSet,
    learned: &'a Gathered,
    truth: Option<&'a Truth>,
    output: &'a Output,
    checkpoints: &'a Checkpoints<'a>,
}

impl LearnRun<'_> {
    fn run(&self) -> Result<Outcome> {
        self.propagate(self.check_arguments())?;
        let output = self.propagate(self.open_output())?;
        let shard = self.read(output.as_ref())?;
        let shown = ShownImages::choose(&shard);
        self.check_images(&shard, &shown.images)?;
        let truth = self.read_truth(&shown.images)?;
        let interrupt = Interrupt::listen()?;
        let ChosenRank { rank, choice } = self.choose_rank(&shard, &interrupt)?;
        let mut checkpoints = self.propagate(self.checkpoints(output.as_ref(), choice.clone()))?;
        let mut traffic = self.traffic.map(PassTraffic::new);
        let fit = RunFit {
            arguments: self.arguments,
            shard: &shard,
            rank,
            checkpoint: self.resume_point.map(|point| &point.checkpoint),
            interrupt: &interrupt,
            keeps_checkpoints: self.keeps_checkpoints(&shard, rank),
            checkpoints: checkpoints.as_mut(),
            traffic: traffic.as_mut(),
        };
        let learned = self.gather(&shard, &shown, self.fit(fit)?);
        // All processes take part.
        let totals = Totals::of(&shard);
        let (Some(output), Some(checkpoints)) = (&output, &checkpoints) else {
            return Ok(interrupt.outcome());
        };
        let mut report = report(self.arguments, &shown.images, &learned, totals);
        report.nmf.rank_choice = choice;
        report.truth = self.truth_report(truth.as_ref(), &learned);
        report.mpi = traffic.map(|traffic| traffic.report(self.communicator.size()));
        let results = Results {
            shown: &shown.images,
            learned: &learned,
            truth: truth.as_ref(),
            output,
            checkpoints,
        };
        self.draw_and_write(&results, report)?;
        Ok(interrupt.outcome())
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

    fn gather(&self, shard: &ImageShard, shown: &ShownImages, fitted: Fitted) -> Gathered {
        let options = self.arguments.reading.options();
        Gathered::new(shard, shown, &options, fitted)
    }

    fn propagate<T>(&self, result: Result<T>) -> Result<T> {
        propagate(self.communicator, result)
    }

    /// Checks that several processes are not asked for what needs all images in one.
    fn check_arguments(&self) -> Result<()> {
        if self.communicator.size() == 1 {
            return Ok(());
        }
        let Arguments {
            input,
            rank,
            method,
            ..
        } = self.arguments;
        let (what, try_instead) = if *rank == Rank::Auto {
            (
                "-k auto",
                "search with --limit first, and pass -k with what it finds",
            )
        } else if input == Path::new(input::LIST) {
            ("a list on stdin", "name a folder")
        } else if method.truth.is_some() {
            ("--truth", "compare the parts in model.npz")
        } else {
            return Ok(());
        };
        Err(CommunicatorError::NeedsOneProcess {
            what: what.to_owned(),
            try_instead,
        }
        .into())
    }

    /// Opens the output folder on the first process.
    fn open_output(&self) -> Result<Option<Output>> {
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
            checkpoints::note_if_any(&output, writing.quiet);
            exports::check(exports, &output)?;
        }
        Ok(Some(output))
    }

    /// Reads this process's images.
    fn read(&self, output: Option<&Output>) -> Result<ImageShard<'_>> {
        let workload = self.propagate(self.workload())?;
        let Arguments {
            input,
            reading,
            writing,
            ..
        } = self.arguments;
        let quiet = writing.quiet || !self.is_first;
        let spinner = Progress::spinner(quiet, format!("reading {}", input.display()));
        let place = input::ReadingPlace {
            scratch: &writing.out,
            output,
        };
        let shard = input::read_shard(input, reading, &place, self.communicator, &workload)?;
        drop(spinner);
        if !quiet {
            input::note_memory(&shard.set, &workload);
        }
        Ok(shard)
    }

    /// Checks on the first process that the pictures can be drawn of the images shown.
    fn check_images(&self, shard: &ImageShard, shown: &ImageSet) -> Result<()> {
        let shows_all = shown.len() == shard.whole_len();
        if !self.is_first {
            return self.propagate(Ok(()));
        }
        let mut checked = pictures::check(self.arguments, shown);
        if !shows_all {
            checked = checked.context("among the images that pictures show");
        }
        self.propagate(checked)
    }

    fn read_truth(&self, images: &ImageSet) -> Result<Option<Truth>> {
        let file = self.arguments.method.truth.as_deref();
        Ok(file.map(|file| Truth::read(file, images)).transpose()?)
    }

    fn truth_report(&self, truth: Option<&Truth>, learned: &Gathered) -> Option<TruthReport> {
        let file = self.arguments.method.truth.as_deref()?;
        Some(TruthReport::new(
            file,
            truth?,
            &learned.model.decompositions,
        ))
    }

    /// Returns the rank that was given, or that a search has chosen.
    fn choose_rank(&self, shard: &ImageShard, interrupt: &Interrupt) -> Result<ChosenRank> {
        match (self.arguments.rank, self.resume_point) {
            (Rank::Given(rank), _) => Ok(ChosenRank { rank, choice: None }),
            (Rank::Auto, Some(point)) => Ok(ChosenRank {
                rank: point.checkpoint.rank(),
                choice: point.note.rank_choice.clone(),
            }),
            (Rank::Auto, None) => {
                let images = shard.set.in_memory()?;
                let Arguments {
                    learning, writing, ..
                } = self.arguments;
                let choice = ranks::auto(&images, learning.seed, writing.quiet, interrupt)?;
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

    fn draw_and_write(&self, results: &Results, mut report: Report) -> Result<()> {
        let Results {
            shown,
            learned:
                Gathered {
                    nmf,
                    pca,
                    model,
                    frames,
                    ..
                },
            truth,
            ..
        } = results;
        let fitted = pictures::FittedModels {
            nmf,
            pca,
            model,
            frames,
        };
        let context = pictures::Context::new(self.arguments, shown, &fitted, *truth, &report);
        allocator::trim();
        let pictures = pictures::draw(&context)?;
        let view = if self.arguments.pictures.view {
            view::text(&model.decompositions, &report.methods(), || {
                pictures::slide(&context)
            })?
        } else {
            None
        };
        // Pictures read images too, which may be in a file that fails late.
        shown.check()?;
        self.write(results, &pictures, &mut report)?;
        self.print(results, &report)?;
        view::show(view)
    }

    fn write(&self, results: &Results, pictures: &[Picture], report: &mut Report) -> Result<()> {
        let model: &Model = results.learned.model_to_write();
        let mut staged = results.output.stage();
        for picture in pictures {
            staged.add(&picture.name, &picture.bytes)?;
            report.files.push(file(&picture.name, &picture.caption));
        }
        let caption =
            "Parts, weights, eigenimages and scores, for numpy.load and `nmf-images project`.";
        staged.add_by("model.npz", |file| {
            written(file, |file| model.write_npz(file))
        })?;
        report.files.push(file("model.npz", caption));
        let exported = exports::export(&self.arguments.exports, &mut staged, model)?;
        report.files.extend(exported);
        // The last, so that it lists only files that exist.
        report
            .files
            .push(file("report.json", "Every number of this run."));
        let stay = results.output.discard_earlier(&mut staged, &report.files);
        report.input.notes.extend(stay);
        staged.add("report.json", &json(report)?)?;
        results.checkpoints.remove_if_finished(&mut staged);
        staged.replace()
    }

    fn print(&self, results: &Results, report: &Report) -> Result<()> {
        let mut notes = report.input.notes.clone();
        notes.extend(results.checkpoints.notes());
        notes.extend(self.resume_point.map(ResumePoint::note_on_pictures));
        let notices = summary::Notices {
            notes: &notes,
            warnings: &report.warnings,
        };
        summary::print_result(&self.arguments.writing, notices, report, || {
            summary::of_run(report, results.output, self.began.elapsed())
        })
    }
}
