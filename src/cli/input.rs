//! Reading of images for every command, with their part of the report.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use nmf_images::communicator::{Communicator, SingleProcess};
use nmf_images::error::one_line;
use nmf_images::images::{self, ImageShard, Images, LoadOptions, Mask, Memory, Skipped};
use nmf_images::plural::counted;
use nmf_images::report::{Input, Preparation};
use nmf_images::{ImageSet, Shape};

use super::arguments::{FileOptions, ReadingOptions};
use super::hints::reason_hint;
use super::output::Output;
use super::terminal::progress::Progress;

/// The input that stands for a list of files on stdin.
pub const LIST: &str = "-";
/// The name of that list in errors.
pub const LISTED: &str = "standard input";

/// Reads all images, and checks that no file of this run would overwrite one.
pub fn read(
    path: &Path,
    reading: &ReadingOptions,
    output: &Output,
    quiet: bool,
) -> Result<ImageSet> {
    let _spinner = Progress::spinner(quiet, format!("reading {}", path.display()));
    let images = read_shard(path, reading, output.folder(), &SingleProcess)?.set;
    output.check_overwrite(files(&[path], &images.names))?;
    Ok(images)
}

/// Reads the images of this process. Several processes may share a machine, so that they use its memory only as
/// `--memory` allows.
pub fn read_shard<'a>(
    path: &Path,
    reading: &ReadingOptions,
    scratch: &Path,
    communicator: &'a dyn Communicator,
) -> Result<ImageShard<'a>> {
    let is_limited = communicator.size() == 1 || reading.files.memory.is_some();
    let options = LoadOptions {
        memory: is_limited.then(|| memory(&reading.files, scratch)),
        ..reading.options()
    };
    if path == Path::new(LIST) {
        let images = images::load_listed(LISTED.as_ref(), std::io::stdin().lock(), &options)?;
        return Ok(ImageShard::new(images, communicator));
    }
    let mut shard = images::load_shard(path, &options, communicator)?;
    shard.set.notes.extend(reading.files.notes());
    Ok(shard)
}

/// Returns the paths where images of some inputs may be: their names as given, and below each input.
pub fn files<'a>(
    inputs: &'a [impl AsRef<Path>],
    names: &'a [String],
) -> impl Iterator<Item = PathBuf> + 'a {
    let below = |input: &'a _| {
        names
            .iter()
            .map(move |name| AsRef::<Path>::as_ref(input).join(name))
    };
    names
        .iter()
        .map(PathBuf::from)
        .chain(inputs.iter().flat_map(below))
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
        row_size: options.shape.map(|shape| shape.to_string()),
        order: options.order.name().to_owned(),
        transpose: options.transpose,
        label: options.label,
        labels: options
            .labels
            .map(|labels| labels.to_string_lossy().into_owned()),
        ignore: options.ignore,
        size: options.size.map(|size| size.to_string()),
        fit: options.fit.name().to_owned(),
        invert: options.invert,
        background: options.background,
        key: options.key,
        channel: options.channel,
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
    let hint = reason_hint(&first.reason).map_or_else(String::new, |hint| format!("; {hint}"));
    let first = one_line(&format!("{}: {}", first.path, first.reason));
    vec![format!("{files} could not be read: {first}{hint}{more}")]
}
