//! How images are read.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use nmf_images::Shape;
use nmf_images::images::{Fit, LoadOptions, Missing};

use super::table::TableOptions;
use super::values::{bytes, size};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct ReadingOptions {
    /// Resize every image, for example 48x64 (width x height)
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<Shape>,
    /// How --size treats other proportions: cut off what overhangs, or stretch
    #[arg(long, value_enum, default_value_t = FitChoice::Crop)]
    pub fit: FitChoice,
    /// Make dark bright, for ink on paper: NMF learns what is bright
    #[arg(long)]
    pub invert: bool,
    /// Grey under transparent pixels, from 0 (black) to 255 (white)
    #[arg(long, value_name = "GREY", default_value_t = LoadOptions::default().background)]
    pub background: u8,
    /// Read only so many images, 2 or more, evenly spread over all
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub files: FileOptions,
}

impl ReadingOptions {
    /// How the images are to be read.
    pub fn options(&self) -> LoadOptions {
        self.files.options(&LoadOptions {
            size: self.size,
            fit: match self.fit {
                FitChoice::Crop => Fit::Crop,
                FitChoice::Stretch => Fit::Stretch,
            },
            background: self.background,
            invert: self.invert,
            limit: self.limit,
            ..LoadOptions::default()
        })
    }
}

/// What goes for every command that reads images, however they are prepared.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct FileOptions {
    /// End with an error if an image cannot be read, instead of leaving it out
    #[arg(long)]
    strict: bool,
    /// Which array of a .npz archive holds the images; needed where several could
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Look at some of the pixels alone: a picture that is white where pixels are known and black where they are
    /// scratched or hidden, or a folder with one for each image, called as the image is; or a .npy array
    #[arg(long, value_name = "FILE|FOLDER")]
    pub mask: Option<PathBuf>,
    /// Take pixels for unknown by what they hold: `alpha`, where images are transparent, instead of laying them over
    /// --background; `nan`, in arrays, and gaps in tables; or a value, such as 0: 0 to 255 in 8-bit files, 0 to 1 in finer
    /// ones, as it is in arrays of floats
    #[arg(long, value_name = "WHAT", value_parser = Missing::from_str, allow_negative_numbers = true)]
    pub missing: Option<Missing>,
    /// How much memory to use: a .npy or IDX file of which a quarter of that does not hold the pixels is read block by
    /// block instead, and --out then needs room for up to four times the file while the run lasts [default: half of
    /// the machine's]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    #[command(flatten)]
    table: TableOptions,
}

impl FileOptions {
    /// The options with what is said here.
    pub fn options(&self, options: &LoadOptions) -> LoadOptions {
        self.table.options(LoadOptions {
            strict: self.strict,
            key: self.key.clone(),
            missing: self.missing,
            mask: self.mask.clone(),
            ..options.clone()
        })
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FitChoice {
    Crop,
    Stretch,
}
