//! The output folder: created before the work, so that a bad path fails early; locked by one run at a time; files are
//! written completely or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nmf_images::error::one_line;
use nmf_images::outputs::PARTS_FOLDER;
use nmf_images::report;

use super::lock::{self, FolderLock};
use super::overwriting::{Targets, check_replaceable};
use super::run_files::{EarlierRun, RunFiles};
use super::staged::{CreatedFolders, HIDDEN, StagedFiles, check_writable, remove_left_over};
use crate::cli::arguments::PathRead;

/// A folder that one run writes to. Folders that were created for it are removed if they stay empty.
pub struct Output {
    folder: PathBuf,
    /// The files that the run writes or removes.
    targets: Targets,
    /// The run whose files the folder holds.
    earlier: Option<EarlierRun>,
    _lock: FolderLock,
    _made: CreatedFolders,
}

impl Output {
    /// Creates and locks the folder, checks that a file can be written, and removes temporary files of killed runs.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let advice = || {
            format!(
                "cannot write to {}: choose another folder with --out",
                folder.display()
            )
        };
        if folder.exists() && !folder.is_dir() {
            bail!(
                "cannot write to {}: it is not a folder; choose one with --out",
                folder.display()
            );
        }
        let made = CreatedFolders::of(folder);
        fs::create_dir_all(folder).with_context(advice)?;
        let Some(lock) = lock::hold(folder).with_context(advice)? else {
            bail!(
                "another run writes to {}: wait until it ends, or choose another folder with --out",
                folder.display()
            );
        };
        remove_left_over(folder);
        check_writable(folder).with_context(advice)?;
        Ok(Self {
            folder: folder.to_owned(),
            targets: Targets {
                files: Vec::new(),
                advice: "choose another folder with --out",
            },
            earlier: None,
            _lock: lock,
            _made: made,
        })
    }

    /// Does what [`Output::prepare`] does, and checks that the folder is empty.
    pub fn prepare_empty(folder: &Path) -> Result<Self> {
        let output = Self::prepare(folder)?;
        let hidden = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with(HIDDEN);
        if !fs::read_dir(folder)?.all(|entry| entry.is_ok_and(hidden)) {
            bail!(
                "{} is not empty: choose a new folder with --out",
                folder.display()
            );
        }
        Ok(output)
    }

    /// Does what [`Output::prepare`] does, and checks that the files of the run can be written and that `paths`, which the
    /// run reads, are none of them.
    pub fn prepare_for(folder: &Path, files: RunFiles, paths: &[PathRead]) -> Result<Self> {
        let mut output = Self::prepare(folder)?;
        for name in [files.writer.marker().name().as_str(), files.writer.report()] {
            check_replaceable(&output.path(name))?;
        }
        if files.tiles && output.path(PARTS_FOLDER).is_file() {
            bail!(
                "cannot write to {}: it is not a folder",
                output.path(PARTS_FOLDER).display()
            );
        }
        output.earlier = EarlierRun::in_folder(folder, files.writer);
        let removed = output.earlier.iter().flat_map(EarlierRun::removed).cloned();
        let written = files.names().into_iter().chain(removed);
        let mut targets: Vec<PathBuf> = written.map(|name| output.path(&name)).collect();
        if files.tiles {
            let tiles = fs::read_dir(output.path(PARTS_FOLDER))
                .into_iter()
                .flatten();
            targets.extend(tiles.flatten().map(|tile| tile.path()));
        }
        output.targets.files = targets;
        output.targets.check(paths)?;
        Ok(output)
    }

    /// Does what [`Output::prepare_for`] does, and checks that the folder does not hold the model of a run.
    pub fn prepare_beside_models(
        folder: &Path,
        files: RunFiles,
        paths: &[PathRead],
    ) -> Result<Self> {
        if folder.join("model.npz").exists() {
            bail!(
                "{} holds the model of a run: choose another folder with --out",
                folder.display()
            );
        }
        Self::prepare_for(folder, files, paths)
    }

    /// Checks that the run writes none of these files, which it reads.
    pub fn check_files(&self, read: &[PathBuf]) -> Result<()> {
        self.targets.check_files(read)
    }

    /// Adds the files of another output folder to those that no file may be that the run reads.
    pub fn add_targets(&mut self, other: &Self) {
        self.targets.files.extend_from_slice(&other.targets.files);
    }

    /// Removes the files of an earlier run that this one does not write, and returns a note on those that stay.
    pub fn discard_earlier(
        &self,
        staged: &mut StagedFiles,
        written: &[report::File],
    ) -> Option<String> {
        self.earlier.as_ref()?.discard(staged, written)
    }

    /// Returns the files of an earlier run that this one removes or replaces at its end.
    pub fn earlier_files(&self) -> Vec<report::File> {
        let names = self.earlier.iter().flat_map(EarlierRun::removed);
        names
            .map(|name| file(name, "A file of an earlier run."))
            .collect()
    }

    /// Starts a set of files that replace earlier ones together.
    pub fn stage(&self) -> StagedFiles<'_> {
        StagedFiles::new(&self.folder)
    }

    /// Writes one file. A reader finds either the old one or the new one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut staged = self.stage();
        staged.add(name, bytes)?;
        staged.replace()
    }

    /// Returns the path of the folder for messages.
    pub fn name(&self) -> String {
        one_line(&self.folder.display().to_string())
    }

    /// Returns the path of the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Returns the folder of a file.
pub fn folder_of(file: &Path) -> &Path {
    let folder = file.parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Returns the entry of a file in a report.
pub fn file(name: &str, caption: &str) -> report::File {
    report::File {
        name: name.to_owned(),
        caption: caption.to_owned(),
    }
}

/// Returns facts as indented JSON.
pub fn json(facts: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(facts)?;
    json.push(b'\n');
    Ok(json)
}

/// Writes to a file what `write` writes, many bytes at a time.
pub fn written(
    file: &mut File,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> nmf_images::Result<()>,
) -> Result<()> {
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    Ok(file.flush()?)
}
