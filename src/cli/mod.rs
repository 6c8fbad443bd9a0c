//! The command line: what can be said, and what comes back to the shell.

mod arguments;
mod checkpoints;
mod compare;
mod earlier;
mod exports;
mod input;
mod learn;
#[cfg(feature = "mpi")]
mod learn_mpi;
mod lock;
mod memory;
mod output;
mod pack;
mod pictures;
mod progress;
mod project;
mod ranks;
mod resume;
mod staged;
mod summary;
mod synth;
mod table;
mod view;
mod weights;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use arguments::Command;
pub use arguments::CommandLine;
use nmf_images::error::one_line;
use resume::Resumed;

/// Exit code of a run that Ctrl-C ended, as shells give it.
const INTERRUPTED: u8 = 130;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Interrupted,
}

/// Does what was asked for; an error is one line on stderr and exit code 1.
pub fn run(line: CommandLine) -> ExitCode {
    memory::give_back_large_blocks();
    match work(line) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn work(line: CommandLine) -> Result<End> {
    match &line.command {
        Some(Command::Compare(arguments)) => compare::compare(arguments),
        Some(Command::Pack(arguments)) => pack::pack(arguments),
        Some(Command::Project(arguments)) => project::project(arguments),
        Some(Command::Ranks(arguments)) => ranks::ranks(arguments),
        Some(Command::Synth(arguments)) => synth::synth(arguments),
        None => {
            if let Some(folder) = line.resume.clone() {
                #[cfg(feature = "mpi")]
                if line.method.mpi {
                    return learn_mpi::resume(&folder, line);
                }
                let Resumed {
                    arguments,
                    checkpoint,
                    note,
                } = resume::read(&folder, line)?;
                return learn::learn(&arguments, Some((&checkpoint, &note)));
            }
            let input = line.input.clone().context("no folder of images is given")?;
            learn::learn(&line.arguments(input), None)
        }
    }
}

/// Tells an error, in one piece so that what others say at the same time stays apart.
fn tell(error: &anyhow::Error) {
    // Nobody may be reading, and then there is nobody to tell.
    let _ = io::stderr().write_all(format!("error: {}\n", one_line(&sentence(error))).as_bytes());
}

/// An error with its causes, each said once: some already say theirs.
fn sentence(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |said, cause| match said {
            said if said.is_empty() => cause,
            said if said.ends_with(&cause) => said,
            said => format!("{said}: {cause}"),
        })
}
