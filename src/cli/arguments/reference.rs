//! The page of all options, `assets/guide/options.md`, as the definitions of the command line give it.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::CommandLine;

const FILE: &str = "assets/guide/options.md";
const OPENING: &str = "\
# All options

After reading this page you know every option of every command. It is generated from the definitions of the command line;
`nmf-images --help` and `nmf-images COMMAND --help` print the same.
";
/// How the line of the one option starts that only a build with the feature `mpi` has.
const MPI: &str = "- `--mpi`";

#[test]
fn the_page_of_all_options_is_what_the_command_line_defines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let expected = with_mpi(&reference(), &page);
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(&path, expected).unwrap();
        panic!("{FILE} was written: read it, then test again without REGENERATE");
    }
    assert!(
        page == expected,
        "{FILE} differs from the definitions of the command line; to write it anew: \
         REGENERATE=1 cargo test --release --bin nmf-images page_of_all_options\n{}",
        first_difference(&page, &expected)
    );
}

/// Returns the page of this build with the line of `--mpi`, which a build without that feature takes from the old page.
fn with_mpi(reference: &str, old: &str) -> String {
    let lines: Vec<&str> = old.lines().collect();
    let place = lines.iter().position(|line| line.starts_with(MPI));
    match place {
        Some(place) if !reference.contains(MPI) => {
            let before = option_name(lines[place - 1]);
            let mut page = String::new();
            for line in reference.lines() {
                writeln!(page, "{line}").unwrap();
                // The first command is the one with the option.
                if option_name(line) == before && !page.contains(MPI) {
                    writeln!(page, "{}", lines[place]).unwrap();
                }
            }
            page
        }
        _ => reference.to_owned(),
    }
}

/// Returns the part of an option's line that names it.
fn option_name(line: &str) -> &str {
    line.split(':').next().unwrap_or_default()
}

fn first_difference(page: &str, expected: &str) -> String {
    let pair = page
        .lines()
        .zip(expected.lines())
        .find(|(old, new)| old != new);
    match pair {
        Some((old, new)) => format!("found:    {old}\nexpected: {new}"),
        None => "one has more lines than the other".to_owned(),
    }
}

/// Returns the page: the main command, then each other command.
fn reference() -> String {
    let mut command = CommandLine::command();
    command.build();
    let mut page = OPENING.to_owned();
    write_command(&mut page, &command, "nmf-images");
    page
}

/// Writes the section of a command, then those of its sub-commands.
fn write_command(page: &mut String, command: &Command, name: &str) {
    write!(page, "\n## `{name}`\n").unwrap();
    let about = command.get_long_about().or(command.get_about());
    write!(page, "\n{}\n", escaped(&about.unwrap().to_string())).unwrap();
    let mut heading = None;
    for argument in arguments_by_heading(command) {
        let own = argument.get_help_heading().unwrap_or("Arguments");
        if heading != Some(own) {
            write!(page, "\n### {own} (`{name}`)\n\n").unwrap();
            heading = Some(own);
        }
        write_argument(page, argument);
    }
    for command in command.get_subcommands() {
        write_command(page, command, &format!("{name} {}", command.get_name()));
    }
}

/// Returns the arguments that are shown, those of one heading after one another, headings in the order of their first one.
fn arguments_by_heading(command: &Command) -> Vec<&Arg> {
    let shown: Vec<&Arg> = command
        .get_arguments()
        .filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"))
        .filter(|argument| !argument.is_hide_set())
        .collect();
    let mut sorted = shown.clone();
    sorted.sort_by_key(|argument| {
        let heading = argument.get_help_heading();
        shown
            .iter()
            .position(|other| other.get_help_heading() == heading)
    });
    sorted
}

/// Writes the line of an argument: its names, value and help, then its default and its possible values.
fn write_argument(page: &mut String, argument: &Arg) {
    write!(page, "- `{}`: {}", names(argument), help(argument)).unwrap();
    let takes_value = !matches!(argument.get_action(), ArgAction::SetTrue);
    let defaults = argument.get_default_values();
    if takes_value && !defaults.is_empty() {
        let defaults: Vec<_> = defaults
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        write!(page, ". Default: `{}`", defaults.join(",")).unwrap();
    }
    if !takes_value {
        return page.push('\n');
    }
    let values = argument.get_possible_values();
    if values.iter().any(|value| value.get_help().is_some()) {
        page.push_str(". Values:\n");
        for value in values {
            let help = value
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            writeln!(page, "  - `{}`: {}", value.get_name(), escaped(&help)).unwrap();
        }
        return;
    }
    if !values.is_empty() {
        let names: Vec<_> = values
            .iter()
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        write!(page, ". Values: {}", names.join(", ")).unwrap();
    }
    page.push('\n');
}

/// Returns how an argument is written on the command line: `-k, --rank <N|auto>`.
fn names(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .map(|names| format!("<{}>", names.join("> <")));
    let value = value.unwrap_or_default();
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let words: Vec<String> = short.into_iter().chain(long).collect();
    if words.is_empty() {
        return value;
    }
    let has_value = !matches!(argument.get_action(), ArgAction::SetTrue);
    let value = if has_value {
        format!(" {value}")
    } else {
        String::new()
    };
    words.join(", ") + &value
}

fn help(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    escaped(&help.map(ToString::to_string).unwrap_or_default())
}

/// Escapes what Markdown would read as a link, a tag or emphasis, except in backticks.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut is_code = false;
    for sign in text.chars() {
        is_code ^= sign == '`';
        if !is_code && matches!(sign, '[' | ']' | '<' | '*' | '_') {
            escaped.push('\\');
        }
        escaped.push(sign);
    }
    escaped
}
