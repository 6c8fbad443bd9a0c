//! The command `ranks`: try each rank, choose, draw, write, print. And the short search of `-k auto`.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result};
use nmf_images::images::Images;
use nmf_images::outputs::WrittenBy;
use nmf_images::rank::{RankChoice, RankScores, RankTrials, choose};
use nmf_images::report::{RanksReport, RanksSettings};
use nmf_images::{ImageSet, RankSearch, with_threads};

use super::ranks_cache;
use crate::cli::arguments::{AUTO_RANKS, PathRead, RanksArguments};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, RunFiles, csv_tables, file, json};
use crate::cli::pictures::ladder::Ladder;
use crate::cli::pictures::{self, Picture};
use crate::cli::terminal::progress::{Interrupt, Progress};
use crate::cli::terminal::summary;

const NO_ROOM_FOR_LADDER: &str = "ladder.png was not drawn: fits of up to 49 parts to all images take more memory than can be used";

/// Tries the ranks and writes everything to the output folder.
pub fn ranks(arguments: &RanksArguments, paths: &[PathRead]) -> Result<Outcome> {
    with_threads(arguments.threads, || {
        let began = Instant::now();
        note_old_spelling(arguments);
        let (files, writing) = (RunFiles::of(WrittenBy::Ranks), &arguments.writing);
        let output = Output::prepare_for(&writing.out, files, paths)?;
        let read = input::read(
            &arguments.input,
            &arguments.reading,
            &output,
            writing.printing.quiet,
            &arguments.workload(),
        )?;
        let images = read.in_memory()?;
        let search = arguments.search(&images)?;
        let interrupt = Interrupt::listen()?;
        let trials = {
            let _spinner = Progress::spinner(writing.printing.quiet, "finding eigenimages");
            search.prepare(&*images)?
        };
        let work = RankRun {
            arguments,
            images: &images,
            search,
            trials,
            interrupt,
        };
        let Some(mut report) = work.run(&output)? else {
            return Ok(Outcome::Interrupted);
        };
        let pictures = work.draw(&mut report)?;
        write(&output, &pictures, &mut report)?;
        let notices = summary::Notices {
            notes: &report.input.notes,
            warnings: &report.warnings,
        };
        summary::print_result(writing.printing, notices, &report, || {
            summary::of_ranks(&report, &output, began.elapsed())
        })?;
        Ok(work.interrupt.outcome())
    })
}

/// Prints a note if options are given in their old spelling.
fn note_old_spelling(arguments: &RanksArguments) {
    if !arguments.writing.printing.quiet {
        summary::print_notices(summary::Notices {
            notes: arguments.old_spelling().as_slice(),
            warnings: &[],
        });
    }
}

/// Chooses the rank by a short search: a few ranks from one start each, compared by their error on hidden pixels.
pub fn auto(
    images: &ImageSet,
    seed: u64,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<RankChoice> {
    let most = images.len().min(images.shape().pixels());
    let search = RankSearch::new(AUTO_RANKS.into_iter().filter(|&rank| rank <= most))
        .restarts(1)
        .seed(seed)
        .pca(false);
    let trials = search.prepare(images)?;
    let progress = Progress::ranks(quiet, search.ranks());
    let mut tried = Vec::new();
    for &rank in search.ranks() {
        progress.try_rank(rank);
        let Some(scores) = trials.scores(rank, &|| interrupt.check())? else {
            break;
        };
        tried.push(scores);
    }
    choose(&tried, None).context("interrupted before a rank could be chosen: nothing was written")
}

/// A run of the command.
struct RankRun<'a> {
    arguments: &'a RanksArguments,
    images: &'a ImageSet,
    search: RankSearch,
    trials: RankTrials,
    interrupt: Interrupt,
}

