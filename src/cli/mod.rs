//! The command line: what can be said, and what comes back to the shell.

mod arguments;
mod learn;
mod output;
mod pictures;
mod progress;
mod summary;

use std::process::ExitCode;

pub use arguments::Arguments;

/// Exit code of a run that Ctrl-C ended, as shells give it.
const INTERRUPTED: u8 = 130;

/// Does what was asked for; an error is one line on stderr and exit code 1.
pub fn run(arguments: &Arguments) -> ExitCode {
    match learn::learn(arguments) {
        Ok(learn::End::Done) => ExitCode::SUCCESS,
        Ok(learn::End::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
