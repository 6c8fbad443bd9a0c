//! The option `--init`: a start by name, or a file with W and H.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use nmf_images::Init;

/// Where a fit starts.
#[derive(Debug, Clone, PartialEq)]
pub enum StartChoice {
    Named(Init),
    /// W and H in a file; of the folder of a run, its model.
    File(PathBuf),
}

impl Default for StartChoice {
    fn default() -> Self {
        Self::Named(Init::default())
    }
}

impl StartChoice {
    /// Returns the start in a file, or in the model of a folder.
    pub fn in_file(path: &Path) -> Self {
        Self::File(if path.is_dir() {
            path.join("model.npz")
        } else {
            path.to_owned()
        })
    }

    /// Returns the file, if there is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Named(_) => None,
            Self::File(path) => Some(path),
        }
    }
}

impl FromStr for StartChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(named) = text.parse() {
            return Ok(Self::Named(named));
        }
        let path = Path::new(text);
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("npz") || path.exists() {
            return Ok(Self::in_file(path));
        }
        Err(format!(
            "a start is needed ({}), or an .npz file with W and H",
            Init::NAMES.join(", ")
        ))
    }
}

/// The start as [`StartChoice::from_str`] parses it.
impl fmt::Display for StartChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(init) => init.fmt(f),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_name_or_a_file() {
        let parsed = |text: &str| text.parse::<StartChoice>();
        assert_eq!(parsed("random"), Ok(StartChoice::Named(Init::Random)));
        assert_eq!(parsed("a/b.NPZ"), Ok(StartChoice::File("a/b.NPZ".into())));
        let unknown = parsed("nndsdv").unwrap_err();
        assert!(unknown.contains("nndsvd, nndsvda"), "{unknown}");
    }
}
