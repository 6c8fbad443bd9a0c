//! Files that are written under temporary names, and renamed when all are complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempPath;

/// The prefix of the names of this program's hidden files.
pub const HIDDEN: &str = ".nmf-images";

/// The suffix of the names of temporary files.
const TEMPORARY: &str = ".tmp";

/// Complete files under temporary names. If they are dropped without [`StagedFiles::replace`], they are deleted, and older
/// files stay as they are.
pub struct StagedFiles<'a> {
    folder: &'a Path,
    /// Each with its final path.
    files: Vec<(TempPath, PathBuf)>,
    /// Files of an earlier run that are removed after the renaming.
    stale: Vec<PathBuf>,
    /// The sub-folders that were written to, and the folders that were created for them.
    below: Vec<(PathBuf, CreatedFolders)>,
}

impl<'a> StagedFiles<'a> {
    pub fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            files: Vec::new(),
            stale: Vec::new(),
            below: Vec::new(),
        }
    }

    /// Writes a file under a temporary name; `name` may include a sub-folder.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let failed = || format!("cannot write {}", path.display());
        self.add_by(name, |file| file.write_all(bytes).with_context(failed))
    }

    /// Does what [`StagedFiles::add`] does with the bytes that `fill` writes, whose errors are returned as they are.
    pub fn add_by<R>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut File) -> Result<R>,
    ) -> Result<R> {
        let path = self.folder.join(name);
        let failed = || format!("cannot write {}", path.display());
        if !self.folder.is_dir() {
            bail!(
                "cannot write to {}: the folder no longer exists",
                self.folder.display()
            );
        }
        if path.is_dir() {
            bail!(
                "cannot write {}: there is a folder of that name",
                path.display()
            );
        }
        let folder = self.folder_of(&path).with_context(failed)?;
        let mut file = temporary(&folder, &path).with_context(failed)?;
        let filled = fill(file.as_file_mut())?;
        file.as_file().sync_all().with_context(failed)?;
        self.files.push((file.into_temp_path(), path));
        Ok(filled)
    }

    /// Removes a file after the renaming; returns whether it exists.
    pub fn remove(&mut self, name: &str) -> bool {
        let path = self.folder.join(name);
        let exists = path.exists();
        self.stale.push(path);
        exists
    }

    /// Renames all files, in the order in which they were added.
    pub fn replace(mut self) -> Result<()> {
        for (file, path) in self.files.drain(..) {
            let failed = || format!("cannot write {}", path.display());
            file.persist(&path)
                .map_err(|failure| failure.error)
                .with_context(failed)?;
        }
        for path in &self.stale {
            // The file may not exist.
            let _ = fs::remove_file(path);
            // A sub-folder that is empty now goes too; one with other files stays.
            if let Some(folder) = path.parent().filter(|&folder| folder != self.folder) {
                let _ = fs::remove_dir(folder);
            }
        }
        for folder in self
            .below
            .iter()
            .map(|(folder, _)| folder.as_path())
            .chain([self.folder])
        {
            sync(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
        }
        Ok(())
    }

    /// Returns the folder of a file, which is created if it is missing.
    fn folder_of(&mut self, path: &Path) -> io::Result<PathBuf> {
        let folder = path.parent().unwrap_or(self.folder);
        let is_known = folder == self.folder || self.below.iter().any(|(known, _)| known == folder);
        if !is_known {
            self.below
                .push((folder.to_owned(), CreatedFolders::of(folder)));
            fs::create_dir(folder)
                .or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
            remove_left_over(folder);
        }
        Ok(folder.to_owned())
    }
}

/// Folders that were created, innermost first. When this is dropped, those that are empty are removed.
pub struct CreatedFolders(Vec<PathBuf>);

impl CreatedFolders {
    /// Lists the folder and its parents that are missing.
    pub fn of(folder: &Path) -> Self {
        let missing = folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        Self(missing.map(Path::to_owned).collect())
    }
}

impl Drop for CreatedFolders {
    fn drop(&mut self) {
        // `remove_dir` fails for a folder with files, which is kept.
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Flushes a folder to disk, so that renames in it survive a power failure, on systems that support it.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// Checks that a file can be written. If the run is killed meanwhile, the next one removes the file.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    temporary(folder, Path::new("probe")).map(drop)
}

/// Creates a temporary file with the permissions of an ordinary file.
fn temporary(folder: &Path, path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{HIDDEN}-{name}-");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Removes temporary files of killed runs. Only the run that has locked the folder may call this.
pub fn remove_left_over(folder: &Path) {
    for entry in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(is_left_over)
    {
        // A file that cannot be removed does no harm.
        let _ = fs::remove_file(entry.path());
    }
}

/// Returns whether it is a temporary file of this program.
pub fn is_left_over(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    name.starts_with(HIDDEN) && name.ends_with(TEMPORARY)
}
