//! The figures of each rank, and how parts split.

use anyhow::Result;
use nmf_images::nmf::StopReason;
use nmf_images::rank::RankScores;
use nmf_images::render::{self, RanksGallery, percent};
use nmf_images::report::RanksReport;
use nmf_images::{Basis, ImageSet, Nmf};

use super::context::{clipped_basis, drawn, title};
use super::picture::Picture;
use crate::cli::arguments::RanksArguments;
use crate::cli::terminal::progress::{Interrupt, Progress};

/// The maximum number of parts in a row of the gallery.
const MOST: usize = 32;

pub fn chart(arguments: &RanksArguments, report: &RanksReport) -> Result<Picture> {
    let title = format!(
        "{}: how many parts? {}",
        title(&arguments.input),
        report.choice.choice
    );
    let data = render::Ranks {
        title: &title,
        ranks: &report.ranks,
        choice: &report.choice,
    };
    let caption =
        "Errors, similarity between starts, and the selection criterion, by number of parts.";
    Ok(Picture::svg(
        "ranks",
        caption,
        &render::ranks(&data, arguments.writing.theme())?,
    ))
}

/// Draws the parts at a few ranks up to the chosen one, fitted to all images; `None` if interrupted.
pub fn gallery(
    arguments: &RanksArguments,
    images: &ImageSet,
    report: &RanksReport,
    interrupt: &Interrupt,
) -> Result<Option<Picture>> {
    let scaling = arguments.tiling.scaling();
    let mut rows: Vec<(Basis, String)> = Vec::new();
    for scores in shown(&report.ranks, report.choice.choice) {
        let _spinner = Progress::spinner(
            arguments.writing.printing.quiet,
            format!("fitting {} parts for the gallery", scores.rank),
        );
        let settings = Nmf::new(scores.rank)
            .seed(arguments.seed)
            .restarts(arguments.restarts);
        let nmf = settings.fit_with(images, |_| interrupt.check())?;
        if nmf.stop == StopReason::Interrupted {
            return Ok(None);
        }
        let basis = drawn(&nmf.basis, &nmf.weights, scaling);
        rows.push((
            clipped_basis(basis, images.outliers.as_ref()),
            percent(nmf.relative_error),
        ));
    }
    let rows: Vec<(&Basis, &str)> = rows
        .iter()
        .map(|(basis, fact)| (basis, fact.as_str()))
        .collect();
    let caption = "How parts split: a line links each part to the most similar one at the rank before. Errors on the left.";
    let title = format!("{}: parts at {} ranks", title(&arguments.input), rows.len());
    let data = RanksGallery {
        title: &title,
        caption,
        rows: &rows,
        scaling,
    };
    let figure = render::ranks_gallery(&data, arguments.writing.theme())?;
    Picture::page(&arguments.writing, "ranks-gallery", caption, &figure).map(Some)
}

/// Returns the tried ranks nearest to the chosen one and to its half, quarter and eighth, in ascending order, as far as
/// they fit in a row.
fn shown(ranks: &[RankScores], chosen: usize) -> Vec<RankScores> {
    let most = chosen.min(MOST);
    let next = |wanted: usize| {
        ranks
            .iter()
            .filter(|scores| scores.rank <= MOST)
            .min_by_key(|s| s.rank.abs_diff(wanted))
    };
    let mut shown: Vec<RankScores> = [most / 8, most / 4, most / 2, most]
        .into_iter()
        .filter(|&w| w > 0)
        .filter_map(next)
        .copied()
        .collect();
    shown.dedup_by_key(|scores| scores.rank);
    shown
}
