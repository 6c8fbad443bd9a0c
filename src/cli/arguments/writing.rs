//! What is written and drawn, and how.

use std::path::PathBuf;

use clap::ValueEnum;
use nmf_images::render::{Scaling, Theme};

use super::values::at_least_one;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct WritingOptions {
    /// Folder for what is written; files of the same name from an earlier run are replaced
    #[arg(short, long, value_name = "FOLDER", default_value = "output")]
    pub out: PathBuf,
    /// Write pictures as PNG, or as SVG for papers and posters: text stays text, lines stay sharp at any size
    #[arg(long, value_enum, default_value_t = PageFormat::Png)]
    pub format: PageFormat,
    /// Draw on white, or on dark for a projector
    #[arg(long, value_enum, default_value_t = ThemeChoice::Light)]
    theme: ThemeChoice,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Print the report as JSON in place of the summary, and nothing else on stdout
    #[arg(long)]
    pub json: bool,
}

/// What else is written of a run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct ExportOptions {
    /// Also write weights.csv, a line an image, and parts.csv, a line a part
    #[arg(long)]
    pub csv: bool,
    /// Also write each part as a picture of its own, in the folder `parts`
    #[arg(long)]
    pub tiles: bool,
}

/// How basis images are drawn.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct TilingOptions {
    /// Draw each tile up to its own maximum, or all on one scale, as strong as they are used on average
    #[arg(long, value_enum, default_value_t = ScaleChoice::Each)]
    scale: ScaleChoice,
}

/// Which pictures are drawn, and of what.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Pictures")]
pub struct PictureOptions {
    /// Draw only these pictures, separated by commas [default: all]
    #[arg(long, value_enum, value_name = "PICTURES", value_delimiter = ',')]
    only: Vec<PictureChoice>,
    /// Show parts and eigenimages in the terminal, after the run
    #[arg(long, conflicts_with = "json")]
    pub view: bool,
    /// How many images reconstructions.png shows: the best, the worst, and others evenly spread; and inpainting.png
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one, allow_negative_numbers = true)]
    pub show: usize,
    /// Which image recipe.png takes apart: its name, the end of its path, or its index from 0 on [default: the most
    /// typical one]
    #[arg(long, value_name = "IMAGE")]
    pub recipe: Option<String>,
    /// Draw everything but report.html, the page to play with
    #[arg(long, conflicts_with = "only")]
    no_page: bool,
    /// How many images report.html has, evenly spread [default: all that fit into 5 MB or so]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, conflicts_with = "no_page")]
    pub page_images: Option<usize>,
}

/// The pictures of a run, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PictureChoice {
    /// Parts beside eigenimages, on a slide
    Comparison,
    /// All parts
    Parts,
    /// All eigenimages
    Eigenimages,
    /// Images as both rebuild them
    Reconstructions,
    /// Images with unknown pixels, as both fill them; where there are any
    Inpainting,
    /// One image as a sum of parts, and of eigenimages
    Recipe,
    /// Which part owns each pixel
    Map,
    /// Which images use which parts
    Usage,
    /// Where the images lie
    Atlas,
    /// How the error fell
    Convergence,
    /// How the parts appeared, as a moving picture and as six moments of it
    Learning,
    /// What rank buys: the error of PCA at every rank, and of NMF
    RankError,
    /// All of it to play with in a browser: report.html
    Page,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScaleChoice {
    Each,
    Shared,
}

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    Png,
    Svg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ThemeChoice {
    Light,
    Dark,
}

impl TilingOptions {
    /// How tiles are to be scaled.
    pub fn scaling(&self) -> Scaling {
        match self.scale {
            ScaleChoice::Each => Scaling::Each,
            ScaleChoice::Shared => Scaling::Shared,
        }
    }
}

impl WritingOptions {
    /// What pages are drawn on.
    pub fn theme(&self) -> Theme {
        match self.theme {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark => Theme::Dark,
        }
    }
}

impl PictureOptions {
    /// Whether the picture is named.
    pub fn is_asked_for(&self, picture: PictureChoice) -> bool {
        self.only.contains(&picture)
    }

    /// The pictures to draw, each once.
    pub fn chosen(&self) -> Vec<PictureChoice> {
        let left_out = |picture: &PictureChoice| self.no_page && *picture == PictureChoice::Page;
        let asked = |picture: &PictureChoice| {
            !left_out(picture) && (self.only.is_empty() || self.only.contains(picture))
        };
        PictureChoice::value_variants()
            .iter()
            .copied()
            .filter(asked)
            .collect()
    }
}
