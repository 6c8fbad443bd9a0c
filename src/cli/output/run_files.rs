//! The names of the files that a run writes, and which files of an earlier run in the same folder it replaces or removes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use nmf_images::error::one_line;
use nmf_images::outputs::{OUTPUT_FILES, OutputFile, PARTS_FOLDER, WrittenBy};
use nmf_images::report::File;
use serde::Deserialize;

use super::staged::StagedFiles;

/// The most files that a note names.
const MOST_NAMES: usize = 5;

/// The files of a run.
#[derive(Debug, Clone, Copy)]
pub struct RunFiles {
    pub writer: WrittenBy,
    /// Whether tables are written on request.
    pub csv: bool,
    /// Whether an image per part is written.
    pub tiles: bool,
}

impl RunFiles {
    /// Returns the files of a command without exports.
    pub fn of(writer: WrittenBy) -> Self {
        Self {
            writer,
            csv: writer != WrittenBy::Learn,
            tiles: false,
        }
    }

    /// Returns the names of all files that the run may write, except for single parts.
    fn own_names(self) -> Vec<String> {
        let own = OUTPUT_FILES
            .iter()
            .filter(|file| file.writer == self.writer);
        let written = own.filter(|file| self.csv || file.extension != "csv");
        // A chart is both a PNG and an SVG.
        let names: BTreeSet<String> = written.flat_map(OutputFile::possible_names).collect();
        names.into_iter().collect()
    }

    /// Returns the names that no file may have that the run reads: those that it may write, and those of the pictures of all
    /// commands, which the next command may write to the same folder.
    pub fn names(self) -> Vec<String> {
        let pictures = OUTPUT_FILES.iter().filter(|file| file.is_picture());
        let mut names = self.own_names();
        names.extend(pictures.flat_map(OutputFile::possible_names));
        names
    }
}

/// An earlier run of the same command in an output folder, as its report lists it.
pub struct EarlierRun {
    /// The files that exist, with those in the folder of single parts.
    files: Vec<String>,
    /// Files that were changed after the run.
    changed: Vec<String>,
}

impl EarlierRun {
    /// Returns the run that the report in a folder is of, if there is one.
    pub fn in_folder(folder: &Path, writer: WrittenBy) -> Option<Self> {
        let report = folder.join(writer.report());
        let listed = listed_files(&report)?;
        if !listed.contains(&writer.marker().name()) {
            return None;
        }
        let finished = changed_at(&report)?;
        let mut names = RunFiles {
            csv: true,
            ..RunFiles::of(writer)
        }
        .own_names();
        names.retain(|name| listed.contains(name) && name != writer.report());
        if writer == WrittenBy::Learn && listed.contains(&format!("{PARTS_FOLDER}/")) {
            names.extend(tiles(folder));
        }
        names.retain(|name| folder.join(name).is_file());
        let is_own = |name: &String| changed_at(&folder.join(name)) <= Some(finished);
        let (files, changed) = names.into_iter().partition(is_own);
        Some(Self { files, changed })
    }

    /// Returns the files that a new run removes or replaces.
    pub fn removed(&self) -> &[String] {
        &self.files
    }

    /// Removes the files that a new run does not write, and returns a note on those that stay.
    pub fn discard(&self, staged: &mut StagedFiles, written: &[File]) -> Option<String> {
        let is_written = |name: &str| {
            let folder = name.split_once('/').map(|(folder, _)| format!("{folder}/"));
            written
                .iter()
                .any(|file| file.name == name || Some(&file.name) == folder.as_ref())
        };
        for name in self.removed().iter().filter(|name| !is_written(name)) {
            staged.remove(name);
        }
        let changed = self.changed.iter().map(String::as_str);
        let stay: Vec<&str> = changed.filter(|name| !is_written(name)).collect();
        let more = if stay.len() > MOST_NAMES { ", …" } else { "" };
        let names = one_line(&stay[..stay.len().min(MOST_NAMES)].join(", "));
        (!stay.is_empty()).then(|| {
            format!(
                "the output folder also holds files of an earlier run that were changed since ({names}{more}): remove \
                 them, or pass another --out"
            )
        })
    }
}

/// Returns the name of the image of a single part, below the output folder.
pub fn tile_name(index: usize) -> String {
    format!("{PARTS_FOLDER}/{index:03}.png")
}

/// Returns the names of the images of single parts that exist.
fn tiles(folder: &Path) -> Vec<String> {
    let names = (0..).map(tile_name);
    names
        .take_while(|name| folder.join(name).is_file())
        .collect()
}

/// Returns the files that a report lists; `None` if it is none.
pub fn listed_files(report: &Path) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Report {
        files: Vec<Listed>,
    }
    #[derive(Deserialize)]
    struct Listed {
        name: String,
    }
    // A pipe of that name could block for ever.
    let bytes = report.is_file().then(|| fs::read(report).ok())??;
    let report: Report = serde_json::from_slice(&bytes).ok()?;
    Some(report.files.into_iter().map(|file| file.name).collect())
}

/// Returns when a file was last written or replaced. The report of a run is the last of its files.
#[cfg(unix)]
fn changed_at(file: &Path) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::symlink_metadata(file).ok()?;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds))
}

#[cfg(not(unix))]
fn changed_at(file: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(file).ok()?.modified().ok()
}
