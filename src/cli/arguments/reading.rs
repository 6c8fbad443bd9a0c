//! Options for reading images.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use nmf_images::Shape;
use nmf_images::images::{Fit, LoadOptions, Missing};

use super::table::TableOptions;
use super::values::{bytes, grey, size, whole};

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct ReadingOptions {
    /// Resize every image to width x height, for example 48x64
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<Shape>,
    /// How --size treats other aspect ratios: crop the excess, or stretch
    #[arg(long, value_enum, default_value_t = FitChoice::Crop)]
    pub fit: FitChoice,
    /// Invert intensities, for dark ink on paper: NMF learns bright structures
    #[arg(long)]
    pub invert: bool,
    /// Grey level behind transparent pixels, from 0 (black) to 255 (white)
    #[arg(long, value_name = "GREY", default_value_t = LoadOptions::default().background, value_parser = grey,
        allow_negative_numbers = true)]
    pub background: u8,
    /// Read only this many images, at least 2, evenly spaced over all
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub files: FileOptions,
}

impl ReadingOptions {
    /// Returns the options of the reader.
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

/// Options of every command that reads images.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading images")]
pub struct FileOptions {
    /// Fail if an image cannot be read, instead of skipping it
    #[arg(long)]
    strict: bool,
    /// Name of the array in a .npz archive; required if several arrays could be images
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Channel to read of TIFF files with several, as of microscopes: its name, its number from 1, or `all`, each an
    /// image [default: the first]
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Mask of known pixels, white where known and black where scratched or hidden: an image for all images, a folder with
    /// one image of the same name per image, or a .npy array
    #[arg(long, value_name = "FILE|FOLDER")]
    pub mask: Option<PathBuf>,
    /// Treat pixels as unknown by their value: `alpha`, transparent pixels, instead of blending them with --background;
    /// `nan`, in arrays and TIFF files of floats and as gaps in tables; or a number such as 0, which is 0 to 255 in 8-bit
    /// files, 0 to 1 in images of more bits, and the stored value in arrays and TIFF files of floats
    #[arg(long, value_name = "WHAT", value_parser = Missing::from_str, allow_negative_numbers = true)]
    pub missing: Option<Missing>,
    /// Memory to use, for pixels and everything else. A .npy or IDX file that needs more is read block by block; --out then
    /// needs up to four times the size of the file while the run lasts. A run that still needs more is refused [default:
    /// what is free, of which pixels get half of the machine's memory]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    #[command(flatten)]
    table: TableOptions,
}

impl FileOptions {
    /// Returns a note for each option that is spelled as in earlier releases.
    pub fn notes(&self) -> Vec<String> {
        self.table.notes()
    }

    /// Returns `options` with those of this group.
    pub fn options(&self, options: &LoadOptions) -> LoadOptions {
        self.table.options(LoadOptions {
            strict: self.strict,
            key: self.key.clone(),
            channel: self.channel.clone(),
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
