//! The command `verify`: repeats a run, and compares the bits of both results.

use std::path::Path;

use anyhow::{Context, Result};
use nmf_images::communicator::SingleProcess;
use nmf_images::error::one_line;
use nmf_images::ndarray::{ArrayBase, Data, Dimension};
use nmf_images::plural::listed;
use nmf_images::{Decomposition, Model, processor_level};
use serde::Serialize;

use super::learn::{self, ChangedInput, Processes};
use super::recorded_run::RecordedRun;
use crate::cli::arguments::Verify;
use crate::cli::outcome::Outcome;
use crate::cli::terminal::progress::Progress;
use crate::cli::terminal::summary::{self, Notices};

/// The version of the program and the processor level of a run.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Build {
    version: String,
    processor: String,
}

/// What the comparison found, as `--json` prints it.
#[derive(Debug, Serialize)]
struct VerifyReport {
    version: &'static str,
    /// The output folder of the run.
    folder: String,
    /// The images with which it was repeated.
    input: String,
    /// Whether all bits are the same.
    same: bool,
    /// What of the input has changed: `pixels`, `names` or `mask`. The run is then not repeated.
    changed: Vec<&'static str>,
    /// The arrays that differ.
    different: Vec<&'static str>,
    /// What the run used.
    then: Build,
    /// What the repeated run used.
    now: Build,
}

/// Repeats a run in a temporary folder, and compares its parts and weights with those in the output folder.
pub fn verify(arguments: &Verify) -> Result<Outcome> {
    let Verify { folder, common, .. } = arguments;
    let run = RecordedRun::read(folder)?;
    let input = run.input(arguments.input.as_deref(), folder)?;
    // Read before the run, so that a bad file fails early, and again after it, since the memory of the run is counted without
    // this model.
    Model::read(folder)?;
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    let out = scratch.path().join("run");
    let line = run.line(&input, &out, common.threads)?;
    let repeated = {
        let text = format!("repeating the run in {}", folder.display());
        let _spinner = Progress::spinner(common.printing.quiet, text);
        let processes = Processes {
            communicator: &SingleProcess,
            traffic: None,
        };
        learn::learn_again(line, &run.provenance.model.hashes, &processes)
    };
    let mut report = VerifyReport::of(&run, folder, &input);
    match repeated {
        Ok(Outcome::Interrupted) => return Ok(Outcome::Interrupted),
        Ok(_) => report.different = different(&Model::read(folder)?, &Model::read(&out)?),
        Err(error) => report.changed = error.downcast::<ChangedInput>()?.changed,
    }
    report.same = report.changed.is_empty() && report.different.is_empty();
    summary::print_result(common.printing, Notices::default(), &report, || {
        report.text()
    })?;
    Ok(if report.same {
        Outcome::Done
    } else {
        Outcome::Different
    })
}

/// Returns the arrays of two models that differ in a bit.
fn different(first: &Model, second: &Model) -> Vec<&'static str> {
    let mut different = Vec::new();
    for learned in &first.decompositions {
        let method = learned.method;
        let [basis, weights] = match second.get(method) {
            Some(other) => equal_bits(learned, other),
            None => [false; 2],
        };
        different.extend((!basis).then_some(method.units));
        different.extend((!weights).then_some(method.weights));
    }
    different
}

/// Returns whether the basis images with their mean are the same to the last bit, and whether the weights are.
fn equal_bits(one: &Decomposition, other: &Decomposition) -> [bool; 2] {
    let means = match (&one.mean, &other.mean) {
        (Some(one), Some(other)) => are_equal(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    [
        means && are_equal(&one.basis.rows(), &other.basis.rows()),
        are_equal(&one.weights, &other.weights),
    ]
}

/// Checks whether two arrays have the same shape and the same bits.
fn are_equal<D: Dimension>(
    one: &ArrayBase<impl Data<Elem = f32>, D>,
    other: &ArrayBase<impl Data<Elem = f32>, D>,
) -> bool {
    let bits = |value: &f32| value.to_bits();
    one.shape() == other.shape() && one.iter().map(bits).eq(other.iter().map(bits))
}

impl VerifyReport {
    /// Returns the report of a comparison that has found nothing yet.
    fn of(run: &RecordedRun, folder: &Path, input: &Path) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            version,
            folder: folder.to_string_lossy().into_owned(),
            input: input.to_string_lossy().into_owned(),
            same: false,
            changed: Vec::new(),
            different: Vec::new(),
            then: Build {
                version: run.provenance.model.version.clone(),
                processor: run.provenance.processor.clone(),
            },
            now: Build {
                version: version.to_owned(),
                processor: processor_level().to_owned(),
            },
        }
    }

    /// Returns the summary, of one line.
    fn text(&self) -> String {
        let [folder, input] = [&self.folder, &self.input].map(|path| one_line(path));
        if !self.changed.is_empty() {
            let changed = listed(&self.changed);
            return format!(
                "different input: {changed} of {input} are not those of the run in {folder}\n"
            );
        }
        if self.same {
            return format!(
                "same bits: repeated with {input}, the run in {folder} gives the same parts, weights, eigenimages and scores\n"
            );
        }
        let different = listed(&self.different);
        let Self { then, now, .. } = self;
        let builds = if then == now {
            String::new()
        } else {
            format!("; that run used {}, this one {}", then.text(), now.text())
        };
        format!(
            "different bits: {different} in {folder} are not those of the repeated run{builds}\n"
        )
    }
}

impl Build {
    fn text(&self) -> String {
        let [version, processor] = [&self.version, &self.processor].map(|text| one_line(text));
        format!("version {version} at processor level {processor}")
    }
}

#[cfg(test)]
mod tests {
    use nmf_images::ndarray::arr1;

    use super::*;

    #[test]
    fn bits_count_and_not_values() {
        assert!(are_equal(&arr1(&[0.0, f32::NAN]), &arr1(&[0.0, f32::NAN])));
        assert!(!are_equal(&arr1(&[0.0, 1.0]), &arr1(&[-0.0, 1.0])));
        assert!(!are_equal(&arr1(&[1.0]), &arr1(&[1.0, 1.0])));
    }
}
