//! Options for files and pictures.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;
use nmf_images::render::{Scaling, Theme};

use super::common::PrintOptions;
use super::values::at_least_one;

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct WritingOptions {
    /// Output folder; the files of an earlier run of the same command are replaced
    #[arg(short, long, value_name = "FOLDER", default_value = "output")]
    pub out: PathBuf,
    /// Write pictures as PNG, or as SVG, in which text stays text and lines are sharp at any size. Charts are written as SVG
    /// either way
    #[arg(long, value_enum, default_value_t = PageFormat::Png)]
    pub format: PageFormat,
    /// Draw on a white background, or on a dark one for projectors
    #[arg(long, value_enum, default_value_t = ThemeChoice::Light)]
    theme: ThemeChoice,
    #[command(flatten)]
    pub printing: PrintOptions,
}

/// Files that are written on request.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct ExportOptions {
    /// Also write weights.csv and scores.csv, one line per image, parts.csv, one line per part, and trace.csv, one line per
    /// iteration
    #[arg(long)]
    pub csv: bool,
    /// Also write each part as an image to the folder `parts`
    #[arg(long)]
    pub tiles: bool,
}

/// How basis images are drawn.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Writing")]
pub struct TilingOptions {
    /// Scale each tile to its own maximum, or all tiles to one scale, in proportion to their average use
    #[arg(long, value_enum, default_value_t = ScaleChoice::Each)]
    scale: ScaleChoice,
}

/// Which pictures are drawn, and of what.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Pictures")]
pub struct PictureOptions {
    /// Draw only these pictures, separated by commas [default: all but `ladder`]
    #[arg(long, value_enum, value_name = "PICTURES", value_delimiter = ',')]
    only: Vec<PictureChoice>,
    /// Show parts and eigenimages in the terminal, after the run
    #[arg(long, conflicts_with = "json")]
    pub view: bool,
    /// Images that reconstructions.png, denoise.png, comparison.png and ladder.png show, and the first of them recipe.png and
    /// three-ways.png: up to 8 names, ends of paths, or indices, counted from 0, separated by commas. With --hold-out, they
    /// are training images [default: others in each picture]
    #[arg(
        long,
        value_name = "IMAGES",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    pub images: Vec<String>,
    /// Number of images in reconstructions.png, denoise.png and inpainting.png: the best, the worst, and others evenly spaced
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = at_least_one, allow_negative_numbers = true)]
    pub show: usize,
    /// Image that recipe.png decomposes: its name, the end of its path, or its index, counted from 0 [default: the first of
    /// --images, or else the most typical one]
    #[arg(long, value_name = "IMAGE")]
    pub recipe: Option<String>,
    /// Do not write report.html, the interactive page
    #[arg(long, conflicts_with = "only")]
    no_page: bool,
    /// Number of images in report.html, evenly spaced [default: as many as fit into about 5 MB]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true, conflicts_with = "no_page")]
    pub page_images: Option<usize>,
    /// Whether W and H are given, so that there are no iterations to draw.
    #[arg(skip)]
    are_given: bool,
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
    /// Images as both methods reconstruct them
    Reconstructions,
    /// Images with unknown pixels as both methods fill them, if there are any
    Inpainting,
    /// Images without and with noise, and as both methods reconstruct them, if --noise is given
    Denoise,
    /// One image as a sum of parts, and of eigenimages
    Recipe,
    /// One image by vector quantisation, NMF and PCA, after Lee and Seung's first figure
    ThreeWays,
    /// Which part owns each pixel
    Map,
    /// Which images use which parts
    Usage,
    /// A map of the images
    Atlas,
    /// The error at each iteration
    Convergence,
    /// How the parts developed: an animation, and six frames of it
    Learning,
    /// The least possible error and that of PCA at every rank, and the error of NMF
    RankError,
    /// The interactive page report.html
    Page,
    /// Four images at 1, 4, 9, …, 49 parts and eigenimages; only if it is named, since it takes fits of its own
    Ladder,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScaleChoice {
    Each,
    Shared,
}

/// The format of pages.
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
    /// Returns the scaling of tiles.
    pub fn scaling(&self) -> Scaling {
        match self.scale {
            ScaleChoice::Each => Scaling::Each,
            ScaleChoice::Shared => Scaling::Shared,
        }
    }
}

impl WritingOptions {
    /// Returns the theme of pages.
    pub fn theme(&self) -> Theme {
        match self.theme {
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::Dark => Theme::Dark,
        }
    }
}

impl PictureChoice {
    /// Returns whether the picture is drawn only if `--only` names it, since it takes fits of its own.
    fn is_on_request(self) -> bool {
        self == Self::Ladder
    }

    /// Returns whether the picture shows the iterations of a fit.
    fn shows_iterations(self) -> bool {
        matches!(self, Self::Convergence | Self::Learning)
    }
}

impl PictureOptions {
    /// Returns whether `--only` names the picture.
    pub fn is_asked_for(&self, picture: PictureChoice) -> bool {
        self.only.contains(&picture)
    }

    /// Returns the options for W and H that are given rather than learned.
    ///
    /// # Errors
    /// If `--only` names a picture of iterations.
    pub fn of_given(self) -> Result<Self> {
        if self.only.iter().any(|picture| picture.shows_iterations()) {
            bail!(
                "convergence and learning show the iterations of a fit, and W and H are given: omit them from --only"
            );
        }
        Ok(Self {
            are_given: true,
            ..self
        })
    }

    /// Returns the pictures to draw, each once.
    pub fn chosen(&self) -> Vec<PictureChoice> {
        let mut chosen = PictureChoice::value_variants().to_vec();
        if self.only.is_empty() {
            chosen.retain(|picture| !picture.is_on_request());
        } else {
            chosen.retain(|&picture| self.is_asked_for(picture));
        }
        if self.are_given {
            chosen.retain(|picture| !picture.shows_iterations());
        }
        if self.no_page {
            chosen.retain(|&picture| picture != PictureChoice::Page);
        }
        chosen
    }
}
