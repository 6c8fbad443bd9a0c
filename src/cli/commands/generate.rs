//! `--generate`: the manual page and the completions of shells, from the definitions of the command line.

use std::io;

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::arguments::{CommandLine, Generated};
use crate::cli::outcome::Outcome;
use crate::cli::terminal::stdout;

/// Prints what is generated.
pub fn generate(what: Generated) -> Result<Outcome> {
    let text = match what {
        Generated::Man => manual().context("cannot write the manual page")?,
        Generated::CompleteBash => completions(Shell::Bash),
        Generated::CompleteZsh => completions(Shell::Zsh),
        Generated::CompleteFish => completions(Shell::Fish),
        Generated::CompletePowershell => completions(Shell::PowerShell),
    };
    stdout::print(&text)?;
    Ok(Outcome::Done)
}

fn completions(shell: Shell) -> Vec<u8> {
    let mut command = CommandLine::command();
    let name = command.get_name().to_owned();
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut text);
    text
}

/// Returns one manual page: the main command, then a section for each other command.
fn manual() -> io::Result<Vec<u8>> {
    let mut command = CommandLine::command();
    command.build();
    let main = Man::new(command.clone());
    let mut page = Vec::new();
    main.render_title(&mut page)?;
    main.render_name_section(&mut page)?;
    main.render_synopsis_section(&mut page)?;
    main.render_description_section(&mut page)?;
    main.render_options_section(&mut page)?;
    main.render_extra_section(&mut page)?;
    add_commands(&mut page, &command, command.get_name())?;
    main.render_version_section(&mut page)?;
    Ok(page)
}

/// Adds a section for each sub-command that does something, with the sections of its own page as sub-sections.
fn add_commands(page: &mut Vec<u8>, command: &Command, name: &str) -> io::Result<()> {
    for command in command.get_subcommands() {
        let name = format!("{name} {}", command.get_name());
        let man = Man::new(command.clone().bin_name(&name));
        let mut section = Vec::new();
        man.render_synopsis_section(&mut section)?;
        man.render_description_section(&mut section)?;
        man.render_options_section(&mut section)?;
        man.render_extra_section(&mut section)?;
        let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
        page.extend(format!(".SH \"{}\"\n{section}", name.to_uppercase()).bytes());
        add_commands(page, command, &name)?;
    }
    Ok(())
}
