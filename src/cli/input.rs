//! Reading of images for every command, with their part of the report.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use nmf_images::communicator::{Communicator, SingleProcess};
use nmf_images::error::one_line;
use nmf_images::images::{self, ImageShard, Images, LoadOptions, Mask, Memory, Skipped};
use nmf_images::memory::Workload;
use nmf_images::plural::counted;
use nmf_images::report::{Input, Preparation};
use nmf_images::{ImageSet, Shape};

use super::arguments::{FileOptions, ReadingOptions};
use super::memory_limits::AvailableMemory;
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
    workload: &Workload,
) -> Result<ImageSet> {
    let spinner = Progress::spinner(quiet, format!("reading {}", path.display()));
    let images = read_shard(path, reading, output.folder(), &SingleProcess, workload)?.set;
    drop(spinner);
    if !quiet {
        note_memory(&images, workload);
    }
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
    workload: &Workload,
) -> Result<ImageShard<'a>> {
    let is_limited = communicator.size() == 1 || reading.files.memory.is_some();
    let options = if is_limited {
        within_memory(reading.options(), &reading.files, scratch, workload)
    } else {
        reading.options()
    };
    if path == Path::new(LIST) {
        let images = images::load_listed(LISTED.as_ref(), std::io::stdin().lock(), &options)?;
        return Ok(ImageShard::new(images, communicator));
    }
    Ok(images::load_shard(path, &options, communicator)?)
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

/// Returns the options with the memory for pixels and for what is done with them; pixels that exceed it are written to
/// `folder` while the run lasts.
///
/// Without `--memory` it is half of the machine's memory, and a run is refused if it needs more than is free. With the option
/// a run is refused if it needs more than that.
pub fn within_memory(
    options: LoadOptions,
    files: &FileOptions,
    folder: &Path,
    workload: &Workload,
) -> LoadOptions {
    let available = AvailableMemory::measure(workload.threads);
    let most = match files.memory {
        Some(memory) => memory.min(available.allowed.unwrap_or(memory)),
        None => available.usable(),
    };
    let bytes = files.memory.unwrap_or(available.machine / 2).min(most);
    LoadOptions {
        memory: Some(Memory {
            bytes,
            scratch: folder.to_owned(),
        }),
        workload: Some(Workload {
            budget: bytes,
            most,
            besides: workload.besides + available.reserved,
            ..*workload
        }),
        ..options
    }
}

/// Prints a note if the run needs more than half of the memory that is free.
pub fn note_memory(images: &ImageSet, workload: &Workload) {
    let available = AvailableMemory::measure(workload.threads);
    let needed = workload.needed(&images.size(), images.held()) + available.reserved;
    let free = available.usable();
    if needed > free / 2 {
        let _ = writeln!(
            std::io::stderr(),
            "note: this run takes up to {:.1} GB of memory, and {:.1} GB are free; use less with --size, --limit or a smaller rank",
            needed as f64 / 1e9,
            free as f64 / 1e9
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
