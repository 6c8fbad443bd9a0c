//! Files on request: tables of weights and parts, and an image per part.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use nmf_images::outputs::PARTS_FOLDER;
use nmf_images::report::File;
use nmf_images::{Model, NMF, render};

use super::csv_tables::{ImageTable, of_parts};
use super::folder::{Output, file};
use super::run_files::{listed_files, tile_name};
use super::staged::{StagedFiles, is_left_over};
use crate::cli::arguments::ExportOptions;

/// Checks that nothing of the user is lost: the folder of single parts must be new, empty except for temporary files, or
/// that of an earlier run.
pub fn check(exports: &ExportOptions, output: &Output) -> Result<()> {
    let folder = output.path(PARTS_FOLDER);
    let is_kept =
        |entry: std::io::Result<fs::DirEntry>| entry.is_ok_and(|entry| !is_left_over(&entry));
    let holds_any = || fs::read_dir(&folder).is_ok_and(|mut entries| entries.any(is_kept));
    if exports.tiles && holds_any() && !wrote_tiles(&output.path("report.json")) {
        bail!(
            "{} contains other files: choose another folder with --out",
            folder.display()
        );
    }
    Ok(())
}

/// Returns whether the report of an earlier run lists the folder of single parts.
fn wrote_tiles(report: &Path) -> bool {
    listed_files(report).is_some_and(|files| files.contains(&format!("{PARTS_FOLDER}/")))
}

/// Writes the files that are asked for, and returns their list.
pub fn export(
    exports: &ExportOptions,
    staged: &mut StagedFiles,
    model: &Model,
) -> Result<Vec<File>> {
    let mut files = Vec::new();
    if exports.csv {
        staged.add_by("weights.csv", |file| table(model).write(file))?;
        staged.add("parts.csv", &of_parts(&model.by(&NMF).basis)?)?;
        files.push(file(
            "weights.csv",
            "One line per image: its errors and its weights.",
        ));
        files.push(file(
            "parts.csv",
            "One line per part: its pixels, row by row.",
        ));
    }
    if exports.tiles {
        let parts = &model.by(&NMF).basis;
        let (shape, rank) = (parts.shape(), parts.rank());
        for (index, part) in parts.rows().outer_iter().enumerate() {
            staged.add(&tile_name(index), &render::grey_png(&part.to_vec(), shape)?)?;
        }
        // An earlier run may have left more.
        let mut stale = rank;
        while staged.remove(&tile_name(stale)) {
            stale += 1;
        }
        files.push(file(
            &format!("{PARTS_FOLDER}/"),
            &format!("Each part as an image, {rank} in all."),
        ));
    }
    Ok(files)
}

fn table(model: &Model) -> ImageTable<'_> {
    ImageTable {
        names: &model.names,
        labels: (&model.labels).into(),
        errors: model
            .decompositions
            .iter()
            .map(|learned| {
                let errors = learned.errors.iter().map(|&error| error.into());
                (learned.method, errors.collect())
            })
            .collect(),
        flagged: None,
        weights: &model.by(&NMF).weights,
    }
}