impl RankRun<'_> {
    /// Tries the ranks that no earlier run has tried, and writes ranks.json after each; `None` if Ctrl-C was pressed before
    /// the first was done.
    fn run(&self, output: &Output) -> Result<Option<RanksReport>> {
        let key = ranks_cache::key(self.images, self.arguments.restarts, self.arguments.seed);
        let known = ranks_cache::ranks(&output.path("ranks.json"), &key);
        let mut tried: BTreeMap<usize, RankScores> = known
            .into_iter()
            .map(|scores| (scores.rank, scores))
            .collect();
        let missing: Vec<usize> = self
            .search
            .ranks()
            .iter()
            .copied()
            .filter(|rank| !tried.contains_key(rank))
            .collect();
        let progress = Progress::ranks(self.arguments.writing.printing.quiet, &missing);
        for &rank in &missing {
            progress.try_rank(rank);
            let Some(scores) = self.trials.scores(rank, &|| self.interrupt.check())? else {
                break;
            };
            tried.insert(rank, scores);
            if let Some(mut report) = self.facts(&tried, &key) {
                // If this run is killed, the next one removes them.
                report.files = output.earlier_files();
                output.write("ranks.json", &json(&report)?)?;
            }
        }
        Ok(self.facts(&tried, &key))
    }

    /// Returns the report without its list of files; `None` if no rank was tried.
    fn facts(&self, tried: &BTreeMap<usize, RankScores>, key: &str) -> Option<RanksReport> {
        let ranks: Vec<RankScores> = tried.values().copied().collect();
        let (sampled_images, sampled_pixels) = self.trials.sample();
        let wanted = self.search.ranks();
        let done = wanted
            .iter()
            .filter(|rank| tried.contains_key(rank))
            .count();
        let unfinished = (done < wanted.len()).then(|| {
            format!(
                "ended after {done} of {} ranks; the same command continues from there",
                wanted.len()
            )
        });
        Some(RanksReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            input: input::facts(&self.arguments.input, &self.arguments.reading, self.images),
            settings: RanksSettings {
                ranks: self.search.ranks().to_vec(),
                restarts: self.arguments.restarts,
                seed: self.arguments.seed,
                sampled_images,
                sampled_pixels,
                key: key.to_owned(),
            },
            choice: choose(&ranks, self.trials.parallel_analysis)?,
            parallel_analysis: self.trials.parallel_analysis,
            ranks,
            files: Vec::new(),
            warnings: input::warnings(&self.images.skipped, Some("ranks.json"))
                .into_iter()
                .chain(unfinished)
                .collect(),
        })
    }

    fn draw(&self, report: &mut RanksReport) -> Result<Vec<Picture>> {
        let mut pictures = pictures::ranks::chart(self.arguments, report)?;
        let mut ladder = Ladder::new(self.images, None);
        if ladder.is_some() && !self.has_room_for_ladder() {
            ladder = None;
            report.input.notes.push(NO_ROOM_FOR_LADDER.to_owned());
        }
        let fitted =
            pictures::ranks::fitted(self.arguments, self.images, report, ladder, &self.interrupt)?;
        pictures.extend(fitted);
        Ok(pictures)
    }

    fn has_room_for_ladder(&self) -> bool {
        let workload = input::usable(&self.arguments.reading.files, &self.arguments.workload());
        workload.has_room_for_ladder(&self.images.size())
    }
}

fn write(output: &Output, pictures: &[Picture], report: &mut RanksReport) -> Result<()> {
    report.files = pictures
        .iter()
        .map(|picture| file(&picture.name, &picture.caption))
        .collect();
    report
        .files
        .push(file("ranks.csv", "The table: one line per rank."));
    report.files.push(file(
        "ranks.json",
        "Every number of this run; a later run continues from it.",
    ));
    let mut staged = output.stage();
    let stay = output.discard_earlier(&mut staged, &report.files);
    report.input.notes.extend(stay);
    for picture in pictures {
        staged.add(&picture.name, &picture.bytes)?;
    }
    staged.add("ranks.csv", &csv_tables::rows(&report.ranks)?)?;
    staged.add("ranks.json", &json(report)?)?;
    staged.replace()
}
