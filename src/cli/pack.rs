//! The command `pack`: images as one array.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Result, bail};
use nmf_images::images::{LoadOptions, Packed, pack as write_array};
use nmf_images::with_threads;

use super::arguments::Pack;
use super::output::Output;
use super::progress::Progress;
use super::{End, input, one_line};

/// Writes the array and the names beside it.
pub fn pack(arguments: &Pack) -> Result<End> {
    with_threads(arguments.threads, || {
        let Pack { out, reading, quiet, .. } = arguments;
        let is_array = out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npy"));
        let Some(name) = out.file_name().and_then(|name| name.to_str()).filter(|_| is_array) else {
            bail!("{}: a name that ends in .npy is needed", out.display())
        };
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let output = Output::prepare(folder)?;
        let options = LoadOptions { memory: Some(input::memory(&reading.files, output.folder())), ..reading.options() };
        let mut staged = output.stage();
        let packed = {
            let _spinner = Progress::spinner(*quiet, format!("packing {}", arguments.input.display()));
            staged.add_by(name, |file| {
                let mut file = BufWriter::new(file);
                let packed = write_array(&arguments.input, &options, &mut file)?;
                file.flush()?;
                Ok(packed)
            })?
        };
        staged.add(&Path::new(name).with_extension("names").to_string_lossy(), packed.lines().as_bytes())?;
        staged.replace()?;
        if !quiet {
            tell(&packed, out)?;
        }
        Ok(End::Done)
    })
}

fn tell(packed: &Packed, out: &Path) -> Result<()> {
    for note in &packed.notes {
        let _ = writeln!(io::stderr(), "note: {}", one_line(note));
    }
    if let Some(first) = packed.skipped.first() {
        let (count, first) = (packed.skipped.len(), one_line(&format!("{}: {}", first.path, first.reason)));
        let _ = writeln!(io::stderr(), "warning: {count} could not be read, the first: {first}");
    }
    let kind = if packed.are_of_bytes { "8 bit" } else { "floats" };
    let (shape, count, out) = (packed.shape, packed.names.len(), one_line(&out.display().to_string()));
    writeln!(io::stdout(), "{count} images of {}x{}, {kind}: {out}", shape.width, shape.height)?;
    Ok(())
}
