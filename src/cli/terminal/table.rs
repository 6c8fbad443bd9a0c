//! Tables aligned for a terminal: rules, ranks, files.

mod means;

pub use means::{clusters, means};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use nmf_images::comparison::RuleSummary;
use nmf_images::error::one_line;
use nmf_images::nmf::StopReason;
use nmf_images::rank::RankScores;
use nmf_images::report::{File, RankSummary};

/// The width of the table in columns.
const WIDTH: u16 = 100;
const HEADS: [&str; 11] = [
    "rule",
    "error",
    "objective",
    "sparsity",
    "overlap",
    "local.",
    "dead",
    "iter.",
    "seconds",
    "stopped",
    "minimises",
];
/// The columns of text; all others are numbers.
const WORDS: [usize; 3] = [0, 9, 10];
const LEGEND: &str = "\
error: ‖X − W H‖ / ‖X‖. sparsity: 0 uniform, 1 a single pixel. overlap: 0 none, 1 identical parts.
local.: 0 uniform, 1 a spot. dead: empty parts. Objectives are comparable if the same is minimised.
";

const RANKS_LEGEND: &str = "\
error: on training pixels. hidden: on held-out pixels, ± its standard error. cosine: mean cosine of
parts from different starts. cophenetic: 1 if all starts group the images in the same way.
bound: the least error of as many images of any sign. PCA: the mean and as many eigenimages.
";

const LADDER_LEGEND: &str = "\
NMF, PCA: relative errors; PCA uses the mean image besides as many eigenimages. bound: the least
error of as many images of any sign. sparsity: 0 uniform, 1 a single pixel. overlap: 0 none.
";

/// Returns the table of rules with a legend.
pub fn rules(lines: &[RuleSummary]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH);
    table.set_header(HEADS);
    table.add_rows(lines.iter().map(cells));
    for (index, column) in table.column_iter_mut().enumerate() {
        let (alignment, left) = match index {
            0 => (CellAlignment::Left, 0),
            _ if WORDS.contains(&index) => (CellAlignment::Left, 2),
            _ => (CellAlignment::Right, 1),
        };
        column.set_cell_alignment(alignment);
        column.set_padding((left, 0));
    }
    format!("{}\n\n{LEGEND}", table.trim_fmt())
}

/// Returns the table of ranks with a legend.
pub fn ranks(ranks: &[RankScores]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "parts",
        "error",
        "hidden",
        "±",
        "cosine",
        "cophenetic",
        "bound",
        "PCA",
        "seconds",
    ]);
    let share = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"))
    };
    table.add_rows(ranks.iter().map(|scores| {
        [
            scores.rank.to_string(),
            share(Some(scores.relative_error), 4),
            share(scores.held_out_error, 4),
            share(scores.held_out_spread, 4),
            share(scores.stability, 2),
            share(scores.cophenetic, 3),
            share(scores.bound, 4),
            share(scores.pca_error, 4),
            share(Some(scores.seconds), 2),
        ]
    }));
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_padding((2, 0));
    }
    format!("{}\n\n{RANKS_LEGEND}", table.trim_fmt())
}

/// Returns the table of the ranks of a run with a legend; held-out errors only if images were held out.
pub fn ladder(ranks: &[RankSummary]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let has_held_out = ranks.iter().any(|rank| rank.nmf_held_out_error.is_some());
    let held_out = ["NMF held out", "PCA held out"].map(str::to_owned);
    let mut head = ["parts", "NMF", "bound", "PCA"].map(str::to_owned).to_vec();
    head.extend(held_out.into_iter().filter(|_| has_held_out));
    let figures = ["sparsity", "overlap", "iter.", "seconds", "stopped"];
    head.extend(figures.map(str::to_owned));
    table.set_header(head);
    for rank in ranks {
        let error =
            |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.4}"));
        let held_out = [rank.nmf_held_out_error, rank.pca_held_out_error];
        let mut row = vec![
            rank.rank.to_string(),
            error(Some(rank.nmf_relative_error)),
            error(rank.bound),
            error(Some(rank.pca_relative_error)),
        ];
        row.extend(held_out.into_iter().filter(|_| has_held_out).map(error));
        row.extend([
            format!("{:.2}", rank.sparsity),
            format!("{:.2}", rank.overlap),
            rank.iterations.to_string(),
            format!("{:.2}", rank.seconds),
            word(rank.stop_reason).to_owned(),
        ]);
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_padding((2, 0));
    }
    format!("{}\n\n{LADDER_LEGEND}", table.trim_fmt())
}

