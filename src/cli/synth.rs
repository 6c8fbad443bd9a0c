//! The command `synth`: images made of known parts, and the parts themselves.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};
use nmf_images::images::Images;
use nmf_images::images::synthetic::{Bars, Swimmer, Synthetic};
use nmf_images::{Shape, recovery, render};

use super::End;
use super::arguments::values::{at_least_one, share, size};
use super::one_line;
use super::output::Output;

/// The file of the known parts, beside the images.
const TRUTH: &str = "truth.npy";

/// Make images whose parts are known, to see whether they are found
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nmf-images synth swimmer --out swimmer\n  \
    nmf-images swimmer -k 17 --truth swimmer/truth.npy",
    disable_help_subcommand = true
)]
pub struct Synth {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// A torso and four limbs, each in one of 4 positions: 17 parts, 256 images (Donoho and Stodden, 2003)
    #[command(after_help = "Example:\n  nmf-images synth swimmer --out swimmer")]
    Swimmer(SwimmerArguments),
    /// Full rows and columns, each there by chance; crossings add up (after Földiák, 1990)
    #[command(after_help = "Example:\n  nmf-images synth bars --images 2000 --out bars")]
    Bars(BarsArguments),
}

#[derive(Debug, Args)]
struct SwimmerArguments {
    /// New or empty folder for the images and truth.npy
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// Width and height of an image
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Swimmer::default().shape)]
    size: Shape,
    /// Width and height of the torso
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Swimmer::default().torso)]
    torso: Shape,
    /// How many squares a limb is long
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Swimmer::default().limb)]
    limb: usize,
    /// The side of such a square in pixels
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Swimmer::default().thickness)]
    thickness: usize,
}

#[derive(Debug, Args)]
struct BarsArguments {
    /// New or empty folder for the images and truth.npy
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// Width and height of an image: it has a bar for each row and for each column
    #[arg(long, value_name = "WxH", value_parser = size, default_value_t = Bars::default().shape)]
    size: Shape,
    /// How many images
    #[arg(long, value_name = "N", value_parser = at_least_one, default_value_t = Bars::default().images)]
    images: usize,
    /// The share of the images that a bar is in
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = Bars::default().density)]
    density: f64,
    /// Which random images: the same number gives the same ones
    #[arg(long, value_name = "N", default_value_t = Bars::default().seed)]
    seed: u64,
}

/// Writes the images and their parts to a new folder, and says what to do with them.
pub fn synth(arguments: &Synth) -> Result<End> {
    let (out, Synthetic { images, parts }) = match &arguments.kind {
        Kind::Swimmer(SwimmerArguments {
            out,
            size,
            torso,
            limb,
            thickness,
        }) => (
            out,
            Swimmer {
                shape: *size,
                torso: *torso,
                limb: *limb,
                thickness: *thickness,
            }
            .draw()?,
        ),
        Kind::Bars(BarsArguments {
            out,
            size,
            images,
            density,
            seed,
        }) => (
            out,
            Bars {
                shape: *size,
                images: *images,
                density: *density,
                seed: *seed,
            }
            .draw()?,
        ),
    };
    let output = Output::prepare_empty(out)?;
    let mut staged = output.stage();
    let count = images.len();
    let digits = (count - 1).to_string().len();
    for index in 0..count {
        let png = render::grey_png(&images.image_f32(index), images.shape)?;
        staged.add(&format!("{index:0digits$}.png"), &png)?;
    }
    staged.add(TRUTH, &recovery::to_npy(&parts)?)?;
    staged.replace()?;
    let folder = one_line(&out.display().to_string());
    let (shape, rank) = (images.shape, parts.rank());
    // As many parts as there are can only be learned from as many images and pixels.
    let next = if rank <= count.min(shape.pixels()) {
        let truth = in_shell(&output.path(TRUTH));
        format!(
            "; now: nmf-images {} -k {rank} --truth {truth}",
            in_shell(out)
        )
    } else {
        String::new()
    };
    // Whoever read may have left: the files are there all the same.
    let _ = writeln!(
        io::stdout(),
        "wrote {count} images of {shape} and {TRUTH} ({rank} parts) to {folder}{next}"
    );
    Ok(End::Done)
}

/// A path as it can be typed after the program's name: never taken for a command, in quotes where a shell would cut it.
fn in_shell(path: &Path) -> String {
    let path = if path.is_absolute() {
        path.to_owned()
    } else {
        Path::new(".").join(path)
    };
    let text = one_line(&path.display().to_string());
    let plain = |sign: char| sign.is_alphanumeric() || "/._-+:\\".contains(sign);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
