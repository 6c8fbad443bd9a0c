//! The command `synth`: images made of known parts, and the parts themselves.

use std::path::Path;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::images::Images;
use nmf_images::images::synthetic::{Bars, Swimmer, Synthetic};
use nmf_images::{Basis, ImageSet, recovery, render};

use crate::cli::arguments::{BarsArguments, SwimmerArguments, Synth, SynthKind};
use crate::cli::outcome::Outcome;
use crate::cli::output::Output;
use crate::cli::terminal::stdout;

/// The file of the known parts, beside the images.
const TRUTH: &str = "truth.npy";

/// Writes the images and their parts to a new folder, and prints the command that learns from them.
pub fn synth(arguments: &Synth) -> Result<Outcome> {
    let (out, Synthetic { images, parts }) = match &arguments.kind {
        SynthKind::Swimmer(arguments) => (&arguments.out, swimmer(arguments).draw()?),
        SynthKind::Bars(arguments) => (&arguments.out, bars(arguments).draw()?),
    };
    let output = Output::prepare_empty(out)?;
    write(&output, &images, &parts)?;
    let (count, shape, rank) = (images.len(), images.shape, parts.rank());
    // The rank is at most the number of images and of pixels.
    let next = if rank <= count.min(shape.pixels()) {
        let truth = in_shell(&output.path(TRUTH));
        format!(
            "; now: nmf-images {} -k {rank} --truth {truth}",
            in_shell(out)
        )
    } else {
        String::new()
    };
    let line = format!(
        "wrote {count} images of {shape} and {TRUTH} ({rank} parts) to {}{next}\n",
        output.name()
    );
    stdout::print(line.as_bytes())?;
    Ok(Outcome::Done)
}

fn swimmer(arguments: &SwimmerArguments) -> Swimmer {
    Swimmer {
        shape: arguments.size,
        torso: arguments.torso,
        limb: arguments.limb,
        thickness: arguments.thickness,
    }
}

fn bars(arguments: &BarsArguments) -> Bars {
    Bars {
        shape: arguments.size,
        images: arguments.images,
        density: arguments.density,
        seed: arguments.seed,
    }
}

/// Writes an image per file, named by its index, and the parts as an array.
fn write(output: &Output, images: &ImageSet, parts: &Basis) -> Result<()> {
    let mut staged = output.stage();
    let digits = (images.len() - 1).to_string().len();
    for index in 0..images.len() {
        let png = render::grey_png(&images.image_f32(index), images.shape)?;
        staged.add(&format!("{index:0digits$}.png"), &png)?;
    }
    staged.add(TRUTH, &recovery::to_npy(parts)?)?;
    staged.replace()
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
