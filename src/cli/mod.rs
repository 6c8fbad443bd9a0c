//! The command line: reads the arguments, runs the command, prints its error.

mod allocator;
mod arguments;
mod commands;
mod input;
mod outcome;
mod output;
mod pictures;
mod terminal;

use std::process::ExitCode;

use anyhow::{Context, Result};

use arguments::Command;
pub use arguments::CommandLine;
use commands::resume::Resumed;
use commands::{compare, learn, pack, project, ranks, resume, synth};
use outcome::Outcome;
use terminal::error;

/// Runs the command; an error is one line on stderr and exit code 1.
pub fn run(line: CommandLine) -> ExitCode {
    allocator::give_back_large_blocks();
    match run_command(line) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            error::print(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run_command(line: CommandLine) -> Result<Outcome> {
    match &line.command {
        Some(Command::Compare(arguments)) => compare::compare(arguments),
        Some(Command::Pack(arguments)) => pack::pack(arguments),
        Some(Command::Project(arguments)) => project::project(arguments),
        Some(Command::Ranks(arguments)) => ranks::ranks(arguments),
        Some(Command::Synth(arguments)) => synth::synth(arguments),
        None => run_learn(line),
    }
}

/// Learns from the input, or goes on from a checkpoint; on all processes with `--mpi`.
fn run_learn(line: CommandLine) -> Result<Outcome> {
    #[cfg(feature = "mpi")]
    if line.method.mpi {
        return commands::learn_mpi::run(line);
    }
    if let Some(folder) = line.resume.clone() {
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
