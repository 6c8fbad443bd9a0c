//! The files that the program writes. The reader ignores pictures of earlier runs by this table, and a test of the command
//! checks that it has every file that is written.

use std::path::Path;

/// A file in an output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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
    /// The main command with several ranks, beside the folder of each.
    Ladder,
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
            Self::Ladder => ladder("ladder", "csv"),
            Self::Compare => compare("compare", "csv"),
            Self::Project => project("projection", "npz"),
            Self::Ranks => ranks("ranks", "csv"),
        }
    }

    /// Returns the name of the report of the command, which lists the files of a run.
    #[must_use]
    pub const fn report(self) -> &'static str {
        match self {
            Self::Learn | Self::Compare => "report.json",
            Self::Ladder => "ladder.json",
            Self::Project => "projection.json",
            Self::Ranks => "ranks.json",
        }
    }
}

/// All files that are written under a fixed name.
pub const OUTPUT_FILES: [OutputFile; 47] = [
    learn("model", "npz"),
    learn("report", "json"),
    learn("report", "html"),
    learn("checkpoint", "npz"),
    learn("start", "npz"),
    learn("starts", "npz"),
    learn("weights", "csv"),
    learn("parts", "csv"),
    learn("scores", "csv"),
    learn("trace", "csv"),
    learn("atlas", "png"),
    learn("comparison", "png"),
    learn("convergence", "svg"),
    learn("convergence", "png"),
    learn("denoise", "png"),
    learn("eigenimages", "png"),
    learn("inpainting", "png"),
    learn("ladder", "png"),
    learn("learning", "gif"),
    learn("learning", "png"),
    learn("map", "png"),
    learn("parts", "png"),
    learn("rank-error", "svg"),
    learn("rank-error", "png"),
    learn("recipe", "png"),
    learn("reconstructions", "png"),
    learn("three-ways", "png"),
    learn("usage", "png"),
    ladder("ladder", "csv"),
    ladder("ladder", "json"),
    ladder("ladder", "png"),
    compare("compare", "csv"),
    compare("compare-means", "csv"),
    compare("report", "json"),
    compare("compare", "png"),
    compare("compare-chart", "svg"),
    compare("compare-chart", "png"),
    project("projection", "npz"),
    project("projection", "json"),
    project("weights", "csv"),
    project("projection", "png"),
    ranks("ranks", "csv"),
    ranks("ranks", "json"),
    ranks("ranks", "svg"),
    ranks("ranks", "png"),
    ranks("ranks-gallery", "png"),
    ranks("ladder", "png"),
];

/// The folder, beside a model, of one picture per part.
pub const PARTS_FOLDER: &str = "parts";

/// Returns the name of the folder of one of several ranks, such as `k9`.
#[must_use]
pub fn rank_folder(rank: usize) -> String {
    format!("k{rank}")
}

const fn learn(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Learn,
    }
}

const fn ladder(stem: &'static str, extension: &'static str) -> OutputFile {
    OutputFile {
        stem,
        extension,
        writer: WrittenBy::Ladder,
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

    /// Returns the names that the file may have: a page is a PNG or an SVG.
    pub fn possible_names(&self) -> impl Iterator<Item = String> {
        let svg = (self.extension == "png").then(|| format!("{}.svg", self.stem));
        [self.name()].into_iter().chain(svg)
    }

    /// Checks whether `path` ends in a name that the file may have.
    #[must_use]
    pub fn names(&self, path: &Path) -> bool {
        self.possible_names()
            .any(|name| path.file_name() == Some(name.as_ref()))
    }
}
