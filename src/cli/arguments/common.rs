//! Options that every command has, for those commands that have no other options of writing.

use super::values::at_least_one;

#[derive(Debug, Clone, Copy, clap::Args)]
pub struct CommonOptions {
    #[command(flatten)]
    pub printing: PrintOptions,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

/// What a command prints.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct PrintOptions {
    /// Print errors only
    #[arg(short, long)]
    pub quiet: bool,
    /// Print the report as JSON instead of the summary, and nothing else on stdout
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::{Arg, Command, CommandFactory};

    use crate::cli::arguments::CommandLine;

    /// What an option is.
    #[derive(Debug, PartialEq)]
    struct Meaning {
        value_type: String,
        value_names: Vec<String>,
        short: Option<char>,
        takes_value: bool,
    }

    impl Meaning {
        fn of(argument: &Arg) -> Self {
            let names = argument.get_value_names().unwrap_or_default();
            Self {
                value_type: format!("{:?}", argument.get_value_parser().type_id()),
                value_names: names.iter().map(ToString::to_string).collect(),
                short: argument.get_short(),
                takes_value: argument.get_action().takes_values(),
            }
        }
    }

    /// Options that mean the same though their values are written in another way: the outputs of `pack` and `page` are
    /// files, and the main command chooses a rank itself with `auto`. `synth bars` makes a number of `--images`, which are
    /// those to show in the main command. In `compare`, `-k` is one rank.
    const EXCEPTIONS: [(&str, &str); 5] = [
        ("pack", "out"),
        ("page", "out"),
        ("nmf-images", "rank"),
        ("bars", "images"),
        ("compare", "ranks"),
    ];

    /// Returns all commands that run, with their names.
    fn commands() -> Vec<Command> {
        let mut command = CommandLine::command();
        command.build();
        let mut found = Vec::new();
        let mut waiting = vec![command];
        while let Some(command) = waiting.pop() {
            waiting.extend(command.get_subcommands().cloned());
            if command.get_name() != "synth" {
                found.push(command);
            }
        }
        found
    }

    #[test]
    fn an_option_means_the_same_in_all_commands() {
        let mut known: BTreeMap<String, (String, Meaning)> = BTreeMap::new();
        for command in commands() {
            for argument in command.get_arguments() {
                let Some(name) = argument.get_long() else {
                    continue;
                };
                let here = command.get_name().to_owned();
                if EXCEPTIONS.contains(&(here.as_str(), name)) {
                    continue;
                }
                let meaning = Meaning::of(argument);
                let (there, first) = known
                    .entry(name.to_owned())
                    .or_insert_with(|| (here.clone(), Meaning::of(argument)));
                assert_eq!(meaning, *first, "--{name} of {here} and of {there}");
            }
        }
        assert!(known.len() > 40, "{}", known.len());
    }

    #[test]
    fn common_options_are_common() {
        for command in commands() {
            // `verify` writes nothing.
            let names = ["out", "quiet", "json", "threads"];
            let names = names
                .iter()
                .skip(usize::from(command.get_name() == "verify"));
            for &name in names {
                let has = command
                    .get_arguments()
                    .any(|argument| argument.get_long() == Some(name));
                assert!(has, "{} has no --{name}", command.get_name());
            }
        }
    }
}
