//! The main command with several ranks: each is learned into a folder of its own, and the ladder shows the same images at all
//! of them. The images are read once.

use anyhow::{Result, bail};
use nmf_images::images::Images;
use nmf_images::outputs::{WrittenBy, rank_folder};
use nmf_images::plural::counted;
use nmf_images::report::{LadderReport, RankSummary};
use nmf_images::{Error, ImageSet};

use super::pipeline::LearnRun;
use super::run_images::RunImages;
use crate::cli::arguments::{Arguments, PictureChoice, Rank};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, RunFiles, csv_tables, file, json};
use crate::cli::pictures::ladder::Ladder;
use crate::cli::pictures::{Picture, chosen_images, title_of_run};
use crate::cli::terminal::progress::Interrupt;
use crate::cli::terminal::summary;

/// Learns with each rank, draws the ladder, and writes the table of all ranks.
pub(super) fn learn(run: &LearnRun, ranks: &[usize]) -> Result<Outcome> {
    check(run)?;
    let arguments: Vec<Arguments> = ranks
        .iter()
        .map(|&rank| of_rank(run.arguments, rank))
        .collect();
    let mut output = Output::prepare_for(
        &run.arguments.writing.out,
        RunFiles::of(WrittenBy::Ladder),
        &run.arguments.paths,
    )?;
    let mut runs = Vec::new();
    for arguments in &arguments {
        let run = RankRun::prepare(run, arguments)?;
        output.add_targets(&run.output);
        runs.push(run);
    }
    let images = RunImages::prepare(run.read(Some(&output))?, run.arguments)?;
    let shown = &images.training.set;
    run.check_images(&images, shown)?;
    check_largest(ranks, shown)?;
    let mut several = SeveralRanks {
        run,
        output: &output,
        images: &images,
        ladder: Ladder::of_ranks(
            shown,
            ranks.to_vec(),
            chosen_images::images(&run.arguments.pictures, &shown.names)?,
        ),
        summaries: Vec::new(),
        notes: Vec::new(),
        warnings: Vec::new(),
    };
    let interrupt = Interrupt::listen()?;
    several.learn(&runs, &interrupt)?;
    several.finish()?;
    Ok(interrupt.outcome())
}

/// Checks that the options fit several ranks.
fn check(run: &LearnRun) -> Result<()> {
    run.check_arguments()?;
    let Arguments {
        pictures, writing, ..
    } = run.arguments;
    if run.resume_point.is_some() {
        bail!("--resume continues a run with one rank: omit -k");
    }
    if let Some(file) = run.arguments.learning.init.file() {
        bail!(
            "{} has one number of parts, so that several ranks cannot start from it: omit -k",
            file.display()
        );
    }
    if pictures.view {
        bail!("--view shows a run with one rank: omit it, or pass one number to -k");
    }
    if pictures.is_asked_for(PictureChoice::Ladder) {
        bail!(
            "several ranks are always drawn in {}: omit `ladder` from --only",
            writing.out.join("ladder.png").display()
        );
    }
    Ok(())
}

/// Checks that the images allow the largest rank, before any is learned.
fn check_largest(ranks: &[usize], images: &ImageSet) -> Result<()> {
    let (count, pixels) = (images.len(), images.shape().pixels());
    let most = count.min(pixels);
    match ranks.last() {
        Some(&rank) if rank > most => Err(Error::RankTooLarge {
            rank,
            images: count,
            pixels,
            most,
        }
        .into()),
        _ => Ok(()),
    }
}

/// Returns the arguments of the run with one of the ranks, which `--resume` continues if it is interrupted.
fn of_rank(arguments: &Arguments, rank: usize) -> Arguments {
    let mut of_rank = arguments.clone();
    of_rank.rank = Rank::Given(rank);
    of_rank.writing.out.push(rank_folder(rank));
    of_rank
        .options
        .retain(|option| !option.starts_with("--rank="));
    of_rank.options.push(format!("--rank={rank}"));
    of_rank
}

/// The run with one of the ranks, and its output folder.
struct RankRun<'a> {
    run: LearnRun<'a>,
    output: Output,
}

impl<'a> RankRun<'a> {
    /// Opens the output folder of the rank.
    fn prepare(all: &LearnRun<'a>, arguments: &'a Arguments) -> Result<Self> {
        let run = LearnRun {
            arguments,
            images: None,
            ..*all
        };
        let output = run.open_output()?.expect("one process writes");
        Ok(Self { run, output })
    }
}

