//! Reading of images for every command, with their part of the report.

use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use nmf_images::communicator::{Communicator, SingleProcess};
use nmf_images::error::one_line;
use nmf_images::images::{self, ImageShard, Images, LoadOptions, Mask, Memory, Skipped};
use nmf_images::plural::counted;
use nmf_images::report::{Input, Preparation};
use nmf_images::{ImageSet, Shape};

use super::arguments::{FileOptions, ReadingOptions};
use super::output::Output;
use super::terminal::progress::Progress;

/// The input that stands for a list of files on stdin.
pub const LIST: &str = "-";
/// The name of that list in errors.
pub const LISTED: &str = "standard input";

/// Reads all images.
pub fn read(
    path: &Path,
    reading: &ReadingOptions,
    output: &Output,
    quiet: bool,
) -> Result<ImageSet> {
    let _spinner = Progress::spinner(quiet, format!("reading {}", path.display()));
    let place = ReadingPlace {
        scratch: output.folder(),
        output: Some(output),
    };
    Ok(read_shard(path, reading, &place, &SingleProcess)?.set)
}

/// Where images are read to.
pub struct ReadingPlace<'a> {
    /// The folder of pixels that exceed the memory.
    pub scratch: &'a Path,
    /// The output folder, on the first process.
    pub output: Option<&'a Output>,
}

/// Reads the images of this process. Several processes may share a machine, so that they use its memory only as
/// `--memory` allows.
pub fn read_shard<'a>(
    path: &Path,
    reading: &ReadingOptions,
    place: &ReadingPlace,
    communicator: &'a dyn Communicator,
) -> Result<ImageShard<'a>> {
    let is_limited = communicator.size() == 1 || reading.files.memory.is_some();
    let options = LoadOptions {
        memory: is_limited.then(|| memory(&reading.files, place.scratch)),
        ..reading.options()
    };
    if path == Path::new(LIST) {
        let list = read_list(place.output)?;
        let images = images::load_listed(LISTED.as_ref(), &list[..], &options)?;
        return Ok(ImageShard::new(images, communicator));
    }
    Ok(images::load_shard(path, &options, communicator)?)
}

/// Reads the list on stdin, and checks that the run overwrites none of its files.
pub fn read_list(output: Option<&Output>) -> Result<Vec<u8>> {
    let mut list = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut list)
        .context("cannot read standard input")?;
    if let Some(output) = output {
        output.check_files(&images::listed_files(LISTED.as_ref(), &list[..])?)?;
    }
    Ok(list)
}

/// Returns the memory for pixels; pixels that exceed it are written to `folder` while the run lasts.
pub fn memory(files: &FileOptions, folder: &Path) -> Memory {
    Memory {
        bytes: files.memory.unwrap_or_else(|| machine_memory() / 2),
        scratch: folder.to_owned(),
    }
}

/// Returns the size of the machine's memory in bytes.
fn machine_memory() -> u64 {
    let memory = sysinfo::RefreshKind::nothing()
        .with_memory(sysinfo::MemoryRefreshKind::nothing().with_ram());
    sysinfo::System::new_with_specifics(memory).total_memory()
}

/// Prints a note if the fit needs more than a quarter of the machine's memory.
pub fn note_memory(needed: usize) {
    let (needed, all) = (needed as f64, machine_memory() as f64);
    if needed > all / 4.0 {
        let _ = writeln!(
            std::io::stderr(),
            "note: learning takes about {:.1} GB of this machine's {:.1} GB; reduce it with --limit or --size",
            needed / 1e9,
            all / 1e9
        );
    }
}

/// Returns what is reported of the images.
pub fn facts(path: &Path, reading: &ReadingOptions, images: &ImageSet) -> Input {
    let labels = images.labels.as_ref();
    Input {
        path: path.to_string_lossy().into_owned(),
        images: images.len(),
        unknown: images.mask.as_ref().map_or(0, Mask::unknown),
        width: images.shape().width,
        height: images.shape().height,
        labels: labels.map_or_else(Vec::new, |labels| labels.names.clone()),
        skipped: images.skipped.clone(),
        passed_over: images.passed_over,
        notes: images.notes.clone(),
        preparation: preparation(reading.options()),
    }
}

/// Returns the options with which images are read, as they are written on the command line.
fn preparation(options: LoadOptions) -> Preparation {
    Preparation {
        from: options.format.map(|format| format.name().to_owned()),
        shape: options
            .shape
            .map(|Shape { height, width }| format!("{height}x{width}")),
        order: options.order.name().to_owned(),
        label: options.label,
        size: options.size.map(|size| size.to_string()),
        fit: options.fit.name().to_owned(),
        invert: options.invert,
        background: options.background,
        key: options.key,
        limit: options.limit,
        mask: options.mask.map(|mask| mask.to_string_lossy().into_owned()),
        missing: options.missing.map(|missing| missing.to_string()),
    }
}

/// Returns whether the files hold the true values of hidden pixels: so they do if a mask alone hides them.
pub fn knows_hidden(reading: &ReadingOptions) -> bool {
    reading.files.mask.is_some() && reading.files.missing.is_none()
}

/// Returns a warning about files that could not be read; `report` names the file that lists all of them.
pub fn warnings(skipped: &[Skipped], report: Option<&str>) -> Vec<String> {
    let Some(first) = skipped.first() else {
        return Vec::new();
    };
    let count = skipped.len();
    let files = counted(count, "file", "files");
    let more = report
        .filter(|_| count > 1)
        .map(|report| format!("; all are in {report}"))
        .unwrap_or_default();
    let first = one_line(&format!("{}: {}", first.path, first.reason));
    vec![format!("{files} could not be read: {first}{more}")]
}