/// Returns files with their captions, one per line, wrapped to `columns` if they are known.
pub fn files(files: &[File], columns: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(columns) = columns {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(columns);
    }
    table.add_rows(files.iter().map(|File { name, caption }| [name, caption]));
    for column in table.column_iter_mut() {
        column.set_padding((2, 0));
    }
    table.trim_fmt()
}

fn cells(line: &RuleSummary) -> [String; HEADS.len()] {
    let dash = || "–".to_owned();
    [
        one_line(&line.rule),
        format!("{:.4}", line.relative_error),
        line.objective.map_or_else(dash, objective),
        format!("{:.2}", line.sparsity),
        format!("{:.2}", line.overlap),
        format!("{:.2}", line.localisation),
        line.dead.to_string(),
        line.iterations.map_or_else(dash, |count| count.to_string()),
        format!("{:.2}", line.seconds),
        line.stop_reason.map_or("–", word).to_owned(),
        line.minimises.clone(),
    ]
}

/// Formats a value with six significant digits.
fn objective(value: f64) -> String {
    let digits = (5.0 - value.abs().max(1e-3).log10().floor()).clamp(0.0, 6.0) as usize;
    if value.is_finite() && (1e-3..1e9).contains(&value) {
        format!("{value:.digits$}")
    } else {
        format!("{value:.3e}")
    }
}

/// The reasons to stop, each with its word. A `match` would need an arm for others, which the Python package, where library and
/// command are one crate, cannot reach.
const REASONS: [(StopReason, &str); 5] = [
    (StopReason::Converged, "tol"),
    (StopReason::TargetError, "target"),
    (StopReason::MaxIterations, "max-iter"),
    (StopReason::TimeLimit, "time"),
    (StopReason::Interrupted, "Ctrl-C"),
];

/// Returns the reason to stop in a word.
fn word(reason: StopReason) -> &'static str {
    let known = REASONS.iter().find(|(known, _)| *known == reason);
    known.map_or("–", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_keeps_to_its_width_whatever_it_holds() {
        let line = |rule: &str, value: f64| RuleSummary {
            rule: rule.to_owned(),
            init: None,
            rank: 9,
            noise: "none".to_owned(),
            seed: None,
            clean_error: None,
            accuracy: None,
            nmi: None,
            minimises: "Kullback-Leibler divergence with penalties".to_owned(),
            relative_error: value,
            objective: Some(value),
            sparsity: value,
            overlap: value,
            localisation: -value,
            cancellation: value,
            dead: 100,
            iterations: Some(500),
            seconds: 12_345.678,
            stop_reason: Some(StopReason::MaxIterations),
        };
        let lines = [
            line("nonsmooth:0.5", 0.98765),
            line("a very long name of a rule", 0.1),
            line("mu:is", f64::NAN),
        ];
        let table = rules(&lines);
        assert!(
            table
                .lines()
                .all(|line| line.chars().count() <= WIDTH.into()),
            "{table}"
        );
        assert!(
            table.contains("nonsmooth:0.5")
                && table.contains("0.9877")
                && table.contains("max-iter"),
            "{table}"
        );
    }

    #[test]
    fn objectives_have_six_digits_at_any_size() {
        let shown = [
            861.869_872,
            0.012_345_678,
            12_345_678.9,
            1e-12,
            1e300,
            f64::NAN,
        ]
        .map(objective);
        assert_eq!(
            shown,
            [
                "861.870",
                "0.012346",
                "12345679",
                "1.000e-12",
                "1.000e300",
                "NaN"
            ]
        );
    }
}
