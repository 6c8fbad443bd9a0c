//! The command `compare`: learn every combination, draw, write, print.

mod chart;
mod picture;
mod runs;

use std::time::Instant;

use anyhow::Result;
use nmf_images::communicator::SingleProcess;
use nmf_images::comparison;
use nmf_images::images::ImageShard;
use nmf_images::outputs::WrittenBy;
use nmf_images::report::{BoundReport, ComparisonReport, PcaReport, Settings};
use nmf_images::{ImageSet, with_threads};

use self::runs::Runs;
use super::own_start::OwnStart;
use crate::cli::arguments::{Compare, PathRead};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, RunFiles, csv_tables, file, json};
use crate::cli::pictures::Picture;
use crate::cli::terminal::progress::Interrupt;
use crate::cli::terminal::summary;

/// Compares the rules and writes everything to the output folder.
pub fn compare(arguments: &Compare, paths: &[PathRead]) -> Result<Outcome> {
    arguments.check_rules()?;
    with_threads(arguments.learning.threads, || {
        let began = Instant::now();
        let files = RunFiles::of(WrittenBy::Compare);
        let output = Output::prepare_for(&arguments.writing.out, files, paths)?;
        match OwnStart::read(&arguments.learning.init)? {
            None => compare_from(None, arguments, &output, began),
            Some(file) => {
                let arguments = file.compared(arguments)?;
                compare_from(Some(&file), &arguments, &output, began)
            }
        }
    })
}

/// Compares the rules from the start in a file, if there is one.
fn compare_from(
    file: Option<&OwnStart>,
    arguments: &Compare,
    output: &Output,
    began: Instant,
) -> Result<Outcome> {
    let images = input::read(
        &arguments.input,
        &arguments.reading,
        output,
        arguments.writing.printing.quiet,
        &arguments.workload(),
    )?;
    let images = ImageShard::new(images, &SingleProcess);
    let interrupt = Interrupt::listen()?;
    let runs = runs::learn(arguments, file, &images, &interrupt)?;
    let mut report = facts(arguments, &images.set, &runs);
    let mut pictures = vec![picture::draw(arguments, &images.set, &runs.drawn)?];
    pictures.extend(chart::draw(arguments, &runs.rows)?);
    write(output, &pictures, &mut report)?;
    let notices = summary::Notices {
        notes: &report.input.notes,
        warnings: &report.warnings,
    };
    summary::print_result(arguments.writing.printing, notices, &report, || {
        summary::of_comparison(&report, output, began.elapsed())
    })?;
    Ok(interrupt.outcome())
}

/// Returns the report without its list of files.
fn facts(arguments: &Compare, images: &ImageSet, runs: &Runs) -> ComparisonReport {
    let grid = arguments.grid();
    let mut settings = Settings::of(&runs.drawn.learned[0].model);
    settings.init = grid.inits[0].to_string();
    settings.inits = grid.inits.iter().map(ToString::to_string).collect();
    settings.noises = grid.noises.iter().map(ToString::to_string).collect();
    (settings.ranks, settings.seeds) = (grid.ranks, grid.seeds);
    let mut input = input::facts(&arguments.input, &arguments.reading, images);
    input.notes.extend(runs.start_note.clone());
    ComparisonReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input,
        settings,
        compare: runs.rows.clone(),
        means: comparison::means(&runs.rows),
        pca: PcaReport::new(&runs.drawn.pca),
        bound: BoundReport::new(&runs.drawn.pca),
        files: Vec::new(),
        warnings: input::warnings(&images.skipped, Some("report.json"))
            .into_iter()
            .chain(runs.warnings.iter().cloned())
            .collect(),
    }
}

fn write(output: &Output, pictures: &[Picture], report: &mut ComparisonReport) -> Result<()> {
    let drawn = pictures
        .iter()
        .map(|picture| file(&picture.name, &picture.caption));
    report.files = drawn.collect();
    report.files.extend([
        file(
            "compare.csv",
            "One line per run: those of the rules, then VQ and PCA, noise by noise.",
        ),
        file(
            "compare-means.csv",
            "One line per combination: mean and standard deviation over the seeds.",
        ),
        file("report.json", "Every number of this run."),
    ]);
    let mut staged = output.stage();
    let stay = output.discard_earlier(&mut staged, &report.files);
    report.input.notes.extend(stay);
    for picture in pictures {
        staged.add(&picture.name, &picture.bytes)?;
    }
    staged.add("compare.csv", &csv_tables::rows(&report.compare)?)?;
    staged.add("compare-means.csv", &csv_tables::of_means(&report.means)?)?;
    staged.add("report.json", &json(report)?)?;
    staged.replace()
}
