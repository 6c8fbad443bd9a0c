//! A run as its report records it, and the command line that repeats it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use nmf_images::error::one_line;
use nmf_images::outputs::WrittenBy;
use nmf_images::report::Provenance;
use serde::Deserialize;

use crate::cli::arguments::{CommandLine, first_line};
use crate::cli::input::LIST;

/// Options without effect on parts and weights, and the limit of time, which the run did not reach.
const IGNORED: [&str; 21] = [
    "--checkpoint",
    "--csv",
    "--format",
    "--images",
    "--json",
    "--keep-starts",
    "--no-page",
    "--only",
    "--out",
    "--page-images",
    "--quiet",
    "--rank",
    "--recipe",
    "--scale",
    "--show",
    "--theme",
    "--threads",
    "--tiles",
    "--time-limit",
    "--truth",
    "--view",
];
/// The options with which a run is repeated: a chart alone, and no word on the terminal.
const ADDED: [&str; 3] = ["--only=convergence", "--checkpoint=off", "--quiet"];

/// The results of a run that decide whether it can be repeated.
#[derive(Deserialize)]
struct Nmf {
    rank: usize,
    stop: String,
    #[serde(default)]
    restarts: Vec<Start>,
}

/// One of several starts.
#[derive(Deserialize)]
struct Start {
    stop: String,
}

/// What `report.json` records.
#[derive(Deserialize)]
struct Recorded {
    nmf: Nmf,
    provenance: Option<Provenance>,
}

/// A run that can be repeated.
pub struct RecordedRun {
    pub provenance: Provenance,
    /// Its options, each as one word.
    options: Vec<String>,
    rank: usize,
}

impl RecordedRun {
    /// Reads the report in the output folder of a run, and checks that the run can be repeated.
    pub fn read(folder: &Path) -> Result<Self> {
        let name = WrittenBy::Learn.report();
        let (path, shown) = (folder.join(name), one_line(&folder.display().to_string()));
        // A pipe of that name could block for ever.
        if !path.is_file() {
            bail!("{shown} contains no {name}: pass the output folder of a run with one rank");
        }
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let recorded: Recorded = serde_json::from_slice(&bytes)
            .map_err(|error| anyhow!("{shown}/{name} is not the report of a run: {error}"))?;
        let Some(provenance) = recorded.provenance else {
            bail!(
                "{shown}/{name} has no key `provenance`: an earlier release wrote it, and the run cannot be repeated"
            );
        };
        if let Some(reason) = reason_against(&provenance, &recorded.nmf) {
            bail!("the run in {shown} cannot be repeated: {reason}");
        }
        let words = provenance.arguments.iter().cloned();
        let line = CommandLine::parsed(["nmf-images".to_owned()].into_iter().chain(words));
        let line = line.map_err(|error| {
            let error = first_line(&error);
            anyhow!("this version does not know the options of the run in {shown}: {error}")
        })?;
        Ok(Self {
            provenance,
            options: line.options,
            rank: recorded.nmf.rank,
        })
    }

    /// Returns the images of the run: those given now, or else those at the recorded path.
    pub fn input(&self, given: Option<&Path>, folder: &Path) -> Result<PathBuf> {
        let recorded = PathBuf::from(&self.provenance.input);
        let folder = one_line(&folder.display().to_string());
        if given.is_none() && recorded == Path::new(LIST) {
            bail!(
                "the images of the run in {folder} were listed on stdin, and the list is not kept: pass it again, as in \
                `nmf-images verify {folder} - < LIST`"
            );
        }
        let input = given.map_or(recorded, Path::to_owned);
        if !input.exists() && input != Path::new(LIST) {
            bail!(
                "{}, the input of the run, does not exist: start this command in the folder of that run, or pass the new \
                path, as in `nmf-images verify {folder} INPUT`",
                one_line(&input.display().to_string())
            );
        }
        Ok(input)
    }

    /// Returns the command line that repeats the run with these images in the folder `out`.
    pub fn line(&self, input: &Path, out: &Path, threads: Option<usize>) -> Result<CommandLine> {
        let is_kept = |option: &&String| !IGNORED.contains(&name_of(option));
        let mut words: Vec<OsString> = vec!["nmf-images".into()];
        words.extend(self.options.iter().filter(is_kept).map(OsString::from));
        words.extend(ADDED.map(OsString::from));
        words.push(format!("--rank={}", self.rank).into());
        words.extend(threads.map(|threads| format!("--threads={threads}").into()));
        words.extend(["--out".into(), out.into(), "--".into(), input.into()]);
        CommandLine::parsed(words).map_err(|error| anyhow!("{}", first_line(&error)))
    }
}

/// Returns why a run cannot be repeated with the same bits, if that is so.
fn reason_against(provenance: &Provenance, nmf: &Nmf) -> Option<&'static str> {
    let has = |option: &str| {
        let words = provenance.arguments.iter();
        words.into_iter().any(|word| name_of(word) == option)
    };
    let stops = nmf.restarts.iter().map(|start| &start.stop);
    let mut stops = stops.chain([&nmf.stop]);
    if has("--mpi") {
        return Some("it ran on several processes (--mpi)");
    }
    if has("--resume") {
        return Some("it continued another run (--resume), whose command line is not recorded");
    }
    stops.find_map(|stop| match stop.as_str() {
        "time_limit" => Some("--time-limit ended it, at an iteration that depends on the machine"),
        "given" => Some("its W and H were given to `nmf-images show`, not learned"),
        "interrupted" => Some("Ctrl-C ended it, at an iteration that depends on the moment"),
        _ => None,
    })
}

/// Returns the name of an option: `--rank` of `--rank=16`.
fn name_of(option: &str) -> &str {
    option.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_option_that_is_ignored_exists() {
        let command = CommandLine::command();
        for option in IGNORED {
            let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
            assert!(
                options.any(|long| option == format!("--{long}")),
                "{option}"
            );
        }
    }
}
