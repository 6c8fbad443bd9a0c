//! The summaries of the commands `compare` and `ranks`, and of a run with several ranks: their tables.

use std::time::Duration;

use nmf_images::comparison::{RuleSummary, Varied};
use nmf_images::plural::{by_count, counted};
use nmf_images::report::{ComparisonReport, LadderReport, RanksReport};

use super::lines::{read, written};
use crate::cli::output::Output;
use crate::cli::terminal::table;

/// Returns what was read, the table of rules or of combinations, the total time, and the file to start with.
pub fn of_comparison(report: &ComparisonReport, output: &Output, total: Duration) -> String {
    let varied = Varied::among(&report.compare);
    let (learned, table) = if varied.any() {
        (
            combinations(&report.compare),
            table::means(&report.means, varied),
        )
    } else {
        let rank = report.settings.rank;
        let parts = by_count(rank, "part", "parts");
        (
            format!("{rank} {parts} per rule, same initialisation"),
            [
                Some(table::rules(&report.compare)),
                table::clusters(&report.means),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
        )
    };
    [
        read(&report.input),
        learned,
        String::new(),
        table,
        written(&report.files, output, total),
    ]
    .map(|line| line + "\n")
    .concat()
}

/// Returns the number of runs.
fn combinations(runs: &[RuleSummary]) -> String {
    let fits = runs.iter().filter(|run| run.init.is_some()).count();
    format!(
        "{}; rules with the same start, rank, seed and noise begin alike",
        counted(fits, "fit", "fits")
    )
}

/// Returns what was read, the table of ranks, the total time, and the file to start with.
pub fn of_ladder(report: &LadderReport, output: &Output, total: Duration) -> String {
    [
        read(&report.input),
        String::new(),
        table::ladder(&report.ranks),
        written(&report.files, output, total),
    ]
    .map(|line| line + "\n")
    .concat()
}

/// Returns what was read, the table of ranks, and which rank is recommended and why.
pub fn of_ranks(report: &RanksReport, output: &Output, total: Duration) -> String {
    let choice = &report.choice;
    let mut lines = vec![
        read(&report.input),
        sample(report),
        table::ranks(&report.ranks),
    ];
    if let Some(count) = report.parallel_analysis {
        let eigenimages = by_count(count, "eigenimage", "eigenimages");
        lines.push(format!(
            "parallel analysis: {count} {eigenimages} above chance"
        ));
    }
    let parts = by_count(choice.choice, "part", "parts");
    lines.push(format!(
        "suggested: {} {parts}; {}",
        choice.choice, choice.reason
    ));
    lines.push(String::new());
    lines.push(written(&report.files, output, total));
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Returns a line on the sample of images and pixels, if not all were used.
fn sample(report: &RanksReport) -> String {
    let (images, pixels) = (
        report.settings.sampled_images,
        report.settings.sampled_pixels,
    );
    if images == report.input.images && pixels == report.input.shape().pixels() {
        return String::new();
    }
    format!("scored on {images} images and {pixels} of their pixels, evenly spread\n")
}
