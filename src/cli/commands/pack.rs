//! The command `pack`: images as one array.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Result, bail};
use nmf_images::error::one_line;
use nmf_images::images::{self, LoadOptions, Packed, Skipped};
use nmf_images::memory::Task;
use nmf_images::with_threads;
use serde::Serialize;

use crate::cli::arguments::{Pack, plain_workload};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::Output;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::summary;

/// What was written, as `--json` prints it.
#[derive(Serialize)]
struct PackReport<'a> {
    version: &'static str,
    /// The array.
    file: String,
    images: usize,
    width: usize,
    height: usize,
    /// The type of its values.
    values: &'static str,
    skipped: &'a [Skipped],
    notes: &'a [String],
    warnings: Vec<String>,
}

/// Writes the array and the names beside it.
pub fn pack(arguments: &Pack) -> Result<Outcome> {
    with_threads(arguments.common.threads, || {
        let Pack {
            out,
            reading,
            common,
            ..
        } = arguments;
        let name = name(arguments)?;
        let folder = out
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let output = Output::prepare(folder)?;
        let workload = plain_workload(Task::Pack, arguments.common.threads);
        let options = input::within_memory(
            reading.options(),
            &reading.files,
            output.folder(),
            &workload,
        );
        let mut staged = output.stage();
        let mut packed = {
            let text = format!("packing {}", arguments.input.display());
            let _spinner = Progress::spinner(common.quiet, text);
            staged.add_by(name, |file| fill(&arguments.input, &options, file))?
        };
        packed.notes.extend(reading.files.notes());
        staged.add(
            &Path::new(name).with_extension("names").to_string_lossy(),
            packed.lines().as_bytes(),
        )?;
        staged.replace()?;
        print(&packed, arguments)?;
        Ok(Outcome::Done)
    })
}

/// Returns the name of the array, if it is a .npy file other than the input.
fn name(Pack { out, input, .. }: &Pack) -> Result<&str> {
    let is_array = out
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
    let Some(name) = out
        .file_name()
        .and_then(|name| name.to_str())
        .filter(|_| is_array)
    else {
        bail!("{}: the name must end in .npy", out.display())
    };
    if let (Ok(read), Ok(written)) = (input.canonicalize(), out.canonicalize())
        && read == written
    {
        bail!(
            "{} is the input: choose another name with --out",
            out.display()
        );
    }
    Ok(name)
}

fn fill(path: &Path, options: &LoadOptions, file: &mut File) -> Result<Packed> {
    let mut file = BufWriter::new(file);
    let packed = if path == Path::new(input::LIST) {
        images::pack_listed(
            input::LISTED.as_ref(),
            io::stdin().lock(),
            options,
            &mut file,
        )?
    } else {
        images::pack(path, options, &mut file)?
    };
    file.flush()?;
    Ok(packed)
}

/// Prints notes, warnings, and the summary or the report.
fn print(packed: &Packed, Pack { out, common, .. }: &Pack) -> Result<()> {
    let report = PackReport {
        version: env!("CARGO_PKG_VERSION"),
        file: out.to_string_lossy().into_owned(),
        images: packed.names.len(),
        width: packed.shape.width,
        height: packed.shape.height,
        values: value_type(packed),
        skipped: &packed.skipped,
        notes: &packed.notes,
        warnings: input::warnings(&packed.skipped, None),
    };
    if !common.quiet {
        summary::print_notices(summary::Notices {
            notes: report.notes,
            warnings: &report.warnings,
        });
    }
    summary::print_text(*common, &report, || text(packed, out))
}

/// Returns the NumPy type of the array.
fn value_type(packed: &Packed) -> &'static str {
    if packed.are_of_bytes {
        "u8"
    } else if packed.are_of_shorts {
        "u16"
    } else {
        "f32"
    }
}

/// Returns the summary.
fn text(packed: &Packed, out: &Path) -> String {
    let kind = if packed.are_of_bytes {
        "8 bit"
    } else if packed.are_of_shorts {
        "16 bit"
    } else {
        "floats"
    };
    format!(
        "{} images of {}x{}, {kind}: {}\n",
        packed.names.len(),
        packed.shape.width,
        packed.shape.height,
        one_line(&out.display().to_string())
    )
}
