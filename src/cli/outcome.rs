//! How a run ends.

use std::process::ExitCode;

/// The exit code of a run that Ctrl-C ended, as shells report it.
pub const INTERRUPTED: u8 = 130;

/// How a run that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Interrupted => Self::from(INTERRUPTED),
        }
    }
}
