//! The command `page`: the page of a run on the drawn faces, which are in the program.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nmf_images::communicator::SingleProcess;
use nmf_images::error::one_line;
use nmf_images::images::{self, LoadOptions, Pixels};
use nmf_images::ndarray::Array2;
use nmf_images::{ImageSet, Shape};
use serde::Serialize;

use super::learn::{self, Processes};
use crate::cli::arguments::{CommandLine, PageArguments};
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, check_replaceable, folder_of};
use crate::cli::terminal::summary::{self, Notices};

/// The images in `assets/faces` as an array of bytes in an archive: 16 images of 400 rows. Each has four rows of all
/// faces, one face per row, since similar rows must be near one another to be compressed.
const FACES: &[u8] = include_bytes!("../../../assets/page/faces.npz");
/// The size of a face.
const SHAPE: Shape = Shape::new(64, 48);
/// The name of the images in the title of the page and in its facts.
const NAME: &str = "drawn faces";

/// The page of a run.
const RUN_PAGE: &str = "report.html";

/// What was written, as `--json` prints it.
#[derive(Serialize)]
struct PageReport {
    version: &'static str,
    /// The page.
    file: String,
    images: usize,
    width: usize,
    height: usize,
    /// The number of parts, and of eigenimages.
    parts: usize,
}

/// Learns from the drawn faces as the main command does, and writes the page alone.
pub fn page(arguments: &PageArguments) -> Result<Outcome> {
    let PageArguments { out, common, .. } = arguments;
    let name = name(out)?;
    check_replaceable(out)?;
    let output = Output::prepare(folder_of(out))?;
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    let faces = drawn_faces(scratch.path())?;
    let report = PageReport {
        version: env!("CARGO_PKG_VERSION"),
        file: out.to_string_lossy().into_owned(),
        images: faces.len(),
        width: faces.shape.width,
        height: faces.shape.height,
        parts: arguments.rank,
    };
    let processes = Processes {
        communicator: &SingleProcess,
        traffic: None,
    };
    let run = scratch.path().join("run");
    let outcome = learn::learn_from(&faces, line(arguments, &run)?, &processes)?;
    output.write(name, &fs::read(run.join(RUN_PAGE))?)?;
    summary::print_result(common.printing, Notices::default(), &report, || {
        text(&report, out)
    })?;
    Ok(outcome)
}

/// Returns the name of the page, if it is one of an HTML file.
fn name(out: &Path) -> Result<&str> {
    let is_page = out
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
    let name = out.file_name().and_then(|name| name.to_str());
    match name.filter(|_| is_page) {
        Some(name) => Ok(name),
        None => bail!("{}: the name must end in .html", out.display()),
    }
}

/// Returns the drawn faces, with the names of their files. The archive is written to the folder, where the library reads it.
fn drawn_faces(folder: &Path) -> Result<ImageSet> {
    let file = folder.join("faces.npz");
    fs::write(&file, FACES).with_context(|| format!("cannot write {}", file.display()))?;
    let strips = images::load(&file, &LoadOptions::default())?;
    let Pixels::U8(pixels) = strips.pixels else {
        unreachable!("the archive has bytes");
    };
    let Shape { height, width } = SHAPE;
    let (faces, of_a_strip) = (strips.shape.height, strips.shape.width);
    let by_strip = pixels.into_shape_with_order((strips.names.len(), faces, of_a_strip))?;
    let by_face = by_strip.permuted_axes([1, 0, 2]);
    let pixels =
        Array2::from_shape_vec((faces, height * width), by_face.iter().copied().collect())?;
    let mut faces = ImageSet::from_u8(SHAPE, pixels)?;
    faces.names = (0..faces.len())
        .map(|index| format!("face{index:03}.png"))
        .collect();
    Ok(faces)
}

/// Returns the command line of the main command that learns from the faces.
fn line(arguments: &PageArguments, run: &Path) -> Result<CommandLine> {
    let PageArguments {
        rank, seed, common, ..
    } = arguments;
    let options = format!("-k {rank} --seed {seed} --only page --checkpoint off --quiet");
    let mut words: Vec<OsString> = vec!["nmf-images".into(), PathBuf::from(NAME).into()];
    words.extend(options.split(' ').map(OsString::from));
    words.extend(["--out".into(), run.into()]);
    if let Some(threads) = common.threads {
        words.extend(["--threads".into(), threads.to_string().into()]);
    }
    Ok(CommandLine::parsed(words)?)
}

/// Returns the summary.
fn text(report: &PageReport, out: &Path) -> String {
    let PageReport { images, parts, .. } = report;
    format!(
        "wrote {}: {parts} parts of {images} {NAME}; open it in a browser\n",
        one_line(&out.display().to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawn_faces_are_those_of_the_assets() {
        let folder = tempfile::tempdir().unwrap();
        let inside = drawn_faces(folder.path()).unwrap();
        let files = images::load("assets/faces".as_ref(), &LoadOptions::default()).unwrap();
        assert_eq!(inside.names, files.names);
        assert_eq!(inside.shape, files.shape);
        for index in 0..files.len() {
            assert_eq!(
                inside.image_f32(index),
                files.image_f32(index),
                "{}",
                files.names[index]
            );
        }
        assert!(FACES.len() < 30_000);
    }
}
