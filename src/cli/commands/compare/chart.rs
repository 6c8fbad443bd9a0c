//! The chart of a comparison: the errors of all runs.

use anyhow::Result;
use nmf_images::comparison::{NO_NOISE, RuleSummary, Varied};
use nmf_images::render::{CompareChart, ErrorPanel, ErrorSeries, RankErrors, compare_chart};
use nmf_images::{Method, NMF, PCA, VQ};

use crate::cli::arguments::Compare;
use crate::cli::pictures::{Picture, title};

/// Draws the error of each run: against the images without noise if noise was added to some.
pub fn draw(arguments: &Compare, rows: &[RuleSummary]) -> Result<Vec<Picture>> {
    let varied = Varied::among(rows);
    let caption = caption(rows, varied);
    let chart = CompareChart {
        title: &format!("{}: errors of all runs", title(&arguments.input)),
        caption: &caption,
        measure: if rows.iter().any(|row| row.clean_error.is_some()) {
            "relative error against the images without noise"
        } else {
            "relative error"
        },
        panels: &panels(rows, varied),
    };
    let figure = compare_chart(&chart, arguments.writing.theme())?;
    Picture::chart(&arguments.writing, "compare-chart", &caption, &figure)
}

/// Returns what the marks mean.
fn caption(rows: &[RuleSummary], varied: Varied) -> String {
    let mut caption = match rows.first() {
        Some(row) if !varied.rank => format!("Each dot is a run of rank {}.", row.rank),
        _ => "Each dot is a run.".to_owned(),
    };
    if varied.seed {
        caption +=
            " Lines are means over the seeds; bars reach one standard deviation above and below.";
    }
    if varied.seed && varied.rank {
        caption += " Runs of one rank stand side by side.";
    }
    caption
}

/// Returns one panel per noise and start.
fn panels(rows: &[RuleSummary], varied: Varied) -> Vec<ErrorPanel> {
    let mut panels = Vec::new();
    for noise in distinct(rows.iter().map(|row| row.noise.as_str())) {
        for init in distinct(rows.iter().filter_map(|row| row.init.as_deref())) {
            let is_of_panel = |row: &&RuleSummary| {
                row.noise == noise && row.init.as_ref().is_none_or(|own| own == init)
            };
            let mut heading = Vec::new();
            if varied.noise {
                heading.push(match noise {
                    NO_NOISE => "without noise".to_owned(),
                    noise => format!("noise {noise}"),
                });
            }
            if varied.init {
                heading.push(format!("start {init}"));
            }
            let own: Vec<_> = rows.iter().filter(is_of_panel).collect();
            // After Ctrl-C, some have no run.
            if !own.is_empty() {
                panels.push(ErrorPanel {
                    heading: heading.join(", "),
                    series: series(&own),
                });
            }
        }
    }
    panels
}

/// Returns one series per rule, VQ and PCA.
fn series(rows: &[&RuleSummary]) -> Vec<ErrorSeries> {
    let mut all = Vec::new();
    for name in distinct(rows.iter().map(|row| row.rule.as_str())) {
        let own: Vec<_> = rows.iter().filter(|row| row.rule == name).collect();
        let points = distinct(own.iter().map(|row| row.rank));
        let point = |rank| RankErrors {
            rank,
            errors: own
                .iter()
                .filter(|row| row.rank == rank)
                .map(|row| row.clean_error.unwrap_or(row.relative_error))
                .collect(),
        };
        all.push(ErrorSeries {
            name: name.to_owned(),
            method: method_of(name),
            points: points.into_iter().map(point).collect(),
        });
    }
    all
}

/// Returns the method of a row.
fn method_of(rule: &str) -> &'static Method {
    [&PCA, &VQ]
        .into_iter()
        .find(|method| method.name == rule)
        .unwrap_or(&NMF)
}

/// Returns the distinct values in the order in which they first appear.
fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}
