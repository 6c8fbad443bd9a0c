//! The file of `--save-start`.

use anyhow::Result;
use nmf_images::nmf::FitStart;
use nmf_images::{report, write_factors};

use super::folder::{Output, file, written};

/// The file in the output folder.
const FILE: &str = "start.npz";

/// Writes W and H before the first iteration.
pub fn write(output: &Output, start: &FitStart) -> Result<()> {
    let (weights, basis) = (start.weights(), start.basis());
    let mut staged = output.stage();
    staged.add_by(FILE, |file| {
        written(file, |file| write_factors(&weights, &basis, file))
    })?;
    staged.replace()
}

/// Returns the entry of the file in the report, if this run or the one that it continues wrote it.
pub fn entry(output: &Output) -> Option<report::File> {
    let caption = "W and H before the first iteration, for numpy.load and `--init`.";
    output.path(FILE).is_file().then(|| file(FILE, caption))
}
