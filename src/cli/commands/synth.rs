//! The command `synth`: images made of known parts, and the parts themselves.

use std::path::Path;

use anyhow::Result;
use nmf_images::error::one_line;
use nmf_images::images::synthetic::{Bars, Swimmer, Synthetic};
use nmf_images::{Basis, ImageSet, recovery, render, with_threads};
use serde::Serialize;

use crate::cli::arguments::{BarsArguments, SwimmerArguments, Synth, SynthKind};
use crate::cli::outcome::Outcome;
use crate::cli::output::Output;
use crate::cli::terminal::summary::{self, Notices};

/// The file of the known parts, beside the images.
const TRUTH: &str = "truth.npy";

/// What was written, as `--json` prints it.
#[derive(Serialize)]
struct SynthReport {
    version: &'static str,
    folder: String,
    images: usize,
    width: usize,
    height: usize,
    /// The number of known parts.
    parts: usize,
    truth: String,
}

/// Writes the images and their parts to a new folder, and prints the command that learns from them.
pub fn synth(arguments: &Synth) -> Result<Outcome> {
    let (out, common) = match &arguments.kind {
        SynthKind::Swimmer(SwimmerArguments { out, common, .. })
        | SynthKind::Bars(BarsArguments { out, common, .. }) => (out, *common),
    };
    with_threads(common.threads, || {
        let Synthetic { images, parts } = match &arguments.kind {
            SynthKind::Swimmer(arguments) => swimmer(arguments).draw()?,
            SynthKind::Bars(arguments) => bars(arguments).draw()?,
        };
        let output = Output::prepare_empty(out)?;
        write(&output, &images, &parts)?;
        let report = SynthReport {
            version: env!("CARGO_PKG_VERSION"),
            folder: out.to_string_lossy().into_owned(),
            images: images.len(),
            width: images.shape.width,
            height: images.shape.height,
            parts: parts.rank(),
            truth: output.path(TRUTH).to_string_lossy().into_owned(),
        };
        let none = Notices::default();
        summary::print_result(common.printing, none, &report, || {
            text(&output, out, &report)
        })?;
        Ok(Outcome::Done)
    })
}

/// Returns the summary, with the command that learns from the images.
fn text(output: &Output, out: &Path, report: &SynthReport) -> String {
    let SynthReport {
        images,
        width,
        height,
        parts,
        ..
    } = *report;
    // The rank is at most the number of images and of pixels.
    let next = if parts <= images.min(width * height) {
        let truth = in_shell(&output.path(TRUTH));
        format!(
            "; now: nmf-images {} -k {parts} --truth {truth}",
            in_shell(out)
        )
    } else {
        String::new()
    };
    format!(
        "wrote {images} images of {width}x{height} and {TRUTH} ({parts} parts) to {}{next}\n",
        output.name()
    )
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
