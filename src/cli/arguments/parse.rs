//! Reads a command line, and keeps its options in a form that can be read again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches};
use nmf_images::error::one_line;

use super::command_line::{Arguments, Command, CommandLine};
use super::paths::{PathRead, paths_read};

impl CommandLine {
    /// Reads the command line of the process. Help and usage errors end the program.
    pub fn read() -> Self {
        let line = Self::parsed(std::env::args_os()).map_err(printable).unwrap_or_else(|error| {
            let mut command = Self::command();
            match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
                // clap takes whatever follows the folder for a command.
                (ErrorKind::ArgumentConflict, Some(ContextValue::String(more)))
                    if command.find_subcommand(more).is_none() =>
                {
                    let message = format!(
                        "unexpected argument '{more}' found: pass one folder only; a command comes first"
                    );
                    command.error(ErrorKind::UnknownArgument, message).exit()
                }
                _ => exit(&error),
            }
        });
        if let Some(Command::Ranks(ranks)) = &line.command
            && let Err(message) = ranks.check()
        {
            Self::command()
                .error(ErrorKind::ValueValidation, message)
                .exit();
        }
        line
    }

    /// Parses words.
    pub fn parsed(
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(words)?;
        let given = command
            .get_arguments()
            .filter(|argument| argument.get_id() != "resume");
        let options = given
            .flat_map(|argument| option_words(argument, &matches))
            .collect();
        let paths = paths_read(&command, &matches);
        let mut line =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        if let Some(Command::Project(project)) = &mut line.command {
            project.resolve_out(given_to_sub_command(&matches, "out"));
        }
        Ok(Self {
            options,
            paths,
            ..line
        })
    }

    /// Returns the arguments of the main command for `input`.
    pub fn arguments(self, input: PathBuf) -> Arguments {
        let Self {
            rank,
            learning,
            method,
            reading,
            writing,
            tiling,
            exports,
            pictures,
            checkpoint,
            options,
            mut paths,
            ..
        } = self;
        paths.push(PathRead::input(&input));
        Arguments {
            input,
            rank,
            learning,
            method,
            reading,
            writing,
            tiling,
            exports,
            pictures,
            checkpoint,
            options,
            paths,
        }
    }
}

/// Returns whether an option of a sub-command was given.
fn given_to_sub_command(matches: &ArgMatches, id: &str) -> bool {
    matches
        .subcommand()
        .is_some_and(|(_, matches)| matches.value_source(id) == Some(ValueSource::CommandLine))
}

/// Prints the help, the version or a usage error, and ends the program. Help that cannot be printed is an error, except for
/// a reader that has gone.
fn exit(error: &clap::Error) -> ! {
    if error.use_stderr() {
        error.exit();
    }
    match error.print().and_then(|()| io::stdout().flush()) {
        Err(failure) if failure.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(
                io::stderr(),
                "error: cannot write to standard output: {failure}"
            );
            std::process::exit(1)
        }
        _ => std::process::exit(0),
    }
}

/// Returns the error with control characters in arguments escaped.
fn printable(error: clap::Error) -> clap::Error {
    let escaped = std::env::args_os().map(|argument| one_line(&argument.to_string_lossy()));
    CommandLine::parsed(escaped).err().unwrap_or(error)
}

/// Returns an option as words such as `--rank=16`, one per value; none if it was not given.
fn option_words(argument: &Arg, matches: &ArgMatches) -> Vec<String> {
    let (Some(name), id) = (argument.get_long(), argument.get_id().as_str()) else {
        return Vec::new();
    };
    if matches.try_contains_id(id).is_err()
        || matches.value_source(id) != Some(ValueSource::CommandLine)
    {
        return Vec::new();
    }
    if !argument.get_action().takes_values() {
        return vec![format!("--{name}")];
    }
    let values = matches.get_raw(id).into_iter().flatten();
    values
        .map(|value| format!("--{name}={}", value.to_string_lossy()))
        .collect()
}
