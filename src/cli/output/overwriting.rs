//! Checks before the work that a run can read what it is to read, and writes no file that it reads.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use nmf_images::images::files_read;

use crate::cli::arguments::PathRead;

/// The files that a run writes.
pub struct Targets {
    /// All that it may write or remove.
    pub files: Vec<PathBuf>,
    /// What to do if one of them is read.
    pub advice: &'static str,
}

impl Targets {
    /// Checks what the command line names, with all files that are read for it.
    pub fn check(&self, paths: &[PathRead]) -> Result<()> {
        for read in paths {
            check_kind(read)?;
        }
        if self.files.iter().all(|file| FileId::of(file).is_none()) {
            return Ok(());
        }
        for read in paths {
            self.check_files(&files_read(&read.path))?;
        }
        Ok(())
    }

    /// Checks that none of these files is written.
    pub fn check_files(&self, read: &[PathBuf]) -> Result<()> {
        let mut written: Vec<(FileId, &PathBuf)> = Vec::new();
        for file in &self.files {
            written.extend(FileId::of(file).map(|id| (id, file)));
        }
        for path in read.iter().filter(|_| !written.is_empty()) {
            let id = FileId::of(path);
            let same = written.iter().find(|(known, _)| id.as_ref() == Some(known));
            if let Some((_, file)) = same {
                bail!(
                    "{} is read by this run and would be overwritten{}: {}",
                    path.display(),
                    other_name(path, file),
                    self.advice
                );
            }
        }
        Ok(())
    }
}

/// Checks that a path is that of a file or folder, as far as it exists.
fn check_kind(read: &PathRead) -> Result<()> {
    let Ok(metadata) = fs::metadata(&read.path) else {
        // The reader reports what does not exist.
        return Ok(());
    };
    let path = read.path.display();
    if !metadata.is_dir() && !metadata.is_file() {
        bail!(
            "{path} is a pipe or a device, not a file on disk: write its content to a file, and pass that as {}",
            read.option
        );
    }
    Ok(())
}

/// Checks that a file can be written at a path: that nothing but a file is there.
pub fn check_replaceable(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => bail!(
            "cannot write {}: there is a folder of that name",
            path.display()
        ),
        Ok(found) if !found.is_file() && !found.is_symlink() => bail!(
            "cannot write {}: it is a pipe or a device, not a file",
            path.display()
        ),
        _ => Ok(()),
    }
}

/// Returns the name under which a file is written if it is read under another one.
fn other_name(read: &Path, written: &Path) -> String {
    let folder = |path: &Path| {
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).canonicalize().ok()
    };
    let same = read.file_name() == written.file_name() && folder(read) == folder(written);
    if same {
        String::new()
    } else {
        format!(", as {}", written.display())
    }
}

/// The identity of a file, whatever links, relative paths and letter cases lead to it.
#[derive(PartialEq, Eq)]
#[cfg(unix)]
struct FileId(u64, u64);

#[cfg(unix)]
impl FileId {
    /// Returns the identity of the file at a path; `None` if there is none.
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(path).ok()?;
        Some(Self(metadata.dev(), metadata.ino()))
    }
}

/// The identity of a file: its path without links, in the letter case of the disk.
#[derive(PartialEq, Eq)]
#[cfg(not(unix))]
struct FileId(PathBuf);

#[cfg(not(unix))]
impl FileId {
    /// Returns the identity of the file at a path; `None` if there is none.
    fn of(path: &Path) -> Option<Self> {
        path.canonicalize().ok().map(Self)
    }
}
