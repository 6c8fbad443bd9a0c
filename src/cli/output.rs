//! The output folder: made first, so that a bad path fails before the work, and every file whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder that files can be written to.
pub struct Output {
    folder: PathBuf,
}

impl Output {
    /// Makes the folder, where it is missing, and tries whether a file can be written there.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let advice = || format!("cannot write to {}: choose another folder with --out", folder.display());
        fs::create_dir_all(folder).with_context(advice)?;
        tempfile::Builder::new().prefix(".nmf-images-").tempfile_in(folder).with_context(advice)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes a file under a temporary name, then gives it its own: whoever looks sees the old one or the new one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name);
        let failed = || format!("cannot write {}", path.display());
        let mut file = self.temporary(name).with_context(failed)?;
        file.write_all(bytes).with_context(failed)?;
        file.as_file().sync_all().with_context(failed)?;
        file.persist(&path).map_err(|failure| failure.error).with_context(failed)?;
        Ok(())
    }

    /// Where a file stands.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn temporary(&self, name: &str) -> std::io::Result<tempfile::NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        let (prefix, suffix) = (format!(".{name}-"), ".tmp");
        builder.prefix(&prefix).suffix(suffix);
        // Temporary files are for their owner alone; these become ordinary files, as the user's mask allows.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        builder.tempfile_in(&self.folder)
    }
}