/// What all ranks have in common, and what is kept of each.
struct SeveralRanks<'a> {
    run: &'a LearnRun<'a>,
    output: &'a Output,
    images: &'a RunImages<'a>,
    ladder: Ladder<'a>,
    summaries: Vec<RankSummary>,
    notes: Vec<String>,
    /// Each warning with the ranks that it is about.
    warnings: Vec<(String, Vec<usize>)>,
}

impl SeveralRanks<'_> {
    /// Learns with one rank after the other, until Ctrl-C is pressed.
    fn learn(&mut self, runs: &[RankRun], interrupt: &Interrupt) -> Result<()> {
        let of_input = input::warnings(&self.images.training.set.skipped, Some("report.json"));
        for RankRun { run, output } in runs {
            let finished = run.learn(self.images, Some(output), interrupt)?;
            let Some(finished) = finished else { continue };
            let report = &finished.written.report;
            let rank = report.nmf.rank;
            self.ladder.add_run(&finished.model, report);
            self.summaries
                .push(RankSummary::new(report, rank_folder(rank)));
            self.notes.extend(finished.written.notes.iter().cloned());
            for warning in &report.warnings {
                if !of_input.contains(warning) {
                    self.warn(warning, rank);
                }
            }
            if interrupt.check().is_break() {
                break;
            }
        }
        self.ladder.truncate(self.summaries.len());
        Ok(())
    }

    /// Keeps a warning of a rank, once for all ranks that have it.
    fn warn(&mut self, warning: &str, rank: usize) {
        match self.warnings.iter_mut().find(|(known, _)| known == warning) {
            Some((_, ranks)) => ranks.push(rank),
            None => self.warnings.push((warning.to_owned(), vec![rank])),
        }
    }

    /// Draws the ladder, writes the table and the report, and prints them.
    fn finish(&self) -> Result<()> {
        let writing = &self.run.arguments.writing;
        let picture = self
            .ladder
            .picture(&title_of_run(self.run.arguments), writing)?;
        let mut report = self.report();
        self.write(&picture, &mut report)?;
        let mut notes = report.input.notes.clone();
        notes.extend(self.notes.iter().cloned());
        let notices = summary::Notices {
            notes: &notes,
            warnings: &report.warnings,
        };
        summary::print_result(writing.printing, notices, &report, || {
            summary::of_ladder(&report, self.output, self.run.began.elapsed())
        })
    }

    /// Returns the report without its list of files.
    fn report(&self) -> LadderReport {
        let images = &self.images.training.set;
        let Arguments { input, reading, .. } = self.run.arguments;
        let mut warnings = input::warnings(&images.skipped, Some("ladder.json"));
        for (warning, ranks) in &self.warnings {
            let ranks: Vec<String> = ranks.iter().map(ToString::to_string).collect();
            warnings.push(format!("k = {}: {warning}", ranks.join(", ")));
        }
        warnings.extend(self.unfinished());
        LadderReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            input: input::facts(input, reading, images),
            images: self.ladder.names(),
            ranks: self.summaries.clone(),
            files: Vec::new(),
            warnings,
        }
    }

    /// Returns a warning if Ctrl-C was pressed before all ranks were learned.
    fn unfinished(&self) -> Option<String> {
        let Rank::Several(ranks) = &self.run.arguments.rank else {
            return None;
        };
        let missing: Vec<String> = ranks[self.summaries.len()..]
            .iter()
            .map(ToString::to_string)
            .collect();
        (!missing.is_empty()).then(|| {
            format!(
                "interrupted before k = {} could be learned",
                missing.join(", ")
            )
        })
    }

    fn write(&self, picture: &Picture, report: &mut LadderReport) -> Result<()> {
        report.files.push(file(&picture.name, &picture.caption));
        for summary in &report.ranks {
            let parts = counted(summary.rank, "part", "parts");
            report.files.push(file(
                &format!("{}/", summary.folder),
                &format!("The run with {parts}, as with `-k {}` alone.", summary.rank),
            ));
        }
        report
            .files
            .push(file("ladder.csv", "The table: one line per rank."));
        report.files.push(file(
            "ladder.json",
            "The table, the input and the warnings of all ranks.",
        ));
        let mut staged = self.output.stage();
        let stay = self.output.discard_earlier(&mut staged, &report.files);
        report.input.notes.extend(stay);
        staged.add(&picture.name, &picture.bytes)?;
        staged.add("ladder.csv", &csv_tables::rows(&report.ranks)?)?;
        staged.add("ladder.json", &json(report)?)?;
        staged.replace()
    }
}
