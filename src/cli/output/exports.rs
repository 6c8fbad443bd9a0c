//! Files on request: tables of weights, scores, parts and iterations, and an image per part.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use nmf_images::outputs::PARTS_FOLDER;
use nmf_images::report::File;
use nmf_images::{Decomposition, Method, Model, NMF, NmfModel, PCA, render};

use super::csv_tables::{ImageTable, of_parts, of_trace};
use super::folder::{Output, file, written};
use super::run_files::{listed_files, tile_name};
use super::staged::{StagedFiles, is_left_over};
use crate::cli::arguments::ExportOptions;

/// The file of the parts of all starts.
const STARTS: &str = "starts.npz";

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

/// What is exported.
pub struct Exported<'a> {
    pub model: &'a Model,
    /// The fit, without its weights.
    pub nmf: &'a NmfModel,
}

impl Exported<'_> {
    /// Writes the files that are asked for, and returns their list.
    pub fn write(&self, exports: &ExportOptions, staged: &mut StagedFiles) -> Result<Vec<File>> {
        let mut files = Vec::new();
        if exports.csv {
            files.extend(self.write_tables(staged)?);
        }
        if exports.tiles {
            files.push(self.write_tiles(staged)?);
        }
        if !self.nmf.start_parts.is_empty() {
            files.push(self.write_starts(staged)?);
        }
        Ok(files)
    }

    fn write_tables(&self, staged: &mut StagedFiles) -> Result<[File; 4]> {
        let model = self.model;
        staged.add_by("weights.csv", |file| weights(model).write(file))?;
        staged.add_by("scores.csv", |file| scores(model).write(file))?;
        staged.add("parts.csv", &of_parts(&model.by(&NMF).basis)?)?;
        staged.add("trace.csv", &of_trace(&self.nmf.trace)?)?;
        Ok([
            file(
                "weights.csv",
                "One line per image: its errors and its weights.",
            ),
            file(
                "scores.csv",
                "One line per image: its error by PCA and its scores.",
            ),
            file("parts.csv", "One line per part: its pixels, row by row."),
            file(
                "trace.csv",
                "One line per iteration: seconds, relative error, objective.",
            ),
        ])
    }

    fn write_starts(&self, staged: &mut StagedFiles) -> Result<File> {
        staged.add_by(STARTS, |file| {
            written(file, |file| self.nmf.write_starts_npz(file))
        })?;
        Ok(file(
            STARTS,
            "The parts of each start, with its relative error and its seed.",
        ))
    }

    /// Writes an image per part, and removes those that an earlier run may have left beyond them.
    fn write_tiles(&self, staged: &mut StagedFiles) -> Result<File> {
        let parts = &self.model.by(&NMF).basis;
        let (shape, rank) = (parts.shape(), parts.rank());
        for (index, part) in parts.rows().outer_iter().enumerate() {
            staged.add(&tile_name(index), &render::grey_png(&part.to_vec(), shape)?)?;
        }
        let mut stale = rank;
        while staged.remove(&tile_name(stale)) {
            stale += 1;
        }
        Ok(file(
            &format!("{PARTS_FOLDER}/"),
            &format!("Each part as an image, {rank} in all."),
        ))
    }
}

/// Returns the table of the weights, with the errors of all methods.
fn weights(model: &Model) -> ImageTable<'_> {
    ImageTable {
        names: &model.names,
        labels: (&model.labels).into(),
        errors: model.decompositions.iter().map(errors).collect(),
        flagged: None,
        weights: &model.by(&NMF).weights,
        letter: 'w',
    }
}

/// Returns the table of the scores, with the errors of PCA.
fn scores(model: &Model) -> ImageTable<'_> {
    let learned = model.by(&PCA);
    ImageTable {
        names: &model.names,
        labels: (&model.labels).into(),
        errors: vec![errors(learned)],
        flagged: None,
        weights: &learned.weights,
        letter: 's',
    }
}

/// Returns a method with its relative error of each image.
fn errors(learned: &Decomposition) -> (&'static Method, Cow<'_, [f64]>) {
    let errors = learned.errors.iter().map(|&error| error.into());
    (learned.method, errors.collect())
}
