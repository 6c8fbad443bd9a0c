//! The files that the program writes. The reader ignores pictures of earlier runs by this table, and a test of the command
//! checks that it has every file that is written.

use std::path::Path;

/// A file in an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputFile {
    /// The name without the extension.
    pub stem: &'static str,
    /// The extension, without its dot.
    pub extension: &'static str,
    /// The command that writes it.
    pub writer: WrittenBy,
}

/// A command that writes an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenBy {
    /// The main command, which writes a model.
    Learn,
    /// `compare`.
    Compare,
    /// `project`.
    Project,
    /// `ranks`.
    Ranks,
}

impl WrittenBy {
    /// Returns the file that every run of the command writes, which marks its output folder.
    #[must_use]
    pub const fn marker(self) -> OutputFile {
        match self {
            Self::Learn => learn("model", "npz"),
            Self::Compare => compare("compare", "csv"),
            Self::Project => project("projection", "npz"),
            Self::Ranks => ranks("ranks", "csv"),
        }
    }
}

/// All files that are written under a fixed name.
pub const OUTPUT_FILES: [OutputFile; 30] = [
    learn("model", "npz"),
    learn("report", "json"),
    learn("report", "html"),
    learn("checkpoint", "npz"),
    learn("weights", "csv"),
    learn("parts", "csv"),
    learn("atlas", "png"),
    learn("comparison", "png"),
    learn("convergence", "svg"),
    learn("eigenimages", "png"),
    learn("inpainting", "png"),
    learn("learning", "gif"),
    learn("learning", "png"),
    learn("map", "png"),
    learn("parts", "png"),
    learn("rank-error", "svg"),
    learn("recipe", "png"),
    learn("reconstructions", "png"),
    learn("usage", "png"),
    compare("compare", "csv"),
    compare("report", "json"),
    compare("compare", "png"),
    project("projection", "npz"),
    project("projection", "json"),
    project("weights", "csv"),
    project("projection", "png"),
    ranks("ranks", "csv"),
    ranks("ranks", "json"),
    ranks("ranks", "svg"),
    ranks("ranks-gallery", "png"),
];

/// The folder, beside a model, of one picture per part.
pub const PARTS_FOLDER: &str = "parts";

const fn learn(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Learn,
    }
}

const fn compare(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Compare,
    }
}

const fn project(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Project,
    }
}

const fn ranks(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Ranks,
    }
}

impl OutputFile {
    /// Returns the name of the file, with its extension.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.stem, self.extension)
    }

    /// Checks whether the file is a picture, which could be mistaken for an input image.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        matches!(self.extension, "png" | "svg" | "gif")
    }

    /// Checks whether `path` ends in the name of the file.
    #[must_use]
    pub fn names(&self, path: &Path) -> bool {
        path.file_name()
            .and_then(|name| name.to_str()?.strip_prefix(self.stem)?.strip_prefix('.'))
            == Some(self.extension)
    }
}
