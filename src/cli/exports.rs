//! What a run writes only where it is asked for: tables of weights and parts, and each part as a picture of its own.

use anyhow::Result;
use nmf_images::images::ImageSet;
use nmf_images::report::File;
use nmf_images::{Model, render};

use super::arguments::Exports;
use super::output::Output;
use super::weights::{Table, of_parts};

/// The folder of the single parts.
const TILES: &str = "parts";

/// Writes what is asked for, and says what that is.
pub fn export(exports: &Exports, output: &Output, images: &ImageSet, model: &Model) -> Result<Vec<File>> {
    let file = |name: &str, caption: String| File { name: name.to_owned(), caption };
    let mut files = Vec::new();
    if exports.csv {
        output.write("weights.csv", &table(images, model).csv()?)?;
        output.write("parts.csv", &of_parts(&model.parts)?)?;
        files.push(file("weights.csv", "A line an image: its errors and its weights.".to_owned()));
        files.push(file("parts.csv", "A line a part: its pixels, row by row.".to_owned()));
    }
    if exports.tiles {
        let shape = model.parts.shape();
        let rank = model.parts.rank();
        let tiles = Output::prepare(&output.path(TILES))?;
        for (index, part) in model.parts.rows().outer_iter().enumerate() {
            tiles.write(&tile(index), &render::grey_png(&part.to_vec(), shape)?)?;
        }
        // An earlier run may have left more.
        let mut stale = rank;
        while tiles.remove(&tile(stale)) {
            stale += 1;
        }
        files.push(file(&format!("{TILES}/"), format!("Each part as a picture of its own, {rank} in all.")));
    }
    Ok(files)
}

/// The name of a part's picture.
fn tile(index: usize) -> String {
    format!("{index:03}.png")
}

fn table<'a>(images: &'a ImageSet, model: &'a Model) -> Table<'a> {
    Table {
        names: &model.names,
        labels: images.labels.as_ref(),
        nmf_errors: model.nmf_errors.iter().map(|&error| error.into()).collect(),
        pca_errors: model.pca_errors.iter().map(|&error| error.into()).collect(),
        flagged: None,
        weights: &model.weights,
    }
}
