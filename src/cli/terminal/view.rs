//! Parts and eigenimages in the terminal, in the best protocol that it supports.

use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use nmf_images::Decomposition;
use nmf_images::render::{self, Colours, Figure, MethodBasis, View, percent};
use nmf_images::report::MethodFigures;

use crate::cli::terminal::stdout;

/// Returns the width of the terminal on stdout.
pub fn columns() -> Option<u16> {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map(|(width, _)| width.0)
}

/// How a terminal displays pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Kitty,
    Iterm,
    HalfBlocks(Colours),
}

/// The size to assume if it is unknown.
const USUAL: (usize, usize) = (80, 24);
/// Lines to leave free for the prompt, the line above it, and an empty one.
const PROMPT: usize = 3;

/// Returns the text that displays what was learned; `None` if stdout is not a terminal.
pub fn text(
    decompositions: &[Decomposition],
    figures: &[MethodFigures],
    slide: impl FnOnce() -> Result<Figure>,
) -> Result<Option<String>> {
    if !io::stdout().is_terminal() {
        return Ok(None);
    }
    let Some(protocol) = protocol(|name| std::env::var(name).ok()) else {
        let _ = writeln!(
            io::stderr(),
            "note: --view needs a terminal with 256 colours; see the pictures that were written"
        );
        return Ok(None);
    };
    let size = terminal_size::terminal_size_of(io::stdout());
    let (columns, rows) = size.map_or(USUAL, |(width, height)| (width.0.into(), height.0.into()));
    let text = match protocol {
        Protocol::Kitty => render::kitty(&slide()?.png(1.0)?, columns),
        Protocol::Iterm => render::iterm(&slide()?.png(1.0)?, columns),
        Protocol::HalfBlocks(colours) => {
            let bases: Vec<MethodBasis> = decompositions
                .iter()
                .map(|Decomposition { method, basis, .. }| MethodBasis { method, basis })
                .collect();
            let note = |figures: &MethodFigures| {
                let error = percent(figures.relative_error);
                format!("{} {error}", figures.error_name())
            };
            let notes: Vec<String> = figures.iter().map(note).collect();
            let view = View {
                bases: &bases,
                notes: &notes,
            };
            render::half_blocks(&view, (columns, rows.saturating_sub(PROMPT)), colours)
        }
    };
    Ok(Some(text))
}

/// Prints such a text.
///
/// # Errors
/// If it cannot be written.
pub fn show(text: Option<String>) -> Result<()> {
    match text {
        Some(text) => stdout::print(format!("\n{text}").as_bytes()),
        None => Ok(()),
    }
}

/// Returns the protocol that environment variables announce. The terminal is not queried, since it may not answer.
fn protocol(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let is = |name: &str, values: &[&str]| {
        variable(name).is_some_and(|value| values.contains(&value.as_str()))
    };
    let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_default();
    // Within tmux and screen the variables of the terminal around them are seen, but pictures do not get through.
    let direct = !has("TMUX") && !has("STY");
    if has("NO_COLOR") {
        return None;
    }
    if direct
        && (has("KITTY_WINDOW_ID") || ["xterm-kitty", "xterm-ghostty"].contains(&term.as_str()))
    {
        return Some(Protocol::Kitty);
    }
    if direct && (is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) || is("LC_TERMINAL", &["iTerm2"])) {
        return Some(Protocol::Iterm);
    }
    if is("COLORTERM", &["truecolor", "24bit"]) || has("WT_SESSION") {
        return Some(Protocol::HalfBlocks(Colours::True));
    }
    term.contains("256color")
        .then_some(Protocol::HalfBlocks(Colours::Palette))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<Protocol> {
        protocol(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_protocol_is_read_from_the_environment() {
        let palette = Some(Protocol::HalfBlocks(Colours::Palette));
        assert_eq!(with(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
        assert_eq!(
            with(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")]),
            Some(Protocol::Iterm)
        );
        let within_tmux = [
            ("TMUX", "default,1,0"),
            ("KITTY_WINDOW_ID", "1"),
            ("TERM", "tmux-256color"),
        ];
        assert_eq!(with(&within_tmux), palette);
        let colours = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
        assert_eq!(with(&colours), Some(Protocol::HalfBlocks(Colours::True)));
        assert_eq!(with(&[("TERM", "xterm-256color")]), palette);
        assert_eq!(with(&[("TERM", "dumb")]), None);
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), None);
    }
}
