//! One run at a time in a folder: a file that the system keeps locked for as long as the run lives.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked.
const FILE: &str = ".nmf-images.lock";

/// A folder that is held until this goes; a lock dies with its process, however that ends.
pub struct FolderLock {
    path: PathBuf,
    _file: File,
}

/// Holds a folder; nothing where another run does.
pub fn hold(folder: &Path) -> io::Result<Option<FolderLock>> {
    let path = folder.join(FILE);
    loop {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Ok(None);
        }
        // Folders of other machines may know no locks: then there is none to wait for.
        if is_at(&file, &path) {
            return Ok(Some(FolderLock { path, _file: file }));
        }
    }
}

/// Whether the file still stands there: a run that ends removes its own, even from under one that has just opened it.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata().map(place), fs::metadata(path).map(place)), (Ok(held), Ok(found)) if held == found)
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Before the lock itself goes: whoever has it next is to find none, or its own.
        let _ = fs::remove_file(&self.path);
    }
}
