//! Reading of images for every command, with their part of the report.

use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use nmf_images::communicator::{Communicator, SingleProcess};
use nmf_images::error::one_line;
use nmf_images::images::{self, ImageShard, Images, LoadOptions, Mask, Memory, Skipped};
use nmf_images::memory::{SetSize, Workload};
use nmf_images::plural::counted;
use nmf_images::report::{Input, Preparation};
use nmf_images::{ImageSet, Shape};

use super::arguments::{FileOptions, ReadingOptions};
use super::hints::{how_to_reduce, reason_hint};
use super::memory_limits::AvailableMemory;
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
    workload: &Workload,
) -> Result<ImageSet> {
    let place = ReadingPlace {
        scratch: output.folder(),
        output: Some(output),
        quiet,
    };
    Ok(read_shard(path, reading, &place, &SingleProcess, workload)?.set)
}

/// Where images are read to.
pub struct ReadingPlace<'a> {
    /// The folder of pixels that exceed the memory.
    pub scratch: &'a Path,
    /// The output folder, on the first process.
    pub output: Option<&'a Output>,
    /// Whether neither progress nor a note on memory is printed.
    pub quiet: bool,
}

/// Reads the images of this process. Several processes may share a machine, so that they use its memory only as
/// `--memory` allows.
pub fn read_shard<'a>(
    path: &Path,
    reading: &ReadingOptions,
    place: &ReadingPlace,
    communicator: &'a dyn Communicator,
    workload: &Workload,
) -> Result<ImageShard<'a>> {
    let is_limited = communicator.size() == 1 || reading.files.memory.is_some();
    let options = if is_limited {
        within_memory(reading.options(), &reading.files, place.scratch, workload)
    } else {
        reading.options()
    };
    let spinner = Progress::spinner(place.quiet, format!("reading {}", path.display()));
    let shard = load(path, reading, place, communicator, &options)?;
    drop(spinner);
    // All processes take part in counting the images.
    let whole_images = shard.whole_len();
    if !place.quiet {
        note_memory(
            &shard.set,
            whole_images,
            &options.workload.unwrap_or(*workload),
        );
    }
    Ok(shard)
}

/// Reads the images of this process with these options.
fn load<'a>(
    path: &Path,
    reading: &ReadingOptions,
    place: &ReadingPlace,
    communicator: &'a dyn Communicator,
    options: &LoadOptions,
) -> Result<ImageShard<'a>> {
    if path == Path::new(LIST) {
        let list = read_list(place.output)?;
        let images = images::load_listed(LISTED.as_ref(), &list[..], options)?;
        return Ok(ImageShard::new(images, communicator));
    }
    let mut shard = images::load_shard(path, options, communicator)?;
    shard.set.notes.extend(reading.files.notes());
    Ok(shard)
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

/// Returns the options with the memory for pixels and for what is done with them; pixels that exceed it are written to
/// `folder` while the run lasts.
///
/// Without `--memory` it is half of the machine's memory, and a run is refused if it needs more than is free. With the option
/// a run is refused if it needs more than that plus the addresses that are reserved without memory, or more than the limits of
/// the process allow.
pub fn within_memory(
    options: LoadOptions,
    files: &FileOptions,
    folder: &Path,
    workload: &Workload,
) -> LoadOptions {
    let workload = usable(files, workload);
    LoadOptions {
        memory: Some(Memory {
            bytes: workload.budget,
            scratch: folder.to_owned(),
        }),
        workload: Some(workload),
        ..options
    }
}

/// Returns the workload with the memory that it can use.
pub fn usable(files: &FileOptions, workload: &Workload) -> Workload {
    let available = AvailableMemory::measure(workload.threads);
    let (most, budget) = if let Some(memory) = files.memory {
        let most = available.within(memory.saturating_add(available.reserved));
        (most, most)
    } else {
        let most = available.usable();
        (most, most.min(available.machine / 2))
    };
    Workload {
        budget,
        most,
        besides: workload.besides + available.reserved,
        ..*workload
    }
}

/// Prints a note if the run needs more than half of the memory that is free. `workload` is that with which the images of
/// this process were read, `whole_images` the number of images of all processes.
pub fn note_memory(images: &ImageSet, whole_images: usize, workload: &Workload) {
    let size = SetSize {
        whole_images: whole_images as u64,
        ..images.size()
    };
    let needed = workload.needed(&size, images.held());
    let free = AvailableMemory::measure(workload.threads).usable();
    if needed > free / 2 {
        let _ = writeln!(
            std::io::stderr(),
            "note: this run takes up to {:.1} GB of memory, and {:.1} GB are free; {}",
            needed as f64 / 1e9,
            free as f64 / 1e9,
            how_to_reduce(workload.task.reducible())
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
pub fn knows_hidden(files: &FileOptions) -> bool {
    files.mask.is_some() && files.missing.is_none()
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
