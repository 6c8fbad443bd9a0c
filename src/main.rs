//! The command `nmf-images`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(cli::CommandLine::read())
}
