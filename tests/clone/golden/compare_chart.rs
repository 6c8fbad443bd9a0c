//! The errors of a comparison: how the page looks, and that its texts keep apart.

use nmf_images::render::{CompareChart, ErrorPanel, ErrorSeries, RankErrors, Theme, compare_chart};
use nmf_images::{NMF, PCA, VQ};

use crate::data::titles;
use crate::look::{assert_keeps_apart, assert_looks_like};

/// How many of what a comparison has.
#[derive(Debug, Clone, Copy)]
struct Grid {
    rules: usize,
    ranks: usize,
    seeds: usize,
    panels: usize,
}

/// Errors that fall with the rank and differ among rules, seeds and panels.
fn panels(grid: Grid, names: &[String]) -> Vec<ErrorPanel> {
    let point = |rule: usize, rank: usize, panel: usize, seeds: usize| RankErrors {
        rank: rank * rank,
        errors: (0..seeds)
            .map(|seed| {
                let wobble = ((7 * seed + 3 * rule) % 5) as f64;
                (0.3 + 0.02 * rule as f64 + 0.1 * panel as f64) / rank as f64 + 0.004 * wobble
            })
            .collect(),
    };
    let series = |index: usize, panel: usize| {
        let (name, method, seeds) = match index.checked_sub(grid.rules) {
            None => (names[index % names.len()].clone(), &NMF, grid.seeds),
            Some(0) => ("VQ".to_owned(), &VQ, grid.seeds),
            Some(_) => ("PCA".to_owned(), &PCA, 1),
        };
        ErrorSeries {
            name,
            method,
            points: (2..2 + grid.ranks)
                .map(|rank| point(index, rank, panel, seeds))
                .collect(),
        }
    };
    (0..grid.panels)
        .map(|panel| ErrorPanel {
            heading: match grid.panels {
                1 => String::new(),
                _ => format!("noise {}", names[panel % names.len()]),
            },
            series: (0..grid.rules + 2)
                .map(|index| series(index, panel))
                .collect(),
        })
        .collect()
}

fn names() -> Vec<String> {
    [
        "hals",
        "mu",
        "mu:kl",
        "hoyer:H=0.85,W=0.55",
        "nonsmooth:0.5",
        "local",
        "bpp",
        "mu:1.5",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn assert_drawn_as(grid: Grid, theme: Theme, file: &str) {
    let chart = CompareChart {
        title: "arrows: errors of all runs",
        caption: "Each dot is a run. Lines are means over the seeds; bars reach one standard deviation above and below.",
        measure: "relative error",
        panels: &panels(grid, &names()),
    };
    assert_looks_like(&compare_chart(&chart, theme).expect("drawn"), file);
}

#[test]
fn a_chart_by_rule_looks_as_before() {
    let grid = Grid {
        rules: 8,
        ranks: 1,
        seeds: 5,
        panels: 1,
    };
    assert_drawn_as(grid, Theme::Light, "compare-chart.png");
}

#[test]
fn a_chart_of_single_runs_over_the_rank_looks_as_before() {
    let grid = Grid {
        rules: 3,
        ranks: 4,
        seeds: 1,
        panels: 1,
    };
    assert_drawn_as(grid, Theme::Dark, "compare-chart-dark.png");
}

#[test]
fn a_chart_of_several_noises_and_seeds_looks_as_before() {
    let grid = Grid {
        rules: 3,
        ranks: 4,
        seeds: 5,
        panels: 3,
    };
    assert_drawn_as(grid, Theme::Light, "compare-chart-noises.png");
}

#[test]
fn texts_keep_apart_whatever_is_compared() {
    for names in [names(), titles().to_vec()] {
        for rules in [1, 2, 5, 8] {
            for ranks in [1, 2, 9] {
                for panels_ in [1, 2, 5, 40] {
                    let grid = Grid {
                        rules,
                        ranks,
                        seeds: 1 + rules % 3,
                        panels: panels_,
                    };
                    let chart = CompareChart {
                        title: &names[rules % 5],
                        caption: &names[ranks % 5],
                        measure: "relative error against the images without noise",
                        panels: &panels(grid, &names),
                    };
                    let figure = compare_chart(&chart, Theme::Dark).expect("drawn");
                    assert_keeps_apart(&figure, &format!("{grid:?}"));
                    assert!(figure.size().1 <= 4.0 * 1080.0, "{grid:?}");
                }
            }
        }
    }
    for error in [0.0, 1e-9, f64::NAN, f64::INFINITY] {
        let series = ErrorSeries {
            name: "hals".to_owned(),
            method: &NMF,
            points: vec![RankErrors {
                rank: 3,
                errors: vec![error, error],
            }],
        };
        let panel = ErrorPanel {
            heading: String::new(),
            series: vec![series],
        };
        let chart = CompareChart {
            title: "",
            caption: "",
            measure: "relative error",
            panels: &[panel],
        };
        let figure = compare_chart(&chart, Theme::Light).expect("drawn");
        assert_keeps_apart(&figure, &format!("error {error}"));
    }
}
