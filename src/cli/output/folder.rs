//! The output folder: created before the work, so that a bad path fails early; locked by one run at a time; files are
//! written completely or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nmf_images::error::one_line;
use nmf_images::images::is_picture_name;
use nmf_images::report;

use super::lock::{self, FolderLock};
use super::staged::{CreatedFolders, HIDDEN, StagedFiles, check_writable, remove_left_over};

/// A folder that one run writes to. Folders that were created for it are removed if they stay empty.
pub struct Output {
    folder: PathBuf,
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
        if folder.is_file() {
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

    /// Does what [`Output::prepare`] does, and checks that the folder does not hold the model of a run.
    pub fn prepare_beside_models(folder: &Path) -> Result<Self> {
        if folder.join("model.npz").exists() {
            bail!(
                "{} holds the model of a run: choose another folder with --out",
                folder.display()
            );
        }
        Self::prepare(folder)
    }

    /// Checks that no picture of this program would overwrite one of the images.
    pub fn check_overwrite(&self, mut images: impl Iterator<Item = PathBuf>) -> Result<()> {
        let folder = self.folder.canonicalize().ok();
        let lies_here = |path: &PathBuf| {
            path.canonicalize()
                .is_ok_and(|path| path.parent() == folder.as_deref())
        };
        match images.find(|path| is_picture_name(path) && lies_here(path)) {
            Some(image) => bail!(
                "{} is one of the images and would be overwritten: choose another folder with --out",
                image.display()
            ),
            None => Ok(()),
        }
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
