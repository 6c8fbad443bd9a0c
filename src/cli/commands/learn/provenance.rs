//! The provenance of a run: the command, the program, the machine and the images.

use std::env::consts;
use std::error::Error;
use std::fmt;
use std::time::{Instant, SystemTime};

use humantime::format_rfc3339_seconds;
use nmf_images::images::InputHashes;
use nmf_images::memory::Task;
use nmf_images::processor_level;
use nmf_images::report::{ModelProvenance, Provenance};
use sysinfo::System;

use crate::cli::arguments::{Arguments, plain_workload};

/// The commit of the sources, which `.ci/release` sets; sources of the crate have none.
const COMMIT: Option<&str> = option_env!("NMF_IMAGES_COMMIT");

/// Returns the provenance of a model: what does not differ between runs with the same bits.
pub fn of_model(hashes: &InputHashes) -> ModelProvenance {
    ModelProvenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: COMMIT.map(str::to_owned),
        hashes: hashes.clone(),
    }
}

/// Returns the provenance of a run that began at an instant and ends now.
pub fn of_run(arguments: &Arguments, hashes: &InputHashes, began: Instant) -> Provenance {
    let elapsed = began.elapsed();
    let start = SystemTime::now().checked_sub(elapsed);
    // A clock may be set before 1970, which has no such text.
    let start = start.map_or(SystemTime::UNIX_EPOCH, |start| {
        start.max(SystemTime::UNIX_EPOCH)
    });
    Provenance {
        arguments: arguments.words.clone(),
        input: arguments.input.to_string_lossy().into_owned(),
        model: of_model(hashes),
        date: format_rfc3339_seconds(start).to_string(),
        host: System::host_name(),
        system: consts::OS.to_owned(),
        architecture: consts::ARCH.to_owned(),
        processor: processor_level().to_owned(),
        threads: plain_workload(Task::Learn, arguments.learning.threads).threads,
        seconds: elapsed.as_secs_f64(),
    }
}

/// The error of a repeated run whose images are not those of the first one.
#[derive(Debug)]
pub struct ChangedInput {
    /// What has changed: `pixels`, `names` or `mask`, one at least.
    pub changed: Vec<&'static str>,
}

impl fmt::Display for ChangedInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the input has changed: {}", self.changed.join(", "))
    }
}

impl Error for ChangedInput {}
