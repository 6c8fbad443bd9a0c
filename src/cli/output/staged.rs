//! Files of a run that wait under temporary names until all are there, and then take their places one after the other.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempPath;

/// What the names of this program's hidden files begin with.
pub const HIDDEN: &str = ".nmf-images";

/// What the names of temporary files end with.
const TEMPORARY: &str = ".tmp";

/// Files that are whole and wait; where they never take their places, nothing of them stays and old files stay as they
/// are.
pub struct StagedFiles<'a> {
    folder: &'a Path,
    /// Each with its place.
    files: Vec<(TempPath, PathBuf)>,
    /// Files of an earlier run that are to go once the new ones are there.
    stale: Vec<PathBuf>,
    /// The folders within the output folder that were written to, and what had to be made for them.
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

    /// Writes a file under a temporary name; its name may lead into a folder below.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.add_by(name, |file| Ok(file.write_all(bytes)?))
    }

    /// The same of a file that `fill` fills.
    pub fn add_by<R>(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut File) -> Result<R>,
    ) -> Result<R> {
        let path = self.folder.join(name);
        let failed = || format!("cannot write {}", path.display());
        if !self.folder.is_dir() {
            bail!(
                "cannot write to {}: the folder is no longer there",
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
        let filled = fill(file.as_file_mut()).with_context(failed)?;
        file.as_file().sync_all().with_context(failed)?;
        self.files.push((file.into_temp_path(), path));
        Ok(filled)
    }

    /// Removes a file once the new ones are there; says whether there is such a file.
    pub fn remove(&mut self, name: &str) -> bool {
        let path = self.folder.join(name);
        let exists = path.exists();
        self.stale.push(path);
        exists
    }

    /// Gives all files their names, in the order in which they were added.
    pub fn replace(mut self) -> Result<()> {
        for (file, path) in self.files.drain(..) {
            let failed = || format!("cannot write {}", path.display());
            file.persist(&path)
                .map_err(|failure| failure.error)
                .with_context(failed)?;
        }
        for path in &self.stale {
            // What is not there need not go.
            let _ = fs::remove_file(path);
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

    /// The folder that a file is to lie in, made where it is missing.
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

/// Folders that had to be made, innermost first; those that are still empty in the end are removed.
pub struct CreatedFolders(Vec<PathBuf>);

impl CreatedFolders {
    /// The folder and those above it that are missing.
    pub fn of(folder: &Path) -> Self {
        let missing = folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        Self(missing.map(Path::to_owned).collect())
    }
}

impl Drop for CreatedFolders {
    fn drop(&mut self) {
        // Only an empty folder can be removed: a run that failed leaves none, one that wrote keeps all.
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Makes a change of names in a folder outlast a loss of power, where the system can.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// An ordinary file, as the user's mask allows: others may read it too.
fn temporary(folder: &Path, path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!("{HIDDEN}-{name}-");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Removes temporary files that killed runs left over; to be called by the run alone that holds the folder.
pub fn remove_left_over(folder: &Path) {
    for entry in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(is_left_over)
    {
        // A file that cannot be removed is in nobody's way.
        let _ = fs::remove_file(entry.path());
    }
}

/// Whether it is a temporary file of this program.
pub fn is_left_over(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    name.starts_with(HIDDEN) && name.ends_with(TEMPORARY)
}
