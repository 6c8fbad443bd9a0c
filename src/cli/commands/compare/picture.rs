//! The picture of a comparison: the parts of each rule, prototypes and eigenimages.

use anyhow::Result;
use nmf_images::comparison::{Learned, RuleSummary, in_order_of};
use nmf_images::plural::counted;
use nmf_images::render::{RuleRow, Rules, Scale, percent, rules};
use nmf_images::{Basis, ImageSet};

use super::runs::DrawnModels;
use crate::cli::arguments::{Compare, Grid};
use crate::cli::pictures::{Picture, clipped_basis, drawn, title};

/// Draws one row per rule, of the first start, rank, noise and seed.
pub fn draw(arguments: &Compare, images: &ImageSet, models: &DrawnModels) -> Result<Picture> {
    let bases = drawn_rows(arguments, images, models);
    let lines = models.rows();
    let facts: Vec<_> = lines.iter().map(figures).collect();
    let rows: Vec<RuleRow> = bases
        .iter()
        .zip(lines.iter().zip(&facts))
        .map(|((basis, scale), (line, facts))| RuleRow {
            name: &line.rule,
            facts,
            basis,
            scale: *scale,
        })
        .collect();
    let figure = rules(
        &Rules {
            title: &title(&arguments.input),
            rows: &rows,
            scaling: arguments.tiling.scaling(),
        },
        arguments.writing.theme(),
    )?;
    Picture::page(
        &arguments.writing,
        "compare",
        &caption(&arguments.grid()),
        &figure,
    )
}

/// Returns the caption, with the settings of the models where others were learned, too.
fn caption(grid: &Grid) -> String {
    let mut settings = Vec::new();
    if grid.inits.len() > 1 {
        settings.push(format!("start {}", grid.inits[0]));
    }
    if grid.ranks.len() > 1 {
        settings.push(counted(grid.ranks[0], "part", "parts"));
    }
    if grid.noises.iter().any(|noise| !noise.kinds.is_empty()) {
        settings.push(match &grid.noises[0] {
            noise if noise.kinds.is_empty() => "without noise".to_owned(),
            noise => format!("noise {noise}"),
        });
    }
    if grid.seeds.len() > 1 {
        settings.push(format!("seed {}", grid.seeds[0]));
    }
    let settings = if settings.is_empty() {
        String::new()
    } else {
        format!(" ({})", settings.join(", "))
    };
    format!("What each rule learns from the same start{settings}, prototypes and eigenimages.")
}

/// Returns one basis per rule, in the order of the first rule's parts, and the prototypes and eigenimages in their own order; outliers
/// of the images are clipped.
fn drawn_rows(arguments: &Compare, images: &ImageSet, models: &DrawnModels) -> Vec<(Basis, Scale)> {
    let scaling = arguments.tiling.scaling();
    let outliers = images.outliers.as_ref();
    let DrawnModels { learned, vq, pca } = models;
    let first = &learned[0].model.basis;
    let mut bases = Vec::new();
    for Learned { model, .. } in learned {
        let parts = drawn(&model.basis, &model.weights, scaling);
        let parts = clipped_basis(in_order_of(first, &parts), outliers);
        bases.push((parts, Scale::FromZero));
    }
    let prototypes = clipped_basis(vq.prototypes.clone(), outliers);
    bases.push((prototypes, Scale::FromZero));
    let eigenimages = drawn(&pca.basis, &pca.weights, scaling);
    let eigenimages = clipped_basis(eigenimages, outliers);
    bases.push((eigenimages, Scale::Diverging));
    bases
}

/// Returns the figures in front of a row.
fn figures(line: &RuleSummary) -> [(String, String); 3] {
    [
        ("error", percent(line.relative_error)),
        ("sparsity", format!("{:.2}", line.sparsity)),
        ("overlap", format!("{:.2}", line.overlap)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}
