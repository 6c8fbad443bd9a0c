//! The command line: reads the arguments, runs the command, prints its error.

mod allocator;
mod arguments;
mod commands;
mod hints;
mod input;
mod memory_limits;
mod outcome;
mod output;
mod pictures;
mod terminal;

use std::process::ExitCode;

use anyhow::Result;
use nmf_images::communicator::SingleProcess;

use arguments::Command;
pub use arguments::CommandLine;
use commands::learn::{self, Processes};
use commands::{compare, generate, pack, page, project, ranks, synth};
use outcome::Outcome;
use terminal::error;

/// Runs the command; an error is one line on stderr and exit code 1.
pub fn run(line: CommandLine) -> ExitCode {
    allocator::unmap_large_blocks();
    if memory_limits::limits_addresses() {
        allocator::share_one_arena();
    }
    allocator::end_without_threads();
    match run_command(line) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            error::print(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run_command(line: CommandLine) -> Result<Outcome> {
    if let Some(what) = line.generate {
        return generate::generate(what);
    }
    match &line.command {
        Some(Command::Compare(arguments)) => compare::compare(arguments, &line.paths),
        Some(Command::Pack(arguments)) => pack::pack(arguments, &line.paths),
        Some(Command::Page(arguments)) => page::page(arguments),
        Some(Command::Project(arguments)) => project::project(arguments, &line.paths),
        Some(Command::Ranks(arguments)) => ranks::ranks(arguments, &line.paths),
        Some(Command::Synth(arguments)) => synth::synth(arguments),
        None => run_learn(line),
    }
}

/// Learns in this process, or with `--mpi` in all that `mpirun` started.
fn run_learn(line: CommandLine) -> Result<Outcome> {
    #[cfg(feature = "mpi")]
    if line.method.mpi {
        return learn::mpi::learn(line);
    }
    let processes = Processes {
        communicator: &SingleProcess,
        traffic: None,
    };
    learn::learn(line, &processes)
}
