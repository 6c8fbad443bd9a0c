//! The arguments of `synth`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use nmf_images::Shape;
use nmf_images::images::synthetic::{Bars, Swimmer};

use super::common::CommonOptions;
use super::values::{at_least_one, fraction, size, whole};

/// Generate images with known parts, to test whether they are found
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nmf-images synth swimmer --out swimmer\n  \
    nmf-images swimmer -k 17 --truth swimmer/truth.npy",
    disable_help_subcommand = true
)]
pub struct Synth {
    #[command(subcommand)]
    pub kind: SynthKind,
}

#[derive(Debug, Subcommand)]
pub enum SynthKind {
    /// A torso and four limbs, each in one of 4 positions: 17 parts, 256 images (Donoho and Stodden, 2003)
    #[command(after_help = "Example:\n  nmf-images synth swimmer --out swimmer")]
    Swimmer(SwimmerArguments),
    /// Full rows and columns, each present at random; crossings add up (after Földiák, 1990)
    #[command(after_help = "Example:\n  nmf-images synth bars --images 2000 --out bars")]
    Bars(BarsArguments),
}

#[derive(Debug, Args)]
pub struct SwimmerArguments {
    /// New or empty folder for the images and truth.npy
    #[arg(short, long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Width and height of an image
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Swimmer::default().shape)]
    pub size: Shape,
    /// Width and height of the torso
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Swimmer::default().torso)]
    pub torso: Shape,
    /// Length of a limb in squares
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Swimmer::default().limb)]
    pub limb: usize,
    /// Side of such a square in pixels
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Swimmer::default().thickness)]
    pub thickness: usize,
    #[command(flatten)]
    pub common: CommonOptions,
}

#[derive(Debug, Args)]
pub struct BarsArguments {
    /// New or empty folder for the images and truth.npy
    #[arg(short, long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Width and height of an image; it has one bar per row and one per column
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Bars::default().shape)]
    pub size: Shape,
    /// Number of images
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Bars::default().images)]
    pub images: usize,
    /// Probability that a bar is in an image
    #[arg(long, value_name = "SHARE", value_parser = fraction, default_value_t = Bars::default().density)]
    pub density: f64,
    /// Seed: the same seed gives the same images
    #[arg(long, value_name = "N", default_value_t = Bars::default().seed, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
    #[command(flatten)]
    pub common: CommonOptions,
}
