//! A file lock, so that only one run at a time writes to a folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The file that is locked.
const FILE: &str = ".nmf-images.lock";

/// The lock of a folder, released on drop; the system releases it if the process is killed.
pub struct FolderLock {
    path: PathBuf,
    _file: File,
}

/// Locks a folder; returns `None` if another run has locked it.
pub fn hold(folder: &Path) -> io::Result<Option<FolderLock>> {
    let path = folder.join(FILE);
    if path.exists() && !path.is_file() {
        // Opening a pipe could block for ever.
        return Err(io::Error::other(format!("{FILE} in it is not a file")));
    }
    loop {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Ok(None);
        }
        // Network file systems may not support locks; then the run continues without one.
        if is_at(&file, &path) {
            return Ok(Some(FolderLock { path, _file: file }));
        }
    }
}

/// Returns whether the open file is still at the path: a run that ends may remove it after another has opened it.
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
        // Removed before the lock is released, so that the next run creates its own file.
        let _ = fs::remove_file(&self.path);
    }
}
