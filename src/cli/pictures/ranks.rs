//! The figures of each rank, how parts split, and images at several ranks.

use std::collections::BTreeSet;

use anyhow::Result;
use nmf_images::nmf::StopReason;
use nmf_images::plural::counted;
use nmf_images::rank::RankScores;
use nmf_images::render::{self, RanksGallery, percent};
use nmf_images::report::RanksReport;
use nmf_images::{Basis, ImageSet, Nmf, NmfModel};

use super::context::{clipped_basis, drawn, title};
use super::ladder::Ladder;
use super::picture::Picture;
use crate::cli::arguments::RanksArguments;
use crate::cli::terminal::progress::{Interrupt, Progress};

/// The maximum number of parts in a row of the gallery.
const MOST: usize = 32;

pub fn chart(arguments: &RanksArguments, report: &RanksReport) -> Result<Vec<Picture>> {
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
    let figure = render::ranks(&data, arguments.writing.theme())?;
    Picture::chart(&arguments.writing, "ranks", caption, &figure)
}

/// Draws the parts at a few ranks up to the chosen one, and the ladder, each rank fitted to all images: from the best of its
/// starts if it was tried, else from the first; if interrupted, those of the pictures whose ranks are fitted.
pub fn fitted(
    arguments: &RanksArguments,
    images: &ImageSet,
    report: &RanksReport,
    mut ladder: Option<Ladder>,
    interrupt: &Interrupt,
) -> Result<Vec<Picture>> {
    let scaling = arguments.tiling.scaling();
    let gallery_ranks = shown(&report.ranks, report.choice.choice);
    let ladder_ranks = ladder.as_ref().map_or(&[][..], Ladder::ranks);
    let ranks: BTreeSet<usize> = gallery_ranks.iter().chain(ladder_ranks).copied().collect();
    let mut rows: Vec<(Basis, String)> = Vec::new();
    for rank in ranks {
        let tried = report.ranks.iter().find(|scores| scores.rank == rank);
        let seed = tried.map_or(arguments.seed, |scores| scores.seed);
        let Some(nmf) = fit(arguments, images, RankStart { rank, seed }, interrupt)? else {
            ladder = None;
            break;
        };
        if gallery_ranks.contains(&rank) {
            let basis = drawn(&nmf.basis, &nmf.weights, scaling);
            rows.push((
                clipped_basis(basis, images.outliers.as_ref()),
                percent(nmf.relative_error),
            ));
        }
        if let Some(ladder) = &mut ladder {
            ladder.add_nmf(rank, nmf.relative_error, |image| nmf.reconstruct(image));
        }
    }
    let mut pictures = Vec::new();
    if rows.len() == gallery_ranks.len() {
        pictures.push(gallery(arguments, &rows)?);
    }
    if let Some(mut ladder) = ladder {
        ladder.add_pca()?;
        pictures.push(ladder.picture(&title(&arguments.input), &arguments.writing)?);
    }
    Ok(pictures)
}

/// A rank that is fitted to all images, and the seed of its start.
struct RankStart {
    rank: usize,
    seed: u64,
}

/// Fits a rank to all images; returns `None` if interrupted.
fn fit(
    arguments: &RanksArguments,
    images: &ImageSet,
    RankStart { rank, seed }: RankStart,
    interrupt: &Interrupt,
) -> Result<Option<NmfModel>> {
    let _spinner = Progress::spinner(
        arguments.writing.printing.quiet,
        format!(
            "fitting {} for the pictures",
            counted(rank, "part", "parts")
        ),
    );
    let nmf = Nmf::new(rank)
        .seed(seed)
        .fit_with(images, |_| interrupt.check())?;
    Ok((nmf.stop_reason != StopReason::Interrupted).then_some(nmf))
}

fn gallery(arguments: &RanksArguments, rows: &[(Basis, String)]) -> Result<Picture> {
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
        scaling: arguments.tiling.scaling(),
    };
    let figure = render::ranks_gallery(&data, arguments.writing.theme())?;
    Picture::page(&arguments.writing, "ranks-gallery", caption, &figure)
}

/// Returns the tried ranks nearest to the chosen one and to its half, quarter and eighth, in ascending order, as far as
/// they fit in a row.
fn shown(ranks: &[RankScores], chosen: usize) -> Vec<usize> {
    let most = chosen.min(MOST);
    let next = |wanted: usize| {
        ranks
            .iter()
            .filter(|scores| scores.rank <= MOST)
            .min_by_key(|s| s.rank.abs_diff(wanted))
    };
    let mut shown: Vec<usize> = [most / 8, most / 4, most / 2, most]
        .into_iter()
        .filter(|&w| w > 0)
        .filter_map(next)
        .map(|scores| scores.rank)
        .collect();
    shown.dedup();
    shown
}
