//! The command `pack`: images as one array.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use nmf_images::Error;
use nmf_images::error::{InputError, one_line};
use nmf_images::images::{self, LoadOptions, Packed, Skipped, ValueType};
use nmf_images::memory::Task;
use nmf_images::plural::counted;
use nmf_images::with_threads;
use serde::Serialize;

use crate::cli::arguments::{Pack, PathRead, plain_workload};
use crate::cli::input;
use crate::cli::outcome::Outcome;
use crate::cli::output::{Output, Targets, check_replaceable, folder_of};
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::summary::{self, Notices};

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
pub fn pack(arguments: &Pack, paths: &[PathRead]) -> Result<Outcome> {
    with_threads(arguments.common.threads, || {
        let Pack {
            out,
            reading,
            common,
            ..
        } = arguments;
        let name = name(out)?;
        let output = Output::prepare(folder_of(out))?;
        let targets = targets(out)?;
        targets.check(paths)?;
        let workload = plain_workload(Task::Pack, arguments.common.threads);
        let options = input::within_memory(
            reading.options(),
            &reading.files,
            output.folder(),
            &workload,
        );
        let list = read_list(&arguments.input, &targets)?;
        let mut staged = output.stage();
        let mut packed = {
            let text = format!("packing {}", arguments.input.display());
            let _spinner = Progress::spinner(common.printing.quiet, text);
            staged.add_by(name, |file| {
                fill(arguments, list.as_deref(), &options, file)
            })?
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

/// Returns the name of the array, if it is a .npy file.
fn name(out: &Path) -> Result<&str> {
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
    Ok(name)
}

/// Returns the array and the names beside it, and checks that these names, if there are any, are of an array that is
/// replaced too.
fn targets(out: &Path) -> Result<Targets> {
    let names = out.with_extension("names");
    check_replaceable(out)?;
    check_replaceable(&names)?;
    if names.exists() && !images::is_packed(out) {
        bail!(
            "{} exists and was not written by pack: choose another name with --out",
            names.display()
        );
    }
    Ok(Targets {
        files: vec![out.to_owned(), names],
        advice: "choose another name with --out",
    })
}

/// Packs the images; `list` is that on stdin, if it names them.
fn fill(
    arguments: &Pack,
    list: Option<&[u8]>,
    options: &LoadOptions,
    file: &mut File,
) -> Result<Packed> {
    let failed = || format!("cannot write {}", arguments.out.display());
    let mut file = BufWriter::new(file);
    let packed = match list {
        Some(list) => images::pack_listed(input::LISTED.as_ref(), list, options, &mut file),
        None => images::pack(&arguments.input, options, &mut file),
    };
    if let Err(Error::Input(InputError::Packing(failure))) = packed {
        return Err(failure).with_context(failed);
    }
    file.flush().with_context(failed)?;
    Ok(packed?)
}

/// Reads the list on stdin if that is the input, and checks that none of its files is overwritten.
fn read_list(path: &Path, targets: &Targets) -> Result<Option<Vec<u8>>> {
    if path != Path::new(input::LIST) {
        return Ok(None);
    }
    let list = input::read_list(None)?;
    targets.check_files(&images::listed_files(input::LISTED.as_ref(), &list[..])?)?;
    Ok(Some(list))
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
    let notices = Notices {
        notes: report.notes,
        warnings: &report.warnings,
    };
    summary::print_result(common.printing, notices, &report, || text(packed, out))
}

/// Returns the NumPy type of the array.
fn value_type(packed: &Packed) -> &'static str {
    match packed.values {
        ValueType::Bytes => "u8",
        ValueType::Shorts => "u16",
        ValueType::Floats => "f32",
    }
}

/// Returns the summary.
fn text(packed: &Packed, out: &Path) -> String {
    let kind = match packed.values {
        ValueType::Bytes => "8 bit",
        ValueType::Shorts => "16 bit",
        ValueType::Floats => "floats",
    };
    format!(
        "{} of {}x{}, {kind}: {}\n",
        counted(packed.names.len(), "image", "images"),
        packed.shape.width,
        packed.shape.height,
        one_line(&out.display().to_string())
    )
}
