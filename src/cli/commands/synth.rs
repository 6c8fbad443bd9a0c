//! The command `synth`: images made of known parts, and the parts themselves.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::images::Images;
use nmf_images::images::synthetic::{Bars, Swimmer, Synthetic};
use nmf_images::{recovery, render};

use crate::cli::arguments::{BarsArguments, Kind, SwimmerArguments, Synth};
use crate::cli::outcome::Outcome;
use crate::cli::output::Output;

/// The file of the known parts, beside the images.
const TRUTH: &str = "truth.npy";

/// Writes the images and their parts to a new folder, and says what to do with them.
pub fn synth(arguments: &Synth) -> Result<Outcome> {
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
    Ok(Outcome::Done)
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
