//! Reads a command line, and keeps its options in a form that can be read again.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches};
use nmf_images::error::one_line;

use super::command_line::{Arguments, Command, CommandLine};
use super::paths::{PathRead, paths_read};
use super::ranks::in_new_words;
use super::values::{ranks_of_compare, several_ranks};

impl CommandLine {
    /// Reads the command line. Help and usage errors end the program.
    pub fn read(words: Vec<OsString>) -> Self {
        let several = SeveralRanks::among(&words);
        let escaped = printable(&words);
        let parsed =
            Self::parsed(words).map_err(|error| Self::parsed(escaped).err().unwrap_or(error));
        let line = match (parsed, &several) {
            (Ok(line), Some(several)) if line.input.as_deref().is_some_and(is_missing_number) => {
                several.exit()
            }
            (Err(error), Some(several)) if !is_help(&error) => several.exit(),
            (Ok(line), _) => line,
            (Err(error), _) => exit(&error),
        };
        let checked = match &line.command {
            Some(Command::Ranks(ranks)) => ranks.check(),
            Some(Command::Compare(compare)) => compare.check(),
            _ => Ok(()),
        };
        if let Err(message) = checked {
            usage_error(ErrorKind::ValueValidation, message);
        }
        line
    }

    /// Parses words.
    pub fn parsed(
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let line: Vec<OsString> = words.into_iter().map(Into::into).collect();
        let words = line.iter().skip(1);
        let words = words.map(|word| word.to_string_lossy().into_owned());
        let words = words.collect();
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(in_new_words(line))?;
        let given = command
            .get_arguments()
            .filter(|argument| argument.get_id() != "resume");
        let options = given
            .flat_map(|argument| option_words(argument, &matches))
            .collect();
        let paths = paths_read(&command, &matches);
        let mut line =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        match &mut line.command {
            Some(Command::Project(project)) => {
                project.resolve_out(given_to_sub_command(&matches, "out"));
            }
            Some(Command::Compare(compare)) => {
                compare.has_rank = given_to_sub_command(&matches, "rank");
            }
            _ => {}
        }
        Ok(Self {
            words,
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
            words,
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
            shows_given: false,
            words,
            options,
            paths,
        }
    }
}

/// Returns the first line of an error, which states what is wrong.
pub fn first_line(error: &clap::Error) -> String {
    let message = error.to_string();
    let first = message.lines().next().unwrap_or_default();
    first.trim_start_matches("error: ").to_owned()
}

/// Returns whether an option of a sub-command was given.
fn given_to_sub_command(matches: &ArgMatches, id: &str) -> bool {
    matches
        .subcommand()
        .is_some_and(|(_, matches)| matches.value_source(id) == Some(ValueSource::CommandLine))
}

/// Prints the help, the version or a usage error, and ends the program.
fn exit(error: &clap::Error) -> ! {
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        // clap takes whatever follows the folder for a command.
        (ErrorKind::ArgumentConflict, Some(ContextValue::String(more)))
            if CommandLine::command().find_subcommand(more).is_none() =>
        {
            let message = format!(
                "unexpected argument '{more}' found: pass one folder only; a command comes first"
            );
            usage_error(ErrorKind::UnknownArgument, message)
        }
        _ if is_help(error) => print_help(error),
        _ => error.exit(),
    }
}

/// Prints the help or the version, and ends the program. That it cannot be printed is an error, except for a reader that has
/// gone.
fn print_help(text: &clap::Error) -> ! {
    match text.print().and_then(|()| io::stdout().flush()) {
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

fn usage_error(kind: ErrorKind, message: String) -> ! {
    CommandLine::command().error(kind, message).exit()
}

/// Checks whether an error is the text of `--help` or `--version`.
fn is_help(error: &clap::Error) -> bool {
    !error.use_stderr()
}

/// Checks whether a path is a number, and nothing is there.
fn is_missing_number(path: &Path) -> bool {
    path.to_str().is_some_and(is_rank) && !path.exists()
}

fn is_rank(word: &str) -> bool {
    word.parse::<usize>().is_ok()
}

/// Several numbers after an option that takes one word.
#[derive(Debug, PartialEq, Eq)]
struct SeveralRanks {
    /// The numbers, separated by commas.
    list: String,
    /// The first word, which is the command if it is not the main one.
    command: Option<String>,
}

impl SeveralRanks {
    /// Finds several numbers after the option for the rank.
    fn among(words: &[OsString]) -> Option<Self> {
        let is_option =
            |word: &OsString| ["-k", "--rank", "--ranks"].iter().any(|name| word == name);
        let option = words.iter().position(is_option)?;
        let numbers: Vec<&str> = words[option + 1..]
            .iter()
            .map_while(|word| word.to_str().filter(|word| is_rank(word)))
            .collect();
        (numbers.len() > 1).then(|| Self {
            list: numbers.join(","),
            command: words
                .get(1)
                .map(|command| command.to_string_lossy().into_owned()),
        })
    }

    fn message(&self) -> String {
        match self.command.as_deref() {
            Some("compare") => ranks_of_compare(&self.list),
            Some("page") => several_ranks(&self.list),
            _ => format!("ranks are separated by commas: pass -k {}", self.list),
        }
    }

    fn exit(&self) -> ! {
        usage_error(ErrorKind::ValueValidation, self.message())
    }
}

/// Returns words with control characters escaped, for errors.
fn printable(words: &[OsString]) -> Vec<String> {
    let escaped = words.iter().map(|word| one_line(&word.to_string_lossy()));
    escaped.collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_numbers_after_the_rank_are_a_list() {
        let found = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            SeveralRanks::among(&words).map(|several| several.message())
        };
        assert_eq!(found("x faces -k 4"), None);
        assert_eq!(found("x -k 4 faces"), None);
        let separated = |list| Some(format!("ranks are separated by commas: pass -k {list}"));
        assert_eq!(found("x faces -k 4 9 16"), separated("4,9,16"));
        assert_eq!(found("x ranks f -k 4 9"), separated("4,9"));
        assert_eq!(
            found("x compare f --rank 4 9 -q"),
            Some(ranks_of_compare("4,9"))
        );
    }
}
