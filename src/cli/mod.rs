//! The command line: what can be said, and what comes back to the shell.

mod arguments;
mod learn;
mod output;
mod pictures;
mod progress;
mod summary;
mod synth;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
pub use arguments::CommandLine;
use arguments::{Arguments, Command};
use learn::End;
use nmf_images::error::one_line;

/// Exit code of a run that Ctrl-C ended, as shells give it.
const INTERRUPTED: u8 = 130;

/// Does what was asked for; an error is one line on stderr and exit code 1.
pub fn run(line: CommandLine) -> ExitCode {
    match work(line) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            // Nobody may be reading, and then there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {}", one_line(&sentence(&error)));
            ExitCode::FAILURE
        }
    }
}

fn work(line: CommandLine) -> Result<End> {
    let CommandLine { input, learning, reading, writing, command } = line;
    match command {
        Some(Command::Synth(synth)) => synth::synth(&synth),
        None => {
            let input = input.context("no folder of images is given")?;
            learn::learn(&Arguments { input, learning, reading, writing })
        }
    }
}

/// An error with its causes, each said once: some already say theirs.
fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said {
        said if said.is_empty() => cause,
        said if said.ends_with(&cause) => said,
        said => format!("{said}: {cause}"),
    })
}
