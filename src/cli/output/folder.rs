//! The output folder: made first, so that a bad path fails before the work, held by one run at a time, and every file
//! whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nmf_images::error::one_line;
use nmf_images::images::is_called_as_own;

use super::lock::{self, FolderLock};
use super::staged::{CreatedFolders, HIDDEN, StagedFiles, remove_left_over};

/// A folder that files can be written to, for one run alone; what was made for it goes again if nothing was.
pub struct Output {
    folder: PathBuf,
    _lock: FolderLock,
    _made: CreatedFolders,
}

impl Output {
    /// Makes the folder, where it is missing, sees that no other run writes there, tries whether a file can be written,
    /// and removes what killed runs left over.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let advice = || {
            format!(
                "cannot write to {}: choose another folder with --out",
                folder.display()
            )
        };
        if folder.is_file() {
            bail!(
                "cannot write to {}: that is no folder; choose one with --out",
                folder.display()
            );
        }
        let made = CreatedFolders::of(folder);
        fs::create_dir_all(folder).with_context(advice)?;
        let Some(lock) = lock::hold(folder).with_context(advice)? else {
            bail!(
                "another run writes to {}: wait until it has ended, or choose another folder with --out",
                folder.display()
            );
        };
        remove_left_over(folder);
        tempfile::Builder::new()
            .prefix(HIDDEN)
            .tempfile_in(folder)
            .with_context(advice)?;
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
            _made: made,
        })
    }

    /// As [`Output::prepare`], of a folder that is new or empty: nothing can be replaced.
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

    /// As [`Output::prepare`], of a folder that holds no model: the files of a run stay its own.
    pub fn prepare_beside_models(folder: &Path) -> Result<Self> {
        if folder.join("model.npz").exists() {
            bail!(
                "{} holds the model of a run: choose another folder with --out",
                folder.display()
            );
        }
        Self::prepare(folder)
    }

    /// Sees that none of the images is replaced by a picture of this program.
    pub fn check_overwrite(&self, mut images: impl Iterator<Item = PathBuf>) -> Result<()> {
        let folder = self.folder.canonicalize().ok();
        let lies_here = |path: &PathBuf| {
            path.canonicalize()
                .is_ok_and(|path| path.parent() == folder.as_deref())
        };
        match images.find(|path| is_called_as_own(path) && lies_here(path)) {
            Some(image) => bail!(
                "{} is one of the images, and a picture of that name is written: choose another folder with --out",
                image.display()
            ),
            None => Ok(()),
        }
    }

    /// Begins to write files that are to take their places together.
    pub fn stage(&self) -> StagedFiles<'_> {
        StagedFiles::new(&self.folder)
    }

    /// Writes one file: whoever looks sees the old one or the new one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut staged = self.stage();
        staged.add(name, bytes)?;
        staged.replace()
    }

    /// The folder as it was given, to be said in a sentence.
    pub fn name(&self) -> String {
        one_line(&self.folder.display().to_string())
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file stands.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Facts as JSON.
pub fn json(facts: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(facts)?;
    json.push(b'\n');
    Ok(json)
}
