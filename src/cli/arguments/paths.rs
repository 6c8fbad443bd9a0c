//! The files and folders that a command line names to be read, taken from the definitions of the arguments: a new option
//! that takes a path is among them.

use std::any::TypeId;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::start::StartChoice;

/// The options whose path is written to, and `--resume`, whose folder is the output folder too.
const WRITTEN: [&str; 2] = ["out", "resume"];
/// The input of the main command, which may also come from a checkpoint.
const INPUT: &str = "input";

/// A file or folder that a run reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRead {
    pub path: PathBuf,
    /// The option or argument that names it.
    pub option: String,
}

impl PathRead {
    /// Returns the input of a command.
    pub fn input(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            option: "the input".to_owned(),
        }
    }
}

/// Returns what the command line reads, except for the input of the main command.
pub fn paths_read(command: &Command, matches: &ArgMatches) -> Vec<PathRead> {
    if let Some((name, matches)) = matches.subcommand()
        && let Some(command) = command.find_subcommand(name)
    {
        return paths_of(command, matches).collect();
    }
    paths_of(command, matches)
        .filter(|read| read.option != format!("<{}>", INPUT.to_uppercase()))
        .collect()
}

fn paths_of<'a>(
    command: &'a Command,
    matches: &'a ArgMatches,
) -> impl Iterator<Item = PathRead> + 'a {
    let named = command.get_arguments().filter(|argument| reads(argument));
    named.flat_map(|argument| {
        let id = argument.get_id().as_str();
        let paths = matches.try_get_many::<PathBuf>(id);
        let paths = paths.ok().flatten().into_iter().flatten();
        let paths = paths.map(|path| path_of(argument, path));
        let start = matches.try_get_one::<StartChoice>(id).ok().flatten();
        let start = start.and_then(StartChoice::file).map(Path::to_owned);
        paths.chain(start).map(|path| PathRead {
            path,
            option: name(argument),
        })
    })
}

/// Checks whether the value of an argument is, or can be, a path that is read.
pub fn reads(argument: &Arg) -> bool {
    let value = argument.get_value_parser().type_id();
    let is_path = value == TypeId::of::<PathBuf>() || value == TypeId::of::<StartChoice>();
    is_path && !WRITTEN.contains(&argument.get_id().as_str())
}

/// Returns the path that is read: of the folder of a model, or of W and H, the model in it.
fn path_of(argument: &Arg, path: &Path) -> PathBuf {
    let is_model = argument.get_id() == "model" || argument.get_id() == "factors";
    if is_model && path.is_dir() {
        path.join("model.npz")
    } else {
        path.to_owned()
    }
}

/// Returns how the argument is written: `--mask` or `<MODEL>`.
fn name(argument: &Arg) -> String {
    match argument.get_long() {
        Some(long) => format!("--{long}"),
        None => format!("<{}>", value_name(argument)),
    }
}

fn value_name(argument: &Arg) -> String {
    match argument.get_value_names() {
        Some([name, ..]) => name.to_string(),
        _ => argument.get_id().as_str().to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::arguments::CommandLine;

    fn read(line: &str) -> Vec<PathRead> {
        let mut command = CommandLine::command();
        let matches = command.try_get_matches_from_mut(line.split(' ')).unwrap();
        paths_read(&command, &matches)
    }

    fn named(path: &str, option: &str) -> PathRead {
        PathRead {
            path: path.into(),
            option: option.to_owned(),
        }
    }

    #[test]
    fn every_path_that_is_read_is_listed_and_none_that_is_written() {
        assert_eq!(
            read("nmf-images faces --mask m --truth t.npy -o out"),
            [named("t.npy", "--truth"), named("m", "--mask")]
        );
        assert_eq!(
            read("nmf-images project model a b -o out"),
            [
                named("model", "<MODEL>"),
                named("a", "<NEW>"),
                named("b", "<NEW>")
            ]
        );
        assert_eq!(
            read("nmf-images show wh.npz faces"),
            [named("wh.npz", "<FILE|FOLDER>"), named("faces", "<INPUT>")]
        );
        assert_eq!(
            read("nmf-images compare faces --init random"),
            [named("faces", "<INPUT>")]
        );
        assert_eq!(
            read("nmf-images faces --init w.npz"),
            [named("w.npz", "--init")]
        );
        assert_eq!(read("nmf-images --resume out"), []);
    }

    /// The test of the command finds the options that take paths by these names in the help.
    #[test]
    fn every_option_that_takes_a_path_says_so_in_its_help() {
        let mut command = CommandLine::command();
        command.build();
        let mut commands = vec![command];
        while let Some(command) = commands.pop() {
            for argument in command.get_arguments().filter(|argument| reads(argument)) {
                let name = value_name(argument);
                let known = [
                    "FILE",
                    "FOLDER",
                    "FILE|FOLDER",
                    "START|FILE",
                    "INPUT",
                    "MODEL",
                    "NEW",
                ];
                assert!(known.contains(&&*name), "{}: {name}", command.get_name());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
