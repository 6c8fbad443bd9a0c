//! The output folder: made first, so that a bad path fails before the work, and every file whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nmf_images::images::is_called_as_own;

/// A folder that files can be written to; what was made for it goes again if nothing was.
pub struct Output {
    folder: PathBuf,
    /// The folders that had to be made, innermost first.
    made: Vec<PathBuf>,
}

impl Output {
    /// Makes the folder, where it is missing, and tries whether a file can be written there.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let advice = || format!("cannot write to {}: choose another folder with --out", folder.display());
        if folder.is_file() {
            bail!("cannot write to {}: that is no folder; choose one with --out", folder.display());
        }
        let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let output = Self { folder: folder.to_owned(), made: missing.map(Path::to_owned).collect() };
        fs::create_dir_all(folder).with_context(advice)?;
        tempfile::Builder::new().prefix(".nmf-images-").tempfile_in(folder).with_context(advice)?;
        Ok(output)
    }

    /// As [`Output::prepare`], of a folder that is new or empty: nothing can be replaced.
    pub fn prepare_empty(folder: &Path) -> Result<Self> {
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("{} is not empty: choose a new folder with --out", folder.display());
        }
        Self::prepare(folder)
    }

    /// As [`Output::prepare`], of a folder that holds no model: the files of a run stay its own.
    pub fn prepare_beside_models(folder: &Path) -> Result<Self> {
        if folder.join("model.npz").exists() {
            bail!("{} holds the model of a run: choose another folder with --out", folder.display());
        }
        Self::prepare(folder)
    }

    /// Sees that none of the images is replaced by a picture of this program.
    pub fn spare(&self, mut images: impl Iterator<Item = PathBuf>) -> Result<()> {
        let folder = self.folder.canonicalize().ok();
        let lies_here = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path.parent() == folder.as_deref());
        match images.find(|path| is_called_as_own(path) && lies_here(path)) {
            Some(image) => bail!(
                "{} is one of the images, and a picture of that name is written: choose another folder with --out",
                image.display()
            ),
            None => Ok(()),
        }
    }

    /// Writes a file under a temporary name, then gives it its own: whoever looks sees the old one or the new one.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write_by(name, |file| Ok(file.write_all(bytes)?))
    }

    /// The same of a file that `fill` fills.
    pub fn write_by<R>(&self, name: &str, fill: impl FnOnce(&mut File) -> Result<R>) -> Result<R> {
        let path = self.path(name);
        let failed = || format!("cannot write {}", path.display());
        let mut file = self.temporary(name).with_context(failed)?;
        let filled = fill(file.as_file_mut())?;
        file.as_file().sync_all().with_context(failed)?;
        file.persist(&path).map_err(|failure| failure.error).with_context(failed)?;
        Ok(filled)
    }

    /// Removes a file, and says whether it was there.
    pub fn remove(&self, name: &str) -> bool {
        fs::remove_file(self.path(name)).is_ok()
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
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

/// Facts as JSON.
pub fn json(facts: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(facts)?;
    json.push(b'\n');
    Ok(json)
}

impl Drop for Output {
    fn drop(&mut self) {
        // Only an empty folder can be removed: a run that failed leaves none, one that wrote keeps all.
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}
