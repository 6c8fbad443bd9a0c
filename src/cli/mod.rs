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

use std::ffi::OsString;

use anyhow::Result;
use nmf_images::communicator::SingleProcess;
#[cfg(feature = "python")]
use nmf_images::images::LoadOptions;

#[cfg(feature = "python")]
use arguments::first_line;
use arguments::{Command, CommandLine};
use commands::learn::{self, Processes};
use commands::{compare, generate, pack, page, project, ranks, show, synth, verify};
use outcome::{FAILED, Outcome};
use terminal::error;

/// Runs the command of these words, the first of which is its name, and returns its exit code; an error is one line on
/// stderr. Help and usage errors end the program.
pub fn run(words: Vec<OsString>) -> u8 {
    let line = CommandLine::read(words);
    allocator::unmap_large_blocks();
    if memory_limits::limits_addresses() {
        allocator::share_one_arena();
    }
    allocator::end_without_threads();
    match run_command(line) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            error::print(&failure);
            FAILED
        }
    }
}

/// Returns the options for reading of these words, such as `--size=48x64`, or what is wrong with them.
#[cfg(feature = "python")]
pub fn reading_options(words: Vec<OsString>) -> Result<LoadOptions, String> {
    let words = ["nmf-images".into()].into_iter().chain(words);
    match CommandLine::parsed(words.chain(["--".into(), ".".into()])) {
        Ok(line) => Ok(line.reading.options()),
        Err(error) => Err(first_line(&error)),
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
        Some(Command::Show(arguments)) => show::show(arguments, &line),
        Some(Command::Synth(arguments)) => synth::synth(arguments),
        Some(Command::Verify(arguments)) => verify::verify(arguments),
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
